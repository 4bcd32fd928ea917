"""What somebody reads who sees the page for the first time: where things are, a sentence each, with a link to each."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_security import current_user

from app.services.base.actors import Actor
from app.services.people import firstvisit


def tour(who: Actor, *, agent: bool = False) -> dict[str, Any] | None:
    """The role and its steps as (words, address); None for whoever has been led already."""
    role = firstvisit.due(who, str(getattr(current_user, "led", "")), agent=agent)
    return {"role": role, "steps": _steps(role)} if role else None


def _steps(role: str) -> list[tuple[str, str]]:
    turn = gettext("The coloured banner at the top shows whose turn it is, what needs to be done and by when.")
    helps = gettext("“Help for this page” at the bottom of each page opens the manual at the right section.")
    if role == "vendor":  # three, so that on a phone they and the turn fit on the first screen
        return [
            (turn, ""),
            (gettext("Below are the steps ahead, the notices, and your documents and ours."), "#way"),
            (
                gettext("Something unclear? Ask, or open the manual: “Help for this page” at the bottom of each page."),
                "#ask",
            ),
        ]
    if role == "agent":
        return [
            (gettext("Your cases are grouped by company; each line shows whose turn it is."), "#all"),
            (
                gettext("Each page shows which company you are acting for. You can do only what that company allows."),
                "",
            ),
            (gettext("“Company and people” shows your role for each company and until when."), "/company"),
            (helps, ""),
        ]
    if role == "operator":
        return [
            (
                gettext("“My work” is what you have taken; “My group” is open to all its members; “Everything” "
                        "is for reference."),
                "#worklist-tabs",
            ),
            (gettext("Selecting a row opens the task beside the list. Take it before you start typing."), ""),
            (gettext("Anything that cannot continue by itself appears under “Needs attention” in the menu."), ""),
            (helps, ""),
        ]  # fmt: skip
    if role == "administrator":
        return [
            (gettext("Staff accounts, roles and groups are managed under Records."), "/admin"),
            (gettext("“Sign-ins and lock-outs” shows who is locked out and lets you unlock them."), "/sign-ins"),
            (gettext("Fees, addresses and periods are settings of the process: replace the sample values first."),
             "/settings"),
            (helps, ""),
        ]  # fmt: skip
    if role == "approver":
        return [
            (
                gettext("Drafts by others are waiting for you: review the differences, then approve or return them."),
                "/designer",
            ),
            (gettext("You cannot release your own work or change anything else."), ""),
            (helps, ""),
        ]  # fmt: skip
    if role == "auditor":
        return [
            (gettext("You can read everything that happened in a case, but not change it."), "/cases"),
            (gettext("Records of every kind can be searched and viewed."), "/admin"),
            (gettext("“Sign-ins and lock-outs” shows who signed in and who could not."), "/sign-ins"),
            (helps, ""),
        ]
    return [
        (gettext("Processes are drawn, tested and released under “Process design”."), "/designer"),
        (
            gettext("Fees, addresses and periods are settings of the process: replace the sample values first."),
            "/settings",
        ),
        (gettext("You can read everything that happened in a case, but not change it."), "/cases"),
        (helps, ""),
    ]

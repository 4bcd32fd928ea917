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
    turn = gettext("The coloured line at the top says whose turn it is, what is to be done and until when.")
    helps = gettext("“Help for this page” at the foot of each page opens the manual at the very page.")
    if role == "vendor":
        return [
            (turn, ""),
            (gettext("Below it stands the way to certification: what is done, what is open, what comes."), "#way"),
            (gettext("What happened and what was sent to you is told under notices."), "#news"),
            (gettext("Your documents and ours are kept here; each can be opened again."), "#papers"),
            (gettext("Something unclear? Ask; the answer comes here and by mail."), "#ask"),
            (helps, ""),
        ]
    if role == "agent":
        return [
            (gettext("Your cases stand by company; each line says whose turn it is."), "#all"),
            (gettext("Each page says for which company you act. What you may do is what the company lets you."), ""),
            (gettext("Who you are to each company, and until when, stands under company and people."), "/company"),
            (helps, ""),
        ]
    if role == "operator":
        return [
            (
                gettext("My work is what you have taken over; my group's is for any of you; all is for looking up."),
                "#worklist-tabs",
            ),
            (gettext("A row opens the task beside the list. Take it over before you type."), ""),
            (gettext("What cannot go on by itself comes up under “Needs attention” in the menu."), ""),
            (helps, ""),
        ]  # fmt: skip
    if role == "administrator":
        return [
            (gettext("Accounts, roles and groups of the staff are among the records."), "/admin"),
            (gettext("Sign-ins and lock-outs shows who is held up, and lifts it."), "/sign-ins"),
            (gettext("Fees, addresses and days are settings of the process: replace the sample values first."),
             "/settings"),
            (helps, ""),
        ]  # fmt: skip
    if role == "approver":
        return [
            (
                gettext("What others have drawn waits for you: look at what differs, then approve it or send it back."),
                "/designer",
            ),
            (gettext("You release nothing that you have made yourself, and change nothing else."), ""),
            (helps, ""),
        ]  # fmt: skip
    if role == "auditor":
        return [
            (gettext("Everything that happened in a case can be read, and nothing of it changed."), "/cases"),
            (gettext("Records of every kind can be searched and looked up."), "/admin"),
            (gettext("Who signed in, and who could not, stands under sign-ins and lock-outs."), "/sign-ins"),
            (helps, ""),
        ]
    return [
        (gettext("Processes are drawn, tried and released under “Process design”."), "/designer"),
        (
            gettext("Fees, addresses and days are settings of the process: replace the sample values first."),
            "/settings",
        ),
        (gettext("Everything that happened in a case can be read, and nothing of it changed."), "/cases"),
        (helps, ""),
    ]

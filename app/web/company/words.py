"""The words of the portal's own mails about companies and accounts, in the language of who has them sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.services.mails.portalmails import Wording
from app.services.packages import folders
from app.web.frame.current import portal


def _signed(*paragraphs: str) -> str:
    body = folders.site(portal())["body"].get("name", "")
    return "\n\n".join([*paragraphs, body]) + "\n"


def invitation(kind: str, company: str, by: str, terms: Mapping[str, Any], *, proved: bool = True) -> Wording:
    """To somebody who is to join a company, or to act for it. `proved`: the body knows that it is this company."""
    until = gettext("The link holds for 14 days. If you do not expect this mail, throw it away: nothing happens.")
    if not proved:
        until = f"{unconfirmed()}\n\n{until}"
    if kind == "agent":
        subject = gettext("%(company)s asks you to act for it", company=company)
        text = gettext(
            "%(by)s of %(company)s asks you (%(office)s) to act for the company in the certification portal.",
            by=by, company=company, office=terms.get("office", ""),
        )  # fmt: skip
        return Wording(subject, _signed(text, _link(gettext("See the mandate and accept it")), until))
    subject = gettext("%(company)s invites you to the certification portal", company=company)
    text = gettext("%(by)s invites you to work on the certification of %(company)s.", by=by, company=company)
    manager = gettext("You become a manager: you see every case of the company and look after its people.")
    more = [manager] if terms.get("role") == "manager" else []
    return Wording(subject, _signed(text, *more, _link(gettext("Accept the invitation")), until))


def _link(words: str) -> str:
    """The line of a letter that leads to its page."""
    return f"[{words}](%(url)s)"


def unconfirmed() -> str:
    """What whoever is invited by a company reads of it while it is provisional."""
    return gettext(
        "The certifying body has not confirmed yet that this is the company of its corporate number. "
        "Accept only if you know who invites you."
    )


def handed_over(company: str, leaver: str, by: str) -> Wording:
    """To who takes over."""
    text = gettext(
        "%(by)s has handed over to you what %(leaver)s had in the certification portal for %(company)s: "
        "its cases, its drafts and the mails about them.",
        by=by, leaver=leaver, company=company,
    )  # fmt: skip
    first = gettext("If you have no password yet, the link leads to where you choose it; it then holds for 7 days.")
    link = _link(gettext("See what is to be done"))
    return Wording(gettext("%(company)s: you take over", company=company), _signed(text, link, first))


def rights_words() -> dict[str, str]:
    """What one may do on a case."""
    return {
        "none": gettext("Does not see it"),
        "read": gettext("Reads"),
        "answer": gettext("Answers, without contracts and payments"),
        "full": gettext("Does everything"),
    }

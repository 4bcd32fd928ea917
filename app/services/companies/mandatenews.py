"""Who is told that a mandate comes near its end, and that it has ended: the agent, and the managers of the company.

Each mail goes out once for each person, by the key of its job; who ended the mandate by hand needs no mail. All inside
the caller's transaction.
"""

from __future__ import annotations

from datetime import date

from app.connectors.filters import edate, jdate
from app.errors import N_
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.store import companies
from app.store.models import Mandate, User

WARNED_BD = 5  # business days before the last day
NEAR = (
    N_("%(company)s: the mandate of %(office)s ends on %(day)s"),
    N_(
        "%(office)s (%(agent)s) acts for %(company)s in the certification portal until %(day)s. After that day the "
        "agent sees nothing of it any more, and mails to the agent stop. A manager of the company can extend the "
        "mandate; who of the company goes on with what is open should be settled by then."
    ),
)
ENDED = (
    N_("%(company)s: the mandate of %(office)s has ended"),
    N_(
        "%(office)s (%(agent)s) no longer acts for %(company)s in the certification portal. What is open there is "
        "done by the company's own people from now on, or by another agent."
    ),
)
LINK = N_("Open the page of the company")
START = N_("Open the certification portal")


def warn(portal: Portal) -> int:
    """Mails about the mandates that end within some business days; gives how many were queued."""
    today, closing = portal.today(), portal.closing()
    until = businessdays.add_business_days(today, WARNED_BD, closing)
    sent = 0
    for row in companies.mandates_ending(today, until):
        sent += _tell(portal, row, NEAR, f"mandate-near:{row.id}:{row.last_day}", except_user=None)
    return sent


def ended(portal: Portal, row: Mandate, by: int | None = None) -> None:
    """Mails that it has ended. `by`: the user who ended it."""
    _tell(portal, row, ENDED, f"mandate-ended:{row.id}", except_user=by)


def _tell(portal: Portal, row: Mandate, words: tuple[str, str], key: str, *, except_user: int | None) -> int:
    sent = 0
    for user in {each.id: each for each in (row.user, *companies.managers(row.company_id))}.values():
        if user.id == except_user or not user.active:
            continue
        wording = _words(portal, row, words, user)
        page = "/" if user.id == row.user_id else f"/company/{row.company_id}"
        sent += portalmails.queue(portal, f"{key}:{user.id}", key.split(":")[0], user.email, wording, {"page": page})
    return sent


def _words(portal: Portal, row: Mandate, words: tuple[str, str], user: User) -> Wording:
    say = portal.say(user.language)
    facts = {
        "company": row.company.name, "office": row.office, "agent": row.user.name or row.user.email,
        "day": _day(row.last_day, user.language),
    }  # fmt: skip
    link = say(START if user.id == row.user_id else LINK)
    return Wording(say(words[0]) % facts, f"{say(words[1]) % facts}\n\n[{link}](%(url)s)\n")


def _day(day: date | None, lang: str) -> str:
    if day is None:
        return ""
    return edate(day) if lang == "en" else jdate(day)

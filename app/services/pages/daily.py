"""The day's work by mail, in the morning of each business day, to whoever of the staff has asked for it."""

from __future__ import annotations

from datetime import date

from app.connectors.filters import edate, jdate
from app.errors import N_
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.services.base.titles import without_item
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.services.pages import worklist
from app.services.people import accounts as people
from app.services.tasks.view import TaskView
from app.store import accounts, database, jobrows
from app.store.models import User

SHOWN = 20  # tasks of one's own that are named
SUBJECT = N_("[Nintei] Your work today: %(mine)s of your own, %(late)s overdue")
MINE = N_("**Your own** (%(count)s)")
NONE = N_("Nothing is assigned to you.")
MORE = N_("and %(count)s more")
GROUP = N_("**Waiting in your group, taken by nobody:** %(count)s")
OVERDUE = N_("overdue")
LINK = N_("Open the worklist")
WHY = N_("You get this mail in the morning of each business day on which there is something to do. "
         "It can be switched off on the page of your account.")  # fmt: skip


def look(portal: Portal) -> int:
    """Queue the mails of today that were not queued yet; gives how many."""
    today = portal.today()
    if not businessdays.is_business_day(today, portal.closing()):
        return 0
    with database.connection():
        wanted = [user for user in accounts.daily() if not jobrows.job_known(_key(user, today))]
    return sum(_tell(portal, user, today) for user in wanted)


def _key(user: User, today: date) -> str:
    return f"daily:{user.id}:{today}"


def _tell(portal: Portal, user: User, today: date) -> int:
    """Where there is nothing to do, that is remembered: who gets something later sees it in the list."""
    found = worklist.page(portal, people.actor_of(portal, user.id), worklist.Filter(scope="mine"))
    some = found.counts["mine"] + found.counts["group"] > 0
    with database.transaction():
        queued = portalmails.queue(
            portal, _key(user, today), "daily", user.email if some else "", _words(portal, user, found, today),
            {"page": "/tasks"},
        )  # fmt: skip
    return int(queued and some)


def _words(portal: Portal, user: User, found: worklist.Worklist, today: date) -> Wording:
    say, mine = portal.say(user.language), found.counts["mine"]
    late = sum(1 for row in found.rows if row.due_on is not None and row.due_on < today)
    lines = [_line(portal, row, user.language, today) for row in found.rows[:SHOWN]]
    if mine > len(lines) > 0:
        lines.append(f"- {say(MORE) % {'count': mine - len(lines)}}")
    own = f"{say(MINE) % {'count': mine}}\n\n" + "\n".join(lines) if lines else say(NONE)
    group = say(GROUP) % {"count": found.counts["group"]}
    subject = say(SUBJECT) % {"mine": mine, "late": late}
    return Wording(subject, f"{own}\n\n{group}\n\n[{say(LINK)}](%(url)s)\n\n{say(WHY)}\n")


def _line(portal: Portal, row: TaskView, lang: str, today: date) -> str:
    day = "" if row.due_on is None else edate(row.due_on) if lang == "en" else jdate(row.due_on)
    over = f" **{portal.say(lang)(OVERDUE)}**" if row.due_on is not None and row.due_on < today else ""
    title = portal.releases.english().get(without_item(row.title), row.title) if lang == "en" else row.title
    return f"- {day}{over}　{title}　{row.company_name}（{row.case_number}）"

"""A settled day that comes near is said to both sides; one that went by and was not recorded, too, and then somebody of
the body decides: it stands among what needs attention until another day is settled, or what took place is recorded.

The process is not touched. What is done on the day are the tasks with the property `after_day_bd`; without one the
portal does not know what a day is for, and says nothing of it.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from app.errors import N_, Refused
from app.services.base import businessdays, history, jobqueue
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.days import lastday
from app.services.tasks.datesasked import settlers
from app.services.trouble import incidents
from app.services.trouble.rounds import Round
from app.states import BookingState, EntryKind, IncidentKind, Side, TaskState
from app.store import bookings, database, work
from app.store import incidents as rows
from app.store.models import Booking, Case

NEAR = ("date_near", "date_near_staff")  # purposes of mails: to the vendor, to who settles days
PASSED = ("date_passed", "date_passed_staff")
CLOSED = N_("The office is closed on the fixed day: move it, or take the closing day back")
GONE_BY = N_("The day has passed and nothing was recorded: settle another day, or record what took place")


def look(portal: Portal, now: Round) -> int:
    """Remind of days that come near, and say which went by; gives how many mails were queued."""
    today, closing = portal.today(), portal.closing()
    if not businessdays.is_business_day(today, closing):
        return 0
    with database.connection():
        packages = [loaded.package for loaded in portal.releases.all_current()]
        most = max((count for package in packages for count in package.reminders.day_bd), default=0)
        found = bookings.settled(businessdays.add_business_days(today, most, closing))
    _closed(portal, now)
    return sum(now.case("days", case, partial(_look, portal, row)) for row, case in found)


def _closed(portal: Portal, now: Round) -> None:
    """Days that were closed after a case had settled one: somebody of the body decides; it is over when the day has
    been moved or given up, or is open again."""
    with database.connection():
        found = {
            (row.case_id, row.calendar)
            for row in bookings.from_day(portal.today())
            if not businessdays.is_business_day(row.day, portal.closing()) and not row.case.ended
        }
        known = {
            (row.case_id, row.element)
            for row in rows.opened()
            if row.kind == IncidentKind.DAY and row.message == CLOSED and row.case_id
        }
    for case, calendar in sorted(found - known):
        now.case("days", case, partial(_say_closed, portal, calendar))
    for case, calendar in sorted(known - found):
        now.case("days", case, partial(_say_open, portal, calendar))


def _say_closed(portal: Portal, calendar: str, case: Case) -> int:
    title = portal.releases.loaded(case.release_id).package.calendars[calendar].title
    incidents.seen(portal, case.id, portal.now(), IncidentKind.DAY, Refused(CLOSED), element=calendar, title=title)
    return 0


def _say_open(portal: Portal, calendar: str, case: Case) -> int:
    incidents.over(case.id, portal.now(), kinds=(IncidentKind.DAY,), element=calendar)
    return 0


def _look(portal: Portal, booking: int, case: Case) -> int:
    row = next((each for each in bookings.of_case(case.id) if each.id == booking), None)
    if row is None or row.state not in {BookingState.CONFIRMED, BookingState.MISSED}:
        return 0
    loaded = portal.releases.loaded(case.release_id)
    if row.day >= portal.today():
        return _near(portal, case, loaded, row)
    days = [each.whole("after_day_bd") or 0 for each in lastday.events(loaded.package, row.calendar)]
    if not days:
        return 0
    if _recorded(case, loaded, row):
        row.state = BookingState.DONE
        row.save()
        incidents.over(case.id, portal.now(), kinds=(IncidentKind.DAY,), element=row.calendar)
        return 0
    last = businessdays.add_business_days(row.day, max(days), portal.closing())
    return _gone_by(portal, case, loaded, row) if row.state == BookingState.CONFIRMED and last < portal.today() else 0


def _near(portal: Portal, case: Case, loaded: Loaded, row: Booking) -> int:
    """The reminder of the day that is due now; of several, the last one alone."""
    today, closing = portal.today(), portal.closing()
    if businessdays.today(row.at) >= today:
        return 0  # it has just been said
    if _recorded(case, loaded, row):
        return 0
    due = [n for n in loaded.package.reminders.day_bd if _before(row.day, n, closing) <= today < row.day]
    return _mails(portal, case, loaded, row, NEAR, f"near:{min(due)}") if due else 0


def _before(day: date, count: int, closing: frozenset[date]) -> date:
    return businessdays.add_business_days(day, -count, closing)


def _recorded(case: Case, loaded: Loaded, row: Booking) -> bool:
    """Whether the body has recorded what took place, on the day or since it was settled."""
    own = {each.id for each in lastday.events(loaded.package, row.calendar) if each.side == Side.OPERATOR}
    return any(
        each.element in own and each.state == TaskState.DONE and each.closed_at is not None and each.closed_at >= row.at
        for each in work.tasks_of(case.id)
    )


def _gone_by(portal: Portal, case: Case, loaded: Loaded, row: Booking) -> int:
    row.state = BookingState.MISSED
    row.save()
    now, title = portal.now(), loaded.package.calendars[row.calendar].title
    history.note(
        case.id, now, EntryKind.DATE, title=row.calendar, text="missed", data={"date": row.day.isoformat()}
    )  # fmt: skip
    incidents.seen(portal, case.id, now, IncidentKind.DAY, Refused(GONE_BY), element=row.calendar, title=title)
    return _mails(portal, case, loaded, row, PASSED, "passed")


def _mails(portal: Portal, case: Case, loaded: Loaded, row: Booking, purposes: tuple[str, str], key: str) -> int:
    sent = 0
    for purpose, to in zip(purposes, ("", settlers(loaded, row.calendar)), strict=True):
        if mail := loaded.package.mail_for(purpose):
            params = {"mail": mail} | ({"to_side": to} if to else {})
            sent += jobqueue.queue(case, "mail", params, "", f"booking:{row.id}:{key}:{purpose}", portal.now())
    return sent

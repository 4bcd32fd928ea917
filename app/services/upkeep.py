"""What time does by itself: reminders before and after due dates, dates that lapse, cards that are overdue.

The worker calls `tick` every few minutes; each effect is keyed, so calling it twice does nothing twice.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from app.services import calendar, cardloans, daterequests, effects, letterdesk, mandates, parts
from app.services.portal import Portal
from app.services.worklist import remind_one
from app.store import attempts, bookings, cards, cases, database, search, tally, work

log = logging.getLogger("nintei.upkeep")


def tick(portal: Portal) -> int:
    """Do what is due today; gives how many mails were queued."""
    _lists(portal)
    with database.transaction():
        mandates.turn_over(portal)
    daterequests.lapse(portal)
    letterdesk.sweep(portal)
    sent = _reminders(portal) + _holds(portal) + _overdue_cards(portal)
    if sent:
        portal.poke()
    return sent


def recount() -> int:
    """Mend the maintained counts of open tasks where they differ from what counting gives; gives in how many places.

    They never should: a difference is logged as a warning.
    """
    with database.transaction():
        database.lock_name("tally")
        wrong = tally.differing()
        if wrong:
            log.warning("Counts of open tasks were wrong in %s places and are mended: %s", len(wrong), wrong[:5])
            tally.repair(wrong)
        return len(wrong)


def _lists(portal: Portal) -> None:
    """Add up counts; once an hour, see that they are right and that every case can be found."""
    with database.transaction():
        tally.fold()
    if not attempts.due("upkeep:lists", portal.now(), timedelta(hours=1)):
        return
    recount()
    parts.expire(portal)
    with database.transaction():
        attempts.forget(portal.now())
        search.mend()


def _reminders(portal: Portal) -> int:
    today, closing = portal.today(), portal.closing()
    if not calendar.is_business_day(today, closing):
        return 0
    with database.connection():
        packages = {loaded.package.id: loaded.package for loaded in portal.releases.all_current()}
    offsets = {n for package in packages.values() for n in package.reminders.before_bd}
    late = {n for package in packages.values() for n in package.reminders.after_bd}
    sent = 0
    with database.transaction():
        # A worker that was down catches up: a task is reminded once for each step, of the late ones only the last.
        for count in sorted(offsets):
            for row in work.tasks_due(today, calendar.add_business_days(today, count, closing)):
                if row.presentation != "button" and calendar.today(row.opened_at) < today:
                    sent += remind_one(portal, row, f"before:{count}:{row.due_on}")
        for count in sorted(late, reverse=True):
            for row in work.tasks_due(None, calendar.add_business_days(today, -count, closing)):
                if row.presentation != "button" and not work.reminded_later(row.id, count, late):
                    sent += remind_one(portal, row, f"after:{count}:{row.due_on}")
    return sent


def _holds(portal: Portal) -> int:
    """Dates held and not paid for: a warning three days before, then they lapse."""
    today, now, sent = portal.today(), portal.now(), 0
    with database.connection():
        due = [(row.id, row.case_id) for row in bookings.held(today + timedelta(days=3))]
    for booking_id, case_id in due:
        with database.transaction():
            case = cases.lock(case_id)
            row = next((each for each in bookings.of_case(case_id) if each.id == booking_id), None)
            if row is None or row.state != "held" or row.held_until is None:
                continue
            package = portal.releases.loaded(case.release_id).package
            if row.held_until < today:
                row.state = "lapsed"
                mail = "date-lapsed"
                cases.log(
                    case.id,
                    now,
                    "date",
                    title=row.calendar,
                    text="lapsed",
                    data={"date": row.day.isoformat()},
                )
            elif not row.warned:
                row.warned = True
                mail = "date-lapse-warning"
            else:
                continue
            row.save()
            if mail in package.mails:
                sent += effects.queue(case, "mail", {"mail": mail}, "", f"booking:{row.id}:{mail}", now)
    return sent


def _overdue_cards(portal: Portal) -> int:
    """Lent cards that should be back: one mail a week for each case, unless the step of their return reminds."""
    today, now, closing, sent = portal.today(), portal.now(), portal.closing(), 0
    with database.transaction():
        for case_id in dict.fromkeys(row.case_id for row in cards.overdue(today)):
            case = cases.by_id(case_id)
            if case is None:
                continue
            year, week, _ = today.isocalendar()
            loaded = portal.releases.loaded(case.release_id)
            if "cards-overdue" in loaded.package.mails and not cardloans.seen_to(case, loaded, today, closing):
                sent += effects.queue(case, "mail", {"mail": "cards-overdue"}, "", f"cards-overdue:{year}-{week}", now)
    return sent

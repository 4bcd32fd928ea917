"""What time does by itself: reminders before and after due dates, dates that lapse, cards that are overdue.

The worker calls `tick` every few minutes; each effect is keyed, so calling it twice does nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from app.catalogue.after import pays
from app.connectors import scratch
from app.services.audit import heads
from app.services.base import businessdays, history, jobqueue, leases
from app.services.base.portal import Portal
from app.services.cards import keepers, kept, loans
from app.services.cases import unattended
from app.services.companies import mandatenews, mandates
from app.services.days import lastday
from app.services.exports import large
from app.services.moves import kept as waysback
from app.services.pages import attention, counting, daily
from app.services.pages.worklist import remind_one
from app.services.papers import collecting, parts
from app.services.process import jobs
from app.services.tasks import comingdays, daterequests
from app.services.trouble import alarms, https
from app.services.trouble.rounds import Round
from app.services.workspaces import thinning
from app.states import BookingState, EntryKind
from app.store import alarms as alarmrows
from app.store import attempts, bookings, cards, cases, database, guesses, jobrows, present, search, tally, work
from app.store.models import Case, Task

log = logging.getLogger("nintei.upkeep")

PAGE = 500  # tasks that are looked at together
UNFINISHED = timedelta(days=1)  # a file that nobody wrote to for so long belongs to a process that is gone


def tick(portal: Portal) -> int:
    """Do what is due today; gives how many mails were queued. What fails is an incident and holds up nothing else."""
    now = Round(portal)
    now.part("clock", lambda _: _clock(portal))
    now.part("audit", lambda _: heads.look(portal))
    now.part("lists", lambda _: _lists(portal))
    now.part("dates", lambda _: daterequests.lapse(portal))
    now.part("nobody", lambda _: unattended.look(portal))
    now.part("kept", lambda _: kept.look(portal))
    now.part("letters", lambda _: keepers.sweep(portal))
    now.part("scratch", lambda _: scratch.sweep() + scratch.sweep(portal.settings.data_dir / scratch.FOLDER))
    awake = businessdays.awake(portal.now())
    sent = now.part("mandates", lambda _: _mandates(portal, writing=awake))
    sent += _writing(portal, now) if awake else 0
    now.part("alarms", lambda _: _alarms(portal))
    now.part("certificate", lambda _: int(https.look(portal) is not None))
    now.part("figures", lambda _: int(counting.refresh(portal)))
    if sent:
        portal.poke()
    return sent


def _writing(portal: Portal, now: Round) -> int:
    """What is written to people because a day has come; not at night, though the day begins then."""
    sent = now.part("reminders", lambda each: _reminders(portal, each))
    sent += now.part("holds", lambda each: _holds(portal, each))
    sent += now.part("days", lambda each: comingdays.look(portal, each))
    sent += now.part("cards", lambda each: _overdue_cards(portal, each))
    sent += now.part("daily", lambda _: daily.look(portal))
    return sent


def _alarms(portal: Portal) -> None:
    """Administrators hear of what has lasted for as long as they said, and of what is over."""
    with database.connection():
        known = alarmrows.opened()
    if alarms.follow(portal, known, attention.lasting(portal), portal.now()):
        portal.poke()


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
    """Add up counts; once an hour, see that they are right."""
    with database.transaction():
        tally.fold()
    if not attempts.due("upkeep:lists", portal.now(), timedelta(hours=1)):
        return
    recount()
    parts.expire(portal)
    waysback.thin(portal)
    portal.blobs.tidy(UNFINISHED)
    if attempts.due("upkeep:files", portal.now(), timedelta(days=1)):
        collecting.collect(portal)
        thinning.thin(portal)
    collecting.drop(portal, large.expire(portal))
    with database.transaction():
        attempts.forget(portal.now())
        guesses.forget(portal.now())
        search.admit()


def _clock(portal: Portal) -> None:
    """A clock that was put back keeps nothing waiting for as long as it was off."""
    now = portal.now()
    lease, pause = timedelta(seconds=leases.LEASE_SECONDS), timedelta(seconds=jobs.LONGEST_PAUSE)
    with database.transaction():
        found = present.jobs(now, lease, pause)
    with database.transaction():
        found += present.outages(now) + present.tries(now)
    if found:
        log.warning("The clock was put back, to %s: %s things that waited for later wait no longer for it", now, found)
        portal.poke()


def _mandates(portal: Portal, *, writing: bool) -> int:
    with database.transaction():
        mandates.turn_over(portal)
        return mandatenews.warn(portal) if writing else 0


def _reminders(portal: Portal, now: Round) -> int:
    """Remind of open tasks, page by page: however many are overdue, so many are held at once."""
    today, closing = portal.today(), portal.closing()
    if not businessdays.is_business_day(today, closing):
        return 0
    sent, over = 0, set[str]()
    for step in _steps(portal, today, closing):
        last: Task | None = None
        while True:
            with database.connection():
                rows = work.tasks_due(step.first, step.last, last, PAGE)
                due = _to_remind(step, rows, today, over)
            for row, kind in due:
                sent += now.case("reminders", row.case_id, partial(_remind, portal, row, kind))
            if len(rows) < PAGE:
                break
            last = rows[-1]
    return sent


def _remind(portal: Portal, row: Task, kind: str, _case: Case) -> int:
    return remind_one(portal, row, kind)


@dataclass(frozen=True, slots=True)
class _Step:
    """A reminder so many business days before or after the day on which a task is due."""

    kind: str  # before:3 | after:5
    first: date | None
    last: date
    later: tuple[str, ...] = ()  # the steps after it


def _steps(portal: Portal, today: date, closing: frozenset[date]) -> list[_Step]:
    """Those of all packages; of the late ones the last comes first."""
    with database.connection():
        packages = [loaded.package for loaded in portal.releases.all_current()]
    before = sorted({n for package in packages for n in package.reminders.before_bd})
    late = sorted({n for package in packages for n in package.reminders.after_bd}, reverse=True)
    day = partial(businessdays.add_business_days, today, closing=closing)
    return [
        *(_Step(f"before:{count}", today, day(count)) for count in before),
        *(
            _Step(f"after:{count}", None, day(-count), tuple(f"after:{each}:" for each in late if each > count))
            for count in late
        ),
    ]


def _to_remind(step: _Step, rows: Sequence[Task], today: date, over: set[str]) -> list[tuple[Task, str]]:
    """The tasks to be reminded of now, each with the kind of the reminder.

    A worker that was down catches up: a task is reminded once for each step, of the late ones only the last. `over`:
    reminded, or to be, of a later step.
    """
    found, sent = [], work.reminders([row.id for row in rows])
    for row in rows:
        kind, known = f"{step.kind}:{row.due_on}", sent.get(row.id, frozenset())
        if kind in known:
            continue
        if step.first is not None:
            if businessdays.today(row.opened_at) < today:
                found.append((row, kind))
        elif row.id not in over and not any(each.startswith(step.later) for each in known):
            over.add(row.id)
            found.append((row, kind))
    return found


def _holds(portal: Portal, now: Round) -> int:
    """Dates held and not paid for: a warning three days before, then they lapse."""
    with database.connection():
        due = [(row.id, row.case_id) for row in bookings.held(portal.today() + timedelta(days=3))]
    return sum(now.case("holds", case_id, partial(_hold, portal, row)) for row, case_id in due)


def _hold(portal: Portal, booking: int, case: Case) -> int:
    today, now = portal.today(), portal.now()
    row = next((each for each in bookings.of_case(case.id) if each.id == booking), None)
    if row is None or row.state != BookingState.HELD or row.held_until is None:
        return 0
    package = portal.releases.loaded(case.release_id).package
    paying = {each.id for each in lastday.of_calendar(package, row.calendar) if pays(package, each)}
    if paying and not any(each.element in paying for each in work.open_tasks(case.id)):
        return 0  # it is not the vendor's turn: what they paid in time is not lost because the body is slow
    if row.held_until < today:
        row.state = BookingState.LAPSED
        mail = "date_lapsed"
        said = {"date": row.day.isoformat()}
        history.note(case.id, now, EntryKind.DATE, title=row.calendar, text="lapsed", data=said)
    elif not row.warned:
        row.warned = True
        mail = "date_lapses"
    else:
        return 0
    row.save()
    if not package.mail_for(mail):
        return 0
    return int(jobqueue.queue(case, "mail", {"mail": package.mail_for(mail)}, "", f"booking:{row.id}:{mail}", now))


def _overdue_cards(portal: Portal, now: Round) -> int:
    """Lent cards that should be back: a mail a week for each case, unless the step of their return reminds, and not for
    ever: who has not answered by then is asked by people."""
    today = portal.today()
    if not businessdays.is_business_day(today, portal.closing()):
        return 0
    year, week, _ = today.isocalendar()
    key = f"cards-overdue:{year}-{week}"
    with database.connection():
        since = today - kept.ASKED_FOR
        ids = list(dict.fromkeys(row.case_id for row in cards.overdue(today, since) if row.case_id))
        known = cases.by_ids(ids)
        wanted = [case for case in known.values() if not jobrows.job_known(f"{case.number}:{key}")]
    return sum(now.case("cards", case.id, partial(_overdue, portal, key)) for case in wanted)


def _overdue(portal: Portal, key: str, case: Case) -> int:
    today, closing = portal.today(), portal.closing()
    loaded = portal.releases.loaded(case.release_id)
    mail = loaded.package.mail_for("cards_overdue")
    if not mail or loans.seen_to(case, loaded, today, closing):
        return 0
    return int(jobqueue.queue(case, "mail", {"mail": mail}, "", key, portal.now()))

"""A mail server that is away is one trouble, not one of each mail; what it says of one letter is that letter's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.connectors.mailreply import Reply
from app.errors import Permanent, Temporary
from app.services.base import leases
from app.services.cases import talking
from app.services.demo.walker import Walker
from app.services.mails import whose
from app.services.pages import health
from app.services.people import accounts
from app.services.process import jobs
from app.services.tasks import recall
from app.services.trouble import mailserver
from app.states import Side
from app.store import cases, database, incidents, jobrows, records
from app.store.models import Incident, Job, Mail
from tests.services.conftest import Bench
from tests.services.process.test_jobs import REVIEW, mail_job
from tests.services.steps import case_of, go, opened, staff
from tests.services.tasks.test_recall import RETURN, returned, send

MINUTE = timedelta(minutes=1)


def applied(bench: Bench, count: int) -> list[Walker]:
    """So many applications, of which nothing has been done yet; their clocks are one."""
    found: list[Walker] = []
    for n in range(count):
        walker = bench.walker(application={"email": f"v{n}@example.com", "system_name": f"システム{n}"})
        walker.take_application()
        found.append(walker)
    bench.portal.clock.moment = max(walker.clock.moment for walker in found)  # type: ignore[attr-defined]
    return found


def later(bench: Bench, by: timedelta) -> None:
    bench.portal.clock.moment += by  # type: ignore[attr-defined]


def due(bench: Bench) -> bool:
    """Whether it is time to try the server."""
    found = mailserver.away(bench.portal)
    return found is None or found.next_at is None or found.next_at <= bench.portal.now()


def states() -> set[str]:
    with database.connection():
        return {row.state for row in Job.select().where(Job.operator == "mail")}


def test_a_server_that_is_away_for_a_day_is_one_outage_and_all_mails_go_out_when_it_is_back(bench: Bench) -> None:
    applied(bench, 20)
    bench.mailbox.away = True
    for minute in range(24 * 60):
        # A worker looks each minute. Between the first hour and the last, only looks that find it time are taken here.
        if not 60 <= minute < 23 * 60 or due(bench):
            bench.drain()
        later(bench, MINUTE)
    assert states() == {"queued"}
    # One mail is tried for all: about every four minutes at last, not twenty mails each time.
    assert 24 * 60 / 5 <= bench.mailbox.tried <= 24 * 60 / 2
    found = mailserver.away(bench.portal)
    assert found is not None
    assert found.waiting == 20
    assert found.error.message == "The mail server cannot be reached: %(reply)s"
    with database.connection():
        assert [(row.kind, row.case_id) for row in incidents.opened()] == [("outage", None)]
    bench.mailbox.away = False
    later(bench, timedelta(minutes=5))
    bench.drain()
    assert len(bench.mailbox.of("review-1")) == 20
    assert mailserver.away(bench.portal) is None
    with database.connection():
        assert incidents.opened() == []
        [past] = incidents.past()
    assert (past.kind, past.over_at - past.first_at > timedelta(hours=23)) == ("outage", True)


def test_whatever_the_server_says_of_a_letter_it_is_back(bench: Bench) -> None:
    applied(bench, 3)
    bench.mailbox.away = True
    bench.drain()
    bench.mailbox.away = False
    bench.mailbox.fail_with = [Permanent("no such mailbox", code=550, reply="no", handed=False)]
    later(bench, timedelta(minutes=5))
    assert sorted(bench.drain()) == ["done", "done", "incident"]
    assert mailserver.away(bench.portal) is None


def test_pauses_grow_and_are_not_alike(bench: Bench) -> None:
    applied(bench, 2)
    bench.mailbox.away = True
    pauses = []
    for _ in range(14):
        bench.drain()
        found = mailserver.away(bench.portal)
        assert found is not None and found.next_at is not None
        pauses.append((found.next_at - bench.portal.now()).total_seconds())
        later(bench, timedelta(seconds=pauses[-1]))
    assert pauses[0] <= 2 and pauses[-1] > 100 and max(pauses) <= mailserver.LONGEST_PAUSE
    assert len(set(pauses[-4:])) == 4


def test_while_it_is_away_other_work_goes_on(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.away = True
    talking.say(walker.portal, walker.number, "質問です", staff(walker))
    bench.drain(walker.portal)
    with database.transaction():
        jobrows.add_job(
            key="x", case=None, operator="nothing", run_at=walker.portal.now(), created_at=walker.portal.now()
        )
    assert bench.drain(walker.portal) == ["incident"]  # no mail among it: it was not even leased


def test_of_two_workers_one_tries_the_server(make_bench: Callable[[str], Bench], postgres: str) -> None:
    bench = make_bench(postgres)
    try:
        applied(bench, 4)
        bench.mailbox.away = True
        bench.drain()
        later(bench, timedelta(minutes=10))
        first, second = jobs.lease(bench.portal, "one"), jobs.lease(bench.portal, "two")
        assert first is not None
        assert second is None
    finally:
        database.proxy.obj.close_all()


def test_one_who_tried_the_server_and_died_is_followed_by_another(bench: Bench) -> None:
    applied(bench, 2)
    bench.mailbox.away = True
    bench.drain()
    later(bench, timedelta(minutes=10))
    assert jobs.lease(bench.portal, "dead") is not None
    assert jobs.lease(bench.portal, "other") is None
    later(bench, timedelta(seconds=mailserver.TRYING + leases.LEASE_SECONDS + 1))
    assert jobs.lease(bench.portal, "other") is not None


def test_an_outage_counts_no_try_against_a_mail(bench: Bench) -> None:
    walker = go(bench, until="second_review")
    bench.mailbox.away = True
    walker.take(REVIEW)
    for _ in range(30):
        walker.clock.moment += timedelta(days=1)
        bench.drain(walker.portal)
    job = mail_job(walker.number, "review-3")
    assert (job.state, job.attempts, job.handed, job.tried_since) == ("queued", 0, False, None)
    bench.mailbox.away = False
    walker.clock.moment += timedelta(days=1)
    bench.drain(walker.portal)
    assert opened(walker) == ["review_result"]


# One recipient among several


@pytest.fixture
def two(bench: Bench) -> Walker:
    """A case with two people of the vendor, who get its mails."""
    walker = go(bench, until="second_review")
    with database.transaction():
        from app.services.signin.newaccount import create_account

        other = create_account(
            "b@example.com", "例 二郎", Side.VENDOR, ["vendor"], "a password for tests", walker.portal.now()
        )
        cases.add_member(case_of(walker).id, other.id, walker.portal.now())
    return walker


def test_a_recipient_who_is_put_off_is_tried_apart_and_nobody_gets_it_twice(bench: Bench, two: Walker) -> None:
    bench.mailbox.refuses["b@example.com"] = Reply(450, "greylisted")
    two.take(REVIEW)
    assert opened(two) == ["review_result"]  # the case goes on
    with database.connection():
        row = records.mail_of_job(mail_job(two.number, "review-3").key)
    assert row is not None
    assert (row.state, row.refused) == ("sent", {"b@example.com": {"code": 450, "reply": "greylisted"}})
    two.clock.moment += timedelta(minutes=5)
    bench.drain(two.portal)
    bench.mailbox.refuses.clear()
    two.clock.moment += timedelta(minutes=30)
    bench.drain(two.portal)
    assert [letter.to for letter in bench.mailbox.of("review-3")] == [("ichiro.rei@example.com",), ("b@example.com",)]
    assert len({letter.message_id for letter in bench.mailbox.of("review-3")}) == 1
    with database.connection():
        told = [row.text for row in cases.timeline(case_of(two).id, internal=True, kinds=("mail",))][:2]
        assert Mail.get_by_id(row.id).refused == {}
    assert told == ["b@example.com", "ichiro.rei@example.com"]


# Told once


def test_the_history_says_once_that_a_mail_was_sent(bench: Bench) -> None:
    """A worker that is frozen after the server took the mail, and its successor: one line."""
    walker = go(bench, until="second_review")
    walker.take_without_jobs(REVIEW)
    hands = bench.hands(walker.portal)
    frozen = jobs.lease(walker.portal, "frozen")
    assert frozen is not None and frozen.params["mail"] == "review-3"
    hands.do(frozen)  # and it dies before the job is recorded
    walker.clock.moment += timedelta(seconds=leases.LEASE_SECONDS + 1)
    bench.drain(walker.portal)
    assert jobs.perform(walker.portal, hands, frozen) == "late"
    with database.connection():
        told = cases.timeline(case_of(walker).id, internal=True, kinds=("mail",))
        number = sum((row.data or {}).get("mail_id") == "review-3" for row in told)
    assert number == 1
    assert len(bench.mailbox.of("review-3")) == 1


# Taking a decision back


def offer(walker: Walker) -> recall.Offer:
    found = recall.offered(walker.portal, walker.number, staff(walker, 1))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "trouble", [None, Permanent("no such mailbox", code=550, reply="no", handed=False)], ids=["away", "refused"]
)
def test_a_decision_whose_mail_never_left_can_be_taken_back(bench: Bench, trouble: Permanent | None) -> None:
    walker, row = returned(bench)
    send(walker, "second_review", staff(walker, 1), **RETURN)
    bench.mailbox.away = trouble is None
    bench.mailbox.fail_with = [trouble] if trouble else []
    walker.clock.moment += timedelta(minutes=20)  # the quarter of an hour in which nothing goes out is over
    bench.drain(walker.portal)
    assert bench.mailbox.tried
    assert offer(walker).refusal is None
    recall.take_back(walker.portal, row.id, staff(walker, 1))
    bench.mailbox.away = False
    walker.clock.moment += timedelta(minutes=20)
    bench.drain(walker.portal)
    assert "returned" not in bench.mailbox.ids
    with database.connection():
        case, loaded = case_of(walker), walker.portal.releases.current("ccus_api_certification")
        found = [each.state for each in whose.of_case(case, loaded, staff(walker)) if each.mail_id == "returned"]
    assert found == ["cancelled"]


def test_a_mail_that_the_server_has_or_may_have_stands_in_the_way(bench: Bench) -> None:
    walker, _ = returned(bench)
    send(walker, "second_review", staff(walker, 1), **RETURN)
    walker.clock.moment += timedelta(minutes=20)
    hands, held = bench.hands(walker.portal), jobs.lease(walker.portal, "dead")
    assert held is not None

    def hindrance() -> str:
        refusal = offer(walker).refusal
        assert refusal is not None
        return refusal.message

    assert hindrance().startswith("A mail is being sent right now")
    bench.mailbox.fail_with = [Temporary("hung up", code=0, reply="", handed=True)]
    assert jobs.perform(walker.portal, hands, held) == "queued"
    assert hindrance().startswith("A mail is being sent right now")
    walker.clock.moment += timedelta(minutes=10)
    held = jobs.lease(walker.portal, "dead")
    assert held is not None
    hands.do(held)  # the server has it, and the worker dies
    assert hindrance().startswith("A mail has already been sent")


def test_an_incident_of_the_portal_is_one_row_however_often_it_is_seen(bench: Bench) -> None:
    now = bench.portal.now()
    with database.transaction():
        assert incidents.seen(None, "upkeep", "reminders", now, "", "x", {})
        assert not incidents.seen(None, "upkeep", "reminders", now + MINUTE, "", "y", {})
        [row] = Incident.select()
        assert (row.count, row.message, row.first_at, row.last_at) == (2, "y", now, now + MINUTE)
        assert incidents.over(None, now) == 1
        assert incidents.seen(None, "upkeep", "reminders", now, "", "x", {})


def test_a_mail_server_that_is_away_is_no_delay_of_the_workers(bench: Bench) -> None:
    applied(bench, 3)
    bench.mailbox.away = True
    bench.drain()
    later(bench, timedelta(hours=3))
    assert health.checks(bench.portal, 0, ("jobs",))["jobs"] == {"ok": True, "oldest_due_seconds": 0}
    bench.mailbox.away = False
    hands, held = bench.hands(bench.portal), jobs.lease(bench.portal, "one")
    assert held is not None
    jobs.perform(bench.portal, hands, held)
    assert health.checks(bench.portal, 0, ("jobs",))["jobs"] == {"ok": True, "oldest_due_seconds": 0}
    assert sorted(bench.drain()) == ["done", "done"]


def test_administrators_read_that_mails_go_out_again(bench: Bench) -> None:
    accounts.add_staff(bench.portal, "admin@example.jp", "管理 太郎", ["administrator"], "a password for tests")
    applied(bench, 2)
    bench.mailbox.away = True
    bench.drain()
    later(bench, timedelta(hours=3))
    bench.mailbox.away = False
    bench.drain()
    [letter] = bench.mailbox.of("alarm")
    assert letter.to == ("admin@example.jp",)
    assert "out of reach" in letter.text and "/attention" in letter.text

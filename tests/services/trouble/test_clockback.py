"""A clock that is put back or jumps ahead: nothing waits for what it was off, and no patience is used up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.errors import OutOfReach, Temporary, TooMany
from app.services import upkeep
from app.services.base import leases
from app.services.cases import applications
from app.services.process import jobs
from app.services.signin import guessing, throttle
from app.services.trouble import mailserver
from app.states import PasswordUse
from app.store import database
from app.store.models import Job
from tests.services.conftest import PACKAGES, STAFF, Bench, StillClock, open_bench
from tests.services.process.test_storage_rules import REQUEST

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def bench(tmp_path: Path, engine: Engine, either: str) -> Bench:
    """The three-step package over each kind of database."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def clock(bench: Bench) -> StillClock:
    assert isinstance(bench.portal.clock, StillClock)
    return bench.portal.clock


def apply(bench: Bench) -> Job:
    """An application; its first mail waits to be sent."""
    applications.apply(bench.portal, "library_card", REQUEST)
    return only()


def only() -> Job:
    with database.connection():
        [row] = Job.select().where(Job.operator == "mail")
    return row


def put_back(bench: Bench, by: timedelta = HOUR) -> None:
    """The clock is put right, and a worker's next round of upkeep comes."""
    clock(bench).moment -= by
    upkeep.tick(bench.portal)


def test_what_was_queued_before_the_clock_was_put_back_is_done_at_once(bench: Bench) -> None:
    apply(bench)
    put_back(bench)
    assert bench.drain() == ["done"]
    assert len(bench.mailbox.letters) == 1


def test_what_was_to_be_tried_again_soon_is(bench: Bench) -> None:
    bench.mailbox.fail_with = [Temporary("busy", code=450, reply="greylisted", handed=False)]
    apply(bench)
    assert bench.drain() == ["queued"]
    put_back(bench)
    assert bench.drain() == ["done"]
    assert only().attempts == 2


def test_what_was_to_wait_a_little_waits_no_longer_than_that(bench: Bench) -> None:
    row, moment = apply(bench), clock(bench).moment
    with database.transaction():
        Job.update(run_at=moment + 15 * MINUTE).where(Job.id == row.id).execute()
    put_back(bench)
    upkeep.tick(bench.portal)
    assert bench.drain() == []
    clock(bench).moment += 14 * MINUTE
    upkeep.tick(bench.portal)
    assert bench.drain() == []
    clock(bench).moment += MINUTE
    assert bench.drain() == ["done"]


def test_the_lease_of_a_worker_that_died_before_the_clock_was_put_back_ends_in_its_time(bench: Bench) -> None:
    apply(bench)
    assert jobs.lease(bench.portal, "dead") is not None
    put_back(bench)
    assert bench.drain() == []  # its holder may be alive
    clock(bench).moment += timedelta(seconds=leases.LEASE_SECONDS + 1)
    assert bench.drain() == ["done"]


def test_a_worker_that_lives_keeps_its_lease_through_it(bench: Bench) -> None:
    apply(bench)
    held = jobs.lease(bench.portal, "slow")
    assert held is not None
    put_back(bench)
    for _ in range(5):
        clock(bench).moment += timedelta(seconds=leases.LEASE_SECONDS / 3)
        assert leases.extend(bench.portal, held)
        upkeep.tick(bench.portal)
        assert bench.drain() == []
    assert jobs.perform(bench.portal, bench.hands(bench.portal), held) == "done"


def test_a_mail_server_that_was_away_is_tried_again_soon(bench: Bench) -> None:
    bench.mailbox.fail_with = [OutOfReach("The mail server does not answer")]
    apply(bench)
    assert bench.drain() == ["queued"]
    put_back(bench)
    clock(bench).moment += timedelta(seconds=mailserver.LONGEST_PAUSE)
    assert bench.drain() == ["done"]


def test_whoever_was_held_up_is_held_up_no_longer_than_before(bench: Bench) -> None:
    asker = guessing.Asker("192.0.2.1")

    def wrong() -> None:
        assert not guessing.checked(bench.portal, STAFF[0], asker, PasswordUse.SIGN_IN, lambda: False)

    for _ in range(guessing.PAIR.free):
        wrong()
    with pytest.raises(TooMany):
        wrong()
    put_back(bench)
    clock(bench).moment += guessing.PAIR.first
    wrong()


def test_what_may_be_asked_for_so_often_only_may_be_again_in_the_same_time(bench: Bench) -> None:
    for _ in range(throttle.LINK.most):
        assert throttle.through(bench.portal, "192.0.2.1", throttle.LINK) is None
    put_back(bench)
    left = throttle.through(bench.portal, "192.0.2.1", throttle.LINK)
    assert left is not None and left <= throttle.LINK.window


def test_a_clock_that_jumps_ahead_uses_up_nobodys_patience(bench: Bench) -> None:
    """As a portal that was switched off over a week."""
    bench.mailbox.fail_with = [Temporary("busy", code=450, reply="greylisted", handed=False)] * 4
    apply(bench)
    bench.drain()
    clock(bench).moment += timedelta(days=bench.portal.settings.mail_retry_days + 1)
    for _ in range(3):
        assert bench.drain() == ["queued"]
        clock(bench).moment += timedelta(seconds=20)
    assert bench.drain() == ["done"]


def test_clocks_of_two_machines_that_differ_a_little_change_nothing(bench: Bench) -> None:
    before = apply(bench)
    put_back(bench, timedelta(seconds=20))
    assert (only().run_at, only().created_at) == (before.run_at, before.created_at)

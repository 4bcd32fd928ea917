"""The first page of whoever runs the portal: each line is so, since when, and leads to where it is mended."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.connectors.mailreply import Reply
from app.errors import Forbidden
from app.services.backup import made, writing
from app.services.base.actors import Actor
from app.services.cases import talking
from app.services.doctor import firstpage
from app.services.doctor.lines import Line
from app.services.pages import health
from app.services.trouble import https
from app.states import Act, Side
from app.store import cases, database, glance
from app.store.models import Task, TrailEntry
from tests.fakes.receiver import receiver
from tests.services.broken import applied, clerk
from tests.services.conftest import Bench
from tests.services.steps import go
from tests.support.statements import counted

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))


def page(bench: Bench) -> firstpage.FirstPage:
    return firstpage.page(bench.portal, ADMIN, math.inf)


def line(bench: Bench, topic: str) -> Line:
    return next(each for each in page(bench).lines if each.topic == topic)


def test_overdue_due_and_open_tasks_are_those_of_the_list(small_bench: Bench) -> None:
    for n in range(3):
        applied(small_bench, email=f"a{n}@example.com", company_name=f"みほん第{n}小学校")
    who, today = clerk(small_bench), small_bench.portal.today()
    with database.transaction():
        rows = list(Task.select().where(Task.element == "approve").order_by(Task.case))
        for row, days in zip(rows, (-1, 0, 7), strict=True):
            row.due_on = today + timedelta(days=days)
            row.assignee = who.user_id if days < 0 else None
            row.save()
    found = page(small_bench)
    assert (found.overdue, found.today, found.week, found.open) == (1, 1, 1, 3)
    assert [(each.element, each.person, each.count) for each in found.late] == [("approve", "担当 1", 1)]


def test_what_is_stuck_stands_there_by_cause_with_its_count(small_bench: Bench) -> None:
    for n in range(4):
        small_bench.mailbox.refuses[f"w{n}@example.com"] = Reply(550, "5.1.1 User unknown")
        applied(small_bench, email=f"w{n}@example.com")
    [cause] = page(small_bench).causes
    assert cause.cases == 4
    undelivered = [each for each in page(small_bench).wrong if each.link == "/inbound/undelivered"]
    assert [each.params["count"] for each in undelivered] == [4]
    assert undelivered[0].since is not None


def test_a_mail_server_that_is_away_is_said_since_when(bench: Bench) -> None:
    go(bench, until="submit_documents")
    bench.mailbox.away = True
    small = line(bench, "Mail server")
    assert small.state == "warning"  # none is set here: mails stay in the portal
    with database.connection():
        case = cases.search()[0]
    talking.say(bench.portal, case.number, "質問", clerk(bench))
    bench.drain()
    away = line(bench, "Mail server")
    assert (away.state, away.params["count"]) == ("bad", 1)
    assert away.since is not None and away.link == "/attention"


def test_a_backup_is_on_record_and_grows_old(small_bench: Bench, tmp_path: Path) -> None:
    assert (line(small_bench, "Backup").state, line(small_bench, "Backup").said) == ("bad", "None has been made yet")
    settings, now = small_bench.portal.settings, small_bench.portal.now()
    done = writing.backup(settings, tmp_path / "out" / "nintei.tar", now)
    assert made.record(settings, done, now, sealed=False)
    with database.connection():
        assert [each.subject for each in TrailEntry.select().where(TrailEntry.act == Act.BACKED_UP)] == ["nintei.tar"]
    found = line(small_bench, "Backup")
    assert (found.state, found.since) == ("ok", now)
    assert str(found.params["place"]).endswith("nintei.tar")
    for days, state in ((3, "warning"), (9, "bad")):
        small_bench.portal.clock.moment = now + timedelta(days=days)  # type: ignore[attr-defined]
        assert line(small_bench, "Backup").state == state


def test_no_worker_and_a_job_that_nobody_does_are_said(small_bench: Bench) -> None:
    assert line(small_bench, "Workers").state == "bad"
    health.sign("here:1")
    assert line(small_bench, "Workers").state in {"ok", "bad"}  # `nintei run` here wants as many as it starts
    with database.connection():
        assert glance.jobs() == {}


def test_the_certificate_of_the_address_is_looked_at_twice_a_day_and_its_end_is_said(
    small_bench: Bench, tmp_path: Path
) -> None:
    portal, began = small_bench.portal, datetime.now(UTC)
    assert https.look(portal) is None  # an address without https has none
    topic = "TLS certificate"
    with receiver(tmp_path, days=90) as server:
        address = f"https://localhost:{server.port}"
        object.__setattr__(portal, "settings", replace(portal.settings, base_url=address))
        portal.clock.moment = began  # type: ignore[attr-defined]
        assert line(small_bench, topic).said == "It is checked within a few minutes"
        assert https.look(portal, server.trust) is not None
        assert https.look(portal, server.trust) is None  # not again so soon
        assert line(small_bench, topic).state == "ok"
        for days, state in ((75, "warning"), (91, "bad")):
            portal.clock.moment = began + timedelta(days=days)  # type: ignore[attr-defined]
            assert line(small_bench, topic).state == state
        portal.clock.moment = began + timedelta(days=1)  # type: ignore[attr-defined]
        assert https.look(portal) is not None  # nobody vouches for it now
        assert line(small_bench, topic).state == "bad"
    portal.clock.moment = began + timedelta(days=2)  # type: ignore[attr-defined]
    https.look(portal)
    assert line(small_bench, topic).state == "warning"  # nobody answers
    object.__setattr__(portal, "settings", replace(portal.settings, watch_certificate=False))
    assert topic not in {each.topic for each in page(small_bench).lines}


def test_a_look_that_fails_keeps_no_other_away(small_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("no disk")

    monkeypatch.setattr(glance, "last_backup", broken)
    found = page(small_bench)
    [wrong] = [each for each in found.lines if each.topic == "Backup"]
    assert (wrong.state, wrong.said) == ("bad", "It cannot be looked at just now")
    assert {"Disk", "Workers", "Clock"} <= {each.topic for each in found.lines}


@pytest.mark.parametrize("role", ["operator", "analyst", "approver"])
def test_only_who_may_see_the_portal_reads_it(small_bench: Bench, role: str) -> None:
    with pytest.raises(Forbidden):
        firstpage.page(small_bench.portal, Actor(None, "誰か", Side.OPERATOR, frozenset({role})), 0)


def test_it_asks_as_much_for_many_cases_as_for_one(small_bench: Bench) -> None:
    applied(small_bench)
    page(small_bench)
    with counted() as few:
        page(small_bench)
    for n in range(8):
        applied(small_bench, email=f"a{n}@example.com")
    with counted() as many:
        page(small_bench)
    assert len(many.statements) <= len(few.statements)

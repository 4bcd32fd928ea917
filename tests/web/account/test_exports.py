"""Large files of rows: asked for on a list, made by a worker, taken down by who asked, gone in time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import main
from app.engine import Engine
from app.errors import Refused
from app.services import upkeep
from app.services.base.actors import Actor
from app.services.exports import large
from app.services.exports.sheet import Sheet
from app.services.people import accounts
from app.services.plays.box import Box
from app.services.process import jobs
from app.states import ExportState, JobState, Side
from app.store import database, exports
from app.store.models import Export, Job, TrailEntry, User
from app.web.frame import exporting
from tests.admin.populated import ADMIN, ANALYST, add_people
from tests.services.steps import go
from tests.web.audit.test_record import facts
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]


@pytest.fixture
def site(either: str, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The pages on either database, where more than two rows are many."""
    monkeypatch.setattr(large, "DIRECT", 2)
    found = add_people(open_site(tmp_path, engine, url=either))
    for n in range(3):
        go(found.bench, until="submit_documents", application={"email": f"a{n}@example.com", "system_name": f"系{n}"})
    return found


def worked(site: Site) -> None:
    """A worker does what waits."""
    portal = site.bench.portal
    hands = site.bench.hands(portal)
    hands.own = {large.OPERATOR: partial(large.run, portal, partial(exporting.asked, site.app))}
    while (job := jobs.lease(portal, "test")) is not None:
        jobs.perform(portal, hands, job)


def asked(client: FlaskClient, url: str) -> str:
    """The page on which the file is made."""
    answer = client.get(url)
    assert answer.status_code == 303
    return str(answer.location)


def test_many_rows_are_made_while_one_works_on_and_few_at_once(site: Site) -> None:
    client = site.person(ADMIN)
    assert client.get("/admin/case/export/csv?q=系1").mimetype == "text/csv"
    assert 'download=""' not in client.get("/admin/case/").text
    page = asked(client, "/admin/case/export/csv")
    assert "ファイルを作成しています" in client.get(page).text
    assert client.get(f"{page}/file").status_code == 404
    assert asked(client, "/admin/case/export/csv") == page  # the same one, not made twice
    worked(site)
    shown = client.get(page).text
    assert "data-live" not in shown and f'href="{page}/file"' in shown
    answer = client.get(f"{page}/file")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0][:3] == ["番号", "会社", "システム"]
    assert {row[2] for row in rows[1:]} == {"系0", "系1", "系2"}
    assert "attachment" in answer.headers["Content-Disposition"]
    assert page in client.get("/exports").text
    with database.connection():
        told = [(row.act.value, json.loads(row.what)["label"]) for row in TrailEntry.select()]
    assert told.count(("exported", "案件")) == 2  # the few rows at once, and these
    assert told.count(("downloaded", "案件")) == 1


def test_whoever_tries_a_draft_gets_many_rows_too(site: Site) -> None:
    portal, client = site.bench.portal, site.person(ADMIN)
    page = asked(client, "/admin/case/export/csv")
    hands = main.play_hands(portal.settings, lambda: site.app, Box())(portal)
    job = jobs.lease(portal, "play")
    assert job is not None
    assert jobs.perform(portal, hands, job) is JobState.DONE
    assert "系2" in client.get(f"{page}/file").get_data().decode("utf-8-sig")


def test_a_play_does_every_job_that_the_worker_does(site: Site) -> None:
    portal = site.bench.portal
    hands = main.play_hands(portal.settings, lambda: site.app, Box())(portal)
    assert hands.own.keys() == main.make_outside(portal).own.keys()


def test_it_speaks_as_who_asked_and_counts_what_is_written(site: Site) -> None:
    page = asked(site.person(ADMIN), "/admin/case/export/xlsx?lang=en")
    worked(site)
    with database.connection():
        row = exports.one(int(page.rpartition("/")[2]))
    assert row is not None
    assert (row.state, row.language, row.title) == (ExportState.MADE, "en", "Cases")
    assert row.size > 0
    assert site.person(ADMIN).get(f"{page}/file").get_data()[:2] == b"PK"


def test_the_audit_record_is_made_so_too(site: Site) -> None:
    facts(site, 5)
    page = asked(site.person(ADMIN), "/audit/export?form=csv&ground=settings")
    worked(site)
    content = site.person(ADMIN).get(f"{page}/file").get_data().decode("utf-8-sig")
    assert content.count("口座番号") >= 5


def test_a_file_is_its_owners_alone(site: Site) -> None:
    page = asked(site.person(ADMIN), "/admin/case/export/csv")
    accounts.add_staff(site.bench.portal, "other@example.jp", "別 管理", ["administrator"], "a password for tests")
    for path in (page, f"{page}/file"):
        assert site.person("other@example.jp").get(path).status_code == 404
        assert site.person(ANALYST).get(path).status_code == 403


def test_who_may_no_longer_gets_none_and_nothing_stays_stuck(site: Site) -> None:
    page = asked(site.person(ADMIN), "/admin/case/export/csv")
    with database.transaction():
        User.update(active=False).where(User.email == ADMIN).execute()
    worked(site)
    with database.connection():
        row = exports.one(int(page.rpartition("/")[2]))
        assert row is not None and row.state is ExportState.FAILED
        assert not Job.select().where(Job.state == "incident").exists()


def test_its_time_is_over_after_three_days(site: Site) -> None:
    client = site.person(ADMIN)
    page = asked(client, "/admin/case/export/csv")
    worked(site)
    with database.connection():
        digest = Export.get().digest
    assert digest in set(site.bench.portal.blobs.all())
    site.bench.portal.clock.moment += large.KEPT + timedelta(hours=2)  # type: ignore[attr-defined]
    upkeep.tick(site.bench.portal)
    client = site.person(ADMIN)
    assert client.get(f"{page}/file").status_code == 404
    assert "保存期間" in client.get(page).text
    with database.connection():
        assert (Export.get().state, Export.get().digest) == (ExportState.OVER, "")


def test_a_person_has_some_made_at_a_time_and_no_more(site: Site) -> None:
    with database.connection():
        user = User.get(User.email == ADMIN)
    who = Actor(user.id, user.name, Side.OPERATOR, frozenset({"administrator"}))
    sheet = Sheet("案件", ["番号"], list)
    for n in range(large.MOST):
        large.ask(site.bench.portal, who, "records", f"kind=case&q={n}", sheet, "csv")
    with pytest.raises(Refused, match="already being prepared"):
        large.ask(site.bench.portal, who, "records", "kind=case&q=x", sheet, "csv")


def test_a_worker_that_went_away_is_followed_by_one_that_begins_anew(site: Site) -> None:
    asked(site.person(ADMIN), "/admin/case/export/csv")
    calls: list[str] = []

    @contextmanager
    def broken(_row: Export) -> Iterator[Sheet]:
        calls.append("one")
        raise OSError("the disk is full")
        yield  # a generator

    with database.connection():
        number = Export.get().id
    with pytest.raises(OSError, match="full"):
        large.make(site.bench.portal, broken, number)
    with database.transaction():
        assert Export.get().state is ExportState.WAITING
        Job.update(state=JobState.INCIDENT).where(Job.operator == large.OPERATOR).execute()
    page = site.person(ADMIN).get(f"/exports/{number}").text
    assert "要対応" in page.partition("<main")[2] and "data-live" not in page, "it is not said to be on its way"
    with database.transaction():
        Job.update(state=JobState.QUEUED).where(Job.operator == large.OPERATOR).execute()
    worked(site)
    with database.connection():
        assert Export.get().state is ExportState.MADE
    large.make(site.bench.portal, broken, number)  # done: not asked again
    assert calls == ["one"]
    assert "export" in jobs.OWN

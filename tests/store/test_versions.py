"""Data of each version that went out is brought up by today's program, and its cases go on to the end."""

from __future__ import annotations

import re
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.catalogue import scenarios
from app.catalogue.demo import FILE as DEMO_FILE
from app.engine import Engine
from app.errors import Unready
from app.services.base import finding, versions
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.demo.walker import Walker
from app.states import Act
from app.store import cases, database, jobrows, work
from app.store.blobs import Blobs
from app.store.models import TrailEntry
from config import settings as config
from tests.services.conftest import BPMN, SECRET, Bench, StillClock, engine
from tests.store.keep import DUMP, VERSIONS
from tests.support.needs import postgres_bin, require

__all__ = ["engine"]  # a fixture of the services' tests
KEPT = sorted(VERSIONS.glob("*.tar.xz"))
EMBEDDED = [file for file in KEPT if file.name.endswith("-sqlite.tar.xz")]


@pytest.fixture
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[config.Settings, datetime]]:
    """A kept folder as an installation's data, and the moment at which it stopped."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    url = f"sqlite:///{tmp_path}/nintei.db"
    if request.param.name.endswith("-postgres.tar.xz"):
        require("postgres")
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
        programs = postgres_bin()
        assert programs is not None
        load = [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", tmp_path / DUMP, url]
        subprocess.run(load, check=True, stdout=subprocess.DEVNULL)
    settings = config.load(
        {
            "NINTEI_DATA_DIR": str(tmp_path), "NINTEI_DATABASE_URL": url, "NINTEI_SECRET_KEY": SECRET,
            "NINTEI_CARD_KEY": SECRET[::-1], "NINTEI_PACKAGES_DIR": str(BPMN),
        }
    )  # fmt: skip
    yield settings, datetime.fromisoformat((tmp_path / "moment").read_text())
    if database.is_postgres():
        database.proxy.obj.close_all()


def brought_up(settings: config.Settings, moment: datetime, engine: Engine) -> Bench:
    versions.upgrade(settings, moment, lambda _step: None)
    versions.prepare(database.proxy.obj)
    clock = StillClock(moment)
    return Bench(Portal(settings, clock, engine, Releases(engine, clock), Blobs(settings.data_dir / "blobs"), BPMN))


@pytest.mark.parametrize("data", KEPT, indirect=True, ids=lambda file: file.name.removesuffix(".tar.xz"))
def test_cases_of_an_older_version_go_on_to_the_end(data: tuple[config.Settings, datetime], engine: Engine) -> None:
    settings, moment = data
    bench = brought_up(settings, moment, engine)
    with database.connection():
        assert TrailEntry.select().where(TrailEntry.act == Act.UPGRADED).count() == 1, "on the audit record"
    while finding.mend(bench.portal):  # what an idle worker does: cases are indexed as today's search asks
        pass
    with database.connection():
        release = bench.portal.releases.current("ccus_api_certification")
    plans = tomllib.loads(release.package.files[DEMO_FILE].decode())
    staff = [each["email"] for each in plans["staff"] if "operator" in each["roles"]]
    ended = []
    for plan in [each for each in plans["case"] if each.get("until")]:
        with database.connection():
            case = cases.search(text=plan["application"]["email"])[0]
            assert [task.element for task in work.open_tasks(case.id)]
        walker = Walker(bench.portal, bench.portal.releases.loaded(case.release_id), plan | plans, staff, bench.hands)
        walker.number, walker.clock.moment = case.number, moment
        walker.unlimited()
        steps = scenarios.steps(release.package.files, plan["scenario"])
        first = max(n for n, step in enumerate(steps) if step.get("complete") == plan["until"])
        for step in steps[:first]:  # who reviewed first reviews first again
            if step.get("by") == "operator":
                walker._actor(case, step)
        for step in steps[first:]:
            walker.clock.working_hours_later(datetime.max.replace(tzinfo=UTC))
            if step.get("complete") in plans["on_the_day"]:
                walker._to_the_day()
            walker.take(step)
            with database.connection():
                if "expect_open" in step:
                    assert sorted(task.element for task in work.open_tasks(case.id)) == sorted(step["expect_open"])
                assert [job.error for job in jobrows.jobs_of(case.id, "incident")] == []
        with database.connection():
            ended.append(cases.by_id(case.id).state)  # type: ignore[union-attr]
    assert sorted(ended) == ["certified"] * 6 + ["open"]  # the one that was returned is walked no further


@pytest.mark.parametrize("data", EMBEDDED, indirect=True, ids=lambda file: file.name.removesuffix(".tar.xz"))
def test_the_database_of_before_lies_beside_the_one_that_was_brought_up(
    data: tuple[config.Settings, datetime], engine: Engine
) -> None:
    settings, moment = data
    before = versions.status(settings)
    with database.connection():
        rows = database.proxy.obj.execute_sql('SELECT COUNT(*) FROM "case"').fetchone()
    copy = versions.upgrade(settings, moment, lambda _step: None)
    assert copy is not None
    assert re.fullmatch(rf"nintei\.db\.version-{before.found}-\d{{8}}T\d{{6}}Z", copy.name)
    assert copy.stat().st_mode & 0o077 == 0
    assert versions.status(settings).fits
    assert versions.upgrade(settings, moment, lambda _step: None) is None  # nothing to do, no second copy
    kept = database.connect(f"sqlite:///{copy}")
    with database.connection():
        assert kept.execute_sql('SELECT COUNT(*) FROM "case"').fetchone() == rows
        with pytest.raises(Unready, match="nintei db upgrade"):
            versions.require()

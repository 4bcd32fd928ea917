"""A draft is tried: its people, its clock, its cases, and the path that is kept as a scenario."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app import catalogue
from app.catalogue import scenario_text, scenarios
from app.engine import Engine
from app.errors import BadPackage, NotFound, Refused
from app.services.base import versions
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.packages import folders
from app.services.pages import outbox
from app.services.plays import views
from app.services.plays.box import Box
from app.services.plays.playclock import PlayClock
from app.services.plays.stage import Stage
from app.services.rehearsal import taking, walk
from app.states import Side
from app.store import cases, database, work
from app.store.blobs import Blobs
from config import settings as config
from tests.fakes.mailbox import Mailbox
from tests.services.conftest import BPMN, SECRET, Bench, StillClock

CCUS = folders.read(BPMN / "ccus_api_certification")


class Seconds:
    """A clock of the machine that stands still."""

    def __call__(self) -> float:
        return 0.0


def open_stage(folder: Path, engine: Engine) -> Stage:
    settings = config.load(
        {
            "NINTEI_DATA_DIR": str(folder),
            "NINTEI_SECRET_KEY": SECRET,
            "NINTEI_PACKAGES_DIR": str(folder),
            "NINTEI_DEMO": "yes",  # as a Play's process has it: nothing lies still before it goes out
        }
    )
    versions.prepare(database.connect(settings.database_url))
    clock = PlayClock(StillClock().now(), Seconds())
    portal = Portal(settings, clock, engine, Releases(engine, clock), Blobs(folder / "blobs"), folder)
    return Stage(portal, clock, Bench(portal, Mailbox()).hands, Box())


@pytest.fixture
def stage(tmp_path: Path, engine: Engine) -> Stage:
    found = open_stage(tmp_path, engine)
    found.open(CCUS)
    return found


def opened(stage: Stage, number: str) -> list[str]:
    with stage.portal.connection():
        case = cases.get(number)
        assert case is not None
        return sorted(row.element for row in work.open_tasks(case.id))


def test_its_people_are_those_of_the_demo_and_a_visitor(stage: Stage) -> None:
    people = stage.people()
    assert people[0].side is None and people[0].user_id is None
    assert {Side.OPERATOR} == {each.side for each in people[1:]}
    assert stage.person(people[1].key) == people[1]
    with pytest.raises(NotFound):
        stage.person("u999")


def test_a_package_without_a_demo_has_somebody_of_each_group(tmp_path: Path, engine: Engine) -> None:
    files = {path: data for path, data in CCUS.files.items() if path != "demo.toml"}
    stage = open_stage(tmp_path, engine)
    stage.open(catalogue.from_files(files))
    groups = {group for person in stage.people() for group in person.groups}
    assert groups == set(CCUS.groups)


def test_a_draft_that_cannot_run_says_why(tmp_path: Path, engine: Engine) -> None:
    files = dict(CCUS.files)
    path = next(name for name, data in files.items() if name.endswith(".bpmn") and b"calledElement" in data)
    files[path] = files[path].replace(b'calledElement="', b'calledElement="no_', 1)
    with pytest.raises(BadPackage):
        open_stage(tmp_path, engine).open(catalogue.from_files(files))


def test_a_case_walks_by_itself_to_the_task_that_one_wants_to_see(stage: Stage) -> None:
    number = stage.walk("happy_path", "first_review")
    assert opened(stage, number) == ["first_review"]
    assert [case["name"] for case in views.state(stage)["cases"]] == ["until_first_review"]
    assert [each.mail_id for each in outbox.recent(stage.portal) if each.mail_id != "receipt"] == ["review-1"]
    assert {each.side for each in stage.people()} == {None, Side.VENDOR, Side.OPERATOR}


def test_time_is_put_forward_and_what_falls_due_happens_on_its_day(stage: Stage) -> None:
    number = stage.walk("happy_path", "submit_documents")
    before = stage.portal.now()
    due = stage.next_due()
    stage.advance(before + timedelta(days=30))
    assert stage.portal.now() == before + timedelta(days=30)
    assert opened(stage, number) == ["submit_documents"]
    reminders = [each for each in outbox.recent(stage.portal) if each.at > before + timedelta(days=1)]
    assert reminders, "the vendor was reminded while time went by"
    assert all(each.at < before + timedelta(days=30) for each in reminders)
    assert due is None or due >= before
    with pytest.raises(Refused):
        stage.advance(before + timedelta(days=366 * 20))


def test_a_played_path_is_kept_and_comes_out_the_same_twice(stage: Stage) -> None:
    number = stage.walk("happy_path", "confirm_initial_payment")
    stage.advance(stage.portal.now() + timedelta(days=1))
    kept = stage.recorder.keep(stage.loaded(), number, "試したもの")
    assert kept.problem is None, kept.problem
    files = {**CCUS.files, "scenarios/played.toml": kept.text}
    assert views.proposed("until_x", {"until_x", "until_x_2"}) == "until_x_3"
    package = catalogue.from_files(files)
    assert not [problem for problem in stage.portal.releases.check(package) if problem.severity == "error"]
    for _ in range(2):
        found = walk.rehearse(package, stage.portal.releases.compiled(package), stage.portal.engine)
        outcome = next(each for each in found.outcomes if each.scenario.name == "played")
        assert outcome.problem is None and outcome.steps == kept.steps


def test_the_whole_way_is_kept(stage: Stage) -> None:
    number = stage.walk("happy_path", "")
    kept = stage.recorder.keep(stage.loaded(), number, "全部")
    assert kept.problem is None, kept.problem
    assert kept.steps == len([s for s in scenarios.steps(CCUS.files, "happy_path") if "advance" not in s])


def test_nothing_played_is_nothing_kept(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.recorder.keep(stage.loaded(), "2026-9999", "x")


def test_what_comes_otherwise_after_a_change_is_shown_and_taken_over(stage: Stage) -> None:
    name = "happy_path"
    source = CCUS.files[scenarios.path_of(name)]
    changed = source.replace(b'expect_open = ["company_profile"]', b'expect_open = ["first_review"]  # a note', 1)
    package = catalogue.from_files({**CCUS.files, scenarios.path_of(name): changed})
    read = scenarios.read(package.files)
    found = taking.taken(package, stage.portal.releases.compiled(package), stage.portal.engine, read.walk(name))
    assert found.problem is None
    [change] = scenario_text.changes(read.scenarios[name], found.came)
    assert (change.key, change.before, change.now) == ("expect_open", ["first_review"], ["company_profile"])
    assert scenario_text.taken_over(changed, []) == changed
    mended = scenario_text.taken_over(changed, [change])
    assert b"# a note" in mended
    assert mended.replace(b"  # a note", b"") == source


def test_the_clock_is_never_put_back() -> None:
    clock = PlayClock(StillClock().now(), Seconds())
    later = clock.now() + timedelta(days=2)
    clock.put(later)
    clock.put(later - timedelta(days=1))
    assert clock.now() == later

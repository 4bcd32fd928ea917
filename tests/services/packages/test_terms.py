"""Content is kept once; being in force is chosen, planned, taken back, and told by the clock alone."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.catalogue import Package
from app.engine import Engine
from app.errors import BadPackage, NotFound, Refused
from app.services.base.businessdays import JAPAN
from app.services.base.releases import Releases
from app.services.cases import applications
from app.services.packages import folders, terms, termviews
from app.services.packages.terms import Act, Done
from app.store import cases, changes, database, releases
from app.store.models import Release, Term
from tests.catalogue.support import Edit, edited
from tests.catalogue.wrongs import BPMN as DIAGRAM
from tests.catalogue.wrongs import swap
from tests.services.conftest import Bench, StillClock

LIBRARY = "library_card"
REQUEST = {
    "company_name": "みほん市立小学校",
    "contact_name": "図書 花子",
    "email": "hanako@example.jp",
    "reader_kind": "school",
    "books": 3,
}
FIRST: Edit = {}
SECOND: Edit = {DIAGRAM: swap('name="カードの受け取り"', 'name="カードを受け取る"')}
THIRD: Edit = {DIAGRAM: swap('name="カードの受け取り"', 'name="カードをもらう"')}
BROKEN: Edit = {"scenarios/refused.toml": swap('"refused"', '"approved"')}
SATO = Act("sato", "見直し")


@pytest.fixture
def clock(small_bench: Bench) -> StillClock:
    assert isinstance(small_bench.portal.clock, StillClock)
    return small_bench.portal.clock


def name_of_new_cases(bench: Bench) -> str:
    """What the last step is called for a case that begins now."""
    with database.connection():
        return str(bench.portal.releases.current(LIBRARY).package.elements["collect"].name)


def release(bench: Bench, changes: Edit, act: Act = SATO) -> Done:
    return terms.release(bench.portal, edited(changes), act)


def shown(bench: Bench) -> list[tuple[int, str]]:
    """Number and state of every term, the newest content first."""
    found = termviews.history(bench.portal, LIBRARY)
    return [(term.number, term.state) for each in found.releases for term in each.terms]


def test_released_content_holds_at_once_and_cases_stay_where_they_began(small_bench: Bench, clock: StillClock) -> None:
    old = applications.apply(small_bench.portal, LIBRARY, REQUEST).number
    clock.moment += timedelta(minutes=1)
    done = release(small_bench, SECOND)
    assert (done.number, done.before, done.changed, done.again, done.cases) == (2, 1, True, False, 1)
    new = applications.apply(small_bench.portal, LIBRARY, {**REQUEST, "email": "taro@example.jp"}).number
    with database.connection():
        began = {
            number: small_bench.portal.releases.loaded(cases.get(number).release_id).number for number in (old, new)
        }
    assert began == {old: 1, new: 2}
    assert name_of_new_cases(small_bench) == "カードを受け取る"


def test_content_that_is_known_holds_again_by_a_new_term(small_bench: Bench, clock: StillClock) -> None:
    for changes_ in (SECOND, FIRST):
        clock.moment += timedelta(minutes=1)
        done = release(small_bench, changes_)
    assert (done.number, done.before, done.changed, done.again) == (1, 2, True, True)
    assert name_of_new_cases(small_bench) == "カードの受け取り"
    assert shown(small_bench) == [(2, "ended"), (1, "in_force"), (1, "ended")]
    with database.connection():
        assert Release.select().count() == 2


def test_what_is_in_force_already_is_not_put_in_force_again(small_bench: Bench) -> None:
    done = release(small_bench, FIRST)
    assert (done.number, done.changed) == (1, False)
    assert shown(small_bench) == [(1, "in_force")]


def test_an_earlier_number_is_restored_with_who_and_why_on_record(small_bench: Bench, clock: StillClock) -> None:
    clock.moment += timedelta(minutes=1)
    release(small_bench, SECOND)
    clock.moment += timedelta(minutes=1)
    done = terms.restore(small_bench.portal, LIBRARY, 1, Act("suzuki", "受け取りが止まった", terms.RESTORE))
    assert (done.number, done.before, done.again) == (1, 2, True)
    held = termviews.history(small_bench.portal, LIBRARY).current
    assert held is not None
    assert (held.number, held.by, held.note, held.source) == (1, "suzuki", "受け取りが止まった", "restore")
    assert held.from_at == clock.moment
    with database.connection():
        rows = [(row.by_name, row.field, row.before, row.after) for row in changes.recent("release")]
    moment = f"{clock.moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"
    assert rows[0] == ("suzuki", "restore", "2", f"1 ({moment}) 受け取りが止まった")
    assert [row[:2] for row in rows] == [("suzuki", "restore"), ("sato", "folder"), ("tests", "folder")]
    with pytest.raises(NotFound, match="no number 7; there are 1, 2"):
        terms.restore(small_bench.portal, LIBRARY, 7, SATO)
    with pytest.raises(NotFound, match="no process package"):
        terms.restore(small_bench.portal, "nothing", 1, SATO)


def test_a_planned_term_holds_from_its_second_on_without_anybody_doing_anything(
    small_bench: Bench, clock: StillClock
) -> None:
    begins = clock.moment + timedelta(days=14)
    done = release(small_bench, SECOND, replace(SATO, from_at=begins))
    assert (done.term.state, done.before) == ("planned", 1)
    other = Releases(small_bench.portal.engine, clock)  # as another process has it
    for moment, number in ((begins - timedelta(seconds=1), 1), (begins, 2), (begins + timedelta(days=365), 2)):
        clock.moment = moment
        with database.connection():
            assert [each.current(LIBRARY).number for each in (small_bench.portal.releases, other)] == [number, number]
    assert shown(small_bench) == [(2, "in_force"), (1, "ended")]


def test_what_is_released_meanwhile_holds_until_the_planned_day(small_bench: Bench, clock: StillClock) -> None:
    begins = clock.moment + timedelta(days=14)
    release(small_bench, SECOND, replace(SATO, from_at=begins))
    clock.moment += timedelta(days=1)
    done = release(small_bench, THIRD)
    assert [(each.number, each.from_at) for each in done.next] == [(2, begins)]
    assert name_of_new_cases(small_bench) == "カードをもらう"
    clock.moment = begins
    assert name_of_new_cases(small_bench) == "カードを受け取る"


def test_a_moment_that_is_past_is_refused(small_bench: Bench, clock: StillClock) -> None:
    with pytest.raises(Refused, match="2026-04-01 10:00 is past"):
        release(small_bench, SECOND, replace(SATO, from_at=clock.moment))
    with pytest.raises(Refused, match="is past"):
        terms.restore(small_bench.portal, LIBRARY, 1, replace(SATO, from_at=clock.moment - timedelta(days=1)))
    assert shown(small_bench) == [(1, "in_force")]


def test_the_same_plan_is_made_once(small_bench: Bench, clock: StillClock) -> None:
    act = replace(SATO, from_at=clock.moment + timedelta(days=1))
    assert release(small_bench, SECOND, act).changed
    assert not release(small_bench, SECOND, act).changed
    assert shown(small_bench) == [(2, "planned"), (1, "in_force")]
    assert release(small_bench, THIRD, act).changed  # two at the same second: the one made later holds
    clock.moment += timedelta(days=1)
    assert name_of_new_cases(small_bench) == "カードをもらう"


def test_a_planned_term_is_taken_back(small_bench: Bench, clock: StillClock) -> None:
    begins = clock.moment + timedelta(days=1)
    release(small_bench, SECOND, replace(SATO, from_at=begins))
    stopped, holds = terms.stop(small_bench.portal, LIBRARY, 2, "suzuki", "まだ早い")
    assert (stopped.state, stopped.stopped_by, stopped.stopped_why) == ("stopped", "suzuki", "まだ早い")
    assert holds is not None
    assert holds.number == 1
    clock.moment = begins
    assert name_of_new_cases(small_bench) == "カードの受け取り"
    assert shown(small_bench) == [(2, "stopped"), (1, "in_force")]


def test_the_term_in_force_is_stopped_and_the_one_before_holds_again(small_bench: Bench, clock: StillClock) -> None:
    for changes_ in (SECOND, THIRD):
        clock.moment += timedelta(minutes=1)
        release(small_bench, changes_)
    _, holds = terms.stop(small_bench.portal, LIBRARY, 3, "suzuki", "")
    assert holds is not None
    assert holds.number == 2
    assert name_of_new_cases(small_bench) == "カードを受け取る"
    with pytest.raises(Refused, match="neither in force nor planned"):
        terms.stop(small_bench.portal, LIBRARY, 1, "suzuki", "")
    terms.stop(small_bench.portal, LIBRARY, 2, "suzuki", "")
    with pytest.raises(Refused, match="Nothing would be in force any more"):
        terms.stop(small_bench.portal, LIBRARY, 1, "suzuki", "")
    assert name_of_new_cases(small_bench) == "カードの受け取り"


def test_a_new_process_may_be_planned_before_anything_of_it_holds(small_bench: Bench, clock: StillClock) -> None:
    other: Edit = {"package.toml": swap('id = "library_card"', 'id = "reading_room"')}
    release(small_bench, other, replace(SATO, from_at=clock.moment + timedelta(days=1)))
    with database.connection():
        assert [each.package.id for each in small_bench.portal.releases.all_current()] == [LIBRARY]
        with pytest.raises(NotFound):
            small_bench.portal.releases.current("reading_room")
    assert terms.stop(small_bench.portal, "reading_room", 1, "suzuki", "")[1] is None
    release(small_bench, other, replace(SATO, from_at=clock.moment + timedelta(days=2)))
    clock.moment += timedelta(days=3)
    with database.connection():
        assert len(small_bench.portal.releases.all_current()) == 2


def test_a_clock_that_was_set_back_leaves_something_in_force(small_bench: Bench, clock: StillClock) -> None:
    clock.moment -= timedelta(days=400)
    assert name_of_new_cases(small_bench) == "カードの受け取り"
    with database.connection():
        assert len(small_bench.portal.releases.all_current()) == 1
    assert release(small_bench, SECOND).changed
    assert name_of_new_cases(small_bench) == "カードを受け取る"
    clock.moment += timedelta(days=800)  # what was made by the wrong clock does not come back
    assert name_of_new_cases(small_bench) == "カードを受け取る"


def test_what_breaks_a_scenario_is_neither_released_nor_kept(small_bench: Bench) -> None:
    for act in (SATO, replace(SATO, from_at=small_bench.portal.now() + timedelta(days=1))):
        with pytest.raises(BadPackage, match=r"scenarios/refused.toml, line 8"):
            release(small_bench, BROKEN, act)
    with database.connection():
        assert [row.number for row in releases.of_package(LIBRARY)] == [1]
    assert shown(small_bench) == [(1, "in_force")]


def test_content_that_was_in_force_may_be_again_though_newer_rules_speak_against_it(
    small_bench: Bench, clock: StillClock
) -> None:
    package = edited(BROKEN)
    terms.put(small_bench.portal, package, SATO, None)  # when the rules were others
    clock.moment += timedelta(minutes=1)
    release(small_bench, THIRD)
    clock.moment += timedelta(minutes=1)
    done = terms.restore(small_bench.portal, LIBRARY, 2, SATO)
    assert done.changed
    assert [problem.file for problem in done.findings] == ["scenarios/refused.toml"]
    with database.connection():
        gate = Term.select().order_by(Term.id.desc()).first().gate
    assert (gate["scenarios"], gate["passed"], gate["errors"]) == (2, 1, 1)


def test_content_that_was_only_kept_must_pass_before_it_holds(small_bench: Bench, clock: StillClock) -> None:
    assert terms.keep(small_bench.portal, edited(BROKEN), "sato") == (2, True)
    assert terms.keep(small_bench.portal, edited(BROKEN), "sato") == (2, False)
    assert terms.keep(small_bench.portal, edited(SECOND), "sato") == (3, True)
    assert name_of_new_cases(small_bench) == "カードの受け取り"
    with pytest.raises(BadPackage):
        terms.restore(small_bench.portal, LIBRARY, 2, SATO)
    done = terms.restore(small_bench.portal, LIBRARY, 3, SATO)
    assert (done.number, done.again) == (3, False)
    [three, two, _one] = termviews.history(small_bench.portal, LIBRARY).releases
    assert (two.terms, two.stored_by, len(three.terms)) == ((), "sato", 1)


def test_the_record_says_what_the_gate_found(small_bench: Bench) -> None:
    release(small_bench, SECOND)
    with database.connection():
        term = Term.select().order_by(Term.id.desc()).first()
        assert term.gate["digest"] == term.release.digest
    assert (term.gate["scenarios"], term.gate["passed"], term.gate["errors"]) == (2, 2, 0)


def test_the_english_of_what_is_in_force_says_first(small_bench: Bench, clock: StillClock) -> None:
    """Number 2 calls the same Japanese otherwise; after a restore number 1's English is read again, at once."""
    words: Callable[[], str] = lambda: small_bench.portal.releases.english()["申請の確認"]  # noqa: E731
    with database.connection():
        assert words() == "Approval"
        applications.apply(small_bench.portal, LIBRARY, REQUEST)
    clock.moment += timedelta(minutes=1)
    release(small_bench, {"package.toml": swap('title_en = "Approval"', 'title_en = "Look at it"')})
    with database.connection():
        assert words() == "Look at it"
    clock.moment += timedelta(minutes=1)
    terms.restore(small_bench.portal, LIBRARY, 1, SATO)
    with database.connection():
        assert words() == "Approval"
        assert small_bench.portal.releases.english()["図書館カードの発行"] == "Library card"


def test_releases_that_were_used_longest_ago_make_room(small_bench: Bench, clock: StillClock) -> None:
    kept = Releases(small_bench.portal.engine, clock, room=2)
    for changes_ in (SECOND, THIRD):
        clock.moment += timedelta(minutes=1)
        release(small_bench, changes_)
    with database.connection():
        ids = [row.id for row in reversed(releases.of_package(LIBRARY))]
        first, second = kept.loaded(ids[0]), kept.loaded(ids[1])
        assert kept.loaded(ids[0]) is first
        kept.loaded(ids[2])  # the second was used longest ago
        assert kept.loaded(ids[0]) is first
        assert kept.loaded(ids[1]) is not second
        assert kept.loaded(ids[1]).package.digest == second.package.digest


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, make_bench: Callable[[str], Bench]) -> Iterator[Bench]:
    """An empty library, on both databases."""
    url = f"sqlite:///{tmp_path}/nintei.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    yield make_bench(url)
    database.proxy.obj.close_all() if request.param == "postgres" else None


@pytest.fixture
def make_bench(tmp_path: Path, engine: Engine) -> Callable[[str], Bench]:
    from tests.services.conftest import open_bench

    (tmp_path / "none").mkdir()
    return lambda url: open_bench(tmp_path, url, engine, tmp_path / "none")


def together(count: int, act: Callable[[int], object]) -> list[object]:
    """What comes of `count` threads that act at once, each with a connection of its own."""
    gate, found = threading.Barrier(count), list[object]()

    def run(number: int) -> None:
        gate.wait()
        try:
            found.append(act(number))
        except BaseException as error:
            found.append(error)
        finally:
            if not database.is_postgres():
                database.proxy.obj.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def test_many_that_release_the_same_at_once_keep_it_once_and_make_one_term(shared: Bench) -> None:
    package = edited(FIRST)
    found = together(6, lambda number: terms.put(shared.portal, package, Act(f"p{number}"), None))
    assert all(isinstance(each, Done) for each in found), found
    assert sorted(each.changed for each in found if isinstance(each, Done)) == [False] * 5 + [True]
    with database.connection():
        assert (Release.select().count(), Term.select().count()) == (1, 1)


def test_many_that_release_different_things_at_once_number_them_one_after_the_other(shared: Bench) -> None:
    contents: list[Package] = [
        edited({DIAGRAM: swap('name="カードの受け取り"', f'name="受け取り {number}"')}) for number in range(6)
    ]
    found = together(6, lambda number: terms.put(shared.portal, contents[number], Act(f"p{number}"), None))
    assert sorted(each.number for each in found if isinstance(each, Done)) == [1, 2, 3, 4, 5, 6]
    with database.connection():
        assert Term.select().count() == 6
        last = Term.select().order_by(Term.id.desc()).first()
        assert shared.portal.releases.current(LIBRARY).release_id == last.release_id


def test_starts_at_once_release_a_folder_once(shared: Bench, tmp_path: Path) -> None:
    place = tmp_path / "bpmn"
    shutil.copytree(Path(__file__).parents[2] / "packages" / "three_steps", place / "three_steps")
    portal = replace(shared.portal, settings=replace(shared.portal.settings, packages_dir=place))
    found = together(4, lambda number: [each.state for each in folders.start(portal, f"p{number}")])
    assert sorted(map(str, found)) == ["['released']", "['same']", "['same']", "['same']"]
    with database.connection():
        [term] = Term.select()
        assert (term.source, term.release.number) == ("bootstrap", 1)


def test_moments_are_told_in_japan(small_bench: Bench, clock: StillClock) -> None:
    begins = datetime(2026, 12, 15, tzinfo=JAPAN)
    done = release(small_bench, SECOND, replace(SATO, from_at=begins))
    assert done.term.from_at == begins
    with database.connection():
        assert changes.recent("release")[0].after == "2 (2026-12-15 00:00) 見直し"

"""What was accepted once goes on running, however strict the checks of a release have become since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.engine import Engine
from app.services.base.releases import Releases
from app.services.cases import applications
from app.services.packages import folders, terms
from app.services.packages.terms import Act
from app.store import cases, database
from tests.engine.drawing import extended
from tests.services import broken
from tests.services.broken import READER, again, applied, send
from tests.services.conftest import Bench

DIAGRAM, FORM = "library_card.bpmn", "forms/approve.form"
APPROVE, COLLECT = (
    '<bpmn:userTask id="approve" name="申請の確認">',
    '<bpmn:userTask id="collect" name="カードの受け取り">',
)
# Each is refused by today's check, and none keeps a case from being refused a card.
REFUSED_TODAY = {
    "a gateway without a default": (DIAGRAM, ' default="approve_gate__to__wait_a_day"', ""),
    "data inputs": (DIAGRAM, APPROVE, f'{APPROVE}<bpmn:ioSpecification id="io" />'),
    "a loop of too many rounds": (
        DIAGRAM, COLLECT, f'{COLLECT}<bpmn:standardLoopCharacteristics id="rounds" loopMaximum="100000" />',
    ),
    "a script that may not be": (
        DIAGRAM, COLLECT,
        COLLECT + extended("<spiffworkflow:preScript>import os</spiffworkflow:preScript>"),
    ),
    "a component that is drawn no more": (FORM, '"components": [', '"components": [{"type": "iframe", "id": "frame"},'),
    "a property of no kind": (DIAGRAM, 'name="due_bd" value="3"', 'name="due_bd" value="soon"'),
}  # fmt: skip


def stored(folder: Path, file: str, old: str, new: str) -> Callable[[Engine], Bench]:
    """A portal in whose database the content lies, as a version that accepted it has left it."""
    place = broken.package(folder) / "three_steps" / file
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new, 1), encoding="utf-8")
    return lambda engine: broken.opened(folder, engine, place.parents[1 if file == DIAGRAM else 2])


@pytest.mark.parametrize("change", REFUSED_TODAY.values(), ids=REFUSED_TODAY.keys())
def test_a_release_that_was_accepted_is_loaded_and_its_cases_go_on(
    tmp_path: Path, engine: Engine, change: tuple[str, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    bench = stored(tmp_path, *change)(engine)
    case = applied(bench)
    bench.portal.releases._loaded.clear()  # as after a start of a newer program
    fresh = Releases(engine, bench.portal.clock)
    loaded = fresh.loaded(case.release_id)
    assert [problem for problem in fresh.check(loaded.package) if problem.severity == "error"]
    if change[0] == FORM:
        assert "which is left out now" in caplog.text and "iframe" in caplog.text
    send(bench, case, "approve", outcome="refused", reason="対象外です")
    assert again(case).state != "open"


def test_new_content_is_refused_by_the_same_check(tmp_path: Path, engine: Engine) -> None:
    bench = stored(tmp_path, *REFUSED_TODAY["data inputs"])(engine)
    folder = tmp_path / "packages" / "three_steps"
    (folder / "files").mkdir()
    (folder / "files" / "new.txt").write_text("new", encoding="utf-8")
    package = folders.read(folder)
    with pytest.raises(Exception, match="Data inputs"):
        terms.release(bench.portal, package, Act("sato"))


def test_what_held_before_holds_again_though_it_would_be_refused_today(tmp_path: Path, engine: Engine) -> None:
    """Restoring is an emergency exit: it must not lead to content on which no case can be begun."""
    bench = stored(tmp_path, *REFUSED_TODAY["data inputs"])(engine)
    with database.connection():
        number = bench.portal.releases.current("library_card").number
    place = tmp_path / "packages" / "three_steps" / DIAGRAM
    place.write_text(place.read_text("utf-8").replace('<bpmn:ioSpecification id="io" />', ""), encoding="utf-8")
    terms.put(bench.portal, folders.read(place.parent), Act("sato"), None)
    terms.restore(bench.portal, "library_card", number, Act("sato", "戻す"))
    with database.connection():
        assert bench.portal.releases.current("library_card").number == number
        begun = applications.apply(bench.portal, "library_card", READER).number
        assert cases.get(begun) is not None

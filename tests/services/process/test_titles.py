"""A step's plain title, for whoever does it: in lists, pages and mails; the chart keeps its own word."""

from __future__ import annotations

from pathlib import Path

from app import catalogue
from app.catalogue import scenarios
from app.engine import Engine
from app.services.base import titles
from app.services.process import context
from app.states import Side
from app.store import database, work
from tests.services import broken

PACKAGE = Path(__file__).parents[3] / "bpmn" / "ccus_api_certification"
GROUP = '<spiffworkflow:property name="group" value="office" />'
PLAIN = GROUP + (
    '<spiffworkflow:property name="title" value="申請を確かめる" />'
    '<spiffworkflow:property name="title_en" value="Look at the request" />'
)


def test_a_task_is_called_by_its_title_and_the_diagram_keeps_its_name(tmp_path: Path, engine: Engine) -> None:
    bench = broken.opened(tmp_path, engine, broken.package(tmp_path, (GROUP, PLAIN)))
    case = broken.applied(bench)
    loaded = bench.portal.releases.loaded(case.release_id)
    assert loaded.package.elements["approve"].name == "申請の確認"
    with database.connection():
        row = next(row for row in work.open_tasks(case.id) if row.element == "approve")
        assert row.title == "申請を確かめる"
        assert titles.title_of(bench.portal, case, "approve") == "申請を確かめる"
        assert context.build(bench.portal, case, loaded, element="approve")["task"]["title"] == "申請を確かめる"
    assert bench.portal.releases.english()["申請を確かめる"] == "Look at the request"


def test_steps_of_the_certification_are_told_apart_in_both_languages() -> None:
    package = catalogue.load(PACKAGE, PACKAGE.parent / "_shared")
    tasks = [element for element in package.elements.values() if element.kind == "userTask"]
    for side in (Side.VENDOR, Side.OPERATOR):
        called = [element.title for element in tasks if element.side == side]
        assert len(called) == len(set(called))
        english = [package.english[title] for title in called]
        assert len(english) == len(set(english))
    assert package.elements["reply_materials"].title == "追加資料を提出する"
    assert package.elements["reply_materials"].name == "メールにて返信"


def test_every_scenario_of_the_certification_is_called_something_in_english() -> None:
    package = catalogue.load(PACKAGE, PACKAGE.parent / "_shared")
    walks = scenarios.read(package.files).scenarios
    assert len(walks) > 30
    assert [name for name, walk in walks.items() if walk.title not in package.english] == []

"""Tasks of one element that are open together are told apart: by their item, or by a number where that will not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine import Engine
from app.services.base import titles
from app.store import database, work
from tests.services import broken

AFTER = "</bpmn:userTask>\n    <bpmn:exclusiveGateway"
LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)
GROUP = '<spiffworkflow:property name="group" value="office" />'


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("", ["申請の確認｜1", "申請の確認｜2", "申請の確認｜3"]),
        ("books", ["申請の確認｜3 1", "申請の確認｜3 2", "申請の確認｜3 3"]),
        ("nothing.here", ["申請の確認｜1", "申請の確認｜2", "申請の確認｜3"]),
    ],
)
def test_what_opens_together_has_titles_of_its_own(
    tmp_path: Path, engine: Engine, item: str, expected: list[str]
) -> None:
    named = f'{GROUP}<spiffworkflow:property name="item" value="{item}" />' if item else GROUP
    bench = broken.opened(tmp_path, engine, broken.package(tmp_path, (AFTER, LOOP + AFTER), (GROUP, named)))
    case = broken.applied(bench)
    with database.connection():
        rows = [row for row in work.open_tasks(case.id) if row.element == "approve"]
    assert sorted(row.title for row in rows) == expected


def test_a_title_is_made_of_a_name_and_an_item_and_taken_apart_again() -> None:
    assert titles.with_item("点検", "調理室") == "点検｜調理室"
    assert titles.with_item("点検", "") == "点検"
    assert titles.without_item("点検｜調理室") == "点検"
    assert titles.item_of("room.name", {"room": {"name": "調理室\n（1階）｜北"}}) == "調理室 （1階）／北"
    assert titles.item_of("room", {"room": ["調理室"]}) == ""
    assert titles.item_of("room.name", {"room": "調理室"}) == ""
    assert len(titles.item_of("room", {"room": "長" * 500})) == titles.LONGEST

"""Labels for cards: several on a sheet, nothing secret on them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import Forbidden, NotFound, Refused
from app.services.base.portal import Portal
from app.services.cards import labels, plan
from app.services.demo.walker import Walker
from tests.fakes.printer import FakePrinter
from tests.services.cardbench import rows
from tests.services.conftest import Bench
from tests.services.steps import actor, go, staff


def printing(walker: Walker) -> tuple[Portal, FakePrinter]:
    printer = FakePrinter()
    return replace(walker.portal, printer=printer), printer


def test_a_label_says_number_case_batch_and_that_it_is_a_test_card(bench: Bench) -> None:
    walker = go(bench, until="cards_received")
    portal, printer = printing(walker)
    serials = [row.serial for row in rows()]
    content = labels.sheet(portal, serials, staff(walker), skip=2)
    (page,) = printer.pages
    assert content.filename.endswith(".pdf")
    assert page.count("テスト用（CCUSカードではありません）") == len(serials) == 3
    for row in rows():
        assert row.serial in page
        assert f"ロット {row.batch}" in page
        assert row.uid not in page
        assert plan.plan_of(row.serial, 1).worker_id not in page
    assert page.count(walker.number) == 3
    assert page.count("<pdf:nextframe/>") == 2 + 3 - 1


def test_only_the_staff_print_labels_of_cards_that_there_are(bench: Bench) -> None:
    walker = go(bench, until="cards_received")
    portal, _ = printing(walker)
    with pytest.raises(Forbidden):
        labels.sheet(portal, [rows()[0].serial], actor(walker))
    with pytest.raises(NotFound):
        labels.sheet(portal, ["NT99999999"], staff(walker))
    with pytest.raises(Refused):
        labels.sheet(portal, [], staff(walker))

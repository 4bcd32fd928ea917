"""What staff may skip when the portal cannot do it: what nothing after it needs, and all of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import catalogue

BPMN = Path(__file__).parents[2] / "bpmn"
SHIPPED = sorted(path.parent.name for path in BPMN.glob("*/package.toml"))
SPARED = frozenset({"mail"})  # operators whose result no step, page or paper asks for


@pytest.mark.parametrize("name", SHIPPED)
def test_mails_may_be_skipped_and_nothing_else(name: str) -> None:
    """A mailbox that is gone for good holds no case; a paper, a card, an entry of the register never is."""
    elements = catalogue.load(BPMN / name).elements.values()
    works = [each for each in elements if getattr(each, "operator", None)]
    assert works
    assert {each.id for each in works if each.flag("skippable")} == {
        each.id for each in works if each.operator in SPARED
    }

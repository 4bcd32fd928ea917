"""What follows in a package's diagrams, as the values of a case leave it; loops that count come to an end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import catalogue
from app.services.base import ways
from app.states import Side

PACKAGE = Path(__file__).parents[3] / "bpmn" / "ccus_api_certification"
VALUES: dict[str, Any] = {
    "annual": False, "exam_attempt": 1, "exam_fee_due": True, "exam_fee_paid": False, "outcome": "",
    "payment": "settled",
    "audit_outcome": "", "booking": "held", "precheck_outcome": "", "suspended": False, "certificate": {"number": "1"},
}  # fmt: skip


@pytest.fixture(scope="module")
def package() -> catalogue.Package:
    return catalogue.load(PACKAGE, PACKAGE.parent / "_shared")


@pytest.mark.parametrize("values", [None, {}, VALUES])
def test_from_every_element_the_ways_come_to_an_end(package: catalogue.Package, values: dict[str, Any] | None) -> None:
    for element in package.elements:
        found = ways.upcoming(package, element, Side.UNSAID, 1000, values, package.elements)
        assert len({each.id for each in found}) == len(found)


def test_what_comes_in_another_year_is_not_what_follows(package: catalogue.Package) -> None:
    first = ways.upcoming(package, "submit_audit_materials", Side.UNSAID, 60, VALUES)
    annual = ways.upcoming(
        package, "submit_audit_materials", Side.UNSAID, 60, {**VALUES, "annual": True}, {"annual_audit"}
    )
    assert "connect_production" in {each.id for each in first}
    assert "connect_production" not in {each.id for each in annual}

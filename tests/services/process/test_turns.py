"""A timer that asks whose turn it is before it fires."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.catalogue import Element
from app.services.base.businessdays import JAPAN
from app.services.process import turns
from app.states import Side

NOW = datetime(2028, 1, 11, 9, 0, tzinfo=JAPAN)
LONG_AGO = NOW - timedelta(days=90)


def element(name: str, side: Side = Side.UNSAID, **properties: str) -> Element:
    return Element(name, name, "userTask", "main", "main.bpmn", side=side, properties=properties)


def package(**timer: str) -> Any:
    every = (
        element("deadline", turn="vendor", **timer),
        element("ask", Side.VENDOR, presentation="button"),
        element("answer", Side.VENDOR),
        element("listing", Side.VENDOR),
        element("tick", Side.VENDOR, beside="true"),
        element("check", Side.OPERATOR),
        element("plain"),
    )
    return SimpleNamespace(elements={each.id: each for each in every}, settings={})


def waits(open_ones: tuple[str, ...], since: datetime = LONG_AGO, at: str = "deadline", **timer: str) -> Any:
    closing: frozenset[date] = frozenset()
    return turns.waits(package(**timer), at, turns.Stand(open_ones, since), NOW, closing)


@pytest.mark.parametrize("open_ones", [("answer",), ("ask",), ("ask", "tick")])
def test_it_fires_when_it_is_that_side_that_is_late(open_ones: tuple[str, ...]) -> None:
    assert waits(open_ones) is None


@pytest.mark.parametrize("open_ones", [("check",), ("check", "answer"), (), ("tick",)])
def test_it_waits_while_the_other_side_or_nobody_is_asked(open_ones: tuple[str, ...]) -> None:
    assert waits(open_ones) == NOW + turns.AGAIN


def test_it_waits_at_steps_that_it_does_not_count() -> None:
    assert waits(("listing",), spares="listing") is not None
    assert waits(("listing", "answer"), spares="listing") is None


def test_who_gets_the_turn_back_late_has_some_days_first() -> None:
    yesterday = datetime(2028, 1, 10, 15, 0, tzinfo=JAPAN)
    assert waits(("answer",), yesterday, grace_bd="5") == datetime(2028, 1, 18, 9, 0, tzinfo=JAPAN)
    assert waits(("answer",), LONG_AGO, grace_bd="5") is None


def test_a_timer_without_the_property_fires_in_any_case() -> None:
    assert waits(("check",), at="plain") is None

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.engine.merge import merged
from app.engine.values import clean, clean_data, clone, same
from app.errors import ScriptError


def cyclic() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


def unfolding() -> list[Any]:
    value: list[Any] = [1]
    for _ in range(30):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    "value",
    [Decimal(1), {1}, float("nan"), float("inf"), "a\0", "\ud800", {"typename": 1}, {1: 1}, 2**63, b"x", cyclic(),
     unfolding(), "x" * 300_000, list(range(30_000)), {"a\0": 1}],
)  # fmt: skip
def test_what_json_cannot_say_or_is_too_big_is_refused(value: Any) -> None:
    with pytest.raises(ScriptError):
        clean(value)


def test_plain_json_is_copied_deeply() -> None:
    value = {"a": [{"b": (1, 2.5, None, True, "日本語🙂")}]}
    copied = clean(value)
    assert copied == {"a": [{"b": [1, 2.5, None, True, "日本語🙂"]}]}
    assert copied["a"] is not value["a"]


def test_data_must_be_a_mapping() -> None:
    with pytest.raises(ScriptError):
        clean_data([1])


def test_a_clone_shares_nothing() -> None:
    value = {"a": {"b": [1]}}
    copied = clone(value)
    copied["a"]["b"].append(2)
    assert value == {"a": {"b": [1]}}


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, 1.0), ([1], [True]), ({"a": 0}, {"a": False}), (None, 0)])
def test_values_of_different_json_types_are_not_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)


def test_each_branch_keeps_what_it_changed() -> None:
    base = {"n": 1, "d": {"a": {"x": 1}, "gone": 1}, "l": [1]}
    left = {"n": 2, "d": {"a": {"x": 1, "y": 2}}, "l": [1, 2], "new": 1}
    right = {"n": 1, "d": {"a": {"x": 3}, "gone": 1}, "l": [1, 3], "other": 2}
    both = merged(base, [left, right])
    assert both == {"n": 2, "d": {"a": {"x": 3, "y": 2}}, "l": [1, 2, 3], "new": 1, "other": 2}


def test_of_two_that_changed_the_same_the_last_flow_wins() -> None:
    assert merged({"n": 0}, [{"n": 1}, {"n": 2}]) == {"n": 2}
    assert merged({"n": 0}, [{"n": 2}, {"n": 1}]) == {"n": 1}


def test_a_name_that_a_branch_removed_is_gone() -> None:
    assert merged({"n": 0, "k": 1}, [{"k": 1}, {"n": 0, "k": 1}]) == {"k": 1}


def test_a_removed_name_that_the_other_branch_changed_follows_the_last_flow() -> None:
    assert merged({"n": 0}, [{}, {"n": 1}]) == {"n": 1}
    assert merged({"n": 0}, [{"n": 1}, {}]) == {}


def test_true_against_one_counts_as_a_change() -> None:
    assert merged({"n": 1}, [{"n": True}, {"n": 1}])["n"] is True


def test_both_branches_may_fill_a_new_mapping() -> None:
    assert merged({}, [{"d": {"a": 1}}, {"d": {"b": 2}}]) == {"d": {"a": 1, "b": 2}}

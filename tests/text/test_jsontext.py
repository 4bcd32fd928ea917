"""The text of a value is json's own, however it is made."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.states import JobState
from app.text.jsontext import compact, writer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=300)
def test_the_text_is_that_of_json_itself(value: Any) -> None:
    assert compact(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_keys_are_put_in_order_and_strange_values_are_made_something_of_where_it_was_asked_for() -> None:
    assert writer(sort_keys=True)({"い": 1, "あ": {"b": JobState.DONE, "a": 2}}) == '{"あ":{"a":2,"b":"done"},"い":1}'
    assert writer(default=str)({"day": date(2026, 4, 3)}) == '{"day":"2026-04-03"}'
    with pytest.raises(TypeError, match="date is not JSON serializable"):
        compact({"day": date(2026, 4, 3)})


def test_what_failed_once_is_no_circle_afterwards_and_what_holds_itself_is_refused() -> None:
    inner: list[Any] = [object()]
    with pytest.raises(TypeError):
        compact(inner)
    inner[0] = 1
    assert compact([inner, inner]) == "[[1],[1]]"
    inner[0] = inner
    with pytest.raises(RecursionError):
        compact(inner)

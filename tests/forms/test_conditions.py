"""What is hidden is neither asked nor kept, and the page is told the same conditions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.forms import FormSpec, load
from tests.forms.drawing import parsed, pick, schema


def text(key: str, hide: str = "", **more: Any) -> dict[str, Any]:
    condition = {"conditional": {"hide": hide}} if hide else {}
    return {
        "type": "textfield",
        "key": key,
        "label": key,
        "validate": {"required": True},
        **condition,
        **more,
    }


def form(*components: dict[str, Any]) -> FormSpec:
    return load(schema(*components), "task")


def test_a_hidden_answer_is_neither_required_nor_kept() -> None:
    spec = form(text("a"), text("b", '=a != "yes"'))
    assert spec.clean({"a": "no", "b": "left over"}).values == {"a": "no"}
    assert [error.key for error in spec.clean({"a": "yes"}).errors] == ["b"]


def test_an_answer_that_is_hidden_shows_nothing_else() -> None:
    spec = form(text("a"), text("b", '=a != "yes"'), text("c", '=b != "yes"'))
    assert spec.clean({"a": "no", "b": "yes", "c": "left over"}).values == {"a": "no"}
    assert spec.clean({"a": "yes", "b": "yes", "c": "kept"}).values == {"a": "yes", "b": "yes", "c": "kept"}


def test_conditions_that_chase_each_other_end() -> None:
    spec = form(text("a", '=b = "x"'), text("b", '=a = "x"'))
    assert spec.clean({"a": "x", "b": "x"}).values is not None
    assert form(text("a", "=a = null")).clean({"a": "x"}).values == {"a": "x"}


def test_a_group_hides_all_that_is_in_it() -> None:
    inner = {
        "type": "group",
        "label": "g",
        "components": [text("b"), {"type": "group", "label": "h", "components": [text("c")]}],
    }
    spec = form(text("a"), {**inner, "conditional": {"hide": '=a = "no"'}})
    assert spec.clean({"a": "no", "b": "1", "c": "2"}).values == {"a": "no"}
    assert len(spec.clean({"a": "yes"}).errors) == 2


def test_rows_see_their_own_answers_first_and_then_those_of_the_form() -> None:
    rows = {
        "type": "dynamiclist",
        "path": "rows",
        "label": "r",
        "components": [text("kind"), text("why", '=kind = "ok"'), text("extra", '=mode != "full"')],
    }
    spec = form(text("mode"), text("kind"), rows)
    raw = {
        "mode": "short",
        "kind": "bad",
        "rows": [{"kind": "ok", "why": "x"}, {"kind": "bad", "why": "y", "extra": "z"}],
    }
    assert spec.clean(raw).values["rows"] == [{"kind": "ok"}, {"kind": "bad", "why": "y"}]
    assert [error.key for error in spec.clean({**raw, "mode": "full"}).errors] == ["rows-0-extra"]


def test_the_case_may_decide_and_then_the_page_does_not_hold_the_field(draw: Callable[..., str]) -> None:
    spec = form(text("a"), text("b", "=annual = true"), text("c", '=annual = true or a = "x"'))
    page = parsed(draw(spec.bind({}, lang="ja", context={"annual": True, "secret": "of the case"})))
    assert not pick(page, "[name=b]")
    [held] = pick(page, "[data-field=c]")
    assert json.loads(held.get("data-hide-if"))[0] == "or"
    facts = json.loads(pick(page, "form")[0].get("data-context"))
    assert facts == {"annual": True}, "the page learns what its conditions read, and nothing else"
    assert spec.clean({"a": "1", "b": "2", "c": "3"}, context={"annual": True}).values == {"a": "1"}
    assert spec.clean({"a": "1", "b": "2", "c": "3"}, context={"annual": False}).values == {
        "a": "1",
        "b": "2",
        "c": "3",
    }


def test_a_locked_field_can_be_read_by_conditions(draw: Callable[..., str]) -> None:
    spec = form(text("a", readonly=True), text("b", '=a != "yes"'))
    assert spec.clean({"b": "1"}, context={"a": "yes"}).values == {"a": "yes", "b": "1"}
    page = parsed(draw(spec.bind({}, lang="ja", context={"a": "yes"})))
    assert json.loads(pick(page, "form")[0].get("data-context")) == {"a": "yes"}

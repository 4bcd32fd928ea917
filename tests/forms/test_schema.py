"""What a schema may say, and that everything else is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import BadPackage
from app.forms import Kind, check, load
from tests.forms.drawing import schema

TEXT = {"type": "textfield", "key": "name", "label": "氏名"}
RADIO = {"type": "radio", "key": "colour", "label": "色", "values": [{"label": "赤", "value": "red"}]}


def complaints(*components: dict[str, Any]) -> str:
    return " | ".join(str(problem) for problem in check(schema(*components), "task"))


def test_a_component_that_is_not_drawn_is_refused_by_its_type() -> None:
    for kind in ("iframe", "expression", "documentPreview", "button", "signature"):
        found = check(schema({"type": kind, "key": "x", "label": "x"}), "task")
        assert [problem.params["type"] for problem in found] == [kind]
        assert found[0].file == "forms/task.form"
        assert found[0].element == "x"


def test_loading_a_bad_form_names_every_reason() -> None:
    with pytest.raises(BadPackage) as caught:
        load(schema({**TEXT, "shoeSize": 4}, {"type": "iframe", "id": "frame"}), "task")
    assert len(caught.value.problems) == 2
    assert "shoeSize" in str(caught.value)


@pytest.mark.parametrize(
    ("component", "word"),
    [
        ({**TEXT, "searchable": True}, "searchable"),
        ({**TEXT, "properties": {"fromat": "kana"}}, "properties.fromat"),
        ({**TEXT, "properties": {"format": "kanji"}}, "kanji"),
        ({**TEXT, "validate": {"custom": 1}}, "validate.custom"),
        ({**TEXT, "validate": {"minLength": "=a"}}, "minLength"),
        ({**TEXT, "validate": {"pattern": "("}}, "validate.pattern"),
        ({**TEXT, "validate": {"required": "=true"}}, "required"),
        ({**TEXT, "readonly": "=locked"}, "readonly"),
        ({**TEXT, "label": "=name"}, "label"),
        ({**TEXT, "label": "Hello {{name}}"}, "label"),
        ({**TEXT, "label": ""}, "label"),
        ({**TEXT, "key": "a.b"}, "key"),
        ({**TEXT, "key": "1a"}, "key"),
        ({**TEXT, "key": "typename"}, "typename"),
        ({**TEXT, "key": "__proto__"}, "__proto__"),
        ({**TEXT, "conditional": {"hide": "=for x in y return x"}}, "conditional.hide"),
        ({**TEXT, "conditional": {"show": "=a"}}, "conditional.show"),
        ({**TEXT, "properties": {"prefecture": "p"}}, "postal_code"),
        ({**TEXT, "properties": {"format": "postal_code", "city": "nowhere"}}, "nowhere"),
        ({**TEXT, "defaultValue": 4}, "defaultValue"),
        ({**RADIO, "values": []}, "options"),
        ({**RADIO, "values": [{"label": "1", "value": 1}]}, "value"),
        ({**RADIO, "values": RADIO["values"] * 2}, "same value"),
        ({**RADIO, "valuesExpression": "=x"}, "valuesExpression"),
        ({**RADIO, "defaultValue": "blue"}, "defaultValue"),
        ({**RADIO, "properties": {"options": "moon"}}, "calendar, wishes, examiners or cards"),
        ({"type": "datetime", "key": "d", "dateLabel": "日", "subtype": "week"}, "subtype"),
        (
            {"type": "datetime", "key": "d", "dateLabel": "日", "timeSerializingFormat": "utc_offset"},
            "no_timezone",
        ),
        ({"type": "filepicker", "key": "f", "label": "f", "accept": "pdf"}, "accept"),
        ({"type": "table", "dataSource": "=rows"}, "columns"),
        ({"type": "table", "dataSource": "=a(b)", "columns": [{"key": "a", "label": "A"}]}, "dataSource"),
        ({"type": "image", "source": "https://elsewhere.example/x.png"}, "source"),
        ({"type": "image", "source": "//elsewhere.example/x.png"}, "source"),
        ({"type": "text", "text": "=name"}, "text"),
        ({"type": "group", "label": "g", "path": "x", "components": []}, "path"),
        ({"type": "group", "label": "g"}, "components"),
        (
            {"type": "dynamiclist", "path": "p", "label": "l", "components": [], "isRepeating": False},
            "isRepeating",
        ),
    ],
)
def test_what_is_not_supported_is_named(component: dict[str, Any], word: str) -> None:
    assert word in complaints(component)


def test_keys_are_unique_in_their_scope_and_may_return_in_rows() -> None:
    rows = {"type": "dynamiclist", "path": "people", "label": "人", "components": [TEXT]}
    assert complaints(TEXT, rows) == ""
    assert "name" in complaints(TEXT, {"type": "group", "label": "g", "components": [TEXT]})
    assert "name" in complaints({**rows, "components": [TEXT, TEXT]})


def test_a_form_belongs_to_its_task() -> None:
    assert check(schema(TEXT, element="other"), "task")[0].params["element"] == "task"
    assert check(["not", "a", "form"], "task")  # type: ignore[arg-type]
    assert check({**schema(TEXT), "components": {}}, "task")
    assert check({**schema(TEXT), "theme": 1}, "task")[0].params["property"] == "theme"


def test_nesting_and_size_have_an_end() -> None:
    nested: dict[str, Any] = TEXT
    for _ in range(50):
        nested = {"type": "group", "label": "g", "components": [nested]}
    assert "deep" in complaints(nested)
    assert "500" in complaints(*({**TEXT, "key": f"k{n}"} for n in range(600)))


def test_components_are_walked_through_groups_and_lists_and_found_by_path() -> None:
    form = load(
        schema(
            {
                "type": "group",
                "label": "g",
                "components": [
                    TEXT,
                    {
                        "type": "dynamiclist",
                        "path": "people",
                        "label": "人",
                        "components": [{**TEXT, "key": "kana"}],
                    },
                ],
            }
        ),
        "task",
    )
    assert [field.type for field in form.walk()] == [Kind.GROUP, Kind.TEXT, Kind.LIST, Kind.TEXT]
    assert [field.key for field in form.inputs()] == ["name", "people"]
    found = form.field("people-3-kana")
    assert found is not None
    assert found.key == "kana"
    assert form.field("people-3-none") is None
    assert form.field("nobody") is None


def test_attributes_arrive_in_the_spec() -> None:
    [field] = load(
        schema(
            {
                **TEXT,
                "description": "説明",
                "readonly": True,
                "layout": {"row": "r", "columns": 8},
                "appearance": {"prefixAdorner": "約", "suffixAdorner": "人"},
                "validate": {"required": True, "minLength": 2, "maxLength": 5, "pattern": "^a"},
                "properties": {
                    "label_en": "Name",
                    "description_en": "Help",
                    "patternMessage": "aから",
                },
            }
        ),
        "task",
    ).fields
    assert (field.named("ja"), field.named("en"), field.helped("ja"), field.helped("en")) == (
        "氏名",
        "Name",
        "説明",
        "Help",
    )
    assert (field.required, field.readonly, field.row, field.width) == (True, True, "r", 8)
    assert (field.prefix, field.suffix, field.limits.min_length, field.limits.max_length) == (
        "約",
        "人",
        2,
        5,
    )
    upload = {"type": "filepicker", "id": "f", "key": "f", "label": "書類", "properties": {"maxSizeMb": "3"}}
    assert load(schema(upload), "task").fields[0].max_size_mb == 3

"""What a browser posts: rows, files, buttons that change the page, and posts that no browser would send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.forms import FileRef, FormSpec, load
from tests.forms.drawing import package_forms, parsed, schema

PDF = FileRef("f1", "a.pdf", 3, "application/pdf")
NEW = FileRef("f2", "b.pdf", 4, "application/pdf")
ROWS = {
    "type": "dynamiclist",
    "path": "findings",
    "label": "指摘",
    "defaultRepetitions": 2,
    "components": [
        {"type": "textfield", "key": "what", "label": "内容", "validate": {"required": True}},
        {"type": "filepicker", "key": "proof", "label": "証跡", "multiple": True},
        {
            "type": "dynamiclist",
            "path": "inner",
            "label": "内訳",
            "components": [{"type": "textfield", "key": "x", "label": "x"}],
        },
    ],
}
ADDRESS = [
    {
        "type": "textfield",
        "key": "code",
        "label": "郵便番号",
        "properties": {"format": "postal_code", "prefecture": "pref", "city": "city"},
    },
    {"type": "textfield", "key": "pref", "label": "都道府県", "validate": {"required": True}},
    {"type": "textfield", "key": "city", "label": "市区町村", "validate": {"required": True}},
]


@pytest.fixture
def rows() -> FormSpec:
    return load(schema(ROWS), "task")


def posted_again(page: str) -> MultiDict[str, str]:
    """What a browser posts from a page, by the button without a name."""
    [form] = parsed(page).xpath("//form")
    return MultiDict(
        [(name, value) for name, value in form.form_values() if name not in ("add_row", "remove_row", "fill_postal")]
    )


def test_rows_hold_uploads_and_rows_of_their_own(rows: FormSpec, draw: Callable[..., str]) -> None:
    values = {
        "findings": [
            {"what": "甲", "proof": [PDF.as_dict()], "inner": [{"x": "1"}, {"x": "2"}]},
            {"what": "乙", "proof": [], "inner": []},
        ]
    }
    posted = posted_again(draw(rows.bind(values, lang="ja")))
    assert rows.file_ids(posted) == {"f1"}
    assert set(rows.file_names(posted)) == {"findings-0-proof", "findings-1-proof"}
    raw = rows.read(posted, {"findings-1-proof": [NEW]}, known=[PDF])
    assert rows.clean(raw).values == {
        "findings": [
            {"what": "甲", "proof": [PDF.as_dict()], "inner": [{"x": "1"}, {"x": "2"}]},
            {"what": "乙", "proof": [NEW.as_dict()], "inner": []},
        ]
    }
    answers = rows.answers(values, "ja")
    assert [answer.key for answer in answers][:4] == [
        "findings-0-what",
        "findings-0-proof",
        "findings-0-inner-0-x",
        "findings-0-inner-1-x",
    ]
    assert answers[1].files == (PDF,)


def test_a_list_begins_with_its_rows_and_empty_ones_are_dropped(rows: FormSpec, draw: Callable[..., str]) -> None:
    posted = posted_again(draw(rows.bind({}, lang="ja")))
    assert posted.getlist("findings") == ["0", "1"]
    assert rows.clean(rows.read(posted)).values == {"findings": []}


def test_an_error_in_a_row_names_its_place(rows: FormSpec, draw: Callable[..., str]) -> None:
    raw = {"findings": [{}, {"inner": [{"x": "1"}]}]}
    cleaned = rows.clean(raw)
    assert [error.key for error in cleaned.errors] == ["findings-1-what"]
    page = draw(rows.bind(raw, lang="ja", errors=cleaned.errors))
    assert 'href="#f-findings-1-what"' in page
    assert 'id="f-findings-1-what"' in page


def test_a_list_may_ask_for_a_number_of_rows(draw: Callable[..., str]) -> None:
    form = load(schema({**ROWS, "properties": {"minRows": "1"}}), "task")
    cleaned = form.clean({"findings": [{}]})
    assert [error.key for error in cleaned.errors] == ["findings"]
    page = draw(form.bind({}, lang="ja", errors=cleaned.errors))
    assert 'id="f-findings"' in page
    assert "1件以上" in page


def test_row_buttons_work_without_a_script(rows: FormSpec, draw: Callable[..., str]) -> None:
    values: dict[str, Any] = {"findings": [{"what": "甲"}, {"what": "乙"}]}
    posted = posted_again(draw(rows.bind(values, lang="ja")))
    added = MultiDict([*posted.items(multi=True), ("add_row", "findings")])
    assert rows.pressed(added) == "f-findings"
    assert [row.get("what") for row in rows.read(added)["findings"]] == ["甲", "乙", None]
    removed = MultiDict([*posted.items(multi=True), ("remove_row", "findings-0")])
    assert rows.pressed(removed) == "f-findings"
    assert [row["what"] for row in rows.read(removed)["findings"]] == ["乙"]
    inner = MultiDict([*posted.items(multi=True), ("add_row", "findings-1-inner")])
    assert rows.pressed(inner) == "f-findings-1-inner"
    assert len(rows.read(inner)["findings"][1]["inner"]) == 2
    for nonsense in ("what", "findings-0-what", "nothing", "findings-x", ""):
        assert rows.pressed(
            MultiDict([("add_row", nonsense), ("remove_row", nonsense), ("fill_postal", nonsense)])
        ) in ("", "f-findings-0-what")
    assert rows.pressed(posted) == ""


def test_fixed_rows_stay() -> None:
    form = load(schema({**ROWS, "allowAddRemove": False}), "task")
    posted = MultiDict(
        [("findings", "0"), ("findings-0-what", "x"), ("add_row", "findings"), ("remove_row", "findings-0")]
    )
    assert len(form.read(posted)["findings"]) == 1


def test_rows_have_an_end(rows: FormSpec) -> None:
    posted = MultiDict(
        [("findings", str(n)) for n in range(1000)] + [("findings", "99999"), ("findings", "-1"), ("findings", "x")]
    )
    assert len(rows.read(posted)["findings"]) == 200
    assert len(rows.clean({"findings": [{"what": "x"}] * 5000}).values["findings"]) == 200


def test_a_page_attaches_only_what_the_draft_holds() -> None:
    form = load(schema({"type": "filepicker", "key": "file", "label": "f", "multiple": True}), "task")
    posted = MultiDict([("file", "f1"), ("file", "someone-elses"), ("file", "f1")])
    assert form.read(posted, {"file": [NEW]}, known=[PDF]) == {"file": [PDF.as_dict(), NEW.as_dict()]}
    assert form.read(MultiDict([*posted.items(multi=True), ("file--remove", "f1")]), known=[PDF]) == {"file": []}
    assert form.read(posted) == {"file": []}


def test_a_new_file_takes_the_place_of_the_only_one() -> None:
    form = load(schema({"type": "filepicker", "key": "file", "label": "f"}), "task")
    assert form.read(MultiDict([("file", "f1")]), {"file": [NEW]}, known=[PDF]) == {"file": [NEW.as_dict()]}


def test_a_postal_code_fills_what_was_left_empty_and_the_button_all() -> None:
    form = load(schema(*ADDRESS), "task")
    assert form.read(MultiDict([("code", "１０００００１")])) == {
        "code": "１０００００１",
        "pref": "東京都",
        "city": "千代田区",
    }
    assert form.read(MultiDict([("code", "1000001"), ("city", "丸の内")]))["city"] == "丸の内"
    pressed = MultiDict([("code", "1000001"), ("city", "丸の内"), ("fill_postal", "code")])
    assert form.pressed(pressed) == "f-code"
    assert form.read(pressed)["city"] == "千代田区"
    assert form.clean({"code": "1000001"}).ok
    assert not form.clean({"code": "9999999"}).ok


def test_what_is_too_long_to_be_typed_is_cut() -> None:
    form = load(schema({"type": "textarea", "key": "a", "label": "a"}), "task")
    assert len(form.read(MultiDict([("a", "x" * 1_000_000)]))["a"]) == 100_000
    assert form.clean({"a": "あ" * 10_000}).ok


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FORMS = [load(found, element) for element, found in package_forms()]
BUSY = load(schema(ROWS, *ADDRESS), "task")


@settings(max_examples=60)
@given(data=st.data())
def test_clean_never_raises(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([*FORMS, BUSY]))
    keys = [field.key for field in form.inputs()]
    raw = data.draw(st.dictionaries(st.sampled_from([*keys, "other"]), JSON))
    context = data.draw(st.dictionaries(st.sampled_from([*keys, "annual", "today"]), JSON))
    cleaned = form.clean(raw, context=context)
    assert set(cleaned.values) <= set(keys)
    for error in cleaned.errors:
        message, params = form.explain(error, "ja")
        assert message % params
    again = form.clean(cleaned.values, context=context)
    assert again.values == cleaned.values or not cleaned.ok
    form.bind(raw, lang="en", context=context, errors=cleaned.errors)
    form.answers(cleaned.values, "ja")


@settings(max_examples=60)
@given(data=st.data())
def test_reading_never_raises_and_what_is_kept_is_storable(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([*FORMS, BUSY]))
    names = [field.key for field in form.inputs()] + [
        "findings-0-what",
        "findings-0-proof",
        "add_row",
        "remove_row",
        "fill_postal",
    ]
    words = st.text() | st.sampled_from(
        ["0", "1", "findings", "findings-0", "findings-0-inner", "code", "1000001", "\x00", "\ud800"]
    )
    posted = MultiDict(data.draw(st.lists(st.tuples(st.sampled_from(names), words), max_size=20)))
    raw = form.read(posted)
    assert "\x00" not in repr(raw)
    str(raw).encode("utf-8")
    form.pressed(posted)
    form.clean(raw)

"""Every input of form-js: drawn, posted, kept, shown again with its error, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.forms import FileRef, FormSpec, load
from tests.forms.drawing import parsed, pick, schema

Draw = Callable[..., str]
OPTIONS = [
    {"label": "赤", "value": "red", "label_en": "Red"},
    {"label": "青", "value": "blue", "label_en": "Blue"},
]
PDF = FileRef("f1", "決算書 2026.pdf", 1200, "application/pdf")
BIG = FileRef("f2", "big.pdf", 30 * 1024 * 1024, "application/pdf")
EXE = FileRef("f3", "tool.exe", 12, "application/octet-stream")


def part(kind: str, **more: Any) -> dict[str, Any]:
    label = {"dateLabel": "項目"} if kind == "datetime" else {"label": "項目"}
    properties = {"label_en": "Item", **more.pop("properties", {})}
    return {
        "type": kind,
        "key": "item",
        **label,
        "validate": {"required": True},
        "properties": properties,
        **more,
    }


def one(component: dict[str, Any]) -> FormSpec:
    return load(schema(component), "task")


#: component, what is posted, the clean value, the answer in words (ja)
CASES: list[tuple[dict[str, Any], list[str], Any, str]] = [
    (part("textfield"), ["  株式会社㈱\t建設  "], "株式会社㈱ 建設", "株式会社㈱ 建設"),
    (part("textarea"), ["一行目\r\n二行目\x00 👷🏽‍♀️"], "一行目\n二行目 👷🏽‍♀️", "一行目\n二行目 👷🏽‍♀️"),
    (part("number"), ["１２，３４５"], 12345, "12,345"),
    (part("number", appearance={"suffixAdorner": "円"}), ["¥12,345円"], 12345, "12,345円"),
    (part("number"), ["0"], 0, "0"),
    (part("number"), ["−1.50"], -1.5, "-1.5"),
    (part("number", serializeToString=True), ["1.50"], "1.50", "1.50"),
    (part("datetime", subtype="date"), ["2026-11-22"], "2026-11-22", "2026年11月22日（日）"),
    (part("datetime", subtype="time"), ["９：３０"], "09:30", "09:30"),
    (
        part("datetime", subtype="datetime"),
        ["2026-11-22T13:00"],
        "2026-11-22T13:00",
        "2026年11月22日（日） 13:00",
    ),
    (part("checkbox"), ["true"], True, "はい"),
    (part("checklist", values=OPTIONS), ["blue", "red", "blue"], ["blue", "red"], "青、赤"),
    (part("taglist", values=OPTIONS), ["red"], ["red"], "赤"),
    (part("radio", values=OPTIONS), ["red"], "red", "赤"),
    (part("select", values=OPTIONS), ["blue"], "blue", "青"),
    (part("filepicker"), ["f1"], [PDF.as_dict()], "決算書 2026.pdf"),
    (part("textfield", properties={"format": "postal_code"}), ["1000001"], "100-0001", "〒100-0001"),
]


@pytest.mark.parametrize(
    ("component", "posted", "value", "words"), CASES, ids=[f"{c[0]['type']}-{i}" for i, c in enumerate(CASES)]
)
def test_an_answer_is_kept_and_worded(
    component: dict[str, Any], posted: list[str], value: Any, words: str, draw: Draw
) -> None:
    form = one(component)
    raw = form.read(MultiDict([("item", item) for item in posted]), known=[PDF])
    cleaned = form.clean(raw)
    assert cleaned.ok, cleaned.errors
    assert cleaned.values == {"item": value}
    assert form.clean(cleaned.values) == cleaned, "clean answers are clean"
    [answer] = form.answers(cleaned.values, "ja")
    assert (answer.key, answer.label, answer.text) == ("item", "項目", words)
    assert form.answers(cleaned.values, "en")[0].label == "Item"
    for shown in (raw, cleaned.values):
        page = draw(form.bind(shown, lang="ja"))
        assert "error-summary" not in page


@pytest.mark.parametrize(
    "component", [case[0] for case in CASES], ids=[f"{c[0]['type']}-{i}" for i, c in enumerate(CASES)]
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_missing_answer_is_said_at_the_top_and_at_the_field(component: dict[str, Any], lang: str, draw: Draw) -> None:
    form = one(component)
    cleaned = form.clean(form.read(MultiDict()))
    assert [error.key for error in cleaned.errors] == ["item"]
    bound = form.bind({}, lang=lang, errors=cleaned.errors)
    page = parsed(draw(bound))
    [link] = pick(page, ".error-summary a")
    target = page.get_element_by_id(link.get("href").removeprefix("#"))
    assert target.tag in ("input", "select", "textarea")
    label = "item" if lang == "en" else "項目"
    [said] = pick(page, ".f-error")
    assert label in link.text_content().lower()
    assert label in said.text_content().lower()
    assert ("ください" in said.text_content()) is (lang == "ja")
    [frame] = pick(page, "[data-field=item]")
    described = [
        node.get("aria-describedby") for node in [frame, *frame.iterdescendants()] if node.get("aria-describedby")
    ]
    assert said.get("id") in described[0].split()
    assert ("必須" if lang == "ja" else "Required") in frame.text_content()


NONE = {"label": "無", "value": "none", "exclusive": True}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    (part("textfield", validate={"minLength": 3}), "ab", "at least"),
    (part("textfield", validate={"maxLength": 3}), "abcd", "at most"),
    (part("textarea", validate={"maxLength": 3}), "👷👷👷👷", "at most"),
    (part("textarea"), "あ" * 20_001, "at most"),
    (part("textfield", validate={"pattern": "^[A-Z]+$"}), "abc", "right form"),
    (part("textfield", validate={"validationType": "email"}), "abc", "mail address"),
    (part("textfield", properties={"format": "kana"}), "漢字", "kana"),
    (part("number"), "十二", "number"),
    (part("number"), "1e5", "number"),
    (part("number"), "NaN", "number"),
    (part("number"), "9" * 30, "number"),
    (part("number", decimalDigits=0), "1.5", "whole"),
    (part("number", decimalDigits=1), "1.55", "after the point"),
    (part("number", validate={"min": 1}), "0", "or more"),
    (part("number", validate={"max": 10}), "11", "or less"),
    (part("datetime", subtype="date"), "2026-02-30", "date"),
    (part("datetime", subtype="date", disallowPassedDates=True), "2026-11-23", "past"),
    (part("datetime", subtype="time"), "25:00", "time"),
    (part("datetime", subtype="datetime"), "2026-11-22", "time"),
    (part("radio", values=OPTIONS), "green", "no longer"),
    (part("select", values=OPTIONS), "green", "no longer"),
    (part("checklist", values=OPTIONS), "green", "no longer"),
]


def test_none_of_these_is_chosen_alone(draw: Draw) -> None:
    form = one(part("checklist", values=[*OPTIONS, NONE]))
    wrong = form.clean(form.read(MultiDict([("item", "red"), ("item", "none")])))
    assert [error.message for error in wrong.errors] == [
        "%(label)s: “none of these” cannot be ticked together with others"
    ]
    assert form.clean(form.read(MultiDict([("item", "none")]))).values == {"item": ["none"]}
    assert form.clean(form.read(MultiDict([("item", "red"), ("item", "blue")]))).ok
    page = parsed(draw(form.bind({}, lang="ja")))
    assert [box.get("value") for box in page.iter("input") if "data-exclusive" in box.attrib] == ["none"]


@pytest.mark.parametrize(
    ("component", "typed", "word"), WRONG, ids=[f"{c[0]['type']}-{i}" for i, c in enumerate(WRONG)]
)
def test_a_wrong_answer_is_said_once_and_shown_as_typed(
    component: dict[str, Any], typed: str, word: str, draw: Draw
) -> None:
    form = one(component)
    raw = form.read(MultiDict([("item", typed)]))
    today = {"today": date(2026, 11, 24)}
    cleaned = form.clean(raw, context=today)
    assert len(cleaned.errors) == 1
    assert word in cleaned.errors[0].message
    page = parsed(draw(form.bind(raw, lang="ja", errors=cleaned.errors, context=today)))
    if component["type"] not in ("radio", "select", "checklist"):
        node = page.get_element_by_id("f-item")
        assert (node.text or "").removeprefix("\n") == typed if node.tag == "textarea" else node.get("value") == typed
        assert node.get("aria-invalid") == "true"
        assert word == "past" or node.get("type", "text") not in ("date", "time", "datetime-local"), (
            "a date input would swallow what was typed"
        )


def test_a_pattern_has_a_sentence_of_its_own_in_both_languages(draw: Draw) -> None:
    form = one(
        part(
            "textfield",
            validate={"pattern": "^R"},
            properties={"patternMessage": "Rで始めて 100% 正しく", "patternMessage_en": "Begin with R"},
        )
    )
    cleaned = form.clean({"item": "x"})
    assert "Rで始めて 100% 正しく" in draw(form.bind({"item": "x"}, lang="ja", errors=cleaned.errors))
    assert "Begin with R" in draw(form.bind({"item": "x"}, lang="en", errors=cleaned.errors))


def test_files_are_checked_for_size_type_and_being_one(draw: Draw) -> None:
    form = one(part("filepicker", accept=".pdf,image/*"))
    assert "larger" in form.clean({"item": [BIG.as_dict()]}).errors[0].message
    assert "type" in form.clean({"item": [EXE.as_dict()]}).errors[0].message
    assert "empty" in form.clean({"item": [{**PDF.as_dict(), "size": 0}]}).errors[0].message
    image = FileRef("f9", "photo", 5, "image/png").as_dict()
    assert form.clean({"item": [PDF.as_dict(), image]}).values == {"item": [image]}, "the last one counts"
    assert not form.clean({"item": [{"id": "x"}, "f1", None, 3]}).ok, "what is no file is none"
    page = draw(form.bind({"item": [PDF.as_dict()]}, lang="ja"), file_url=lambda ref: f"/files/{ref.id}")
    assert 'href="/files/f1"' in page
    assert "決算書 2026.pdf" in page
    assert 'name="item--remove"' in page
    assert "20 MB" in page


def test_twenty_five_files_at_once_are_fine() -> None:
    form = one(part("filepicker", multiple=True))
    files = [FileRef(f"id{n}", f"{n}.pdf", 5, "application/pdf") for n in range(25)]
    raw = form.read(MultiDict(), {"item": files})
    assert form.clean(raw).ok
    assert len(form.clean(raw).values["item"]) == 25
    assert not form.clean({"item": [FileRef(f"i{n}", "x.pdf", 5, "").as_dict() for n in range(101)]}).ok


def test_choices_come_with_the_call(draw: Draw) -> None:
    days = [("2026-12-10", "2026年12月10日（木）"), ("2026-12-11", "2026年12月11日（金）")]
    for source in ({"properties": {"options": "calendar"}}, {"valuesKey": "calendar"}):
        form = one(part("select", **source))
        for choices in ({"calendar": days}, {"item": days}):
            assert form.clean({"item": "2026-12-10"}, choices=choices).ok
            assert not form.clean({"item": "2026-12-12"}, choices=choices).ok
            assert "2026年12月11日（金）" in draw(form.bind({}, lang="ja", choices=choices))
        assert form.answers({"item": "2026-12-10"}, "ja")[0].text == "2026年12月10日（木）"
        assert not form.clean({"item": "2026-12-10"}).ok
    radio = one(part("radio", properties={"options": "calendar"}))
    assert "選べるものがありません" in draw(radio.bind({}, lang="ja"))


def test_words_of_options_follow_the_language(draw: Draw) -> None:
    form = one(part("radio", values=OPTIONS))
    assert "Red" in draw(form.bind({}, lang="en"))
    assert form.answers({"item": "red"}, "en")[0].text == "Red"


def test_a_field_may_begin_with_a_default_or_with_today(draw: Draw) -> None:
    today = {"today": date(2026, 11, 24)}
    page = draw(one(part("datetime", subtype="date", properties={"today": "true"})).bind({}, lang="ja", context=today))
    assert 'value="2026-11-24"' in page
    assert "令和8年11月24日" in page
    assert 'value="既定"' in draw(one(part("textfield", defaultValue="既定")).bind({}, lang="ja"))
    assert 'value="既定"' not in draw(one(part("textfield", defaultValue="既定")).bind({"item": ""}, lang="ja"))
    assert "checked" in draw(one(part("checkbox", defaultValue=True)).bind({}, lang="ja"))


def test_a_read_only_field_is_shown_and_not_taken_from_the_page(draw: Draw) -> None:
    form = one(part("textfield", readonly=True))
    context = {"item": "決まった値"}
    raw = form.read(MultiDict([("item", "forged")]))
    assert form.clean({"item": "forged"}, context=context).values == {"item": "決まった値"}
    assert form.clean(raw, context=context).values == {"item": "決まった値"}
    page = draw(form.bind(raw, lang="ja", context=context))
    assert "決まった値" in page
    assert 'name="item"' not in page


def test_a_disabled_field_answers_nothing(draw: Draw) -> None:
    form = one(part("textfield", disabled=True))
    assert form.clean({"item": "forged"}).values == {}
    assert form.clean({}).ok
    assert 'name="item"' not in draw(form.bind({}, lang="ja"))


def test_what_asks_for_nothing_is_drawn_and_sanitised(draw: Draw) -> None:
    form = load(
        schema(
            {
                "type": "text",
                "text": "# 見出し\n\n**太字** <script>alert(1)</script> [x](javascript:alert(1))",
                "properties": {"text_en": "**bold**"},
            },
            {
                "type": "html",
                "content": "<p onclick='x()' style='color:red'>本文</p><iframe src='/'></iframe><img src=x onerror=y>",
            },
            {"type": "image", "source": "/static/a.png", "alt": "図"},
            {"type": "separator"},
            {"type": "spacer", "height": 60},
            {
                "type": "table",
                "label": "一覧",
                "dataSource": "=rows",
                "columns": [{"key": "a", "label": "列", "label_en": "Column"}],
            },
        ),
        "task",
    )
    assert not form.asks
    page = draw(form.bind({}, lang="ja", context={"rows": [{"a": "<b>値</b>"}, {"a": 3}, "nonsense"]}))
    assert "<strong>太字</strong>" in page
    assert "<h2>見出し</h2>" in page
    assert "本文" in page
    assert "&lt;b&gt;値&lt;/b&gt;" in page
    assert "<td>3</td>" in page
    assert 'alt="図"' in page
    for bad in ("<script>alert", "onclick", "style=", "<iframe", "onerror", 'href="javascript'):
        assert bad not in page
    assert "<strong>bold</strong>" in draw(form.bind({}, lang="en"))
    assert "まだ何もありません" in draw(form.bind({}, lang="ja"))
    assert form.clean({"rows": "x"}).values == {}


def test_groups_have_a_legend_and_fields_stand_side_by_side_where_the_layout_says(draw: Draw) -> None:
    half = {"layout": {"row": "r1", "columns": 8}}
    form = load(
        schema(
            {
                "type": "group",
                "label": "住所",
                "properties": {"label_en": "Address", "description_en": "Where"},
                "description": "所在地です",
                "components": [
                    {"type": "textfield", "key": "a", "label": "甲", **half},
                    {"type": "textfield", "key": "b", "label": "乙", **half},
                    {"type": "textfield", "key": "c", "label": "丙"},
                ],
            }
        ),
        "task",
    )
    page = parsed(draw(form.bind({}, lang="ja")))
    assert pick(page, ".f-group legend")[0].text_content() == "住所"
    assert len(pick(page, ".f-columns")) == 1
    assert len(pick(page, ".f-columns .f-field")) == 2
    assert form.answers({"a": "1", "b": None}, "ja")[0].section == "住所"
    assert form.answers({"a": "1"}, "en")[0].section == "Address"


def test_a_comment_stands_at_its_field_and_is_read_with_it(draw: Draw) -> None:
    form = load(schema(part("textfield"), {**part("radio", values=OPTIONS), "key": "colour"}), "task")
    comments = {"item": ["登記と違います", "<b>もう1点</b>"], "colour": ["選び直してください"]}
    page = parsed(draw(form.bind({}, lang="ja", comments=comments)))
    assert "登記と違います" in page.get_element_by_id("f-item-comment").text_content()
    assert "<b>もう1点</b>" in page.get_element_by_id("f-item-comment").text_content()
    assert page.get_element_by_id("f-item").get("aria-describedby") == "f-item-comment"
    assert pick(page, "[data-field=colour]")[0].get("aria-describedby") == "f-colour-comment"


def test_hostile_words_stay_words(draw: Draw) -> None:
    evil = '"><script>alert(1)</script>\x00\ud800\u202e{{7*7}}%(label)s'
    form = load(schema(part("textfield"), {**part("textarea"), "key": "area"}), "task")
    raw = form.read(MultiDict([("item", evil), ("area", evil)]))
    cleaned = form.clean(raw)
    assert "\x00" not in cleaned.values["item"]
    assert "\u202e" not in cleaned.values["item"]
    cleaned.values["item"].encode("utf-8")
    for values in (raw, cleaned.values):
        page = draw(form.bind(values, lang="ja"))
        assert "<script>alert" not in page
        assert "{{7*7}}" in page


def test_every_input_has_a_label_and_every_id_is_unique(draw: Draw) -> None:
    names = iter(range(1000))
    form = load(schema(*({**case[0], "key": f"k{next(names)}"} for case in CASES)), "task")
    page = parsed(draw(form.bind({}, lang="ja", errors=form.clean({}).errors)))
    ids = [node.get("id") for node in page.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {node.get("for") for node in page.iter("label")}
    for node in [
        one for tag in ("input", "select", "textarea") for one in pick(page, tag) if one.get("type") != "hidden"
    ]:
        assert node.get("id") in labelled
    for node in pick(page, "[aria-describedby]"):
        assert set(node.get("aria-describedby").split()) <= set(ids)
    for node in pick(page, ".error-summary a"):
        assert node.get("href").removeprefix("#") in ids

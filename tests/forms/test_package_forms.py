"""The forms of the CCUS package: complete, in both languages, and in step with the diagrams that use them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import parse
from jinja2 import nodes
from werkzeug.datastructures import MultiDict

from app.forms import FileRef, FormSpec, Kind, Subtype, check, load
from app.forms.spec import MANY, ONE, FieldSpec, Format
from tests.forms.drawing import PACKAGE, ROOT, environment, japanese, package_forms, parsed, pick

FORMS = {element: load(schema, element) for element, schema in package_forms()}
ACKS = {element for element, form in FORMS.items() if not form.asks}
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
FROM_THE_PORTAL = {"payment", "booking"}
CHOICES = {
    "calendar": [("2026-12-10", "12月10日")],
    "wishes": [("2026-12-10", "12月10日")],
    "examiners": [("1", "試験 花子")],
    "cards": [("NT26000001", "NT26000001（テスト用ICカード）")],
}


def user_tasks() -> Iterator[tuple[str, dict[str, str]]]:
    """(element id, properties) of every user task of the diagrams."""
    for path in sorted(PACKAGE.glob("*.bpmn")):
        for task in parse(path).iter(f"{BPMN}userTask"):
            yield (
                task.get("id", ""),
                {node.get("name"): node.get("value") for node in task.iter(f"{SPIFF}property")},
            )


TASKS = dict(user_tasks())


def test_user_tasks_and_forms_agree() -> None:
    assert set(FORMS) == set(TASKS)


def test_no_form_has_a_problem() -> None:
    for element, schema in package_forms():
        assert not check(schema, element)


@pytest.mark.parametrize("element", sorted(TASKS))
def test_what_a_task_reads_is_asked_by_its_form(element: str) -> None:
    keys = {field.key for field in FORMS[element].inputs()}
    properties = TASKS[element]
    for name in ("routes", "secrets"):
        asked = set(filter(None, re.split(r"\s*,\s*", properties.get(name, ""))))
        assert asked - FROM_THE_PORTAL <= keys
    if "confirms" in properties:
        assert {"amount", "paid_on", "payer"} <= keys
    if "books" in properties:
        assert "date" in keys
    if properties.get("presentation") == "post":
        assert {"carrier", "tracking_number", "sent_on"} <= keys
    offered = {field.options_from for field in FORMS[element].walk() if field.options_from}
    asked_by = {"calendar": "calendar", "wishes": "calendar", "cards": "returns_cards"}
    offered -= {"examiners"}  # of the day that is settled, or was
    assert {asked_by[name] for name in offered} <= set(properties)


@pytest.mark.parametrize("element", sorted(FORMS))
def test_everything_is_said_in_both_languages(element: str) -> None:
    for field in FORMS[element].walk():
        assert bool(field.label) == bool(field.label_en), field.key
        assert bool(field.description) == bool(field.description_en), field.key
        assert bool(field.text) == bool(field.text_en)
        assert bool(field.limits.pattern_message) == bool(field.limits.pattern_message_en)
        assert all(option.label_en for option in field.options), field.key
        assert re.search("[ぁ-んァ-ヶ一-龠]|URL|ID", field.label or "ID"), field.key
        assert not re.search("[ぁ-んァ-ヶ一-龠]", field.label_en), field.key


def test_an_upload_says_which_document_it_wants() -> None:
    for element, form in FORMS.items():
        for field in form.walk():
            if field.type is Kind.FILE:
                assert field.accept, f"{element}.{field.key}"
                assert len(field.description) > 15, f"{element}.{field.key}"


def test_acknowledgements_say_what_came_and_what_is_next() -> None:
    assert {
        "materials_requested",
        "review_result",
        "api_documents",
        "cards_received",
        "exam_date_received",
        "precheck_received",
        "connect_exam_environment",
        "exam_materials_received",
        "exam_result",
        "audit_date_received",
        "audit_result",
        "certificate_received",
        "connect_production",
        "annual_audit_result",
    } == ACKS
    for element in ACKS:
        assert FORMS[element].clean({"x": 1}).values == {}
        assert sum(len(field.text) for field in FORMS[element].walk()) > 100


def sample(field: FieldSpec) -> Any:
    """An answer that fits, as a person would type it."""
    by_format = {
        Format.CORPORATE_NUMBER: "７０００−０１２０−５０００２",
        Format.POSTAL_CODE: "100-0001",
        Format.PHONE: "０３−１２３４−５６７８",
        Format.KANA: "やまだ たろう",
        Format.EMAIL: "yamada@example.co.jp",
        Format.URL: "https://www.example.co.jp/",
        Format.INVOICE_NUMBER: "T7000012050002",
    }
    if field.type in ONE or field.type in MANY:
        values = [option.value for option in field.options] or [value for value, _ in CHOICES[field.options_from]]
        return values[:1] if field.type in MANY else values[0]
    if field.type is Kind.FILE:
        return [FileRef("f", f"書類{field.accept[0]}", 1000, "").as_dict()]
    if field.type is Kind.LIST:
        return [{inner.key: sample(inner) for inner in field.walk() if inner is not field and inner.is_input}]
    if field.subtype is Subtype.DATE:
        return "2026-12-01"
    return {Kind.NUMBER: "１２,０００", Kind.CHECKBOX: True}.get(field.type, by_format.get(field.format, "1234567890"))


@pytest.mark.parametrize("element", sorted(FORMS))
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_form_is_drawn_answered_and_shown_again(element: str, lang: str, draw: Callable[..., str]) -> None:
    form = FORMS[element]
    empty = form.bind({}, lang=lang, choices=CHOICES, errors=form.clean({}, choices=CHOICES).errors)
    page = parsed(draw(empty))
    assert len(pick(page, ".f-error")) == len(form.clean({}, choices=CHOICES).errors)
    raw = {field.key: sample(field) for field in form.inputs()}
    cleaned = form.clean(raw, choices=CHOICES)
    assert cleaned.ok, cleaned.errors
    assert pick(parsed(draw(form.bind(cleaned.values, lang=lang, choices=CHOICES))), ".f-error") == []
    assert bool(form.answers(cleaned.values, lang)) is (element not in ACKS)


def test_a_return_asks_for_reasons_and_a_pass_does_not() -> None:
    review = FORMS["first_review"]
    assert review.clean({"outcome": "passed", "reason": "left over"}).values == {"outcome": "passed"}
    assert [error.key for error in review.clean({"outcome": "rejected"}).errors] == ["reason"]
    assert [error.key for error in review.clean({"outcome": "returned"}).errors] == ["return_to", "reason"]
    assert [error.key for error in review.clean({}).errors] == ["outcome"]


def test_production_data_are_asked_in_the_first_year_alone() -> None:
    form = FORMS["submit_production_and_listing"]
    first = {error.key for error in form.clean({}, context={"annual": False}).errors}
    yearly = {error.key for error in form.clean({}, context={"annual": True}).errors}
    assert first - yearly == {"production_url", "production_ip", "production_contact"}


def test_a_failed_item_asks_for_a_day_and_a_finding_for_its_words() -> None:
    exam = FORMS["exam__operator"]
    passed = {f"item_{n}": "passed" for n in range(1, 7)} | {"examiner": "1", "examined_on": "2026-12-10"}
    assert exam.clean(passed, choices=CHOICES).ok
    assert [error.key for error in exam.clean({**passed, "item_3": "failed"}, choices=CHOICES).errors] == ["mend_by"]
    audit = FORMS["audit__operator"]
    done = {"auditor": "1", "audited_on": "2026-12-10"}
    assert audit.clean({**done, "audit_outcome": "passed"}, choices=CHOICES).ok
    assert [error.key for error in audit.clean({**done, "audit_outcome": "minor"}, choices=CHOICES).errors] == [
        "findings"
    ]


def test_billing_is_asked_only_when_it_differs() -> None:
    profile = FORMS["company_profile"]
    asked = {error.key for error in profile.clean({"billing_same": True}).errors}
    assert not any(key.startswith("billing") for key in asked)
    assert {"billing_name", "billing_email"} <= {error.key for error in profile.clean({"billing_same": False}).errors}
    posted = profile.read(MultiDict([("postal_code", "1000001")]))
    assert posted["prefecture"] == "東京都"


def message_ids() -> set[str]:
    """Every message id that app/forms can say, and every word of the template."""
    found: set[str] = set()
    for path in sorted((ROOT / "app" / "forms").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "%(label)s" in node.value:
                found.add(node.value)
            name = getattr(node, "func", None)
            called = getattr(name, "attr", getattr(name, "id", ""))
            if isinstance(node, ast.Call) and called in ("complain", "Complaint"):
                found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and " " in str(arg.value)}
    template = environment("en").parse(Path(ROOT / "app/web/templates/forms/fields.html").read_text(encoding="utf-8"))
    for call in template.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "_" and isinstance(call.args[0], nodes.Const):
            found.add(call.args[0].value)
    return {
        text for text in found if text.strip() != "%(label)s" and "message % params" not in text
    }  # docstrings name the places too


def test_every_sentence_has_its_japanese_with_the_same_places() -> None:
    words = japanese()
    missing = sorted(text for text in message_ids() if not words.get(text))
    assert not missing
    for text in message_ids() & set(words):
        assert set(re.findall(r"%\((\w+)\)s", text)) >= set(re.findall(r"%\((\w+)\)s", words[text])), text


def test_forms_are_the_same_object_whenever_they_are_loaded() -> None:
    for element, schema in package_forms():
        assert load(schema, element) == FORMS[element]
        assert isinstance(FORMS[element], FormSpec)


@pytest.mark.parametrize(
    ("element", "name", "passed", "failed"),
    [
        ("exam_result", "outcome", "passed", "failed"),
        ("audit_result", "audit_result_outcome", "passed", "failed"),
        ("annual_audit_result", "audit_result_outcome", "passed", "failed"),
        ("review_result", "review_outcome", "passed", "rejected"),
    ],
)
def test_a_page_of_a_result_says_this_result_and_what_comes_of_it_alone(
    element: str, name: str, passed: str, failed: str
) -> None:
    def read(outcome: str) -> str:
        bound = FORMS[element].bind({}, lang="ja", choices={}, context={name: outcome}, errors=[], comments=None)
        return " ".join(str(field.html) for field in bound.walk())

    good, bad = read(passed), read(failed)
    assert "の場合：" not in good + bad, "no “if … if …”"
    assert good.count("次にすること") == bad.count("次にすること") == 1
    assert good.count("結果：") == bad.count("結果：") == 1
    assert good != bad
    shown = dict(user_tasks())[element]["shows"]
    assert "__operator." in shown or "review.reason" in shown, "with the items, or the reason"


@pytest.mark.parametrize("element", ["pay_initial_fee", "pay_exam_fee", "pay_audit_fee"])
def test_a_payers_name_is_asked_for_as_banks_write_it(element: str) -> None:
    def wrong(name: str) -> list[str]:
        errors = FORMS[element].clean(FORMS[element].read(MultiDict([("payer", name)]))).errors
        return [each.message for each in errors if each.key == "payer"]

    for name in ("カ）ミドリケンセツシステム", "ｶ)ﾐﾄﾞﾘｹﾝｾﾂ", "みどり", "ＭＩＤＯＲＩ　Ｋ．Ｋ．", "ドク)シエン-2"):
        assert not wrong(name), name
    for name in ("髙橋建設", "カ）緑建設", "ミドリ☆"):
        assert wrong(name) == ["%(sentence)s"], "the form's own sentence, which says kana"
    payer = next(field for field in FORMS[element].inputs() if field.key == "payer")
    assert "カナ" in payer.limits.pattern_message and "kana" in payer.limits.pattern_message_en

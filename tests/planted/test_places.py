"""A problem says where it is: file, line, the name on the diagram with the id, the part. Each once, without echoes."""

from __future__ import annotations

import re

import pytest

from app.catalogue import dropped, reasons
from app.engine import reasons as python_reasons
from app.errors import PARTS
from app.forms import patterns
from app.text import template_words
from tests.planted.support import THREE_STEPS, TOGETHER, Edit, add, files_of, japanese, planted, said, swap

pytestmark = TOGETHER

BPMN = "library_card.bpmn"
GATE = "exclusiveGateway"


def at(file: str, text: str, who: str) -> str:
    """The place as it is said: on the line of the file on which the text stands."""
    rows = files_of(THREE_STEPS)[file].decode().split("\n")
    return f"{file}, line {next(number for number, row in enumerate(rows, 1) if text in row)}, {who}"


PLACES: list[tuple[str, Edit, str, str]] = [
    (
        "a condition, by the arrow's name",
        {BPMN: swap("outcome == 'refused'", "outcom == 'refused'")},
        at(BPMN, "outcome ==", "“発行しない” (approve_gate__to__refused), condition"),
        "did you mean “outcome”",
    ),
    (
        "an arrow without a name, by its ends",
        {BPMN: swap('id="request__to__mail_hello" sourceRef="request"', 'id="request__to__mail_hello" sourceRef="x"')},
        at(BPMN, '"request__to__mail_hello" source', "“? → 受付のご連絡①” (request__to__mail_hello)"),
        "begins or ends at “x”",
    ),
    (
        "a property",
        {BPMN: swap("reader_kind,books", "reader_kind,book")},
        at(BPMN, '"routes" value="reader', "“カードの申し込み” (request), property routes"),
        "There is no field “book”: did you mean “books”",
    ),
    (
        "a parameter",
        {BPMN: swap("'hello'", "'helo'")},
        at(BPMN, "'hello'", "“受付のご連絡①” (mail_hello), parameter mail"),
        "did you mean “hello”",
    ),
    (
        "a time",
        {BPMN: swap("'P1D'", "'P1X'")},
        at(BPMN, "'P1D'", "“1日おく” (wait_a_day), time"),
        "duration",
    ),
    (
        "a row of a table",
        {"loan_limit.dmn": swap("&lt;= 5", "&lt;= five five")},
        at("loan_limit.dmn", 'loan_limit_rule_1"', "“貸出冊数の上限” (loan_limit), row 1"),
        "Input 2",
    ),
    (
        "an attribute of a field",
        {"forms/request.form": swap('"max": 30', '"mxa": 30')},
        at("forms/request.form", '"books"', "“一度に借りたい冊数” (books), attribute validate.mxa"),
        "not supported",
    ),
    (
        "a table of package.toml",
        {"package.toml": swap("days = 3", "dasy = 3")},
        at("package.toml", "days = 3", "guidelines.1, key dasy"),
        "did you mean “days”",
    ),
    (
        "a table of package.toml by its id",
        {"package.toml": swap('until = "approve"', 'until = "aprove"')},
        at("package.toml", "until", "guidelines.approval, key until"),
        "did you mean “approve”",
    ),
    (
        "a header",
        {"mail/hello.md": swap('to = "vendor"', 'to = "boss"')},
        at("mail/hello.md", "to =", "header, to"),
        "group:<name>",
    ),
    (
        "a line of a template",
        {"pdf/library_card.html": swap("body.name", "body.nmae")},
        at("pdf/library_card.html", "body.name", "body"),
        "body.nmae: there is no setting “nmae”: did you mean “name”",
    ),
]


@pytest.mark.parametrize(("edit", "where", "what"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES])
def test_a_problem_says_where_it_is_to_the_line_and_only_once(edit: Edit, where: str, what: str) -> None:
    found = said(planted(THREE_STEPS, edit))
    assert [problem.where(str) for problem in found] == [where], "\n".join(map(str, found))
    assert re.search(what, str(found[0]))
    assert re.search(r"\d+行目", found[0].said(japanese()))


ECHOES: dict[str, tuple[Edit, str]] = {
    "a gateway that is not supported": ({BPMN: swap(GATE, "complexGateway")}, "approve_gate"),
    "an event that is not supported": (
        {BPMN: swap("timerEventDefinition", "signalEventDefinition")},
        "wait_a_day",
    ),
    "a transaction": ({BPMN: swap("businessRuleTask", "transaction")}, "decide_limit"),
    "a process that is not there": ({"package.toml": swap('entry = "library_card"', 'entry = "x"')}, ""),
    "an operator that is missing": ({BPMN: swap('Operator id="pdf"', 'Operator id="pfd"')}, "make_card"),
    "a table that is missing": ({"loan_limit.dmn": None}, "decide_limit"),
    "a template that does not parse": ({"mail/hello.md": add("{% if %}")}, ""),
    "an arrow to nowhere": (
        {BPMN: swap('targetRef="approve_gate"', 'targetRef="gone"')},
        "approve__to__approve_gate",
    ),
}


@pytest.mark.parametrize(("edit", "element"), ECHOES.values(), ids=ECHOES)
def test_one_fault_brings_one_sentence_whoever_looks_at_it(edit: Edit, element: str) -> None:
    found = [problem for problem in said(planted(THREE_STEPS, edit)) if problem.severity == "error"]
    assert [problem.element for problem in found] == [element], "\n".join(map(str, found))


def test_a_key_that_stands_twice_in_the_english_table_is_named_and_brings_no_followers() -> None:
    twice = '"申請の確認" = "Check"\n"発行" = "Issued"\n"申請の確認" = "Again"\n'
    (found,) = said(planted(THREE_STEPS, {"english.toml": twice}))
    assert (found.file, found.line) == ("english.toml", 3)
    assert "“申請の確認” stands there a second time" in str(found)
    assert "「申請の確認」が2回目" in found.said(japanese())


FOREIGN: dict[str, Edit] = {
    "FEEL in a condition": {BPMN: swap("outcome == 'refused'", '= outcome = "refused"')},
    "a sign too few": {BPMN: swap("outcome == 'refused'", "outcome = 'refused'")},
    "an open bracket": {BPMN: swap("outcome == 'refused'", "(outcome == 'refused'")},
    "a template": {"mail/hello.md": add("{% fi %}")},
    "JSON": {"forms/approve.form": '{"components": [,]}'},
    "TOML": {"package.toml": add("\nx = y\n")},
    "an import": {BPMN: swap("'P1D'", "__import__('os')")},
    "a pattern": {"forms/request.form": swap('"maxLength": 100', '"maxLength": 100, "pattern": "(a"', 1)},
}


@pytest.mark.parametrize("edit", FOREIGN.values(), ids=FOREIGN)
def test_no_library_speaks_english_inside_a_japanese_sentence(edit: Edit) -> None:
    for problem in said(planted(THREE_STEPS, edit)):
        words = re.sub(
            r"「[^」]*」|\([a-z_0-9]+\)|[A-Za-z_]+\.[a-z]+|Python|JSON|TOML|FEEL", "", problem.said(japanese())
        )
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", words), words


def test_every_reason_and_every_part_has_its_japanese() -> None:
    tables = (
        *(words for _, words in (*template_words._TEMPLATE, *reasons._JSON, *reasons._TOML)),
        *(template_words._TEMPLATE_ELSE, *template_words._OWN, reasons._JSON_ELSE, reasons._TOML_ELSE),
        *(words for _, words in (*python_reasons._BY_TEXT, *python_reasons._BY_ERROR)),
        *(python_reasons._FEEL, python_reasons._ELSE),
        *dropped._INSTEAD.values(),
        *(dropped._OTHER, dropped._FEEL, dropped._COMPENSATION, dropped._QUANTITY),
        *patterns._REASONS.values(),
        *PARTS.values(),
    )
    assert [words for words in tables if japanese()(words) == words] == []

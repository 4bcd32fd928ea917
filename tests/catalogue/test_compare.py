"""What differs is told by element and part, field, row and cell; nothing that a file says is left out."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from app.catalogue import compare, compare_words, facts
from app.catalogue.compare import ADDED, CHANGED, REMOVED, FileDiff
from app.services.packages import folders
from tests.catalogue.support import Edit, edited
from tests.catalogue.wrongs import BPMN as DIAGRAM
from tests.catalogue.wrongs import add, swap

SHIPPED = Path(__file__).parents[2] / "bpmn" / "ccus_api_certification"
TABLE, FORM = "loan_limit.dmn", "forms/approve.form"


def told(changes: Edit) -> list[FileDiff]:
    return compare.compare(edited({}).files, edited(changes).files)


def one(changes: Edit) -> list[tuple[str, str, tuple[str, ...], str, str]]:
    """Kind, thing, parts, before and after of each change of the one file that differs."""
    [found] = told(changes)
    return [
        (each.kind, each.thing.id if each.thing else "", each.parts, each.before, each.after) for each in found.changes
    ]


CASES = [
    (
        "a property",
        {DIAGRAM: swap('name="due_bd" value="5"', 'name="due_bd" value="7"')},
        [(CHANGED, "collect", ("property:due_bd",), "5", "7")],
    ),
    (
        "a name, and none of the arrows that lead there",
        {DIAGRAM: swap('name="カードの受け取り"', 'name="受け取り"')},
        [(CHANGED, "collect", ("name",), "カードの受け取り", "受け取り")],
    ),
    (
        "a condition",
        {DIAGRAM: swap("outcome == 'refused'", "outcome == 'x'")},
        [(CHANGED, "approve_gate__to__refused", ("condition",), "outcome == 'refused'", "outcome == 'x'")],
    ),
    (
        "a time",
        {DIAGRAM: swap("'P1D'", "'P2D'")},
        [(CHANGED, "wait_a_day", ("time",), "'P1D'", "'P2D'")],
    ),
    (
        "a parameter",
        {DIAGRAM: swap("\"'hello'\"", "\"'bye'\"")},
        [(CHANGED, "mail_hello", ("parameter:mail",), "'hello'", "'bye'")],
    ),
    (
        "a lane",
        {DIAGRAM: swap("<bpmn:flowNodeRef>collect</bpmn:flowNodeRef>", "")},
        [(REMOVED, "collect", ("lane",), "利用者", "")],
    ),
    (
        "where an arrow leads",
        {DIAGRAM: swap('sourceRef="make_card" targetRef="end"', 'sourceRef="make_card" targetRef="refused"')},
        [(CHANGED, "make_card__to__end", ("to",), "発行", "発行しない")],
    ),
    (
        "a cell",
        {TABLE: swap("<text>30</text>", "<text>40</text>")},
        [(CHANGED, "loan_limit", ("row:3", "cell:上限（冊）"), "30", "40")],
    ),
    (
        "a row that went",
        {TABLE: lambda text: re.sub(r'<rule id="loan_limit_rule_2">.*?</rule>', "", text, flags=re.DOTALL)},
        [(REMOVED, "loan_limit", ("row:2",), '"person" | > 5 | 5', "")],
    ),
    ("a label", {FORM: swap('"label": "理由"', '"label": "わけ"')}, [(CHANGED, "reason", ("label",), "理由", "わけ")]),
    (
        "an option",
        {FORM: swap('"value": "refused"', '"value": "no"')},
        [
            (REMOVED, "outcome", ("option:refused",), "発行しない", ""),
            (REMOVED, "outcome", ("option:refused label_en",), "Refuse", ""),
            (ADDED, "outcome", ("option:no",), "", "発行しない"),
            (ADDED, "outcome", ("option:no label_en",), "", "Refuse"),
        ],
    ),
    (
        "a setting",
        {"package.toml": swap("days = 3", "days = 4")},
        [(CHANGED, "", ("key:guidelines.approval.days",), "3", "4")],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_change_is_told_by_thing_and_part(changes: Edit, expected: list[object]) -> None:
    assert one(changes) == expected


def test_texts_are_told_by_line_and_files_by_coming_and_going() -> None:
    [mail] = told({"mail/hello.md": add("さようなら\n")})
    assert [(each.kind, each.text) for each in mail.lines] == [(ADDED, "さようなら")]
    come, gone = told({"files/a.pdf": b"%PDF", FORM: None})
    assert [(each.file, each.kind) for each in (come, gone)] == [("files/a.pdf", ADDED), (FORM, REMOVED)]
    [picture] = compare.compare({"files/a.png": b"\x89\xff"}, {"files/a.png": b"\x89\xff\xfe"})
    assert picture.sizes == (2, 3)


def test_what_is_drawn_elsewhere_and_what_is_written_otherwise_are_no_changes() -> None:
    moved = told({DIAGRAM: lambda text: re.sub(r'(<dc:Bounds[^>]* x=")(\d+)', r"\g<1>9\2", text, count=1)})
    assert [(each.changes, each.moved) for each in moved] == [((), 1)]
    again = told({DIAGRAM: swap("<bpmn:process ", "\n  <bpmn:process ")})
    assert [(each.changes, each.moved, each.lines) for each in again] == [((), 0, ())]


def test_the_order_of_rows_is_told_and_that_of_a_diagram_is_not() -> None:
    def swapped(text: str) -> str:
        rows = re.findall(r"<rule .*?</rule>", text, flags=re.DOTALL)
        return text.replace(rows[0], "@").replace(rows[1], rows[0]).replace("@", rows[1])

    assert (CHANGED, "", ("order",), "", "") in one({TABLE: swapped})


def test_every_file_of_the_shipped_package_is_read_as_what_it_is() -> None:
    for path, data in folders.read(SHIPPED).files.items():
        if path.endswith((".bpmn", ".dmn", ".form")):
            assert facts.of(path, data) is not None, path


SAID = re.compile(
    r'\b(?:name|value|sourceRef|targetRef|calledElement|default|attachedToRef|messageRef|cancelActivity)="[^"]+"'
    r"|<bpmn:(?:conditionExpression|script|timeDuration|timeDate|documentation)(?:\s[^>]*)?>[^<]+"
    r"|<bpmn:flowNodeRef>[^<]+|<spiffworkflow:calledDecisionId>[^<]+"
)


def test_no_change_of_what_a_diagram_says_goes_untold() -> None:
    """The shipped diagrams, changed at two hundred places."""
    chance = random.Random(5)
    files = {path: data for path, data in folders.read(SHIPPED).files.items() if path.endswith(".bpmn")}
    for _ in range(200):
        path = chance.choice(sorted(files))
        text = files[path].decode()
        spot = chance.choice(list(SAID.finditer(text)))
        end = spot.end() - spot.group().endswith('"')
        [found] = compare.compare({path: files[path]}, {path: f"{text[:end]}x{text[end:]}".encode()})
        assert found.changes, spot.group()


def test_files_that_cannot_be_read_are_compared_as_texts() -> None:
    [found] = told({DIAGRAM: "<no xml"})
    assert found.lines
    [found] = told({FORM: "{"})
    assert found.lines
    [found] = told({"package.toml": "id ="})
    assert found.lines


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("reminders.after_bd", "Reminders: When it is overdue"),
        ("groups.review.title_en", "Staff groups: review: English"),
        ("settings.contact.answer_bd.value", "Settings: contact: answer_bd: Value"),
        ("entry", "Process that begins"),
        ("nothing.of_this", "key nothing.of_this"),
    ],
)
def test_a_key_of_the_package_is_told_as_its_form_calls_it(path: str, said: str) -> None:
    assert compare_words.key_said(path, str) == said


def test_yes_no_and_lists_are_told_as_people_write_them() -> None:
    told = [compare_words.value_said(each, str) for each in ("[1, 5]", "true", "false", "12", "五営業日", '["a"]')]
    assert told == ["1, 5", "yes", "no", "12", "五営業日", "a"]

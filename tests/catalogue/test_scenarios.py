"""What is wrong with scenarios and with demo.toml is said with file, step and line, and never as a traceback."""

from __future__ import annotations

import random
import re

import pytest
from babel.messages.pofile import read_po

from app.catalogue import check_scenarios, demo, scenarios
from app.errors import BadPackage, Problem
from tests.catalogue.support import Edit, edited
from tests.catalogue.test_checking import PO
from tests.catalogue.wrongs import add, swap

ISSUED = "scenarios/issued.toml"
REFUSED = "scenarios/refused.toml"
STEP = '[[step]]\ncomplete = "request"\nby = "vendor"\n'
DEMO = """
on_the_day = ["collect"]
[same]
company_name = "contact_name"
[[staff]]
email = "sato@example.jp"
name = "佐藤"
roles = ["operator"]
groups = ["office"]
[[case]]
scenario = "issued"
until = "approve"
[case.application]
company_name = "みほん"
contact_name = "例 一郎"
email = "ichiro@example.jp"
system_name = "みほん"
[case.answers.approve]
outcome = "approved"
[[agent]]
email = "minato@example.jp"
name = "港"
office = "みなと事務所"
clients = ["ichiro@example.jp"]
"""


def found(changes: Edit) -> list[Problem]:
    package = edited(changes)
    return check_scenarios.check(package) + demo.check(package)


SCENARIO_CASES: list[tuple[str, Edit, str, str]] = [
    ("no TOML", {ISSUED: add("x = ")}, ISSUED, r"line 32: This is not TOML"),
    ("no UTF-8", {ISSUED: b'title = "\xff"'}, ISSUED, r"not UTF-8"),
    ("no title", {ISSUED: swap('title = "学校に発行する"\n', "")}, ISSUED, "“title” is missing"),
    ("no step", {REFUSED: 'title = "x"\n'}, REFUSED, "has no step"),
    ("a step that is no table", {REFUSED: 'title = "x"\nstep = [1]\n'}, REFUSED, r"array of tables: \[\[step\]\]"),
    ("a key of the file", {ISSUED: swap("title_en =", "titel_en =")}, ISSUED, "“titel_en”: did you mean “title_en”"),
    (
        "a key of a step",
        {ISSUED: swap('expect_mails = ["hello"]', 'expect_mail = ["hello"]')},
        ISSUED,
        r"line 4, “カードの申し込み” \(request\), step 1 expect_mail: .*“expect_mail”: did you mean “expect_mails”",
    ),
    (
        "no such task",
        {ISSUED: swap('"collect"\nby', '"colect"\nby')},
        ISSUED,
        r"line 26, colect, step 4 complete: .*mean “collect”",
    ),
    ("not a task of people", {ISSUED: swap('"collect"\nby', '"make_card"\nby')}, ISSUED, "no user task “make_card”"),
    ("the other side", {ISSUED: swap('by = "operator"', 'by = "vendor"')}, ISSUED, "the side “operator”"),
    ("no side", {ISSUED: swap('by = "operator"', 'by = "nobody"')}, ISSUED, "“by” must be one of"),
    ("no such field", {ISSUED: swap("books = 3", "book = 3")}, ISSUED, "no field “book”: did you mean “books”"),
    ("an unknown day", {ISSUED: swap('"みほん市立小学校"', '"@tody"')}, ISSUED, "“@tody” of company_name .*“@today”"),
    ("no such mail", {ISSUED: swap('["hello"]', '["helo"]')}, ISSUED, "expect_mails: There is no mail “helo”"),
    ("no such document", {ISSUED: swap('["library_card"]', '["card"]')}, ISSUED, "expect_documents: .*“card”"),
    ("no such open task", {ISSUED: swap('["collect"]', '["end"]')}, ISSUED, "expect_open: There is no element “end”"),
    ("no such fee", {REFUSED: add('expect_invoices = ["fee"]\n')}, REFUSED, "expect_invoices: There is no fee “fee”"),
    ("no list", {ISSUED: swap('["hello"]', '"hello"')}, ISSUED, "“expect_mails” must be a list"),
    ("no state", {ISSUED: swap('"closed"', '"over"')}, ISSUED, "“expect_state” must be one of: certified"),
    ("no flag", {ISSUED: swap("expect_ended = true", 'expect_ended = "yes"')}, ISSUED, "“expect_ended” must be true"),
    ("no duration", {ISSUED: swap('"P1D"', '"1 day"')}, ISSUED, r"line 22, step 3: advance: “1 day” is no duration"),
    ("a duration without end", {ISSUED: swap('"P1D"', '"P99999Y"')}, ISSUED, "“P99999Y” is no duration"),
    ("two kinds at once", {ISSUED: swap('"P1D"', '"P1D"\nmessage = "x"')}, ISSUED, "one of complete, message and"),
    ("no kind", {ISSUED: swap('advance = "P1D"\n', "")}, ISSUED, "one of complete, message and advance"),
    ("no such message", {ISSUED: swap('advance = "P1D"', 'message = "x"')}, ISSUED, "There is no message “x”"),
    ("a beginning that is not there", {REFUSED: swap('"issued"', '"isued"')}, REFUSED, "no scenario “isued”"),
    ("a beginning that is half", {REFUSED: swap('until = "approve"\n', "")}, REFUSED, "names a scenario, and until"),
    (
        "a beginning that never comes",
        {REFUSED: swap('until = "approve"', 'until = "x"')},
        REFUSED,
        "No step completes x",
    ),
    ("a beginning of itself", {REFUSED: swap('"issued"', '"refused"')}, REFUSED, "begins with itself"),
    ("an answer that is none", {ISSUED: swap("answer = { outcome", "answer = 1 #")}, ISSUED, "must be a table"),
]


@pytest.mark.parametrize(
    ("changes", "file", "said"), [case[1:] for case in SCENARIO_CASES], ids=[case[0] for case in SCENARIO_CASES]
)
def test_what_is_wrong_with_a_scenario_is_said(changes: Edit, file: str, said: str) -> None:
    lines = [str(problem) for problem in found(changes)]
    assert any(line.startswith((f"{file}: ", f"{file}, ")) for line in lines), lines
    assert any(re.search(said, line) for line in lines), lines


DEMO_CASES: list[tuple[str, str, str]] = [
    ("[[staff]]", "[[staff", "not TOML"),
    ('scenario = "issued"', 'scenario = "isued"', "no scenario “isued”: did you mean “issued”"),
    ('scenario = "issued"\n', "", "“scenario” is missing"),
    ('until = "approve"', 'until = "aprove"', "until: no step of the scenario “issued” completes aprove"),
    ('["collect"]', '["colect"]', "no element “colect”"),
    ('roles = ["operator"]', 'roles = ["operater"]', "“roles” must be one of"),
    ('roles = ["operator"]', 'roles = ["analyst"]', "need somebody with the role operator"),
    ('groups = ["office"]', 'groups = ["offfice"]', "“groups” must be one of"),
    ("[case.application]", "[case.aplication]", "“aplication”: did you mean “application”"),
    ('email = "ichiro@example.jp"\nsystem', "system", "“email” is missing"),
    ("outcome = ", "outcom = ", "no field “outcom”"),
    ("answers.approve", "answers.aprove", "no user task “aprove”"),
    ('["ichiro@example.jp"]', '["x@example.jp"]', "no case of the demo has the address x@example.jp"),
    ('office = "みなと事務所"\n', "", "“office” is missing"),
    ("on_the_day", "on_a_day", "“on_a_day”: did you mean “on_the_day”"),
]
FIELD: Edit = {
    "forms/request.form": swap(
        '"components": [',
        '"components": [{ "type": "textfield", "id": "s", "key": "system_name", "label": "システム" },',
    )
}


@pytest.mark.parametrize(("old", "new", "said"), DEMO_CASES, ids=[case[2] for case in DEMO_CASES])
def test_what_is_wrong_with_the_demo_is_said(old: str, new: str, said: str) -> None:
    assert old in DEMO
    lines = [str(problem) for problem in found({**FIELD, "demo.toml": DEMO.replace(old, new, 1)})]
    assert any(line.startswith("demo.toml") and re.search(said, line) for line in lines), lines


def test_a_right_demo_and_right_scenarios_are_no_problem() -> None:
    assert found({}) == []
    assert found({**FIELD, "demo.toml": DEMO}) == []
    assert demo.read(edited({**FIELD, "demo.toml": DEMO}))["staff"][0]["name"] == "佐藤"
    with pytest.raises(BadPackage, match="not TOML"):
        demo.read(edited({"demo.toml": "x ="}))


def test_a_package_without_scenarios_is_warned_about_and_may_be_released() -> None:
    [problem] = found({ISSUED: None, REFUSED: None})
    assert problem.severity == "warning"
    assert "no scenarios" in str(problem)


def test_every_sentence_on_scenarios_speaks_japanese() -> None:
    with PO.open("rb") as file:
        words = {str(message.id): str(message.string) for message in read_po(file, locale="ja")}

    def say(message: str) -> str:
        return words.get(message) or message

    wrong = [each[1] for each in SCENARIO_CASES]
    wrong += [{**FIELD, "demo.toml": DEMO.replace(old, new, 1)} for old, new, _ in DEMO_CASES]
    for changes in wrong:
        for problem in found(changes):
            said = problem.said(say).partition("：")[2]
            assert re.search(r"[ぁ-ん]", said), said
            assert "%(" not in said, said


def test_steps_know_their_line_where_it_can_be_told() -> None:
    walks = scenarios.read(edited({}).files)
    assert [step.line for step in walks.walk("refused")] == [4, 8]
    assert [(step.file, step.number) for step in walks.walk("refused")] == [(ISSUED, 1), (REFUSED, 1)]
    inline = 'title = "x"\nstep = [{ complete = "request", by = "vendor" }]\n'
    assert [step.line for step in scenarios.read(edited({REFUSED: inline}).files).walk("refused")] == [0]


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"\n' + '[[step]]\ncomplete = "request"\n' * 20_000,
        'title = "x"\n[[step]]\nadvance = "P' + "9" * 5_000 + 'Y"\n',
        'title = "x"\n[[step]]\nadvance = "' + "P" * 100_000 + '"\n',
        'title = "x"\n[[step]]\n' + "".join(f"k{number} = 1\n" for number in range(20_000)),
        'title = "x"\n[[step]]\nexpect_open = [' + '"x",' * 50_000 + "]\n",
        'title = "x"\n[[step]]\nexpect_open = [' + ",".join(f'"x{number}"' for number in range(5_000)) + "]\n",
    ],
    ids=["steps", "years", "letters", "keys", "the same name", "names"],
)
def test_a_hostile_scenario_is_said_to_be_wrong_and_does_not_go_off(text: str) -> None:
    lines = found({REFUSED: text})
    assert 0 < len(lines) <= 302


def test_scenarios_that_begin_with_each_other_for_ever_are_refused() -> None:
    chain: Edit = {
        f"scenarios/s{number}.toml": f'title = "x"\n[begin]\nscenario = "s{number + 1}"\nuntil = "request"\n{STEP}'
        for number in range(80)
    }
    lines = [str(problem) for problem in found(chain)]
    assert any("begins with itself" in line for line in lines)
    assert any("no scenario “s80”" in line for line in lines)


def test_scenarios_with_bytes_changed_are_checked_to_the_end() -> None:
    chance = random.Random(7)
    pieces = [b"", b'"', b"[", b"]", b"{", b"=", b"\n", b"\x00", b"\xff", b"1979-05-27", b"true", b"%(x)s"]
    whole = edited({}).files[ISSUED]
    for _ in range(200):
        at = chance.randrange(len(whole))
        text = whole[:at] + chance.choice(pieces) + whole[at + chance.randrange(12) :]
        for problem in found({ISSUED: text, "demo.toml": text}):
            assert str(problem)

"""Scenarios are walked for any package; what comes otherwise than written is told by step, name and difference."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po

from app import catalogue
from app.catalogue import Package
from app.engine import Engine, Evaluator
from app.errors import BadPackage
from app.services.base.businessdays import JAPAN
from app.services.base.releases import Releases
from app.services.packages import folders, gate
from app.services.packages.gate import Gate
from app.services.rehearsal import walk
from config.clock import SystemClock
from tests.catalogue.support import Edit, edited
from tests.catalogue.test_checking import PO
from tests.catalogue.wrongs import BPMN as DIAGRAM
from tests.catalogue.wrongs import swap
from tests.services.conftest import BPMN

ISSUED = "scenarios/issued.toml"
REFUSED = "scenarios/refused.toml"


@pytest.fixture(scope="module")
def releases() -> Iterator[Releases]:
    with closing(Evaluator(workers=1)) as evaluator:
        yield Releases(Engine(evaluator, zone=JAPAN), SystemClock())


@pytest.fixture
def examine(releases: Releases) -> Callable[[Edit], Gate]:
    return lambda changes: gate.examine(releases, edited(changes))


def lines(found: Gate) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_a_package_that_is_not_the_shipped_one_is_walked_as_a_whole(examine: Callable[[Edit], Gate]) -> None:
    found = examine({})
    assert found.problems == []
    assert found.rehearsal is not None
    assert [(each.scenario.name, each.steps) for each in found.rehearsal.outcomes] == [("issued", 4), ("refused", 2)]
    assert found.rehearsal.missed == ()
    assert found.rehearsal.covered >= {"request", "mail_hello", "decide_limit", "approve", "collect", "make_card"}
    assert found.facts() == {
        "digest": found.digest,
        "errors": 0,
        "warnings": 0,
        "scenarios": 2,
        "passed": 2,
        "missed": [],
        "seconds": found.facts()["seconds"],
    }


DIFFERENCES: list[tuple[str, Edit, str]] = [
    (
        "open tasks",
        {ISSUED: swap('expect_open = ["collect"]', "expect_open = []")},
        rf"^{ISSUED}, line 22, step 3: open tasks: expected none, found “カードの受け取り” \(collect\)$",
    ),
    (
        "mails",
        {ISSUED: swap('["hello"]', "[]")},
        rf"^{ISSUED}, line 4, “カードの申し込み” \(request\), step 1: mails: expected none, found .*hello",
    ),
    ("documents", {ISSUED: swap('["library_card"]', "[]")}, "documents: expected none, found “図書館カード"),
    ("state", {ISSUED: swap('"closed"', '"certified"')}, "state of the case: expected certified, found closed"),
    ("the end", {ISSUED: swap("expect_ended = true", "expect_ended = false")}, "ended: expected no, found yes"),
    (
        "the register",
        {ISSUED: swap("expect_ended", 'expect_register = "valid"\nexpect_ended')},
        "expected valid, found",
    ),
    (
        "a task that is not open",
        {ISSUED: swap('"P1D"\nexpect_open = ["collect"]', '"PT1H"')},
        "no such task is open; open are none",
    ),
    ("an answer", {ISSUED: swap("books = 3", "books = 300")}, r"the form refuses “一度に借りたい冊数” \(books\): "),
    ("an option", {ISSUED: swap('"school"', '"club"')}, r"the form refuses “利用者の種類” \(reader_kind\)"),
    (
        "a condition of the diagram",
        {DIAGRAM: swap("outcome == 'refused'", "outcome == 'approved'")},
        rf"^{REFUSED}, line 8, “申請の確認” \(approve\), step 1: ended: expected yes, found no",
    ),
    (
        "a script that fails",
        {DIAGRAM: swap("outcome == 'refused'", "books > outcome")},
        r"line 16, “申請の確認” \(approve\), step 2: ",
    ),
]


@pytest.mark.parametrize(("changes", "said"), [case[1:] for case in DIFFERENCES], ids=[case[0] for case in DIFFERENCES])
def test_the_first_difference_is_told(examine: Callable[[Edit], Gate], changes: Edit, said: str) -> None:
    found = examine(changes)
    assert found.errors
    assert any(re.search(said, line) for line in lines(found)), lines(found)
    with pytest.raises(BadPackage):
        found.require()


def test_what_two_scenarios_share_is_told_once_where_it_stands(examine: Callable[[Edit], Gate]) -> None:
    found = examine({ISSUED: swap('expect_open = ["approve"]', "expect_open = []")})
    assert found.rehearsal is not None
    assert found.rehearsal.passed == 0
    assert len(found.rehearsal.problems) == 1
    assert lines(found)[0].startswith(f"{ISSUED}, line 4, “カードの申し込み” (request), step 1: ")


def test_the_difference_is_told_in_the_reader_s_language(releases: Releases) -> None:
    with PO.open("rb") as file:
        words = {str(message.id): str(message.string) for message in read_po(file, locale="ja")}
    for name, changes, _ in DIFFERENCES:
        for problem in gate.examine(releases, edited(changes)).problems:
            said = problem.said(lambda message: words.get(message) or message).partition("：")[2]
            assert re.search(r"[ぁ-ん]", said), (name, said)
            assert not re.search(r"expected|found|step|line|open|%\(", said), (name, said)


def test_a_walk_is_the_same_on_every_day_and_leaves_nothing_behind(releases: Releases) -> None:
    package = folders.read(BPMN / "ccus_api_certification")
    program = releases.compiled(package)
    first, second = (walk.rehearse(package, program, releases.engine) for _ in range(2))
    assert [replace(each, problem=None) for each in first.outcomes] == list(second.outcomes)
    assert first.passed == second.passed == len(first.outcomes) == 31
    assert first.covered == second.covered


def loop(diagram: str) -> str:
    """The card is made again and again."""
    return diagram.replace('sourceRef="make_card" targetRef="end"', 'sourceRef="make_card" targetRef="make_card"')


def test_a_process_that_never_rests_is_told_and_not_waited_for(releases: Releases) -> None:
    package = edited({DIAGRAM: loop})
    began = time.monotonic()
    found = walk.rehearse(package, releases.compiled(package), releases.engine)
    assert "“カードを作る” (make_card)" in str(found.problems[0])
    assert time.monotonic() - began < 120


def test_errors_of_the_check_come_first_and_no_scenario_is_walked(examine: Callable[[Edit], Gate]) -> None:
    found = examine({"mail/hello.md": None})
    assert found.rehearsal is None
    assert any("hello" in line for line in lines(found))


def test_a_diagram_that_cannot_be_read_is_not_told_again_by_each_scenario(examine: Callable[[Edit], Gate]) -> None:
    assert not [line for line in lines(examine({DIAGRAM: "<no xml"})) if "scenarios/" in line]
    assert [problem.file for problem in examine({"package.toml": "id ="}).problems] == ["package.toml"]


CERTIFIED = """
title = "証明書"
[[step]]
complete = "request"
by = "vendor"
expect_register = ""
[step.answer]
company_name = "みほん"
contact_name = "例"
email = "a@example.com"
reader_kind = "school"
books = 3
[[step]]
complete = "approve"
by = "operator"
answer = { outcome = "approved" }
[[step]]
advance = "P1D"
[[step]]
complete = "collect"
by = "vendor"
expect_register = "suspended"
expect_listed = true
"""


def certifying(operators: str) -> Callable[[str], str]:
    """The last service task issues a certificate, lists it …"""
    names = operators.split()

    def change(diagram: str) -> str:
        chain, before = "", "make_card"
        for number, name in enumerate(names):
            chain += (
                f'<bpmn:serviceTask id="c{number}" name="{name}"><bpmn:extensionElements>'
                f'<spiffworkflow:serviceTaskOperator id="{name}" resultVariable="certificate" />'
                f"</bpmn:extensionElements></bpmn:serviceTask>"
                f'<bpmn:sequenceFlow id="f{number}" sourceRef="{before}" targetRef="c{number}" />'
            )
            before = f"c{number}"
        last = f'sourceRef="{before}" targetRef="end"'
        return diagram.replace('sourceRef="make_card" targetRef="end"', last).replace(
            "</bpmn:process>", f"{chain}</bpmn:process>"
        )

    return change


def test_the_register_of_another_package_follows_its_own_rule(releases: Releases) -> None:
    rule = (
        '[certificate]\nprefix = "LIB"\ndocument = "library_card"\nvalid_months = 6\naudit_opens_bd = 5\ncure_days = 7'
    )
    changes: Edit = {
        "package.toml": lambda text: f"{text}\n{rule}\n",
        DIAGRAM: certifying("certificate_issue certificate_list certificate_suspend"),
        "scenarios/certified.toml": CERTIFIED,
        ISSUED: None,
        REFUSED: None,
    }
    package: Package = edited(changes)
    found = walk.rehearse(package, releases.compiled(package), releases.engine)
    assert found.problems == []
    without = edited({**changes, "package.toml": lambda text: text + "\n# no certificate\n"})
    [problem] = walk.rehearse(without, releases.compiled(without), releases.engine).problems
    assert "does not say how its certificates are made" in str(problem)
    early = edited({**changes, DIAGRAM: certifying("certificate_list")})
    [problem] = walk.rehearse(early, releases.compiled(early), releases.engine).problems
    assert "no certificate yet" in str(problem)
    assert catalogue.to_archive(package)


FAILS = 'by = "vendor"\nfails = { mail_hello = "550 no such user" }\n'
BORDER = (
    '<bpmn:boundaryEvent id="mail_failed" attachedToRef="mail_hello"><bpmn:errorEventDefinition /></bpmn:boundaryEvent>'
    '<bpmn:sequenceFlow id="failed" sourceRef="mail_failed" targetRef="refused" />'
)


def test_a_job_that_fails_goes_the_way_of_its_error_event_and_without_one_is_told(
    examine: Callable[[Edit], Gate],
) -> None:
    failing = swap('by = "vendor"\nexpect_mails = ["hello"]\nexpect_open = ["approve"]', FAILS + "expect_ended = true")
    found = examine({ISSUED: failing})
    assert "nothing catches that “受付のご連絡①” (mail_hello) fails" in lines(found)[0]
    first = FAILS + "expect_mails = []\nexpect_ended = true\n"

    def only_the_first(text: str) -> str:
        whole = swap('by = "vendor"\nexpect_mails = ["hello"]\nexpect_open = ["approve"]', first)(text)
        return whole[: whole.index("[[step]]", whole.index("[step.answer]"))]

    flow = '<bpmn:sequenceFlow id="start__to__request"'
    found = examine({REFUSED: None, ISSUED: only_the_first, DIAGRAM: swap(flow, BORDER + flow)})
    assert [each for each in lines(found) if "shape" not in each] == []


def test_what_fails_is_a_step_that_asks_for_a_job(examine: Callable[[Edit], Gate]) -> None:
    found = examine(
        {ISSUED: swap('by = "vendor"\nexpect_mails', 'by = "vendor"\nfails = { mail_helo = "x" }\nexpect_mails')}
    )
    assert any("mail_hello" in each for each in lines(found))

"""Several troubles at once: exactly the ticked rows are tried again, mended or skipped; what came of each is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.connectors.mailreply import Reply
from app.engine import Engine
from app.errors import Forbidden, Permanent, Refused
from app.services.base.actors import Actor
from app.services.moves import tending
from app.services.moves.tending import Given
from app.services.pages import attention, casehead, worklist
from app.states import EntryKind, Side
from app.store import cases, database, work
from app.store.models import Job
from tests.services import broken
from tests.services.broken import READER, applied, clerk
from tests.services.conftest import PACKAGES, Bench, open_bench

NO = Reply(550, "5.1.1 User unknown")
ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))
SKIPPABLE = (
    '<spiffworkflow:property name="number" value="①" />',
    """<spiffworkflow:property name="number" value="①" />
          <spiffworkflow:property name="skippable" value="true" />""",
)


@pytest.fixture
def two(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """The three-step package on either database."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def stuck(bench: Bench, count: int) -> list[str]:
    """The numbers of so many cases whose first mail no server takes, each to an address of its own."""
    numbers = []
    for n in range(count):
        email = f"wrong{n}@example.com"
        bench.mailbox.refuses[email] = NO
        numbers.append(applied(bench, email=email, company_name=f"みほん市立第{n}小学校").number)
    return numbers


def board(bench: Bench) -> attention.Board:
    return attention.board(bench.portal, clerk(bench))


def opened(number: str) -> list[str]:
    with database.connection():
        case = cases.get(number)
        assert case is not None
        return [row.element for row in work.open_tasks(case.id)]


def test_ten_of_one_cause_are_one_cause_and_are_mended_at_once(two: Bench) -> None:
    numbers = stuck(two, 10)
    [cause] = board(two).causes
    assert (cause.cases, len(cause.troubles), cause.tries) == (10, 10, 10)
    assert [each.addresses for each in cause.troubles] == [(f"wrong{n}@example.com",) for n in range(10)]
    assert all(opened(number) == [] for number in numbers)
    rows = [each.row for each in cause.troubles]
    right = {row: f"right{n}@example.com" for n, row in enumerate(rows)}
    found = tending.several(two.portal, rows, "mend", Given("電話で聞いた", right), clerk(two))
    assert [(each.case, each.error) for each in found] == [(number, None) for number in numbers]
    two.drain()
    assert board(two).causes == []
    assert all(opened(number) == ["approve"] for number in numbers)
    assert [letter.to for letter in two.mailbox.letters] == [(f"right{n}@example.com",) for n in range(10)]


def test_only_the_ticked_ones_are_tried_again_and_what_does_not_fit_is_said(two: Bench) -> None:
    numbers = stuck(two, 4)
    two.mailbox.refuses.clear()
    rows = [each.row for each in board(two).causes[0].troubles]
    found = tending.several(two.portal, [rows[0], rows[2], "job:999999", "incident:7", "x"], "retry", Given(), ADMIN)
    assert [each.error is None for each in found] == [True, True, False, False, False]
    two.drain()
    assert [opened(number) for number in numbers] == [["approve"], [], ["approve"], []]
    assert [each.row for each in board(two).of_cases] == [rows[1], rows[3]]
    again = tending.several(two.portal, [rows[0]], "retry", Given(), ADMIN)
    assert "not waiting" in str(again[0].error)


def test_a_wrong_address_among_several_keeps_no_other_from_being_mended(small_bench: Bench) -> None:
    numbers = stuck(small_bench, 3)
    rows = [each.row for each in board(small_bench).causes[0].troubles]
    right = {rows[0]: "right@example.com", rows[1]: "no address", rows[2]: ""}
    found = tending.several(small_bench.portal, rows, "mend", Given("電話で", right), clerk(small_bench))
    assert [each.error is None for each in found] == [True, False, False]
    small_bench.drain()
    assert [opened(number) for number in numbers] == [["approve"], [], []]


def test_a_step_is_skipped_where_the_process_says_so_with_a_reason_on_record(
    tmp_path: Path, engine: Engine, either: str
) -> None:
    bench = open_bench(tmp_path, either, engine, broken.package(tmp_path, SKIPPABLE))
    [number] = stuck(bench, 1)
    [trouble] = board(bench).of_cases
    assert trouble.skips
    with pytest.raises(Refused, match="Say why"):
        tending.several(bench.portal, [trouble.row], "skip", Given("  "), clerk(bench))
    [done] = tending.several(bench.portal, [trouble.row], "skip", Given("窓口で手渡しした"), clerk(bench))
    assert done.error is None
    assert opened(number) == ["approve"]  # as the diagram says
    assert board(bench).of_cases == []
    with database.connection():
        case = cases.get(number)
        assert case is not None
        told = list(cases.timeline(case.id, internal=True, kinds=(EntryKind.MENDED,)))
        assert [(row.text, row.data["reason"], row.actor_name) for row in told] == [
            ("skip", "窓口で手渡しした", "担当 1")
        ]
        assert [row.state for row in Job.select().where((Job.case == case.id) & (Job.element == "mail_hello"))] == [
            "cancelled"
        ]
        assert case.undelivered == 0


def test_a_step_that_the_process_does_not_let_go_is_not_skipped(small_bench: Bench) -> None:
    [number] = stuck(small_bench, 1)
    [trouble] = board(small_bench).of_cases
    assert not trouble.skips
    [left] = tending.several(small_bench.portal, [trouble.row], "skip", Given("急ぐ"), clerk(small_bench))
    assert "does not allow" in str(left.error)
    assert opened(number) == []


def test_whoever_may_not_mend_trouble_does_nothing_of_it(small_bench: Bench) -> None:
    stuck(small_bench, 1)
    row = board(small_bench).of_cases[0].row
    for role in ("analyst", "auditor", "approver"):
        with pytest.raises(Forbidden):
            tending.several(
                small_bench.portal, [row], "retry", Given(), Actor(None, "誰か", Side.OPERATOR, frozenset({role}))
            )


def test_the_lists_can_be_narrowed_to_cases_that_cannot_go_on(two: Bench) -> None:
    numbers = stuck(two, 2)
    two.mailbox.refuses.clear()
    fine = applied(two, email="fine@example.com").number
    who = clerk(two)
    found, total = casehead.heads(two.portal, who, trouble=True)
    assert (total, {each.number for each in found}) == (2, set(numbers))
    assert all(each.hindered for each in found)
    everything, of_all = casehead.heads(two.portal, who)
    assert of_all == 3 and {each.number for each in everything} == {*numbers, fine}
    assert casehead.heads(two.portal, who, trouble=True, text="第1小学校")[1] == 1
    listed = worklist.page(two.portal, who, worklist.Filter(scope="all", trouble=True))
    assert (listed.total, listed.rows) == (0, [])  # these cases have no open task
    with database.transaction():  # a case beside whose open task something fails
        case = cases.get(fine)
        assert case is not None
        Job.update(state="incident", task_id="x").where(Job.case == case.id).execute()
    listed = worklist.page(two.portal, who, worklist.Filter(scope="all", trouble=True))
    assert (listed.total, [row.case_number for row in listed.rows]) == (1, [fine])
    assert listed.hindered == {listed.rows[0].id}
    assert worklist.page(two.portal, who, worklist.Filter(scope="all", trouble=True, text="nothing")).total == 0


def test_what_a_program_said_and_what_the_case_is_make_no_other_cause(small_bench: Bench) -> None:
    small_bench.mailbox.fail_with = [
        Permanent("The mail server refused %(mail)s: %(code)s %(reply)s", mail=f"m{n}", code=554, reply=f"no {n}")
        for n in range(2)
    ]
    for n in range(2):
        applied(small_bench, email=f"a{n}@example.com", contact_name=READER["contact_name"])
    [cause] = board(small_bench).causes
    assert (cause.cases, cause.error) == (2, None)  # each says its own

"""What is asked of running cases before they move: nothing that leads nowhere."""

from __future__ import annotations

from app.engine import Decisions, Finding
from app.errors import Problem
from app.services.moves.offering import Offer

GONE = Finding("gone", "p", "wait", Problem("", "gone"), choices=("to:wait_2", "anew:a", "anew:b"))
NEW = Finding("event", "p", "late", Problem("", "new"), choices=("next", "now"))
NAME = Finding("name", "", "gate", Problem("", "name"), "risk", choices=("value",))
STUCK = Finding("stuck", "p", "join", Problem("", "stuck"))


def offered(*findings: Finding, stuck_after: tuple[str, ...] = (), always: bool = False) -> dict[str, tuple[str, ...]]:
    """To each question its choices, where a case is stuck after some decisions, or whatever is decided."""

    def judge(decisions: Decisions) -> list[Finding]:
        left = [each for each in findings if each is not STUCK and each.key not in decisions]
        return left + [STUCK] * (always or bool(set(decisions.values()) & set(stuck_after)))

    return {each.kind: each.choices for each in Offer().worth(1, findings, {}, judge)}


def test_a_choice_after_which_the_case_stays_is_not_offered() -> None:
    assert offered(GONE, NAME, stuck_after=("anew:a",)) == {"gone": ("to:wait_2", "anew:b"), "name": ("value",)}


def test_nothing_is_asked_of_a_case_that_stays_whatever_is_answered() -> None:
    assert offered(GONE, NEW, NAME, STUCK, always=True) == {}


def test_a_case_that_stays_until_something_is_decided_is_asked_that() -> None:
    assert offered(NEW, NAME, STUCK, stuck_after=("next",)) == {"event": ("now",)}


def test_where_one_answer_alone_helps_nothing_all_are_offered_for_another_may_be_missing() -> None:
    assert offered(GONE, stuck_after=GONE.choices) == {"gone": GONE.choices}


def test_cases_that_stand_alike_are_looked_at_once() -> None:
    asked: list[Decisions] = []

    def judge(decisions: Decisions) -> list[Finding]:
        asked.append(decisions)
        return []

    offer = Offer()
    first = offer.worth(1, (NEW,), {}, judge)
    assert offer.worth(1, (NEW,), {}, judge) == first == [NEW] and len(asked) == len(NEW.choices)

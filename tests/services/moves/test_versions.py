"""What pages of moves call elements and values of a release."""

from __future__ import annotations

from app.services.moves import questions, versions
from tests.catalogue.support import edited
from tests.catalogue.wrongs import BPMN as DIAGRAM
from tests.catalogue.wrongs import swap
from tests.services.moves.support import ASKING


def test_a_gateway_without_a_name_is_called_by_what_is_around_it() -> None:
    package = edited({DIAGRAM: swap('id="approve_gate" name="判断"', 'id="approve_gate"')})
    after = [package.elements[each].name for each in ("refused", "wait_a_day")]
    assert versions.title(package, "approve_gate") == "→ {}｜{}".format(*after)
    assert versions.title(package, "approve") == "申請の確認"
    assert versions.title(package, "nothing") == ""


def test_all_that_a_value_may_be_is_known_or_nothing_is_said_of_it() -> None:
    package = edited(ASKING)
    assert versions.all_values(package, "outcome") == ("approved", "refused")
    assert versions.all_values(package, "books") == (), "any number"
    assert versions.all_values(package, "branch") == (), "nobody sets it"


def test_decisions_are_the_answers_that_led_to_them() -> None:
    decisions = {
        "gone:p:a:": "to:b", "name::gate:hurry": {"value": True}, "name::gate:to": {"value": "x"},
        questions.EACH: {"2026-0001": {"gone:p:a:": None}},
    }  # fmt: skip
    assert dict(questions.answers(decisions)) == {
        "d:gone:p:a:": "to:b",
        "d:name::gate:hurry": "true",
        "d:name::gate:to": "x",
        "one:2026-0001:gone:p:a:": "-",
    }
    assert questions.values(questions.of_case(decisions, "2026-0001")) == {"hurry": True, "to": "x"}

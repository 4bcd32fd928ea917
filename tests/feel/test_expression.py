from __future__ import annotations

import enum
import json
import shutil
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Refused
from app.feel import FeelError, parse, parse_unary_tests

HERE = Path(__file__).parent
CASES: list[tuple[str, dict[str, Any], Any]] = json.loads((HERE / "cases.json").read_text("utf-8"))["cases"]
FEEL_JS = HERE.parents[1] / "app" / "frontend" / "feel.js"
NODE = shutil.which("node") or shutil.which(str(Path(sys.executable).with_name("node")))


def in_node(cases: list[tuple[Any, dict[str, Any]]]) -> list[Any]:
    assert NODE
    done = subprocess.run(
        [NODE, str(HERE / "run_cases.mjs"), str(FEEL_JS)],
        input=json.dumps(cases),
        text=True,
        encoding="utf-8",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes: list[Any] = json.loads(done.stdout)
    return outcomes


def same(left: Any, right: Any) -> bool:
    """Equal, and a truth value is not a number."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or isinstance(right, bool) or not isinstance(left, int | float):
        return type(left) is type(right) and left == right
    return isinstance(right, int | float) and float(left) == float(right)  # the page has no other numbers


@pytest.mark.parametrize(("text", "names", "outcome"), CASES, ids=[case[0] for case in CASES])
def test_each_case_of_the_shared_table_has_its_outcome_on_the_server(
    text: str, names: dict[str, Any], outcome: Any
) -> None:
    assert same(parse(text).evaluate(names), outcome)


@pytest.mark.skipif(NODE is None, reason="node: no Node here (make install brings one)")
def test_each_case_of_the_shared_table_has_the_same_outcome_in_the_page() -> None:
    outcomes = in_node([(parse(text).to_json(), names) for text, names, _ in CASES])
    wrong = [(case, got) for case, got in zip(CASES, outcomes, strict=True) if not same(got, case[2])]
    assert not wrong


LEAVES = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "d",
        "null",
        "true",
        "false",
        "1",
        "2.5",
        "0",
        '"x"',
        '"2026-01-01"',
        "[]",
        "[1, 2]",
        '["x", a]',
        'date("2026-01-01")',
        "123456789012345678901234567890",
    ]
)
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or", "in"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda a, op, b: f"(({a}) {op} ({b}))", inner, OPERATORS, inner),
        st.builds(lambda a: f"not({a})", inner),
        st.builds(lambda a: f"(-{a})", inner),
        st.builds(lambda a, b, c: f"(({a}) in [{b}..({c})))", inner, inner, inner),
        st.builds(lambda a, b: f"[{a}, {b}]", inner, inner),
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18).filter(lambda n: abs(n) < 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.sampled_from(["", "x", "2026-01-01", "𠮷"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.skipif(NODE is None, reason="node: no Node here (make install brings one)")
@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.recursive(LEAVES, grown, max_leaves=6),
            st.fixed_dictionaries({}, optional=dict.fromkeys("abc", VALUES)),
        ),
        min_size=60,
        max_size=120,
    )
)
def test_expressions_that_nobody_thought_of_agree_in_page_and_server(
    cases: list[tuple[str, dict[str, Any]]],
) -> None:
    parsed = [(parse(text), names) for text, names in cases]
    outcomes = in_node([(expression.to_json(), names) for expression, names in parsed])
    for (expression, names), outcome in zip(parsed, outcomes, strict=True):
        assert same(expression.evaluate(names), outcome), (expression.text, names)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("=", 2),
        ("a +", 4),
        ("a b", 3),
        ("(a", 3),
        ('a = "x', 5),
        ("a ; b", 3),
        ("a == b", 4),
        ("1 < 2 < 3", 7),
        ("[1..2]", 3),
        ("a = (1..2)", 7),
        ("f(1)", 1),
        ("if a then b else c", 1),
        ("= if a", 3),
        ("a.", 3),
        ("a..b", 2),
        ('date("2026-02-30")', 1),
        ('date("x")', 1),
        ("date(", 6),
        ("a in", 5),
        ("a in (1,", 9),
        ("a in [1..2", 11),
        ("every", 1),
        ("and", 1),
        ("2 ** 3", 3),
        ("a ? b", 3),
        ('"\\q"', 2),
        ('"\\ud800"', 2),
        ("1.2.3", 4),
        ("１", 1),
        ("a between 1", 12),
        ("[1, 2", 6),
        ("__import__('os')", 12),
        ("a[1]", 2),
        ("a\u0000", 2),
        ("1" * 35, 1),
    ],
)
def test_what_is_not_of_the_subset_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(FeelError) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(position) in str(caught.value)
    assert isinstance(caught.value, Refused)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "(" * 1500 + "1" + ")" * 1500,
        "[" * 3000,
        "not(" * 900,
        "-" * 3999 + "1",
        "a" * 5000,
        "+".join(["a"] * 1900),
        "/".join(["a"] * 1900),
        "a in (" * 600,
        "a in [" * 600,
        "((((a" + "+a" * 30 + ")" + "+a" * 30 + ")" + "+a" * 30,
    ],
)
def test_bombs_are_refused_before_they_cost_anything(text: str) -> None:
    with pytest.raises(FeelError):
        parse(text)


def test_long_conditions_that_people_write_are_not_bombs() -> None:
    text = " or ".join(f'kind = "{n}"' for n in range(200))
    assert parse(text).evaluate({"kind": "199"}) is True
    assert parse("1" + "+1" * 60).evaluate({}) == 61


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet='ab1.0"\\()[]=<>!+-*/, \nnoitdefu{}あ', max_size=40))
def test_any_text_is_parsed_or_refused_and_never_breaks(text: str) -> None:
    for read in (parse, parse_unary_tests):
        try:
            parsed = read(text)
        except FeelError as error:
            assert 1 <= error.position <= len(text) + 1
        else:
            if read is parse:
                parsed.evaluate({"a": 1})  # type: ignore[union-attr]


def test_names_are_those_read_with_paths_by_their_first_part() -> None:
    assert parse('a.b = 1 and x in (< c, [d..e]) or date(f) = "g" and not([h] = i)').names() == frozenset("axcdefhi")


def test_days_moments_and_subclasses_of_text_count_as_the_page_sees_them() -> None:
    class Colour(enum.StrEnum):
        RED = "red"

    assert parse('a = "red"').evaluate({"a": Colour.RED}) is True
    assert parse('a != ""').evaluate({"a": date(2026, 11, 22)}) is True
    assert parse('a = date("2026-11-22")').evaluate({"a": date(2026, 11, 22)}) is True
    assert parse("a").evaluate({"a": datetime.fromisoformat("2026-11-22T09:00:00")}) == "2026-11-22T09:00:00"
    assert parse("a * 2").evaluate({"a": Decimal("0.5")}) == 1
    assert parse("a").evaluate({"a": float("nan")}) is None
    assert parse("a").evaluate({"a": 10**400}) is None
    assert parse("a.b = 1").evaluate({"a": {"b": 1}}) is True


def test_a_condition_holds_only_if_its_outcome_is_exactly_true() -> None:
    assert parse("a = 1").holds({"a": 1})
    assert not parse("a").holds({"a": 1})
    assert not parse("a < 1").holds({})


@pytest.mark.parametrize(
    ("cell", "value", "fits"),
    [
        ("-", None, True),
        ("", 3, True),
        ("  -  ", 3, True),
        ("3", 3, True),
        ("3", 4, False),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ("< 3", 2, True),
        (">= 3", 2, False),
        ("[1..3]", 3, True),
        ("]1..3]", 1, False),
        ("(1..3)", 3, False),
        ("< 1, > 5", 6, True),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ("not([1..2])", 5, True),
        ("not(< 3)", None, False),
        ("null", None, True),
        ("null", 1, False),
        ("true", True, True),
        ("true", 1, False),
        ("limit", 7, True),
        ("< limit * 2", 13, True),
        ("-1", -1, True),
        ('date("2026-01-01")', "2026-01-01", True),
        ('>= date("2026-01-01")', date(2026, 1, 2), True),
        ("[1, 2]", 2, True),
        ("[1, 2]", 3, False),
        ('not("a")', "b", True),
        ("!= 3", 4, True),
        ("3", "3", False),
    ],
)
def test_cells_match_as_decision_tables_say(cell: str, value: Any, fits: bool) -> None:
    assert parse_unary_tests(cell).matches(value, {"limit": 7}) is fits


@pytest.mark.parametrize("cell", ["<", "1,", "not(", "not(1", "[1..", "a b", "- -", "not(1) or 2", '"a'])
def test_cells_that_say_nothing_sensible_are_refused(cell: str) -> None:
    with pytest.raises(FeelError):
        parse_unary_tests(cell)


def test_names_of_a_cell_are_those_of_its_tests() -> None:
    assert parse_unary_tests("< a, [b..c], d").names() == frozenset("abcd")
    assert parse_unary_tests("-").names() == frozenset()

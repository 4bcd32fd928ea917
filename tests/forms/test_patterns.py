"""A pattern of a form is matched in steady time, whatever an analyst writes and whatever a stranger types."""

from __future__ import annotations

import pytest

from app.errors import BadPackage
from app.forms import check, load, stored
from app.forms.patterns import BadPattern, compiled
from tests.forms.drawing import schema

# Each takes a matcher that goes back exponentially long, or to a high power, on the answer beside it.
CATASTROPHES = [
    (r"^(a+)+$", "a"),
    (r"^(a|a)*$", "a"),
    (r"(x+x+)+y", "x"),
    (r"^(a|aa)+$", "a"),
    (r"^(a+){30}b", "a"),
    (r"^(a?){40}a{40}$", "a"),
    (r"^a*a*a*a*a*a*b$", "a"),
    (r"^(?:(?:a|a)){40}b", "a"),
    (r"^((a)+)+b$", "a"),
    (r"^\w+\w+\w+\w+\w+-$", "a"),
    (r"^(?:[^\s@]+[^\s]*)*@$", "あ"),
    (r"^(.*a){20}$", "ab"),
    (r"^(a{1,30}){1,30}b$", "a"),
]


def text(pattern: str, **more: object) -> dict[str, object]:
    return schema({"type": "textfield", "key": "name", "label": "氏名", "validate": {"pattern": pattern}, **more})


@pytest.mark.parametrize(("pattern", "letter"), CATASTROPHES, ids=[pattern for pattern, _ in CATASTROPHES])
def test_no_pattern_runs_on_however_long_the_answer(pattern: str, letter: str) -> None:
    form = load(text(pattern), "task")
    assert check(text(pattern), "task") == []
    # No clock decides this test: a matcher that goes back would never be done with it.
    for length in (60, 98, 20_000):
        form.clean({"name": letter * length + "!"})


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (r"^[ぁ-ん]+$", "ひらがな", "カタカナ"),
        (r"^[\u30a1-\u30f6]+$", "カタカナ", "ひらがな"),
        (r"^\u{30ab}$", "カ", "か"),
        (r"^\d{3}$", "123", "１２３"),
        (r"^a\sb$", "a　b", "ab"),
        (r"^[\s]$", " ", "x"),
        (r"^\S+$", "ab", "a　b"),
        (r"^[a\]]+$", "a]", "b"),
        (r"^\\u3041$", "\\u3041", "ぁ"),
        (r"b", "abc", "ac"),
        (r"^x$", "x", "x\n"),
    ],
)
def test_what_form_js_writes_means_the_same_here(pattern: str, right: str, wrong: str) -> None:
    assert compiled(pattern).search(right)
    assert not compiled(pattern).search(wrong)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"^(?=.*\d)", "looks ahead"),
        (r"(?<!a)b", "looks ahead or back"),
        (r"^(a)\1$", "refers back"),
        (r"^(?<n>a)\k<n>$", "refers back"),
        ("(", "not closed"),
        (")", "not opened"),
        ("[a", "not closed"),
        ("a++", "repetition"),
        ("*a", "repetition"),
        ("a{2000}", "1,000 times"),
        ("([ぁ-んァ-ヶ一-龠]{1,1000})" * 40, "too large"),
        ("a" * 1001, "1000 characters"),
    ],
)
def test_what_cannot_be_matched_so_is_refused_with_words(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern, match=reason):
        compiled(pattern)
    (found,) = check(text(pattern), "task")
    assert reason in str(found)
    assert (found.element, found.part) == ("name", "attribute:validate.pattern")


def test_a_form_that_was_released_with_such_a_pattern_still_opens_and_asks_nothing_of_it() -> None:
    schema = text(r"^(?=.*\d).+$", shoeSize=4)
    form, left_out = stored(schema, "task")
    assert form.clean({"name": "x"}).ok
    assert len(left_out) == 2
    with pytest.raises(BadPackage):
        load(schema, "task")


def test_a_pattern_where_nothing_reads_it_is_named() -> None:
    form = schema({"type": "textarea", "key": "a", "label": "x", "validate": {"pattern": "^a"}})
    assert "textfield alone" in str(check(form, "task")[0])

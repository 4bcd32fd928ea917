"""Normal forms of texts that strangers send: nothing stands still over them, and what people write stays as it is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.normal import JOINER, MOST, Form, normal

APP = Path(__file__).parents[2]
FORMS: tuple[Form, ...] = ("NFC", "NFKC", "NFKD")
MARKS = "\u0315\u0316\u0344\u0f73\u3099"  # two of them are two marks each


def longest(text: str) -> int:
    """How many marks stand in a row, once each is in its parts."""
    apart = unicodedata.normalize("NFKD", text.replace(JOINER, "a"))
    marks = "".join(re.escape(each) for each in set(apart) if unicodedata.combining(each))
    return max(map(len, re.findall(f"[{marks}]+", apart)), default=0) if marks else 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("run", [*MARKS, "\u0315\u0316", MARKS])
def test_a_megabyte_of_marks_is_put_in_order_piece_by_piece(run: str, form: Form) -> None:
    even = normal(form, "か" + run * (1_000_000 // len(run)))
    assert 0 < longest(even) <= MOST
    assert even.count(JOINER) > 30_000


@given(st.text(st.one_of(st.characters(), st.sampled_from(MARKS)), max_size=200))
def test_nothing_is_taken_out_and_no_run_is_longer(text: str) -> None:
    for form in FORMS:
        even = normal(form, text)
        assert longest(even) <= MOST
        if longest(text) <= MOST and JOINER not in text:
            assert even == unicodedata.normalize(form, text)
        assert sorted(unicodedata.normalize("NFKD", even.replace(JOINER, ""))) == sorted(
            unicodedata.normalize("NFKD", text.replace(JOINER, ""))
        )


def test_nothing_is_put_in_a_normal_form_in_another_way() -> None:
    bare = [
        str(path.relative_to(APP))
        for folder in ("app", "admin", "config")
        for path in (APP / folder).rglob("*.py")
        if "node_modules" not in path.parts and re.search(r"unicodedata\.normalize\(", path.read_text(encoding="utf-8"))
    ]
    assert bare == ["app/text/normal.py"]

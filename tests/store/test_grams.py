"""Whatever part of a text is looked for: each of the word's numbers is one of the text's."""

from __future__ import annotations

from random import Random

import pytest

from app.store.grams import grams, ranges

SIGNS = ("0123456789", "01", "01みほ", "みほんカイ株式会社a7", "𠮷\U0010ffff9")


@pytest.mark.parametrize("signs", SIGNS)
def test_a_text_has_the_numbers_of_each_of_its_parts(signs: str) -> None:
    chance = Random(5)
    for _ in range(60):
        text = "\n".join("".join(chance.choices(signs, k=chance.randint(1, 40))) for _ in range(2))
        known = grams(text)
        assert all(0 < each < 2**63 for each in known), "as both databases have them"
        for line in text.split("\n"):
            for _ in range(12):
                at = chance.randrange(len(line))
                word = line[at : at + chance.randint(1, 25)]
                for first, last in ranges(word):
                    assert any(first <= each <= last for each in known), (text, word)


def test_a_number_is_told_from_those_that_have_its_figures_otherwise() -> None:
    number = "20260000077"
    first, last = ranges(number)[0]
    for other in ("20260000770", "20260000007777", "2026000007", "202600000770"[1:], "0000077202600"):
        assert not [each for each in grams(other) if first <= each <= last], other
    for longer in (f"1{number}", f"{number}8", f"み{number}み", f"12{number}34"):
        assert [each for each in grams(longer) if first <= each <= last], longer
    ended = ranges("1234み")[0]  # no figure follows
    assert ended[0] == ended[1] in grams("91234み")
    assert ended[0] not in grams("12345み")

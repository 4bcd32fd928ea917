from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.connectors.pdf_lines import _NOT_FIRST, _NOT_LAST, break_points, may_break


def lines(text: str, width: int) -> list[str]:
    """Japanese characters are two wide, others one; a line feed is a forced break."""
    widths = [0.0 if character == "\n" else 1.0 if ord(character) < 0x2000 else 2.0 for character in text]
    breaks = {index for index, character in enumerate(text) if character == "\n"}
    ends = break_points(list(text), widths, breaks, width, width)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def test_a_full_stop_never_starts_a_line() -> None:
    assert lines("あいうえお。", 10) == ["あいうえ", "お。"]


def test_an_opening_bracket_never_ends_a_line() -> None:
    assert lines("あいうえ（お）", 10) == ["あいうえ", "（お）"]


def test_words_and_numbers_stay_whole() -> None:
    assert lines("登録標準API連携", 10) == ["登録標準", "API連携"]
    assert lines("合計は12,345円", 10) == ["合計は", "12,345円"]


def test_a_word_wider_than_the_line_is_cut() -> None:
    assert lines("abcdefghijkl", 5) == ["abcde", "fghij", "kl"]


def test_addresses_break_behind_a_slash() -> None:
    assert lines("https://n.example/systems/1", 20) == ["https://n.example/", "systems/1"]


def test_blanks_hang_at_the_end() -> None:
    assert lines("ab cd", 2) == ["ab ", "cd"]


def test_forced_breaks_are_kept() -> None:
    assert lines("あ\nい", 20) == ["あ\n", "い"]
    assert lines("あ\n", 20) == ["あ\n"]


@given(st.text(alphabet="あ漢カー、。（）「」ab1 /\n", max_size=60), st.integers(4, 30))
def test_nothing_is_lost_or_doubled(text: str, width: int) -> None:
    assert "".join(lines(text, width)) == text


@given(st.text(alphabet="あ漢カ、。（）「」ab1", min_size=1, max_size=60), st.integers(12, 30))
def test_no_line_is_wider_than_its_room(text: str, width: int) -> None:
    for line in lines(text, width):
        assert sum(1 if ord(character) < 0x2000 else 2 for character in line) <= width


@given(st.characters(), st.characters())
def test_forbidden_places_are_never_break_points(before: str, after: str) -> None:
    if before not in (" ", "\u3000") and (after in _NOT_FIRST or before in _NOT_LAST):
        assert not may_break(before, after)

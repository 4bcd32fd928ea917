"""What files and people are called, and how a name goes out again."""

from __future__ import annotations

import base64
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from app.text.names import MOST, ascii_name, file_name
from app.text.typed import composed, prose, typed
from app.web.frame.sending import disposition


def test_a_line_break_in_a_files_name_is_taken_out() -> None:
    name = base64.b64decode("55uj5p+7DQpYLUV2aWw6IDEucGRm").decode()
    assert name == "監査\r\nX-Evil: 1.pdf"
    assert file_name(name) == "監査 X-Evil: 1.pdf"


def test_marks_of_direction_are_taken_out() -> None:
    assert file_name("請求書\u202efdp.exe.pdf") == "請求書fdp.exe.pdf"
    assert typed("a\u2066b\u2069") == "ab"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\例\\決算書.pdf", "決算書.pdf"),
        ("/etc/../x.pdf", "x.pdf"),
        ("  a.pdf ", "a.pdf"),
        ("\u200b.pdf", ".pdf"),
        ("", "file"),
        ("..", "file"),
        ("\r\n", "file"),
        ("a\x00b\x85c\u2028d.pdf", "ab c d.pdf"),
        ("🏗現場.pdf", "🏗現場.pdf"),
        ("㈱髙﨑①～.pdf", "㈱髙﨑①～.pdf"),
        ("𠮷野.pdf", "𠮷野.pdf"),
    ],
)
def test_a_files_name_is_made_even(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


def test_a_name_from_a_mac_is_composed() -> None:
    name = "プロジェクト計画書（がぎぐ）é.pdf"
    assert file_name(unicodedata.normalize("NFD", name)) == name
    assert composed(unicodedata.normalize("NFD", "承認グループ")) == "承認グループ"
    assert composed(unicodedata.normalize("NFD", "한글")) == "한글"


def test_a_name_keeps_the_very_character_that_its_owner_writes() -> None:
    """U+FA19 is not U+795E, nor U+FA11 U+5D0E."""
    assert prose("\ufa19田 \ufa11") == "\ufa19田 \ufa11"


def test_a_long_name_keeps_its_ending() -> None:
    assert file_name("長" * 500 + ".pdf") == "長" * (MOST - 4) + ".pdf"
    assert len(file_name("x." + "y" * 500)) == MOST


@given(st.text())
def test_whatever_a_file_is_called_its_name_is_even_and_goes_out(name: str) -> None:
    even = file_name(name)
    assert even == file_name(even)
    assert even.encode("utf-8")
    assert not any(unicodedata.category(each) == "Cc" for each in even)
    header = disposition(name)
    Headers().set("Content-Disposition", header)
    assert header.isascii()
    assert header.isprintable()
    assert ascii_name(name).isascii()


def test_a_name_goes_out_in_ascii_and_whole() -> None:
    """RFC 6266 section 4.3, RFC 5987 section 3.2."""
    assert disposition("a.pdf") == "attachment; filename=a.pdf"
    assert disposition("a b.pdf", save=False) == 'inline; filename="a b.pdf"'
    assert disposition("決算\r\n.pdf").endswith("filename*=UTF-8''%E6%B1%BA%E7%AE%97%20.pdf")
    assert "filename=q_x.pdf;" in disposition('q"x.pdf')


def test_no_other_place_says_how_a_file_is_called_on_its_way_out() -> None:
    """A header built by hand is where a name's line break comes back."""
    for folder in ("app/web", "admin"):
        for file in (Path(__file__).parents[2] / folder).rglob("*.py"):
            text = file.read_text()
            assert "send_file(" not in text, file
            assert "filename={" not in text or file.name == "sending.py", file

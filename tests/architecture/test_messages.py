"""Babel finds what is said: it does not look into f-strings (before Python 3.12), so nothing is said in one."""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NAMES = {"_", "N_", "gettext", "ngettext", "lazy_gettext", "_l"}


def test_no_message_stands_inside_an_f_string() -> None:
    found = []
    for room in ("app", "admin", "hardware", "config"):
        for file in (PROJECT / room).rglob("*.py"):
            if "node_modules" in file.parts:
                continue
            for text in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(text, ast.JoinedStr):
                    continue
                calls = [each for each in ast.walk(text) if isinstance(each, ast.Call) and each.args]
                names = {
                    each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
                    for each in calls
                }
                if names & NAMES:
                    found.append(f"{file.relative_to(PROJECT)}:{text.lineno}")
    assert found == []


def test_pages_join_words_as_their_readers_language_does() -> None:
    found = []
    for room in ("app/web", "admin"):
        for file in (PROJECT / room).rglob("*"):
            if file.suffix in {".py", ".html"} and "static" not in file.parts:
                text = file.read_text(encoding="utf-8")
                found += [
                    f"{file.relative_to(PROJECT)}: {each}" for each in ('"、".join', 'join("、")') if each in text
                ]
    assert found == []

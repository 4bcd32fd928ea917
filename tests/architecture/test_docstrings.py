"""What modules, classes and functions say of themselves can be read: a sentence or more, wrapped as prose is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ROOMS = ("app", "admin", "hardware", "config", "scripts")
LEAST = 4  # words of a docstring: fewer name a thing once more and say nothing of it
LAST = 3  # words in the last line of a paragraph
MARKUP = re.compile(r"\s|[-*|>#] |\d+\. |```|.*  ")  # lists, tables, code: lines that end where they must


def modules() -> list[Path]:
    """The product's own."""
    found = (path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
    return sorted(path for path in found if "node_modules" not in path.parts)


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield node.body[0].lineno, text


def too_short(text: str) -> bool:
    """Whether it has too few words, and no value that stands for what is given (`12,345`, `令和8年`)."""
    return len(re.findall(r"\w[\w'’.-]*", text)) < LEAST and not re.search(r"[\d¥]|[^\x00-\u2fff]", text)


def orphaned(text: str) -> list[str]:
    """Lines in which a word or two are left alone at the end of a paragraph."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = paragraph.split("\n")
        alone = len(lines) > 1 and len(lines[-1].split()) < LAST
        if alone and not any(MARKUP.match(line) for line in lines[-2:]):
            found.append(lines[-1])
    return found


def test_docstrings_are_sentences_and_leave_no_word_alone_in_a_line() -> None:
    found = []
    for path in modules():
        for line, text in docstrings(path.read_text(encoding="utf-8")):
            said = [f"“{text}” has fewer than {LEAST} words"] if too_short(text) else []
            said += [f"“{alone}” stands alone in its line" for alone in orphaned(text)]
            found += [f"{path.relative_to(PROJECT)}:{line}: {each}" for each in said]
    assert found == [], "\n".join(found)


def test_files_that_are_named_in_the_code_are_there() -> None:
    """A sentence that leans on a file, as a test or a page, is true as long as the file is there."""
    named = re.compile(
        rf"(?<![\w/.-])((?:{'|'.join(ROOMS)}|tests|docs|bpmn|deploy)/[\w/.-]+\.(?:py|md|toml|sh|mjs|js))\b"
    )
    found = [
        f"{path.relative_to(PROJECT)}: {match[1]}"
        for path in modules()
        for match in named.finditer(path.read_text(encoding="utf-8"))
        if not (PROJECT / match[1]).exists()
    ]
    assert found == []


def test_both_rules_find_what_they_are_for() -> None:
    planted = (
        '"""Whose turn."""\n\ndef one():\n'
        '    """What a process asks of those who work with it, and what it\n    shows."""\n'
    )
    texts = [text for _, text in docstrings(planted)]
    assert [too_short(text) for text in texts] == [True, False]
    assert [orphaned(text) for text in texts] == [[], ["shows."]]
    assert not too_short("12,345円")
    assert not orphaned("A table:\n\n    one\n    two")

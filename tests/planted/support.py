"""Packages with something planted in them, and what `nintei check` says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app import catalogue
from app.engine import Engine, Evaluator
from app.errors import Problem
from app.services.base import checks
from tests.support import order

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "bpmn" / "ccus_api_certification"
THREE_STEPS = ROOT / "tests" / "packages" / "three_steps"
PO = ROOT / "app" / "web" / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
#: Of tests that look at the same packages: one worker has them all.
TOGETHER = pytest.mark.xdist_group(f"{order.MODULE}tests/planted")
Change = Callable[[str], str] | str | None
Edit = Mapping[str, Change]


@cache
def files_of(folder: Path) -> Mapping[str, bytes]:
    """Path to content, the skeletons' too."""
    shared = ROOT / "bpmn" / "_shared"
    own = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return own | {
        f"_shared/{path.relative_to(shared).as_posix()}": path.read_bytes()
        for path in shared.rglob("*")
        if path.is_file() and path.suffix in (".html", ".txt", ".css", ".md")
    }


def planted(folder: Path, edit: Edit) -> dict[str, bytes]:
    """The files with the edit: by a function, new content, or None: removed. An edit that changes nothing fails."""
    files = dict(files_of(folder))
    for path, change in edit.items():
        if change is None:
            del files[path]
        elif callable(change):
            before = files[path].decode()
            after = change(before)
            assert after != before, f"the change of {path} changed nothing"
            files[path] = after.encode()
        else:
            files[path] = change.encode()
    return files


_said: dict[frozenset[tuple[str, bytes]], list[Problem]] = {}


def said(files: Mapping[str, bytes]) -> list[Problem]:
    """What `nintei check` says of the files, worked out once: several tests look at it."""
    key = frozenset(files.items())
    if key not in _said:
        _said[key] = checks.everything(Engine(Evaluator()), catalogue.from_files(files))
    return list(_said[key])


@cache
def japanese() -> Callable[[str], str]:
    """Message id to Japanese, from the source of the catalogue (the compiled one may be older)."""
    with PO.open("rb") as file:
        words = {str(each.id): str(each.string) for each in read_po(file, locale="ja") if each.string}
    return lambda message: words.get(message, message)


def swap(old: str, new: str, count: int = -1) -> Callable[[str], str]:
    """The text with `old` replaced, which must stand there."""

    def change(text: str) -> str:
        assert old in text, f"{old!r} is not there"
        return text.replace(old, new, count)

    return change


def add(text: str) -> Callable[[str], str]:
    return lambda before: before + text


__all__ = ["SHIPPED", "THREE_STEPS", "TOGETHER", "Edit", "add", "files_of", "japanese", "planted", "said", "swap"]

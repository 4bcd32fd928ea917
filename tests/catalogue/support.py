from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from app import catalogue
from app.catalogue import Package
from app.declarations import CONNECTORS
from app.errors import Problem

THREE_STEPS = Path(__file__).parents[1] / "packages" / "three_steps"
OPERATORS = {name: CONNECTORS[name] for name in ("mail", "pdf", "wait_for", "milestone", "certificate_issue")}
Edit = Mapping[str, Callable[[str], str] | str | bytes | None]


def edited(changes: Edit) -> Package:
    """The package of three steps with some files changed: by a function, by new content, or None: removed."""
    files = {
        path.relative_to(THREE_STEPS).as_posix(): path.read_bytes() for path in THREE_STEPS.rglob("*") if path.is_file()
    }
    for path, change in changes.items():
        if change is None:
            del files[path]
        elif callable(change):
            before = files[path].decode()
            after = change(before)
            assert after != before, f"the change of {path} changed nothing"
            files[path] = after.encode()
        else:
            files[path] = change.encode() if isinstance(change, str) else change
    return catalogue.from_files(files)


def problems(changes: Edit) -> list[Problem]:
    return catalogue.check(edited(changes), OPERATORS)

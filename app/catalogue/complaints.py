"""Where checks put what they find, in the words that all of them share."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any

from app.catalogue.toml import nearest
from app.errors import N_, Problem

# The things that can be missing: message ids, which stand in the parameter `what` of the messages below.
THINGS = (
    "answer, document or file",
    "calendar",
    "card set",
    N_("decision"),
    "document",
    "download group",
    "element",
    N_("element with a form"),
    "fee",
    "field",
    N_("field of the start form"),
    N_("file"),
    "group",
    N_("kind"),
    "lane",
    "mail",
    "message",
    N_("operator"),
    N_("output"),
    N_("presentation"),
    N_("turn"),
    N_("process"),
    "routing value",
    N_("section"),
    "setting",
    N_("state"),
    N_("template"),
    "user task",
    N_("webhook"),
)


MAX_PROBLEMS = 300  # nobody mends more at a time, and a hostile package could ask for millions


class Enough(Exception):
    """There are MAX_PROBLEMS problems."""


class Complaints:
    """Gathers problems, each once; each method says one kind of thing. Raises Enough."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.said: set[str] = set()
        self.meant: set[tuple[str, str]] = set()  # (what, name) that a name which is not there was taken to mean

    def add(self, problem: Problem) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            raise Enough
        if str(problem) not in self.said:
            self.said.add(str(problem))
            self.problems.append(problem)

    def say(self, file: str, element: str, message: str, /, part: str = "", line: int = 0, **params: Any) -> None:
        self.add(Problem(file, message, element, params, "error", part, line))

    def warn(self, file: str, element: str, message: str, /, part: str = "", line: int = 0, **params: Any) -> None:
        self.add(Problem(file, message, element, params, "warning", part, line))

    def known(self, file: str, element: str, part: str, what: str, name: str, known: Collection[str]) -> bool:
        """Whether the name is known; else says so. `what`: of THINGS."""
        assert what in THINGS, what  # noqa: S101 - a word that no catalogue translates
        if name in known:
            return True
        like = nearest(name, frozenset(known))
        self.meant.add((what, like))
        if like:
            self.say(
                file, element, N_("There is no %(what)s “%(name)s”: did you mean “%(nearest)s”?"), part,
                what=what, name=name, nearest=like,
            )  # fmt: skip
        else:
            self.say(
                file, element, N_("There is no %(what)s “%(name)s”: add it, or choose one that there is."), part,
                what=what, name=name,
            )  # fmt: skip
        return False


def quoted(expression: str) -> tuple[str, ...] | None:
    """The texts that a parameter can become, two for 'x' if c else 'y'; None if it is no quoted text."""
    if len(expression) > 1000:
        return None
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _texts(tree)


def _texts(node: ast.expr) -> tuple[str, ...] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if not isinstance(node, ast.IfExp):
        return None
    left, right = _texts(node.body), _texts(node.orelse)
    return left + right if left is not None and right is not None else None

"""Where a parse stands in the tokens of its text, and what it says when what must follow does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from app.errors import N_
from app.feel.scanner import FeelError, Token, scan

MAX_DEPTH = 24  # nested brackets, calls and minus signs
T = TypeVar("T")


class Cursor:
    """Over the tokens of one text, from left to right."""

    def __init__(self, source: str) -> None:
        self.tokens = scan(source)
        self.cursor = 0
        self.depth = 0

    def _peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.cursor + ahead, len(self.tokens) - 1)]

    def _is(self, text: str) -> bool:
        token = self._peek()
        return token.text == text and token.kind in ("mark", "word")

    def _is_call(self, word: str) -> bool:
        return self._is(word) and self._peek(1).kind == "mark" and self._peek(1).text == "("

    def _take(self) -> Token:
        token = self._peek()
        self.cursor += 1
        return token

    def _expect(self, text: str) -> None:
        if not self._is(text):
            self._fail(N_("%(expected)s is missing at position %(position)s."), expected=text)
        self._take()

    def _expect_end(self) -> None:
        if self._peek().kind != "end":
            self._fail(N_("%(found)s at position %(position)s is one too many."), self._peek().text)

    def _nested(self, read: Callable[[], T]) -> T:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(N_("The expression is nested too deep at position %(position)s."))
        node = read()
        self.depth -= 1
        return node

    def _fail(self, message: str, found: str = "", **params: str) -> NoReturn:
        raise FeelError(message, self._peek().position, found=found, **params)

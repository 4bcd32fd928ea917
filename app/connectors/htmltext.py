"""The words of an HTML mail: its markup goes nowhere. What it quotes is marked with > as in plain text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MARK = "\x01"  # no text has it: stands for > until the spaces are set
_DEEPEST = 10


def plain(html: str) -> str:
    """The words of an HTML text, in lines as a reader sees them."""
    reader = _Words()
    reader.feed(html.replace(_MARK, ""))
    lines = [" ".join(line.split()) for line in "".join(reader.found).splitlines()]
    text = "\n".join(_marked(line) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _marked(line: str) -> str:
    depth = len(line) - len(line.lstrip(_MARK))
    return f"{'>' * depth} {line[depth:].strip()}".rstrip() if depth else line


class _Words(HTMLParser):
    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "blockquote", "hr"})
    _UNSEEN = frozenset({"script", "style", "head", "title", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if tag in self._UNSEEN and not self._unseen:
            self._unseen = tag
        elif tag == "body":
            self._unseen = ""  # a head that was left open hides nothing
        if tag == "blockquote":
            self._depth = min(_DEEPEST, self._depth + 1)
        if tag in self._BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        if tag == "blockquote":
            self._depth = max(0, self._depth - 1)
        if tag in self._BREAKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data.replace("\n", " ").replace("\r", " "))

    def _break(self) -> None:
        self.found.append("\n" + _MARK * self._depth)

"""Markdown of mails, in two dresses: HTML for mail programs, and a text that reads as if it had been typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raw HTML stays text; a line's end is meant. Links only to the web and to mail addresses.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


def _valid(url: str) -> bool:
    return url.lower().startswith(("https://", "http://", "mailto:", "tel:"))


_PARSER.validateLink = _valid  # type: ignore[method-assign]  # markdown-it's own way to narrow links


def literal(text: str) -> str:
    """A text of our own and of others as Markdown that says just that (CommonMark 0.31, section 2.4)."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def parse(source: str) -> list[Token]:
    """The tokens of a Markdown text. A paragraph that is one link alone becomes a call to act (class `action`)."""
    tokens = _without_empty_heads(_PARSER.parse(source))
    for opening, inline in pairwise(tokens):
        children = inline.children or []
        alone = (
            len(children) >= 2
            and children[0].type == "link_open"
            and children[-1].type == "link_close"
            and sum(child.type == "link_open" for child in children) == 1
        )
        if opening.type == "paragraph_open" and not opening.hidden and alone:
            opening.attrSet("class", "action")
            children[0].attrSet("class", "button")
    return tokens


def _without_empty_heads(tokens: list[Token]) -> list[Token]:
    """A table whose head has no words (a list of facts: key, value) is drawn without one."""
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        if token.type == "thead_close":
            start = max(index for index, earlier in enumerate(kept) if earlier.type == "thead_open")
            if not any(inside.content for inside in kept[start:]):
                del kept[start:]
    return kept


def as_html(tokens: Sequence[Token]) -> str:
    """HTML without a surrounding page."""
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return html


def as_text(tokens: Sequence[Token]) -> str:
    """Plain text: lists with marks, a link's address on a line of its own, quotes with `> `, tables as lines."""
    writer = _TextWriter()
    for token in tokens:
        writer.write(token)
    return "\n".join(writer.lines).strip("\n") + "\n"


class _TextWriter:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.marks: list[int | None] = []  # open lists: the next number, or None for bullets
        self.quotes = 0
        self.pending = ""  # the mark of the list item that has just begun
        self.cells: list[str] = []
        self.in_cell = False
        self.headed = False

    def write(self, token: Token) -> None:
        if "list" in token.type or "quote" in token.type:
            self._nested(token)
        elif token.type[:2] in ("tr", "th", "td", "ta"):
            self._table(token)
        else:
            self._text(token)

    def _nested(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self.marks.append(None)
            case "ordered_list_open":
                self.marks.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self.marks.pop()
                if not self.marks:
                    self._gap()
            case "list_item_open":
                self.pending = self._mark()
            case "blockquote_open":
                self.quotes += 1
            case "blockquote_close":
                self.quotes -= 1
                self._gap()

    def _table(self, token: Token) -> None:
        match token.type:
            case "tr_open":
                self.cells = []
            case "tr_close":
                facts = len(self.cells) == 2 and not self.headed  # a name and what it is
                self._put(("：" if facts else "　").join(cell for cell in self.cells if cell))
            case "thead_open":
                self.headed = True
            case "table_close":
                self.headed = False
                self._gap()
            case "th_open" | "td_open":
                self.in_cell = True
            case "th_close" | "td_close":
                self.in_cell = False

    def _text(self, token: Token) -> None:
        match token.type:
            case "hr":
                self._put("－" * 20)
                self._gap()
            case "fence" | "code_block":
                self._put(token.content.rstrip("\n"))
                self._gap()
            case "heading_open":
                self.pending = "■ "
            case "paragraph_close" if not token.hidden and not self.marks:
                self._gap()
            case "heading_close":
                self._gap()
            case "inline" if self.in_cell:
                self.cells.append(_inline(token.children or []))
            case "inline":
                self._put(_inline(token.children or []))

    def _mark(self) -> str:
        number = self.marks[-1]
        if number is None:
            return "・"
        self.marks[-1] = number + 1
        return f"{number}. "

    def _put(self, text: str) -> None:
        depth = max(0, len(self.marks) - 1)
        margin = "> " * self.quotes + "　" * depth
        hanging = "　" if self.marks else ""
        for index, line in enumerate(text.split("\n")):
            lead = self.pending if index == 0 else hanging
            self.lines.append(margin + lead + line)
            self.pending = ""

    def _gap(self) -> None:
        if self.lines and self.lines[-1] != "":
            self.lines.append("")


def _inline(children: Sequence[Token]) -> str:
    text = ""
    target, label = "", ""
    for child in children:
        match child.type:
            case "link_open":
                target, label = str(child.attrGet("href") or ""), ""
            case "link_close":
                shown = target.removeprefix("mailto:")
                text += target if label in (target, shown) else f"{label}\n{target}"
                target = ""
            case "softbreak" | "hardbreak":
                text += "\n"
            case _ if target:
                label += child.content
            case _:
                text += child.content
    return text

"""Lists of a document while it is read: each paragraph knows the item in which it stands.

When paragraphs are drawn their list has been forgotten. What is known of it stays with a paragraph's style, which goes
along when a page cuts it in two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_ITEM = "_nintei_item"


@dataclass(frozen=True, slots=True)
class Place:
    """An item of a list, both by their number in the document; before its first item a list is at 0."""

    list: int
    item: int
    ordered: bool


Path = tuple[Place, ...]  # the innermost last


def path_of(paragraph: Any) -> Path:
    """The item in which it stands, with those around it; empty outside of lists."""
    found: Path = getattr(paragraph.style, _ITEM, ())
    return found


class Reading:
    """Where the reading of one document is."""

    def __init__(self) -> None:
        self.path: Path = ()
        self._count = 0  # lists and items so far

    def begin(self) -> None:
        """Begin a new document: no list is open."""
        self.path, self._count = (), 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def install(self, context: Any, tags: Any) -> None:
        """Puts this into xhtml2pdf: its context and its tags."""
        add, end, point, reading = context.addPara, tags.pisaTagUL.end, tags.pisaTagLI.start, self

        def add_para(self: Any, *arguments: Any, **named: Any) -> Any:
            known = len(self.story)
            result = add(self, *arguments, **named)
            for each in self.story[known:]:
                if reading.path and reading.path[-1].item and hasattr(each, "style"):
                    setattr(each.style, _ITEM, reading.path)
            return result

        def opening(plain: Any, *, ordered: bool) -> Any:
            def start(self: Any, c: Any) -> Any:
                self.around, reading.path = reading.path, (*reading.path, Place(reading._next(), 0, ordered))
                return plain(self, c)

            return start

        def closing(self: Any, c: Any) -> Any:
            result = end(self, c)  # ends the last item's paragraph
            reading.path = self.around
            return result

        def next_point(self: Any, c: Any) -> Any:
            if reading.path:
                last = reading.path[-1]
                reading.path = (*reading.path[:-1], Place(last.list, reading._next(), last.ordered))
            return point(self, c)

        context.addPara = add_para
        # Marks are drawn by the faces of the text: those that every reader is expected to have are not in the file.
        tags._list_style_font.clear()
        tags._list_style_type["circle"] = "◦"
        tags.pisaTagOL.start = opening(tags.pisaTagOL.start, ordered=True)
        tags.pisaTagUL.start = opening(tags.pisaTagUL.start, ordered=False)
        tags.pisaTagUL.end, tags.pisaTagLI.start = closing, next_point

"""The structure of one document as it is drawn (PDF 32000-1, 14.7): elements, and what of the page is theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.connectors.pdf_lists import Path


@dataclass(eq=False)
class Element:
    """An element of the structure. `marks`: (page from 0, number of its marked content there); `annotations`: (page,
    place among the page's annotations) of links and fields."""

    kind: str
    alternative: str = ""
    heads: str = "Row"  # of a header cell: a Row or a Column
    ordered: bool = False  # of a list: its items have numbers
    children: list[Element] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    annotations: list[tuple[int, int]] = field(default_factory=list)

    def says(self) -> bool:
        """Whether there is anything of it in the document."""
        return bool(self.children or self.marks or self.annotations)


class Tags:
    """The structure of one drawing of a document."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self.parent = self.root
        self.numbers: dict[int, int] = {}  # by page: how many marks there are
        self.inside = False  # within marked content, which does not nest
        self.rows: dict[int, tuple[Element, Any]] = {}
        self.current = self.root  # the element whose marked content it is
        self.label: Any = None  # what is drawn behind the mark of an item: (its path, its element)
        self._lists: dict[int, Element] = {}
        self._items: dict[int, Element] = {}

    def mark(self, canvas: Any, element: Element, parent: Element | None = None) -> None:
        """Begins marked content of the element."""
        page = canvas.getPageNumber() - 1
        number = self.numbers.get(page, 0)
        self.numbers[page] = number + 1
        element.marks.append((page, number))
        (parent or self.parent).children.append(element)
        canvas._code.append(f"/{element.kind} <</MCID {number}>> BDC")
        self.inside, self.current = True, element

    def item(self, path: Path) -> Element:
        """The item of a list, in which its mark and its text stand."""
        within = self.parent if len(path) == 1 else self.body(path[:-1])
        place = path[-1]
        if place.list not in self._lists:
            self._lists[place.list] = Element("L", ordered=place.ordered)
            within.children.append(self._lists[place.list])
        if place.item not in self._items:
            self._items[place.item] = Element("LI")
            self._lists[place.list].children.append(self._items[place.item])
        return self._items[place.item]

    def body(self, path: Path) -> Element:
        """What an item says behind its mark."""
        item = self.item(path)
        found = next((each for each in item.children if each.kind == "LBody"), None)
        if found is None:
            found = Element("LBody")
            item.children.append(found)
        return found

    def artifact(self, canvas: Any) -> None:
        """Begins what belongs to no element."""
        canvas._code.append("/Artifact BMC")
        self.inside = True

    def end(self, canvas: Any) -> None:
        """Ends the marked content."""
        canvas._code.append("EMC")
        self.inside = False

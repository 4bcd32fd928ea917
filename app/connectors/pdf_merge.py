"""Several PDFs as one, for the printer: all pages in order, and the structure of those that have one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)


def merge(files: Sequence[bytes], title: str, language: str = "ja") -> bytes:
    """One PDF. A signature in one of them does not survive: this is for paper."""
    writer = PdfWriter()
    joined = _Joined(writer)
    for content in files:
        reader, before = PdfReader(io.BytesIO(content)), len(writer.pages)
        writer.append(reader, import_outline=False)
        joined.add(reader, list(writer.pages)[before:])
    joined.finish(language)
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class _Joined:
    """The structures of several documents as that of one (PDF 32000-1, 14.7): their elements one after the other, and
    the numbers under which pages and annotations find theirs given anew."""

    def __init__(self, writer: PdfWriter) -> None:
        self.writer = writer
        self.root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
        self.reference = writer._add_object(self.root)
        self.kids = ArrayObject()
        self.numbers = ArrayObject()

    def add(self, reader: PdfReader, pages: list[Any]) -> None:
        """What a document says of its pages, which the writer has taken already."""
        root: Any = reader.trailer["/Root"]
        held = root.get("/StructTreeRoot")
        if held is None:
            return
        known = held.get_object()
        numbers = known["/ParentTree"].get_object()["/Nums"]
        places: dict[int, NumberObject] = {}
        for at in range(0, len(numbers), 2):
            places[int(numbers[at])] = NumberObject(len(self.numbers) // 2)
            self.numbers.append(places[int(numbers[at])])
            self.numbers.append(list.__getitem__(numbers, at + 1).clone(self.writer))
        sources: list[Any] = list(reader.pages)
        for page, source in zip(pages, sources, strict=True):
            if "/StructParents" in source:  # which pypdf leaves behind
                page[NameObject("/StructParents")] = places[int(source["/StructParents"])]
            for each in page.get("/Annots") or []:
                pressed = each.get_object()
                if "/StructParent" in pressed:
                    pressed[NameObject("/StructParent")] = places[int(pressed["/StructParent"])]
        for each in list(known["/K"].get_object()):
            top: Any = each.clone(self.writer)
            top.get_object()[NameObject("/P")] = self.reference
            self.kids.append(top)

    def finish(self, language: str) -> None:
        catalogue = self.writer.root_object
        catalogue[NameObject("/Lang")] = TextStringObject(language)
        shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
        catalogue[NameObject("/ViewerPreferences")] = shown
        if not self.kids:
            return
        tree = DictionaryObject({NameObject("/Nums"): self.numbers})
        self.root[NameObject("/K")] = self.kids
        self.root[NameObject("/ParentTree")] = self.writer._add_object(tree)
        self.root[NameObject("/ParentTreeNextKey")] = NumberObject(len(self.numbers) // 2)
        catalogue[NameObject("/StructTreeRoot")] = self.reference
        catalogue[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})

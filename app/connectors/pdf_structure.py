"""The structure of a document as a PDF keeps it (PDF 32000-1, 14.7): elements, what they mark, what can be pressed."""

from __future__ import annotations

from typing import Any

from app.connectors.pdf_elements import Element, Tags

_PAGE = b"q\n1 0 0 1 0 0 cm  BT /F1"  # how ReportLab begins a page


def _background(page: Any) -> None:
    """The picture behind a page, which xhtml2pdf merges in front of what the page draws, is an artifact."""
    from pypdf.generic import ContentStream, NameObject

    contents = page.get_contents()
    before, begin, rest = contents.get_data().partition(_PAGE) if contents is not None else (b"", b"", b"")
    if not begin or b" Do" not in before:
        return
    stream = ContentStream(None, page.pdf)
    stream.set_data(b"/Artifact BMC\n" + before + b"\nEMC\n" + begin + rest)
    page[NameObject("/Contents")] = page.pdf._add_object(stream.flate_encode())


def finish(writer: Any, tags: Tags, language: str = "ja") -> None:
    """Puts the structure into a `pypdf.PdfWriter`."""
    from pypdf.generic import (
        ArrayObject,
        BooleanObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        TextStringObject,
    )

    name, number = NameObject, NumberObject
    pages = [page.indirect_reference for page in writer.pages]
    owners: dict[int, dict[int, Any]] = {}
    pressed: list[Any] = []  # the elements of annotations, in the order of their numbers

    def made(element: Element, parent: Any) -> Any:
        entry = DictionaryObject({name("/Type"): name("/StructElem"), name("/S"): name(f"/{element.kind}")})
        reference = writer._add_object(entry)
        entry[name("/P")] = parent
        if element.alternative or element.kind == "Figure":
            entry[name("/Alt")] = TextStringObject(element.alternative or " ")
        if element.kind == "TH":
            scope = DictionaryObject({name("/O"): name("/Table"), name("/Scope"): name(f"/{element.heads}")})
            entry[name("/A")] = scope
        kids = ArrayObject(made(each, reference) for each in element.children if each.says())
        for page, mark in element.marks:
            owners.setdefault(page, {})[mark] = reference
            entry[name("/Pg")] = pages[page]
            kids.append(number(mark))
        for page, place in element.annotations:
            annotation = writer.pages[page]["/Annots"][place]
            _say(annotation.get_object())
            annotation.get_object()[name("/StructParent")] = number(len(pages) + len(pressed))
            pressed.append(reference)
            entry[name("/Pg")] = pages[page]
            kids.append(
                DictionaryObject({name("/Type"): name("/OBJR"), name("/Obj"): annotation, name("/Pg"): pages[page]})
            )
        if element.kind == "L":
            entry[name("/A")] = DictionaryObject(
                {name("/O"): name("/List"), name("/ListNumbering"): name(_numbering(element))}
            )
        entry[name("/K")] = kids
        return reference

    root = DictionaryObject({name("/Type"): name("/StructTreeRoot")})
    reference = writer._add_object(root)
    root[name("/K")] = ArrayObject([made(tags.root, reference)])
    numbers = ArrayObject()
    for page in range(len(pages)):  # one without marks, too
        marks = owners.get(page, {})
        numbers.append(number(page))
        numbers.append(writer._add_object(ArrayObject(marks[each] for each in sorted(marks))))
    for each, owner in enumerate(pressed, len(pages)):
        numbers.append(number(each))
        numbers.append(owner)
    root[name("/ParentTree")] = writer._add_object(DictionaryObject({name("/Nums"): numbers}))
    root[name("/ParentTreeNextKey")] = number(len(pages) + len(pressed))
    for index, page in enumerate(writer.pages):
        _background(page)
        page[name("/StructParents")] = number(index)
        page[name("/Tabs")] = name("/S")
    catalogue = writer._root_object
    catalogue[name("/StructTreeRoot")] = reference
    catalogue[name("/MarkInfo")] = DictionaryObject({name("/Marked"): BooleanObject(True)})
    catalogue.setdefault(name("/Lang"), TextStringObject(language))
    shown = catalogue.get("/ViewerPreferences")
    shown = shown.get_object() if shown is not None else DictionaryObject()
    shown[name("/DisplayDocTitle")] = BooleanObject(True)
    catalogue[name("/ViewerPreferences")] = shown


def heard_first(writer: Any, page: Any) -> int | None:
    """Makes room for a paragraph that is drawn onto a page later, the first of what is read there: the number of its
    marked content. None when the document has no structure."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

    name, root = NameObject, writer.root_object.get("/StructTreeRoot")
    if root is None or "/StructParents" not in page:
        return None
    root = root.get_object()
    numbers = root["/ParentTree"].get_object()["/Nums"]
    place = next((at for at in range(0, len(numbers), 2) if numbers[at] == page["/StructParents"]), None)
    if place is None:
        return None
    marks = numbers[place + 1].get_object()
    top = root["/K"][0] if isinstance(root["/K"].get_object(), list) else root.raw_get("/K")
    kids = top.get_object()["/K"].get_object()
    entry = DictionaryObject({name("/Type"): name("/StructElem"), name("/S"): name("/P"), name("/P"): top})
    entry[name("/Pg")] = page.indirect_reference
    entry[name("/K")] = ArrayObject([NumberObject(len(marks))])
    reference = writer._add_object(entry)
    before = next((at for at, each in enumerate(kids) if _stands_on(each.get_object(), page)), len(kids))
    kids.insert(before, reference)
    marks.append(reference)
    return len(marks) - 1


def _stands_on(element: Any, page: Any) -> bool:
    """Whether anything of an element is on the page."""
    if getattr(element.get("/Pg"), "indirect_reference", None) == page.indirect_reference:
        return True
    kids = element.get("/K", [])
    held = [each.get_object() for each in (kids if isinstance(kids, list) else [kids])]
    return any(_stands_on(each, page) for each in held if isinstance(each, dict) and "/S" in each)


def _numbering(element: Element) -> str:
    """How the items are marked (14.8.5.5): numbers or a mark."""
    return "/Decimal" if element.ordered else "/Disc"


def _say(annotation: Any) -> None:
    """A link says in words where it leads (ISO 14289-1, 7.18.5)."""
    from pypdf.generic import NameObject, TextStringObject

    if annotation.get("/Subtype") != "/Link" or annotation.get("/Contents"):
        return
    action = annotation.get("/A")
    said = action.get_object().get("/URI") or action.get_object().get("/F") if action is not None else None
    annotation[NameObject("/Contents")] = TextStringObject(str(said or annotation.get("/Dest") or "Link"))

"""What a browser posted → raw answers, kept as typed; and the presses that change the form
itself (rows, postal code).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from app.forms.cleaning import MOST_ROWS
from app.forms.inputs import MOST_CHOICES
from app.forms.postal import fill_again, fill_empty
from app.forms.spec import MANY, FieldSpec, FileRef, Kind, inputs
from app.text.typed import typed

#: A longer text than this was not typed by a person; it is cut so that no draft grows without end.
LONGEST_TYPED = 100_000
#: Suffix of the checkboxes that take an attached file away again.
REMOVE = "--remove"


class Posted(Protocol):
    """`request.form`: a dict with several values under a key."""

    def getlist(self, key: str, /) -> Sequence[Any]: ...

    def __contains__(self, key: object, /) -> bool: ...


class Reading:
    """One post. `known` are the uploads that the portal holds for this draft: a page names files by id,
    and ids that are not among them count for nothing, so that nobody attaches what is not theirs.
    """

    def __init__(self, posted: Posted, files: Mapping[str, Sequence[FileRef]], known: Iterable[FileRef]) -> None:
        self.posted = posted
        self.files = files
        self.known = {ref.id: ref for ref in known}

    def scope(self, fields: Sequence[FieldSpec], prefix: str = "") -> dict[str, Any]:
        """Raw answers of one scope whose names begin with `prefix`."""
        asked = [spec for spec in inputs(tuple(fields)) if not (spec.readonly or spec.disabled)]
        found = {spec.key: self.answer(spec, prefix + spec.key) for spec in asked}
        for pressed in self.posted.getlist("fill_postal"):
            if isinstance(pressed, str) and pressed.startswith(prefix):
                fill_again(asked, found, pressed.removeprefix(prefix))
        fill_empty(asked, found)
        return found

    def answer(self, spec: FieldSpec, name: str) -> Any:
        if spec.type is Kind.LIST:
            return self.rows(spec, name)
        if spec.type is Kind.FILE:
            return self.uploads(spec, name)
        values = [typed(value)[:LONGEST_TYPED] for value in self.posted.getlist(name) if isinstance(value, str)]
        if spec.type in MANY:
            return [value for value in values if value][:MOST_CHOICES]
        if spec.type is Kind.CHECKBOX:
            return bool(values and values[-1])
        return values[-1] if values else ""

    def rows(self, spec: FieldSpec, name: str) -> list[dict[str, Any]]:
        """One row for each hidden input `<name>` that says its index, after the press of a row button."""
        removed = {value for value in self.posted.getlist("remove_row") if isinstance(value, str)}
        found = [
            self.scope(spec.fields, f"{name}-{index}-")
            for index in row_indexes(self.posted, name)
            if spec.fixed_rows or f"{name}-{index}" not in removed
        ]
        if name in self.posted.getlist("add_row") and not spec.fixed_rows and len(found) < MOST_ROWS:
            found.append({})
        return found

    def uploads(self, spec: FieldSpec, name: str) -> list[dict[str, Any]]:
        """Files kept (hidden inputs with their ids), less those ticked for removal, and then the new ones."""
        removed = set(self.posted.getlist(name + REMOVE))
        kept = [self.known[ref] for ref in self.posted.getlist(name) if ref in self.known and ref not in removed]
        refs = {ref.id: ref for ref in [*kept, *self.files.get(name, ())]}
        found = [ref.as_dict() for ref in refs.values()]
        return found if spec.multiple else found[-1:]


def row_indexes(posted: Posted, name: str) -> list[str]:
    """The indexes that the page says its rows have, in the page's order."""
    found = [value for value in posted.getlist(name) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}", value)]
    return list(dict.fromkeys(found))[:MOST_ROWS]


def file_names(fields: Sequence[FieldSpec], posted: Posted, prefix: str = "") -> Iterator[tuple[str, FieldSpec]]:
    """(name in the page, field) of every upload field that the post can hold."""
    for spec in inputs(tuple(fields)):
        name = prefix + spec.key
        if spec.type is Kind.FILE and not (spec.readonly or spec.disabled):
            yield name, spec
        elif spec.type is Kind.LIST:
            for index in row_indexes(posted, name):
                yield from file_names(spec.fields, posted, f"{name}-{index}-")

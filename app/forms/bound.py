"""What templates draw: facts in one language, names, ids and errors settled. Templates decide nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.forms.reading import REMOVE
from app.forms.spec import FieldSpec, FileRef, Kind

_NOTHING = Markup("")
Lines = tuple[tuple["BoundField", ...], ...]


@dataclass(frozen=True, slots=True)
class BoundError:
    """A complaint where it is shown: `message % params` after translation. `target` is the HTML id to
    jump to, if drawn.
    """

    key: str
    target: str
    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BoundOption:
    """One choice as drawn."""

    value: str
    label: str
    chosen: bool
    id: str
    exclusive: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class BoundRow:
    """One row of a dynamic list; `number` counts from 1, `path` is the value of its remove button."""

    index: int
    number: int
    path: str
    fields: tuple[BoundField, ...]

    @property
    def lines(self) -> Lines:
        """The fields, those that the layout puts side by side together."""
        return lines(self.fields)


@dataclass(frozen=True, slots=True)
class BoundField:
    """One component as drawn. `name` is the HTML name and the field's path; `id` the HTML id of its first input."""

    spec: FieldSpec
    name: str
    id: str
    label: str
    help: str = ""
    value: str = ""  # as typed, or as kept
    checked: bool = False
    options: tuple[BoundOption, ...] = ()
    files: tuple[FileRef, ...] = ()
    error: BoundError | None = None
    comments: tuple[str, ...] = ()  # what a reviewer pinned to it
    hide_if: str = ""  # JSON for app/frontend/feel.js; empty: always shown
    fields: tuple[BoundField, ...] = ()  # of a group
    rows: tuple[BoundRow, ...] = ()  # of a list
    blank: BoundRow | None = None  # of a list: the row that a script copies; its index is 9999
    headings: tuple[str, ...] = ()  # of a table
    cells: tuple[tuple[str, ...], ...] = ()
    html: Markup = _NOTHING
    units: tuple[str, str] = ("", "")  # what stands before and behind the value
    beside: str | None = None  # of a date: the Japanese era, if its reader knows it
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    attributes: tuple[tuple[str, str], ...] = ()  # further HTML attributes of the input

    @property
    def kind(self) -> str:
        """The type as form-js calls it."""
        return self.spec.type.value

    @property
    def required(self) -> bool:
        """Whether an answer is needed (a list: at least one row)."""
        return self.spec.required or self.spec.min_rows > 0

    @property
    def locked(self) -> bool:
        """Whether it is shown and not asked."""
        return self.spec.readonly or self.spec.disabled

    @property
    def lines(self) -> Lines:
        """Fields of the group, those that the layout puts side by side together."""
        return lines(self.fields)

    @property
    def shown(self) -> str:
        """A locked answer in words."""
        chosen = [option.label for option in self.options if option.chosen]
        return "、".join(chosen) if self.options else self.value

    @property
    def remove_name(self) -> str:
        """Name of the checkboxes that take an attached file away."""
        return self.name + REMOVE

    @property
    def described_by(self) -> str:
        """Value of aria-describedby; empty when nothing describes the input."""
        parts = [f"{self.id}-help"] if self.help or self.spec.type is Kind.FILE else []
        parts += [f"{self.id}-comment"] if self.comments else []
        parts += [f"{self.id}-error"] if self.error else []
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class BoundForm:
    """What `forms/fields.html` draws. `errors` are in document order. `context_json` is for the page's conditions."""

    fields: tuple[BoundField, ...]
    errors: tuple[BoundError, ...]
    lang: str
    context_json: str
    has_files: bool

    @property
    def lines(self) -> Lines:
        """The fields, those that the layout puts side by side together."""
        return lines(self.fields)

    def walk(self) -> Iterator[BoundField]:
        """Every field drawn, in document order, through groups and rows."""
        yield from walk(self.fields)


def lines(fields: Sequence[BoundField]) -> Lines:
    """Fields that name the same row of the layout and a width in it stand together; every other one alone."""
    found: list[list[BoundField]] = []
    for field in fields:
        before = found[-1][0].spec if found else None
        if before and before.width and field.spec.width and field.spec.row and field.spec.row == before.row:
            found[-1].append(field)
        else:
            found.append([field])
    return tuple(map(tuple, found))


def walk(fields: Sequence[BoundField]) -> Iterator[BoundField]:
    """Every field drawn, through groups and rows."""
    for field in fields:
        yield field
        yield from walk(field.fields)
        for row in field.rows:
            yield from walk(row.fields)

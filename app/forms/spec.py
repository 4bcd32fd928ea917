"""What a form is, once it has been read: frozen facts, in the order in which the page asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from app.feel import Expression
from app.text.names import file_name


class Kind(StrEnum):
    """The component types of form-js schema 1.x that a page can draw; the value is form-js's own name."""

    TEXT = "textfield"
    AREA = "textarea"
    NUMBER = "number"
    DATETIME = "datetime"
    CHECKBOX = "checkbox"
    CHECKLIST = "checklist"
    RADIO = "radio"
    SELECT = "select"
    TAGLIST = "taglist"
    FILE = "filepicker"
    GROUP = "group"
    LIST = "dynamiclist"
    TABLE = "table"
    PROSE = "text"
    HTML = "html"
    IMAGE = "image"
    SEPARATOR = "separator"
    SPACER = "spacer"


#: Kinds that carry an answer of their own.
INPUTS = frozenset(
    {
        Kind.TEXT,
        Kind.AREA,
        Kind.NUMBER,
        Kind.DATETIME,
        Kind.CHECKBOX,
        Kind.CHECKLIST,
        Kind.RADIO,
        Kind.SELECT,
        Kind.TAGLIST,
        Kind.FILE,
        Kind.LIST,
    }
)
#: Kinds whose answer is a list of texts.
MANY = frozenset({Kind.CHECKLIST, Kind.TAGLIST})
#: Kinds whose answer is one of a list of options.
ONE = frozenset({Kind.RADIO, Kind.SELECT})


class Format(StrEnum):
    """Kinds of text with rules of their own (property `format`)."""

    NONE = ""
    CORPORATE_NUMBER = "corporate_number"
    POSTAL_CODE = "postal_code"
    PHONE = "phone"
    KANA = "kana"
    INVOICE_NUMBER = "invoice_number"
    EMAIL = "email"
    BANK_ACCOUNT = "bank_account"
    URL = "url"


class Subtype(StrEnum):
    """What a `datetime` component asks for."""

    NONE = ""
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class FileRef:
    """An upload that the portal has stored already. `size` in bytes; `mime` as found by content, not as claimed."""

    id: str
    name: str
    size: int
    mime: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", file_name(self.name))  # also of answers that are older than this rule

    def as_dict(self) -> dict[str, Any]:
        """The form in which a file answer is stored: {id, name, size, mime}."""
        return {"id": self.id, "name": self.name, "size": self.size, "mime": self.mime}

    @classmethod
    def of(cls, value: object) -> FileRef | None:
        """A reference out of a stored dict; None for anything that is not one."""
        if isinstance(value, FileRef):
            return value
        if not isinstance(value, Mapping):
            return None
        ref, name, size, mime = (value.get(part) for part in ("id", "name", "size", "mime"))
        if not isinstance(ref, str) or not ref or not isinstance(name, str):
            return None
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            return None
        return cls(ref, name, size, mime if isinstance(mime, str) else "")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a radio, select, checklist or taglist."""

    value: str
    label: str
    label_en: str = ""
    exclusive: bool = False  # of a checklist or taglist: chosen alone, as “none of these”


class Offered(NamedTuple):
    """A choice that comes with the call. `marked`: it stands out among the others, as a day that was wished for."""

    value: str
    label: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a read-only table."""

    key: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """A component's `validate`. Lengths are in characters (code points), `min` and `max` in
    the number's own unit.
    """

    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    pattern_message_en: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One component. `type` is a `Kind`; what does not apply to it is left at its default."""

    key: str
    type: Kind
    id: str = ""
    label: str = ""
    label_en: str = ""
    description: str = ""
    description_en: str = ""
    required: bool = False
    readonly: bool = False
    disabled: bool = False
    default: Any = None
    options: tuple[Option, ...] = ()
    options_from: str = ""  # `calendar`, `wishes`, `examiners`, `cards` or a name: they come with `choices`
    limits: Limits = Limits()
    format: Format = Format.NONE
    subtype: Subtype = Subtype.NONE
    today: bool = False  # a date that is filled with the day on which the form is opened
    no_past: bool = False
    minutes: int = 0  # step of a time, in minutes; 0: any
    decimals: int | None = None  # digits after the point; None: any
    step: float | None = None
    serialize_text: bool = False  # a number that is kept as text, digit by digit
    prefix: str = ""
    suffix: str = ""
    autocomplete: str = ""  # what of its filler a browser may fill in (HTML, 4.10.18.7; WCAG 2.2, 1.3.5)
    booked: str = ""  # of a date: the calendar whose settled day it is filled with
    withdrawal: bool = False  # of a text: filled with the reason for which the case ends
    prefix_en: str = ""
    suffix_en: str = ""
    multiple: bool = False
    accept: tuple[str, ...] = ()  # of uploads: `.pdf`, `image/*`, `application/pdf`
    max_size_mb: float = 20
    fills: tuple[tuple[str, str], ...] = ()  # of a postal code: ("prefecture" | "city", key of the field it fills)
    rows: int = 0  # of a dynamic list: rows to begin with
    min_rows: int = 0
    fixed_rows: bool = False
    columns: tuple[Column, ...] = ()
    source: str = ""  # of a table: the name that holds its rows; of an image: its address on this site
    text: str = ""  # Markdown or HTML
    text_en: str = ""
    height: int = 0
    outline: bool = False
    width: int | None = None  # sixteenths of the line
    row: str = ""
    hide: Expression | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[FieldSpec, ...] = ()

    @property
    def is_input(self) -> bool:
        """Whether it carries an answer."""
        return self.type in INPUTS

    def named(self, lang: str) -> str:
        """The label in `lang`, else in Japanese."""
        return (self.label_en if lang == "en" else "") or self.label

    def units(self, lang: str) -> tuple[str, str]:
        """What stands before and behind the value in `lang`, else in Japanese."""
        if lang == "en" and (self.prefix_en or self.suffix_en):
            return self.prefix_en, self.suffix_en
        return self.prefix, self.suffix

    def helped(self, lang: str) -> str:
        """The description in `lang`, else in Japanese."""
        return (self.description_en if lang == "en" else "") or self.description

    def walk(self) -> Iterator[FieldSpec]:
        """This component and all inside it, in document order."""
        yield self
        for child in self.fields:
            yield from child.walk()


def inputs(fields: tuple[FieldSpec, ...]) -> Iterator[FieldSpec]:
    """The inputs of one scope: through groups, not into the rows of dynamic lists."""
    for spec in fields:
        if spec.type is Kind.GROUP:
            yield from inputs(spec.fields)
        elif spec.is_input:
            yield spec


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer. `key` is the field's path (`findings-0-mend_by`), which is also its
    name in the page.

    `message` is a message id with `%(name)s` places. `params` lacks the label, which depends on the
    reader's language: `FormSpec.explain` (or `bind`) adds it.
    """

    key: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`values`: JSON-able answers of the visible fields. `errors`: in document order."""

    values: dict[str, Any]
    errors: tuple[FieldError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the answers can be sent."""
        return not self.errors


class Answer(NamedTuple):
    """One line of check-your-answers. `text` may hold line breaks; `section` is the label of
    the group around it.
    """

    key: str
    label: str
    text: str
    files: tuple[FileRef, ...] = ()
    section: str = ""

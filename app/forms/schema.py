"""form-js JSON → `FieldSpec`s. What the portal does not draw is refused by name: nothing is ignored in
silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.errors import Problem
from app.feel import Expression
from app.feel import parse as parse_feel
from app.forms.dates import parse_date, parse_datetime, parse_time
from app.forms.spec import INPUTS, MANY, ONE, Column, FieldSpec, Format, Kind, Limits, Option, Subtype

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_FORM = frozenset(
    {
        "type",
        "id",
        "components",
        "schemaVersion",
        "exporter",
        "executionPlatform",
        "executionPlatformVersion",
        "versionTag",
        "$schema",
        "generator",
        "properties",
    }
)
_COMMON = frozenset({"type", "id", "conditional", "layout", "properties"})
_LABELLED = frozenset({"label", "description"})
_ASKING = _LABELLED | {"key", "validate", "readonly", "disabled", "defaultValue"}
_CHOOSING = _ASKING | {"values", "valuesKey"}
_ALLOWED: dict[Kind, frozenset[str]] = {
    Kind.TEXT: _ASKING | {"appearance"},
    Kind.AREA: _ASKING,
    Kind.NUMBER: _ASKING | {"appearance", "decimalDigits", "increment", "serializeToString"},
    Kind.DATETIME: _ASKING
    | {
        "subtype",
        "dateLabel",
        "timeLabel",
        "timeSerializingFormat",
        "timeInterval",
        "use24h",
        "disallowPassedDates",
    },
    Kind.CHECKBOX: _ASKING,
    Kind.CHECKLIST: _CHOOSING,
    Kind.RADIO: _CHOOSING,
    Kind.SELECT: _CHOOSING | {"searchable"},
    Kind.TAGLIST: _CHOOSING,
    Kind.FILE: frozenset(
        {"key", "label", "description", "validate", "readonly", "disabled", "multiple", "accept"}
    ),
    Kind.GROUP: frozenset({"label", "description", "components", "showOutline", "verticalAlignment"}),
    Kind.LIST: frozenset(
        {
            "label",
            "description",
            "path",
            "components",
            "isRepeating",
            "allowAddRemove",
            "defaultRepetitions",
            "showOutline",
            "disableCollapse",
            "nonCollapsedItems",
            "verticalAlignment",
        }
    ),
    Kind.TABLE: frozenset({"label", "description", "dataSource", "columns", "rowCount"}),
    Kind.PROSE: frozenset({"text"}),
    Kind.HTML: frozenset({"content"}),
    Kind.IMAGE: frozenset({"source", "alt"}),
    Kind.SEPARATOR: frozenset(),
    Kind.SPACER: frozenset({"height"}),
}
_PROPERTIES = frozenset(
    {
        "format",
        "patternMessage",
        "patternMessage_en",
        "label_en",
        "description_en",
        "options",
        "maxSizeMb",
        "prefecture",
        "city",
        "today",
        "text_en",
        "content_en",
        "alt_en",
        "minRows",
    }
)
_VALIDATE = frozenset({"required", "minLength", "maxLength", "pattern", "min", "max", "validationType"})
_DEPTH = 6
MAX_FIELDS = 500


class _Reader:
    """Reads one schema; collects every problem instead of stopping at the first."""

    def __init__(self, element: str) -> None:
        self.element = element
        self.problems: list[Problem] = []
        self.count = 0

    def complain(self, where: str, message: str, **params: Any) -> None:
        self.problems.append(
            Problem(
                file=f"forms/{self.element}.form" if self.element else "form",
                element=where,
                message=message,
                params=params,
            )
        )

    def form(self, schema: object) -> tuple[FieldSpec, ...]:
        if not isinstance(schema, Mapping):
            self.complain("", "A form is a JSON object with `components`")
            return ()
        for name in sorted(set(map(str, schema)) - _FORM):
            self.complain("", "The form's property %(property)s is not supported; remove it", property=name)
        if schema.get("type", "default") != "default":
            self.complain("", "A form's `type` is `default`, not %(type)s", type=schema.get("type"))
        if self.element and schema.get("id") != self.element:
            self.complain(
                "",
                "The form's id is %(id)s; it must be the id of its task, %(element)s",
                id=schema.get("id"),
                element=self.element,
            )
        fields = self.components(schema.get("components"), 0)
        self.keys(fields)
        return fields

    def components(self, parts: object, depth: int) -> tuple[FieldSpec, ...]:
        if not isinstance(parts, list):
            self.complain("", "`components` must be a list")
            return ()
        if depth > _DEPTH:
            self.complain("", "Groups and lists are nested more than %(depth)s deep", depth=_DEPTH)
            return ()
        return tuple(spec for part in parts if (spec := self.component(part, depth)) is not None)

    def component(self, part: object, depth: int) -> FieldSpec | None:
        self.count += 1
        if self.count > MAX_FIELDS:
            if self.count == MAX_FIELDS + 1:
                self.complain(
                    "", "A form has at most %(most)s components; split it into two tasks", most=MAX_FIELDS
                )
            return None
        if not isinstance(part, Mapping):
            self.complain("", "A component must be a JSON object")
            return None
        where = str(part.get("key") or part.get("path") or part.get("id") or part.get("type") or "")
        try:
            kind = Kind(str(part.get("type")))
        except ValueError:
            self.complain(
                where,
                "Components of the type %(type)s are not supported; use one of %(known)s",
                type=part.get("type"),
                known=", ".join(Kind),
            )
            return None
        return _Component(self, part, kind, where).read(depth)

    def keys(self, fields: Sequence[FieldSpec]) -> None:
        """Keys are unique in their scope: the form, or a row of a list."""
        seen: set[str] = set()
        for spec in _scope(fields):
            if spec.key in seen:
                self.complain(
                    spec.key, "The key %(key)s is used twice; every field needs its own", key=spec.key
                )
            seen.add(spec.key)
            if spec.type is Kind.LIST:
                self.keys(spec.fields)
        for spec in _scope(fields):
            for _, target in spec.fills:
                if target not in seen:
                    self.complain(
                        spec.key,
                        "The field %(target)s that the postal code fills is not in the form",
                        target=target,
                    )


def _scope(fields: Sequence[FieldSpec]) -> Iterator[FieldSpec]:
    for spec in fields:
        if spec.type is Kind.GROUP:
            yield from _scope(spec.fields)
        elif spec.is_input:
            yield spec


class _Component:
    """Reads one component, attribute by attribute, so that each complaint can name the attribute."""

    def __init__(self, reader: _Reader, part: Mapping[str, Any], kind: Kind, where: str) -> None:
        self.reader = reader
        self.part = part
        self.kind = kind
        self.where = where
        self.properties: Mapping[str, Any] = self.mapping("properties", part)
        self.validate: Mapping[str, Any] = self.mapping("validate", part)

    def complain(self, message: str, **params: Any) -> None:
        self.reader.complain(self.where, message, **params)

    def read(self, depth: int) -> FieldSpec:
        self.unknown(self.part, _COMMON | _ALLOWED[self.kind], "")
        self.unknown(self.properties, _PROPERTIES, "properties.")
        self.unknown(self.validate, _VALIDATE, "validate.")
        asks = self.kind in INPUTS
        layout = self.mapping("layout", self.part)
        appearance = self.mapping("appearance", self.part)
        fields: tuple[FieldSpec, ...] = ()
        if self.kind in (Kind.GROUP, Kind.LIST):
            fields = self.reader.components(self.part.get("components"), depth + 1)
        options, source = self.options()
        spec_format, subtype = self.format(), self.subtype()
        return FieldSpec(
            key=self.key() if asks else "",
            type=self.kind,
            id=self.string("id"),
            label=self.label(),
            label_en=self.string("label_en", self.properties),
            description=self.plain("description"),
            description_en=self.string("description_en", self.properties),
            required=self.flag("required", self.validate),
            readonly=self.flag("readonly"),
            disabled=self.flag("disabled"),
            default=self.default(options, source, subtype),
            options=options,
            options_from=source,
            limits=self.limits(),
            format=spec_format,
            subtype=subtype,
            today=self.flag("today", self.properties),
            no_past=self.flag("disallowPassedDates"),
            minutes=self.integer("timeInterval", low=1, high=720) or 0,
            decimals=self.integer("decimalDigits", low=0, high=10),
            step=self.number("increment"),
            serialize_text=self.flag("serializeToString"),
            prefix=self.string("prefixAdorner", appearance),
            suffix=self.string("suffixAdorner", appearance),
            multiple=self.flag("multiple"),
            accept=self.accept(),
            max_size_mb=self.number("maxSizeMb", self.properties) or 20.0,
            fills=self.fills(spec_format),
            rows=self.rows(),
            min_rows=self.integer("minRows", self.properties, low=0, high=100) or 0,
            fixed_rows=self.kind is Kind.LIST and self.part.get("allowAddRemove") is False,
            columns=self.columns(),
            source=self.source(),
            text=self.plain("text") or self.plain("content"),
            text_en=self.string("text_en", self.properties) or self.string("content_en", self.properties),
            height=self.integer("height", low=0, high=2000) or 0,
            outline=self.flag("showOutline"),
            width=self.integer("columns", layout, low=1, high=16),
            row=self.string("row", layout),
            hide=self.condition(),
            properties=dict(self.properties),
            fields=fields,
        )

    def unknown(self, found: Mapping[str, Any], known: frozenset[str], prefix: str) -> None:
        for name in sorted(set(map(str, found)) - known):
            self.complain(
                "%(property)s of a %(type)s is not supported; remove it",
                property=prefix + name,
                type=self.kind.value,
            )

    # ---- attributes of simple kinds

    def mapping(self, name: str, holder: Mapping[str, Any]) -> Mapping[str, Any]:
        value = holder.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.complain("%(property)s must be a JSON object", property=name)
            return {}
        return value

    def string(self, name: str, holder: Mapping[str, Any] | None = None) -> str:
        value = (self.part if holder is None else holder).get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.complain("%(property)s must be a text", property=name)
            return ""
        return value

    def plain(self, name: str) -> str:
        """A text that people read. form-js would also take expressions and `{{…}}` there; the portal does
        not.
        """
        value = self.string(name)
        if value.startswith("=") or "{{" in value:
            self.complain("%(property)s holds an expression or {{…}}; write plain words", property=name)
        return value

    def flag(self, name: str, holder: Mapping[str, Any] | None = None) -> bool:
        value = (self.part if holder is None else holder).get(name)
        if value is None:
            return False
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        self.complain(
            "%(property)s must be true or false; expressions are not supported there", property=name
        )
        return False

    def number(self, name: str, holder: Mapping[str, Any] | None = None) -> float | None:
        value = (self.part if holder is None else holder).get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                value = None
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or value != value
            or abs(value) > 1e15
        ):
            self.complain("%(property)s must be a number; expressions are not supported there", property=name)
            return None
        return value

    def integer(
        self, name: str, holder: Mapping[str, Any] | None = None, *, low: int, high: int
    ) -> int | None:
        value = self.number(name, holder)
        if value is None:
            return None
        if value != int(value) or not low <= value <= high:
            self.complain(
                "%(property)s must be a whole number from %(low)s to %(high)s",
                property=name,
                low=low,
                high=high,
            )
            return None
        return int(value)

    # ---- attributes with rules

    def key(self) -> str:
        name = "path" if self.kind is Kind.LIST else "key"
        value = self.string(name)
        if not _KEY.match(value) or len(value) > 80:
            self.complain(
                "%(property)s is %(value)s; it must begin with a letter and hold letters, digits and _ alone",
                property=name,
                value=repr(value),
            )
        if value == "typename":
            self.complain("The key %(key)s is reserved by the engine; choose another", key=value)
        return value

    def label(self) -> str:
        if self.kind is Kind.DATETIME:
            own = self.plain("label")
            date_label, time_label = self.plain("dateLabel"), self.plain("timeLabel")
            label = own or (time_label if self.string("subtype") == "time" else date_label)
        else:
            label = self.plain("label") if self.kind is not Kind.IMAGE else self.plain("alt")
        if not label and self.kind in INPUTS:
            self.complain("The field has no label; people must be told what to enter")
        return label

    def format(self) -> Format:
        value = self.string("format", self.properties)
        if not value and self.string("validationType", self.validate) in ("email", "phone"):
            value = self.string("validationType", self.validate)
        if self.string("validationType", self.validate) not in ("", "custom", "email", "phone"):
            self.complain("validate.validationType must be custom, email or phone")
        if value and self.kind is not Kind.TEXT:
            self.complain("properties.format belongs to a textfield")
            return Format.NONE
        try:
            return Format(value)
        except ValueError:
            self.complain(
                "properties.format is %(value)s; it must be one of %(known)s",
                value=value,
                known=", ".join(item for item in Format if item),
            )
            return Format.NONE

    def subtype(self) -> Subtype:
        if self.kind is not Kind.DATETIME:
            return Subtype.NONE
        if self.part.get("timeSerializingFormat") not in (None, "no_timezone"):
            self.complain("timeSerializingFormat must be no_timezone: times are those of the body's clock")
        try:
            return Subtype(self.string("subtype") or "date")
        except ValueError:
            self.complain("subtype must be date, time or datetime")
            return Subtype.DATE

    def options(self) -> tuple[tuple[Option, ...], str]:
        if self.kind not in ONE and self.kind not in MANY:
            if "options" in self.properties:
                self.complain("properties.options belongs to a radio, select, checklist or taglist")
            return (), ""
        source = self.string("options", self.properties)
        if source not in ("", "calendar", "wishes"):
            self.complain("properties.options must be calendar or wishes")
        source = source or self.string("valuesKey")
        values = self.part.get("values", [])
        if not isinstance(values, list):
            self.complain("values must be a list of label and value")
            return (), source
        options = tuple(option for value in values if (option := self.option(value)))
        if not options and not source:
            self.complain(
                "The field has no options to choose from: give values, valuesKey or properties.options"
            )
        if len({option.value for option in options}) != len(options):
            self.complain("Two options have the same value")
        return options, source

    def option(self, value: object) -> Option | None:
        if not isinstance(value, Mapping) or not isinstance(value.get("value"), str) or not value["value"]:
            self.complain("Every option needs a label and a value, both texts")
            return None
        self.unknown(value, frozenset({"label", "value", "label_en"}), "values.")
        label = value.get("label")
        return Option(
            value["value"],
            label if isinstance(label, str) else value["value"],
            self.string("label_en", value),
        )

    def limits(self) -> Limits:
        pattern = self.string("pattern", self.validate)
        if pattern:
            try:
                re.compile(pattern)
            except re.error as error:
                self.complain("validate.pattern is no pattern: %(error)s", error=str(error))
                pattern = ""
            else:
                if _explodes(pattern):
                    self.complain(
                        "validate.pattern repeats a repetition and could run without end; write it simpler"
                    )
                    pattern = ""
        return Limits(
            min=self.number("min", self.validate),
            max=self.number("max", self.validate),
            min_length=self.integer("minLength", self.validate, low=0, high=100_000),
            max_length=self.integer("maxLength", self.validate, low=1, high=100_000),
            pattern=pattern,
            pattern_message=self.string("patternMessage", self.properties),
            pattern_message_en=self.string("patternMessage_en", self.properties),
        )

    def default(self, options: tuple[Option, ...], source: str, subtype: Subtype) -> Any:
        value = self.part.get("defaultValue")
        if value is None or value == "":
            return None
        tests: dict[Kind, Callable[[], bool]] = {
            Kind.CHECKBOX: lambda: isinstance(value, bool),
            Kind.NUMBER: lambda: isinstance(value, int | float | str) and not isinstance(value, bool),
            Kind.DATETIME: lambda: isinstance(value, str) and _moment(value, subtype),
        }
        known = {option.value for option in options}
        if self.kind in ONE:
            fits = isinstance(value, str) and (value in known or bool(source))
        elif self.kind in MANY:
            fits = isinstance(value, list) and all(
                isinstance(item, str) and (item in known or source) for item in value
            )
        else:
            fits = tests.get(self.kind, lambda: isinstance(value, str) and not value.startswith("="))()
        if not fits:
            self.complain("defaultValue does not fit the field")
            return None
        return value

    def accept(self) -> tuple[str, ...]:
        parts = tuple(part.strip().lower() for part in self.string("accept").split(",") if part.strip())
        for part in parts:
            if not re.fullmatch(r"\.[a-z0-9]+|[a-z]+/([a-z0-9.+-]+|\*)", part):
                self.complain("accept holds %(part)s; write endings (.pdf) or types (image/*)", part=part)
        return parts

    def fills(self, spec_format: Format) -> tuple[tuple[str, str], ...]:
        found = tuple(
            (part, self.string(part, self.properties))
            for part in ("prefecture", "city")
            if part in self.properties
        )
        if found and spec_format is not Format.POSTAL_CODE:
            self.complain("properties.prefecture and city belong to a field with the format postal_code")
            return ()
        return found

    def rows(self) -> int:
        if self.kind is not Kind.LIST:
            return self.integer("rowCount", low=1, high=1000) or 0
        if self.part.get("isRepeating") is False:
            self.complain("isRepeating must be true; use a group for fields that are asked once")
        rows = self.integer("defaultRepetitions", low=0, high=100)
        return 1 if rows is None else rows

    def columns(self) -> tuple[Column, ...]:
        if self.kind is not Kind.TABLE:
            return ()
        found: list[Column] = []
        values = self.part.get("columns")
        for value in values if isinstance(values, list) else []:
            if not isinstance(value, Mapping) or not isinstance(value.get("key"), str):
                self.complain("Every column needs a label and a key")
                continue
            found.append(Column(value["key"], self.string("label", value), self.string("label_en", value)))
        if not found:
            self.complain("The table has no columns")
        return tuple(found)

    def source(self) -> str:
        if self.kind is Kind.TABLE:
            name = self.string("dataSource").removeprefix("=").strip()
            if not _KEY.match(name):
                self.complain("dataSource must be a name")
            return name
        if self.kind is not Kind.IMAGE:
            return ""
        address = self.string("source")
        if not re.match(r"/(?![/\\])[^\s<>\"]*\Z", address):
            self.complain("source must be an address of this site that begins with /")
            return ""
        return address

    def condition(self) -> Expression | None:
        conditional = self.mapping("conditional", self.part)
        self.unknown(conditional, frozenset({"hide"}), "conditional.")
        text = self.string("hide", conditional).strip()
        if not text:
            return None
        try:
            return parse_feel(text.removeprefix("="))
        except Exception as error:
            self.complain("conditional.hide cannot be read: %(error)s", error=str(error))
            return None


def _moment(value: str, subtype: Subtype) -> bool:
    read: Mapping[Subtype, Callable[[str], object]] = {
        Subtype.DATE: parse_date,
        Subtype.TIME: parse_time,
        Subtype.DATETIME: parse_datetime,
    }
    return read[subtype](value) is not None


def _explodes(pattern: str) -> bool:
    """Whether a repeated part of the pattern holds a repetition itself, `(a+)+`: matching it may take
    exponential time.

    Stricter than it need be; a pattern for a form is short, and a hung page helps nobody. Ambiguous
    alternations under a
    repetition, `(a|a)*`, are refused likewise.
    """
    return bool(
        re.search(r"\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\}|\|)(?:[^()\\]|\\.)*\)(?:[*+]|\{\d*,\d*\})", pattern)
        or re.search(r"\(.*\(.*[*+].*\).*\)[*+{]", pattern)
    )


def read(schema: object, element: str) -> tuple[tuple[FieldSpec, ...], list[Problem]]:
    """The fields of a schema, and everything that is wrong with it."""
    reader = _Reader(element)
    fields = reader.form(schema)
    return fields, reader.problems

"""A form with its values, choices and errors, ready to be drawn in one language. Templates read; they decide
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.forms import dates, richtext
from app.forms.cleaning import MOST_ROWS, Choices
from app.forms.conditions import condition_names, hide_if, holds
from app.forms.inputs import text_of
from app.forms.reading import REMOVE
from app.forms.spec import MANY, ONE, FieldError, FieldSpec, FileRef, Format, Kind, Subtype, inputs

_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class BoundError:
    """A complaint where it is shown: `message % params` after translation. `target` is the HTML id to jump
    to.
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


@dataclass(frozen=True, slots=True)
class BoundRow:
    """One row of a dynamic list; `number` counts from 1, `path` is the value of its remove button."""

    index: int
    number: int
    path: str
    fields: tuple[BoundField, ...]


@dataclass(frozen=True, slots=True)
class BoundField:
    """One component as drawn. `name` is the HTML name and the field's path; `id` the HTML id of its (first)
    input.
    """

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
    hide_if: str = ""  # JSON for app/frontend/feel.js; empty: always shown
    fields: tuple[BoundField, ...] = ()  # of a group
    rows: tuple[BoundRow, ...] = ()  # of a list
    blank: BoundRow | None = None  # of a list: the row that a script copies; its index is 9999
    cells: tuple[tuple[str, ...], ...] = ()  # of a table
    headings: tuple[str, ...] = ()
    html: Markup = _NOTHING
    beside: str = ""  # of a date: the Japanese era
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    attributes: tuple[tuple[str, str], ...] = ()  # further HTML attributes of the input

    @property
    def kind(self) -> str:
        """The form-js type."""
        return self.spec.type.value

    @property
    def required(self) -> bool:
        """Whether an answer is needed (a list: at least one row)."""
        return self.spec.required or self.spec.min_rows > 0

    @property
    def locked(self) -> bool:
        """Shown, not asked."""
        return self.spec.readonly or self.spec.disabled

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
        return " ".join([*parts, f"{self.id}-error"] if self.error else parts)


@dataclass(frozen=True, slots=True)
class BoundForm:
    """What `forms/fields.html` draws. `errors` are in document order. `context_json` is for the page's
    conditions.
    """

    fields: tuple[BoundField, ...]
    errors: tuple[BoundError, ...]
    lang: str
    context_json: str
    has_files: bool

    def walk(self) -> Iterator[BoundField]:
        """Every field drawn, in document order, through groups and rows."""
        yield from _walk(self.fields)


def _walk(fields: Sequence[BoundField]) -> Iterator[BoundField]:
    for field in fields:
        yield field
        yield from _walk(field.fields)
        for row in field.rows:
            yield from _walk(row.fields)


#: HTML type, inputmode and autocomplete of each format. Never `type=number` or `url`: they lose what was
#: typed.
_INPUT: Mapping[Format, tuple[str, str, str]] = {
    Format.CORPORATE_NUMBER: ("text", "numeric", "off"),
    Format.POSTAL_CODE: ("text", "numeric", "postal-code"),
    Format.PHONE: ("tel", "tel", "tel"),
    Format.EMAIL: ("email", "email", "email"),
    Format.URL: ("text", "url", "url"),
    Format.BANK_ACCOUNT: ("text", "numeric", "off"),
    Format.INVOICE_NUMBER: ("text", "", "off"),
}


class Binder:
    """Binds one form. `values` may be raw answers, clean ones or a draft: all are shown as they are."""

    def __init__(
        self,
        fields: Sequence[FieldSpec],
        *,
        lang: str,
        choices: Choices,
        context: Mapping[str, Any],
        errors: Mapping[str, FieldError],
    ) -> None:
        self.fields = fields
        self.lang = lang
        self.choices = choices
        self.context = context
        self.errors = errors
        self.inner = {spec.key for top in fields for spec in top.walk() if spec.is_input}

    def form(self, values: Mapping[str, Any], explain: Any) -> BoundForm:
        self.explain = explain
        bound = self.scope(self.fields, values, "")
        names = {
            name for top in self.fields for spec in top.walk() for name in condition_names(spec)
        } - self.inner
        facts = {name: _plain(self.context[name]) for name in sorted(names) if name in self.context}
        drawn = {field.name: field for field in _walk(bound)}
        found = tuple(
            self.error(key, drawn[key].id if key in drawn else "", error)
            for key, error in self.errors.items()
        )
        return BoundForm(
            bound,
            found,
            self.lang,
            json.dumps(facts, ensure_ascii=False),
            any(spec.type is Kind.FILE for top in self.fields for spec in top.walk()),
        )

    def error(self, key: str, target: str, error: FieldError) -> BoundError:
        message, params = self.explain(error, self.lang)
        return BoundError(key, target, message, params)

    def scope(
        self, fields: Sequence[FieldSpec], values: Mapping[str, Any], prefix: str
    ) -> tuple[BoundField, ...]:
        return tuple(
            self.field(spec, values, prefix, f"{prefix}{place}")
            for place, spec in enumerate(fields)
            if not self.settled_away(spec)
        )

    def settled_away(self, spec: FieldSpec) -> bool:
        """Whether it is hidden whatever is entered: the condition reads the case, not the form."""
        return (
            spec.hide is not None
            and not condition_names(spec) & self.inner
            and holds(spec.hide, self.context)
        )

    def field(self, spec: FieldSpec, values: Mapping[str, Any], prefix: str, place: str) -> BoundField:
        name = prefix + spec.key if spec.is_input else place
        common: dict[str, Any] = {
            "spec": spec,
            "name": name,
            "id": f"f-{name}",
            "label": spec.named(self.lang),
            "help": spec.helped(self.lang),
            "hide_if": hide_if(spec.hide) if spec.hide and condition_names(spec) & self.inner else "",
        }
        if not spec.is_input:
            return self.shown(spec, values, prefix, common)
        if spec.key in values and not spec.readonly:
            value = values[spec.key]
        else:
            value = self.context.get(spec.key, spec.default) if spec.readonly else spec.default
            if value is None and spec.today and (day := dates.today_of(self.context.get("today"))):
                value = day.isoformat()
        error = self.errors.get(name)
        common["error"] = self.error(name, f"f-{name}", error) if error else None
        if spec.type is Kind.LIST:
            rows = value if isinstance(value, list) else [{} for _ in range(max(spec.rows, spec.min_rows))]
            blank = (
                None
                if spec.fixed_rows
                else BoundRow(9999, 0, f"{name}-9999", self.scope(spec.fields, {}, f"{name}-9999-"))
            )
            return BoundField(
                **common,
                blank=blank,
                rows=tuple(
                    BoundRow(
                        index,
                        index + 1,
                        f"{name}-{index}",
                        self.scope(spec.fields, row if isinstance(row, Mapping) else {}, f"{name}-{index}-"),
                    )
                    for index, row in enumerate(rows[:MOST_ROWS])
                ),
            )
        if spec.type is Kind.FILE:
            given = value if isinstance(value, list) else []
            return BoundField(**common, files=tuple(ref for item in given if (ref := FileRef.of(item))))
        if spec.type in MANY or spec.type in ONE:
            return BoundField(**common, options=self.options(spec, value, f"f-{name}"))
        if spec.type is Kind.CHECKBOX:
            return BoundField(**common, checked=text_of(value).lower() not in ("", "false", "off", "0"))
        return self.line(spec, text_of(value), common)

    def line(self, spec: FieldSpec, value: str, common: dict[str, Any]) -> BoundField:
        input_type, inputmode, autocomplete = _INPUT.get(spec.format, ("text", "", ""))
        attributes: list[tuple[str, str]] = []
        beside = ""
        if spec.type is Kind.NUMBER:
            inputmode = "numeric" if spec.decimals == 0 else "decimal"
        if spec.type is Kind.DATETIME:
            day = dates.parse_date(value[:10])
            beside = dates.wareki(day) if day and spec.subtype is not Subtype.TIME else ""
            input_type = {Subtype.TIME: "time", Subtype.DATETIME: "datetime-local"}.get(spec.subtype, "date")
            if value and not _iso(spec, value):
                input_type = "text"  # a date input would swallow what was typed
            if spec.subtype is not Subtype.DATE and spec.minutes:
                attributes.append(("step", str(spec.minutes * 60)))
            today = dates.today_of(self.context.get("today"))
            if spec.no_past and today and spec.subtype is Subtype.DATE:
                attributes.append(("min", today.isoformat()))
        if spec.format is Format.POSTAL_CODE and spec.fills:
            prefix = common["name"][: -len(spec.key)]
            attributes.extend((f"data-{part}", prefix + target) for part, target in spec.fills)
        return BoundField(
            **common,
            value=value,
            input_type=input_type,
            inputmode=inputmode,
            autocomplete=autocomplete,
            beside=beside,
            attributes=tuple(attributes),
        )

    def options(self, spec: FieldSpec, value: object, field_id: str) -> tuple[BoundOption, ...]:
        chosen = {text_of(item) for item in value} if isinstance(value, list | tuple) else {text_of(value)}
        pairs = [
            (option.value, (option.label_en if self.lang == "en" else "") or option.label)
            for option in spec.options
        ]
        if spec.options_from or not spec.options:
            pairs += [
                (str(key), str(label))
                for key, label in self.choices.get(spec.key, self.choices.get(spec.options_from, ()))
            ]
        return tuple(
            BoundOption(key, label, key in chosen, field_id if index == 0 else f"{field_id}-{index}")
            for index, (key, label) in enumerate(pairs)
        )

    def shown(
        self, spec: FieldSpec, values: Mapping[str, Any], prefix: str, common: dict[str, Any]
    ) -> BoundField:
        """Components that ask for nothing."""
        if spec.type is Kind.GROUP:
            inner = self.scope(spec.fields, values, prefix)
            # What is drawn inside takes names from its own place; only what has no key needs the group's.
            return BoundField(**common, fields=inner)
        text = (spec.text_en if self.lang == "en" else "") or spec.text
        if spec.type is Kind.PROSE:
            return BoundField(**common, html=Markup(richtext.markdown(text)))  # noqa: S704 - sanitised by nh3
        if spec.type is Kind.HTML:
            return BoundField(**common, html=Markup(richtext.html(text)))  # noqa: S704 - sanitised by nh3
        if spec.type is Kind.TABLE:
            found = self.context.get(spec.source, values.get(spec.source))
            rows = (
                [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []
            )
            return BoundField(
                **common,
                headings=tuple(
                    (column.label_en if self.lang == "en" else "") or column.label for column in spec.columns
                ),
                cells=tuple(tuple(text_of(row.get(column.key)) for column in spec.columns) for row in rows),
            )
        return BoundField(**common)


def _iso(spec: FieldSpec, value: str) -> bool:
    if spec.subtype is Subtype.TIME:
        clock = dates.parse_time(value)
        return clock is not None and clock.strftime("%H:%M") == value
    if spec.subtype is Subtype.DATETIME:
        moment = dates.parse_datetime(value)
        return moment is not None and moment.isoformat(timespec="minutes") == value
    day = dates.parse_date(value)
    return day is not None and day.isoformat() == value


def _plain(value: object) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)


def has_inputs(fields: Sequence[FieldSpec]) -> bool:
    """Whether the form asks for anything at all; an acknowledgement does not."""
    return any(True for _ in inputs(tuple(fields)))

"""A form, its values, choices and errors → what templates draw."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.forms import richtext
from app.forms.bound import BoundError, BoundField, BoundForm, BoundOption, BoundRow, walk
from app.forms.cleaning import MOST_ROWS, Choices
from app.forms.conditions import condition_names, hide_if, holds
from app.forms.spec import MANY, ONE, FieldError, FieldSpec, FileRef, Format, Kind, Offered, Subtype, inputs
from app.forms.text import text_of
from app.text import days

#: HTML type, inputmode and autocomplete of each format. Never `number` or `url`: they lose what was typed.
_INPUT: Mapping[Format, tuple[str, str, str]] = {
    Format.CORPORATE_NUMBER: ("text", "numeric", "off"),
    Format.POSTAL_CODE: ("text", "numeric", "postal-code"),
    Format.PHONE: ("tel", "tel", "tel"),
    Format.EMAIL: ("email", "email", "email"),
    Format.URL: ("text", "url", "url"),
    Format.BANK_ACCOUNT: ("text", "numeric", "off"),
    Format.INVOICE_NUMBER: ("text", "", "off"),
}
_MOMENT = {Subtype.TIME: "time", Subtype.DATETIME: "datetime-local"}
#: Index of the row that a script copies; no post can hold it.
BLANK = 9999


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
        comments: Mapping[str, Sequence[str]],
        explain: Callable[[FieldError, str], tuple[str, dict[str, Any]]],
    ) -> None:
        self.fields = fields
        self.lang = lang
        self.choices = choices
        self.context = context
        self.errors = errors
        self.comments = comments
        self.explain = explain
        self.every = [spec for top in fields for spec in top.walk()]
        self.keys = {spec.key for spec in self.every if spec.is_input}

    def form(self, values: Mapping[str, Any]) -> BoundForm:
        bound = self.scope(self.fields, values, "", "")
        ids = {field.name: field.id for field in walk(bound)}
        found = tuple(self.error(key, ids.get(key, ""), error) for key, error in self.errors.items())
        has_files = any(spec.type is Kind.FILE for spec in self.every)
        return BoundForm(bound, found, self.lang, json.dumps(self.facts(), ensure_ascii=False), has_files)

    def facts(self) -> dict[str, Any]:
        """What conditions read and the page does not ask: of the case, just the names in
        question; and locked fields.
        """
        names = {name for spec in self.every for name in condition_names(spec)}
        facts = {name: self.context[name] for name in sorted(names - self.keys) if name in self.context}
        for spec in inputs(tuple(self.fields)):
            if spec.readonly and spec.key in names:
                facts[spec.key] = self.context.get(spec.key, spec.default)
        return {name: _plain(value) for name, value in facts.items()}

    def error(self, key: str, target: str, error: FieldError) -> BoundError:
        message, params = self.explain(error, self.lang)
        return BoundError(key, target, message, params)

    def scope(
        self, fields: Sequence[FieldSpec], values: Mapping[str, Any], prefix: str, place: str
    ) -> tuple[BoundField, ...]:
        """`prefix` begins the names of one scope; `place` tells components without a key apart."""
        return tuple(
            self.field(spec, values, prefix, f"{place}{index}")
            for index, spec in enumerate(fields)
            if not self.settled_away(spec)
        )

    def settled_away(self, spec: FieldSpec) -> bool:
        """Whether it is hidden whatever is entered: the condition reads the case, not the form."""
        return spec.hide is not None and not condition_names(spec) & self.keys and holds(spec.hide, self.context)

    def field(self, spec: FieldSpec, values: Mapping[str, Any], prefix: str, place: str) -> BoundField:
        name = prefix + spec.key if spec.is_input else f"{prefix}_{place}"
        condition = spec.hide if condition_names(spec) & self.keys else None
        error = self.errors.get(name)
        common: dict[str, Any] = {
            "spec": spec,
            "name": name,
            "id": f"f-{name}",
            "label": spec.named(self.lang),
            "help": spec.helped(self.lang),
            "hide_if": hide_if(condition) if condition else "",
            "comments": tuple(self.comments.get(name, ())),
            "error": self.error(name, f"f-{name}", error) if error else None,
        }
        if spec.type is Kind.GROUP:
            return BoundField(**common, fields=self.scope(spec.fields, values, prefix, f"{place}."))
        if not spec.is_input:
            return self.shown(spec, values, common)
        value = self.value(spec, values)
        if spec.type is Kind.LIST:
            return self.list(spec, value, common)
        if spec.type is Kind.FILE:
            given = value if isinstance(value, list) else []
            return BoundField(**common, files=tuple(ref for item in given if (ref := FileRef.of(item))))
        if spec.type in MANY or spec.type in ONE:
            return BoundField(**common, options=self.options(spec, value, f"f-{name}"))
        if spec.type is Kind.CHECKBOX:
            return BoundField(**common, checked=text_of(value).lower() not in ("", "false", "off", "0"))
        return self.line(spec, text_of(value), prefix, common)

    def value(self, spec: FieldSpec, values: Mapping[str, Any]) -> Any:
        if spec.readonly:
            return self.context.get(spec.key, spec.default)
        if spec.key in values:
            return values[spec.key]
        booked = self.context.get("booked")
        if spec.booked and isinstance(booked, Mapping) and booked.get(spec.booked):
            return booked[spec.booked]
        if spec.withdrawal and self.context.get("withdrawal"):
            return self.context["withdrawal"]
        today = days.today_of(self.context.get("today")) if spec.today else None
        return today.isoformat() if today and spec.default is None else spec.default

    def list(self, spec: FieldSpec, value: object, common: dict[str, Any]) -> BoundField:
        name = common["name"]
        given = value if isinstance(value, list) else [{} for _ in range(max(spec.rows, spec.min_rows))]
        rows = [row if isinstance(row, Mapping) else {} for row in given[:MOST_ROWS]]
        return BoundField(
            **common,
            rows=tuple(self.row(spec, row, name, index) for index, row in enumerate(rows)),
            blank=None if spec.fixed_rows else self.row(spec, {}, name, BLANK),
        )

    def row(self, spec: FieldSpec, values: Mapping[str, Any], name: str, index: int) -> BoundRow:
        path = f"{name}-{index}"
        number = 0 if index == BLANK else index + 1
        return BoundRow(index, number, path, self.scope(spec.fields, values, f"{path}-", ""))

    def line(self, spec: FieldSpec, value: str, prefix: str, common: dict[str, Any]) -> BoundField:
        """Everything that is one input, or a text area."""
        if spec.type is Kind.DATETIME:
            return self.moment(spec, value, common)
        input_type, inputmode, autocomplete = _INPUT.get(spec.format, ("text", "", ""))
        if spec.type is Kind.NUMBER:
            inputmode = "numeric" if spec.decimals == 0 else "decimal"
        return BoundField(
            **common,
            value=value,
            units=spec.units(self.lang),
            input_type=input_type,
            inputmode=inputmode,
            autocomplete=spec.autocomplete or autocomplete,
            attributes=tuple((f"data-{part}", prefix + target) for part, target in spec.fills),
        )

    def moment(self, spec: FieldSpec, value: str, common: dict[str, Any]) -> BoundField:
        attributes: list[tuple[str, str]] = []
        if spec.subtype is not Subtype.DATE and spec.minutes:
            attributes.append(("step", str(spec.minutes * 60)))
        today = days.today_of(self.context.get("today"))
        if spec.no_past and today and spec.subtype is Subtype.DATE:
            attributes.append(("min", today.isoformat()))
        day = None if spec.subtype is Subtype.TIME else (days.parse_date(value) or days.parse_date(value[:10]))
        # A date input would swallow what was typed, if it is no date.
        kept = not value or _iso(spec, value)
        return BoundField(
            **common,
            value=value,
            input_type=_MOMENT.get(spec.subtype, "date") if kept else "text",
            beside=None if self.lang == "en" or spec.subtype is Subtype.TIME else days.wareki(day) if day else "",
            attributes=tuple(attributes),
        )

    def options(self, spec: FieldSpec, value: object, field_id: str) -> tuple[BoundOption, ...]:
        chosen = {text_of(item) for item in value} if isinstance(value, list | tuple) else {text_of(value)}
        pairs = [
            (option.value, (option.label_en if self.lang == "en" else "") or option.label) for option in spec.options
        ]
        offered = self.choices.get(spec.key, self.choices.get(spec.options_from, ())) if spec.options_from else ()
        pairs += [(str(each[0]), str(each[1])) for each in offered]
        marked = {each.value for each in offered if isinstance(each, Offered) and each.marked}
        alone = {option.value for option in spec.options if option.exclusive}
        return tuple(
            BoundOption(
                key, label, key in chosen, f"{field_id}-{index}" if index else field_id, key in alone, key in marked
            )
            for index, (key, label) in enumerate(pairs)
        )

    def shown(self, spec: FieldSpec, values: Mapping[str, Any], common: dict[str, Any]) -> BoundField:
        """Components that ask for nothing."""
        text = (spec.text_en if self.lang == "en" else "") or spec.text
        if spec.type is Kind.PROSE:
            return BoundField(**common, html=Markup(richtext.markdown(text)))  # noqa: S704 - sanitised by nh3
        if spec.type is Kind.HTML:
            return BoundField(**common, html=Markup(richtext.html(text)))  # noqa: S704 - sanitised by nh3
        if spec.type is not Kind.TABLE:
            return BoundField(**common)
        found = self.context.get(spec.source, values.get(spec.source))
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []
        return BoundField(
            **common,
            headings=tuple((part.label_en if self.lang == "en" else "") or part.label for part in spec.columns),
            cells=tuple(tuple(text_of(row.get(part.key)) for part in spec.columns) for row in rows),
        )


def _iso(spec: FieldSpec, value: str) -> bool:
    if spec.subtype is Subtype.TIME:
        clock = days.parse_time(value)
        return clock is not None and clock.strftime("%H:%M") == value
    if spec.subtype is Subtype.DATETIME:
        moment = days.parse_datetime(value)
        return moment is not None and moment.isoformat(timespec="minutes") == value
    day = days.parse_date(value)
    return day is not None and day.isoformat() == value


def _plain(value: object) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)

"""What a component lets one choose from, what stands in it at first, and the columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.declarations import COMPONENT_PROPERTIES
from app.errors import N_
from app.forms.allowed import OF_OPTION
from app.forms.attributes import Attributes
from app.forms.spec import MANY, ONE, Column, Kind, Option, Subtype
from app.text.days import parse_date, parse_datetime, parse_time


class Choosing(Attributes):
    """Reads options, defaults and columns of one component."""

    def options(self) -> tuple[tuple[Option, ...], str]:
        if self.kind not in ONE and self.kind not in MANY:
            if "options" in self.properties:
                self.complain(N_("properties.options belongs to a radio, select, checklist or taglist"))
            return (), ""
        source = self.string("options", self.properties)
        if source not in ("", *COMPONENT_PROPERTIES["options"].choices):
            self.complain(N_("properties.options must be calendar, wishes, examiners or cards"))
        source = source or self.string("valuesKey")
        values = self.part.get("values", [])
        if not isinstance(values, list):
            self.complain(N_("values must be a list of label and value"))
            return (), source
        options = tuple(option for value in values if (option := self.option(value)))
        if not options and not source:
            self.complain(N_("The field has no options to choose from: give values, valuesKey or properties.options"))
        if len({option.value for option in options}) != len(options):
            self.complain(N_("Two options have the same value"), part="values")
        return options, source

    def option(self, value: object) -> Option | None:
        if not isinstance(value, Mapping) or not isinstance(value.get("value"), str) or not value["value"]:
            self.complain(N_("Every option needs a label and a value, both texts"))
            return None
        self.unknown(value, OF_OPTION | {"label", "value", "label_en"}, "values.")
        if "exclusive" in value and self.kind not in MANY:
            self.complain(N_("values.exclusive belongs to a checklist or taglist"))
        label = value.get("label")
        return Option(
            value["value"],
            label if isinstance(label, str) else value["value"],
            self.string("label_en", value),
            self.flag("exclusive", value),
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
            self.complain(N_("defaultValue does not fit the field"), part="defaultValue")
            return None
        return value

    def columns(self) -> tuple[Column, ...]:
        if self.kind is not Kind.TABLE:
            return ()
        found: list[Column] = []
        values = self.part.get("columns")
        for value in values if isinstance(values, list) else []:
            if not isinstance(value, Mapping) or not isinstance(value.get("key"), str):
                self.complain(N_("Every column needs a label and a key"))
                continue
            found.append(Column(value["key"], self.string("label", value), self.string("label_en", value)))
        if not found:
            self.complain(N_("The table has no columns"))
        return tuple(found)


def _moment(value: str, subtype: Subtype) -> bool:
    read: Mapping[Subtype, Callable[[str], object]] = {
        Subtype.DATE: parse_date,
        Subtype.TIME: parse_time,
        Subtype.DATETIME: parse_datetime,
    }
    return read[subtype](value) is not None

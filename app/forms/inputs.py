"""WTForms fields, one for each kind of input: typed text in, clean value or complaint out.

A complaint is a (message id, params) pair in place of WTForms' own sentences: whoever shows it translates it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.forms.checks import Complaint, checks_of
from app.forms.japanese import FORMATS, Unfit, address_line
from app.forms.spec import MANY, ONE, FieldSpec, FileRef, Format, Kind, Subtype
from app.forms.text import number, text_of
from app.text import days
from app.text.typed import line, prose

MOST_CHOICES = 500


class Raw:
    """Typed answers of one scope, as the multi-dict that WTForms reads."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def __iter__(self) -> Any:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def getlist(self, key: str) -> list[Any]:
        value = self._raw.get(key)
        if value is None:
            return []
        return list(value) if isinstance(value, list | tuple) else [value]


class AnswerField(Field):
    """Base: `data` is the clean value or None; a complaint of `parse` ends the checks of the field."""

    empty: Any = None

    def __init__(self, spec: FieldSpec, today: object = None, **kwargs: Any) -> None:
        super().__init__(label=spec.key, validators=list(checks_of(spec, today)), **kwargs)
        self.spec = spec

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = self.empty
        self.data = self.parse(valuelist)

    def process_data(self, value: Any) -> None:
        self.data = self.empty if value is None else value

    def pre_validate(self, _form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation()

    def parse(self, values: list[Any]) -> Any:
        raise NotImplementedError

    @staticmethod
    def last(values: list[Any]) -> str:
        return text_of(values[-1]) if values else ""


class TextField(AnswerField):
    """One line, with the rules of its format."""

    def parse(self, values: list[Any]) -> str | None:
        value = line(self.last(values))
        if value and self.spec.properties.get("autocomplete", "").startswith("address-line"):
            value = address_line(value)
        if not value or self.spec.format is Format.NONE:
            return value or None
        try:
            return FORMATS[self.spec.format](value)
        except Unfit as unfit:
            raise ValueError(Complaint(unfit.args[0])) from unfit


class AreaField(AnswerField):
    """Free prose; kept as written."""

    def parse(self, values: list[Any]) -> str | None:
        return prose(self.last(values)) or None


class NumberField(AnswerField):
    """A number: int when it is whole, else float; text when the form asks for text."""

    def parse(self, values: list[Any]) -> int | float | str | None:
        text = line(self.last(values))
        if not text:
            return None
        value = number(text, prefix=self.spec.prefix, suffix=self.spec.suffix)
        if value is None:
            raise ValueError(Complaint("%(label)s must be a number, for example 12000"))
        places = self.spec.decimals
        if places is not None and value != round(value, places):
            raise ValueError(
                Complaint("%(label)s must be a whole number")
                if places == 0
                else Complaint("%(label)s may have at most %(places)s digits after the point", {"places": places})
            )
        if self.spec.serialize_text:
            return format(value, "f")
        return int(value) if value == value.to_integral_value() else float(value)


class MomentField(AnswerField):
    """ISO text: 2026-11-22, 13:00 or 2026-11-22T13:00."""

    def parse(self, values: list[Any]) -> str | None:
        text = line(self.last(values))
        if not text:
            return None
        if self.spec.subtype is Subtype.TIME:
            clock = days.parse_time(text)
            if clock is None:
                raise ValueError(Complaint("%(label)s must be a time, for example 13:30"))
            return clock.strftime("%H:%M")
        try:
            return self.day_of(text)
        except days.WrongWeekday as slip:
            raise ValueError(
                Complaint("%(label)s: that day is %(day)s. Correct the day or its weekday", {"day": slip.day})
            ) from slip

    def day_of(self, text: str) -> str:
        if self.spec.subtype is Subtype.DATETIME:
            moment = days.read_datetime(text)
            if moment is None:
                raise ValueError(Complaint("%(label)s must be a date and a time, for example 2026-11-22 13:30"))
            return moment.isoformat(timespec="minutes")
        day = days.read_date(text)
        if day is None:
            raise ValueError(Complaint("%(label)s must be a date that exists, for example 2026-11-22"))
        return day.isoformat()


class TickField(AnswerField):
    """A checkbox: true or false."""

    empty = False

    def parse(self, values: list[Any]) -> bool:
        return self.last(values).lower() not in ("", "false", "off", "0")


class ChoiceField(AnswerField):
    """One of the options."""

    def __init__(self, spec: FieldSpec, known: frozenset[str], **kwargs: Any) -> None:
        super().__init__(spec, **kwargs)
        self.known = known

    def parse(self, values: list[Any]) -> str | None:
        value = self.last(values).strip()
        if value and value not in self.known:
            raise ValueError(Complaint("The choice made for %(label)s is no longer offered; choose another"))
        return value or None


class ChoicesField(ChoiceField):
    """Any of the options, each once, in the order of the form."""

    def parse(self, values: list[Any]) -> Any:
        chosen = [text for value in values[:MOST_CHOICES] if (text := text_of(value).strip())]
        if any(value not in self.known for value in chosen):
            raise ValueError(Complaint("The choice made for %(label)s is no longer offered; choose another"))
        alone = {option.value for option in self.spec.options if option.exclusive}
        if alone.intersection(chosen) and len(set(chosen)) > 1:
            raise ValueError(Complaint("%(label)s: “none of these” cannot be ticked together with others"))
        return list(dict.fromkeys(chosen))

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        self.data = self.parse(valuelist)


class FilesField(AnswerField):
    """Uploads that the portal has stored: a list of {id, name, size, mime}."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        self.data = self.parse(valuelist)

    def parse(self, values: list[Any]) -> list[dict[str, Any]]:
        found = {ref.id: ref.as_dict() for value in values if (ref := FileRef.of(value))}
        files = list(found.values())
        return files if self.spec.multiple else files[-1:]


_FIELDS: Mapping[Kind, type[AnswerField]] = {
    Kind.TEXT: TextField,
    Kind.AREA: AreaField,
    Kind.NUMBER: NumberField,
    Kind.DATETIME: MomentField,
    Kind.CHECKBOX: TickField,
    Kind.FILE: FilesField,
}


def form_of(specs: Sequence[FieldSpec], known: Mapping[str, frozenset[str]], today: object) -> BaseForm:
    """A WTForms form of one scope's inputs but its lists. `known`: accepted values of each
    field that offers options.
    """
    unbound: list[tuple[str, Any]] = []
    for spec in specs:
        if spec.type in ONE:
            unbound.append((spec.key, ChoiceField(spec, known[spec.key])))
        elif spec.type in MANY:
            unbound.append((spec.key, ChoicesField(spec, known[spec.key])))
        elif spec.type is not Kind.LIST:
            unbound.append((spec.key, _FIELDS[spec.type](spec, today)))
    return BaseForm(unbound)

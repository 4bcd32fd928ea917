"""WTForms fields, one for each kind of input: typed text in, clean value or complaint out.

A complaint is a (message id, params) pair in place of WTForms' own sentences: whoever shows it translates it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from app.forms import dates
from app.forms.japanese import FORMATS, Unfit
from app.forms.spec import MANY, ONE, FieldSpec, FileRef, Format, Kind, Subtype
from app.forms.text import line, number, prose

#: Longest answer when the form says nothing; long enough for anyone, short enough for the database and the
#: PDF.
LONGEST = 20_000
MOST_FILES = 100
MOST_CHOICES = 500
_NOBODY: Mapping[str, Any] = {}


class Complaint(NamedTuple):
    """A message id and the facts that fill it."""

    message: str
    params: Mapping[str, Any] = _NOBODY


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


def text_of(value: object) -> str:
    """A typed value as text; JSON's numbers and booleans too: answers come back from the store as such."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""


class AnswerField(Field):
    """Base: `data` is the clean value or None; a complaint of `parse` ends the checks of the field."""

    empty: Any = None

    def __init__(self, spec: FieldSpec, today: object = None, **kwargs: Any) -> None:
        super().__init__(label=spec.key, validators=list(_validators(spec, today)), **kwargs)
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
                else Complaint(
                    "%(label)s may have at most %(places)s digits after the point", {"places": places}
                )
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
            clock = dates.parse_time(text)
            if clock is None:
                raise ValueError(Complaint("%(label)s must be a time, for example 13:30"))
            return clock.strftime("%H:%M")
        if self.spec.subtype is Subtype.DATETIME:
            moment = dates.parse_datetime(text)
            if moment is None:
                raise ValueError(
                    Complaint("%(label)s must be a date and a time, for example 2026-11-22 13:30")
                )
            return moment.isoformat(timespec="minutes")
        day = dates.parse_date(text)
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


def _validators(spec: FieldSpec, today: object) -> Sequence[Any]:
    checks: list[Any] = [_Required(spec)]
    if spec.type in (Kind.TEXT, Kind.AREA):
        checks.append(_Length(spec))
    if spec.limits.pattern and spec.type is Kind.TEXT:
        checks.append(_Pattern(spec))
    if spec.type is Kind.NUMBER:
        checks.append(_Range(spec))
    if spec.no_past and spec.subtype in (Subtype.DATE, Subtype.DATETIME):
        checks.append(_NotPast(today))
    if spec.type is Kind.FILE:
        checks.append(_Files(spec))
    return checks


class _Required:
    def __init__(self, spec: FieldSpec) -> None:
        self.spec = spec

    def __call__(self, _form: BaseForm, field: Field) -> None:
        # Not `in (…, False)`: the number 0 is an answer.
        if field.data is not None and field.data is not False and field.data not in ("", []):
            return
        if self.spec.required:
            raise StopValidation(Complaint(_ASK.get(self.spec.type, "Enter %(label)s")))
        raise StopValidation()


_ASK = {
    Kind.CHECKBOX: "Tick “%(label)s” to go on",
    Kind.RADIO: "Choose %(label)s",
    Kind.SELECT: "Choose %(label)s",
    Kind.CHECKLIST: "Choose at least one of %(label)s",
    Kind.TAGLIST: "Choose at least one of %(label)s",
    Kind.FILE: "Attach %(label)s",
}


class _Length:
    def __init__(self, spec: FieldSpec) -> None:
        self.least = spec.limits.min_length or 0
        self.most = spec.limits.max_length or LONGEST

    def __call__(self, _form: BaseForm, field: Field) -> None:
        length = len(field.data)
        if length > self.most:
            raise StopValidation(
                Complaint(
                    "%(label)s must be at most %(most)s characters; it has %(length)s",
                    {"most": self.most, "length": length},
                )
            )
        if length < self.least:
            raise StopValidation(
                Complaint(
                    "%(label)s must be at least %(least)s characters; it has %(length)s",
                    {"least": self.least, "length": length},
                )
            )


class _Pattern:
    """The whole text or a part of it, as the pattern's own anchors say (the same as in form-js)."""

    def __init__(self, spec: FieldSpec) -> None:
        self.pattern = re.compile(spec.limits.pattern)
        self.told = bool(spec.limits.pattern_message)

    def __call__(self, _form: BaseForm, field: Field) -> None:
        if self.pattern.search(field.data):
            return
        raise ValidationError(
            Complaint("%(sentence)s" if self.told else "%(label)s does not have the right form")
        )


class _Range:
    def __init__(self, spec: FieldSpec) -> None:
        self.low, self.high = spec.limits.min, spec.limits.max

    def __call__(self, _form: BaseForm, field: Field) -> None:
        value = float(field.data)
        if self.low is not None and value < self.low:
            raise ValidationError(Complaint("%(label)s must be %(low)s or more", {"low": text_of(self.low)}))
        if self.high is not None and value > self.high:
            raise ValidationError(
                Complaint("%(label)s must be %(high)s or less", {"high": text_of(self.high)})
            )


class _NotPast:
    def __init__(self, today: object) -> None:
        self.today = dates.today_of(today)

    def __call__(self, _form: BaseForm, field: Field) -> None:
        if self.today and field.data[:10] < self.today.isoformat():
            raise ValidationError(Complaint("%(label)s must not be in the past"))


class _Files:
    """Size, type and number. By content it was checked when it was stored: `mime` says what was found."""

    def __init__(self, spec: FieldSpec) -> None:
        self.spec = spec

    def __call__(self, _form: BaseForm, field: Field) -> None:
        if len(field.data) > MOST_FILES:
            raise ValidationError(
                Complaint("%(label)s takes at most %(most)s files; remove some", {"most": MOST_FILES})
            )
        for ref in field.data:
            if ref["size"] > self.spec.max_size_mb * 1024 * 1024:
                raise ValidationError(
                    Complaint(
                        "“%(name)s” is larger than %(most)s MB; attach a smaller file",
                        {"name": ref["name"], "most": text_of(self.spec.max_size_mb)},
                    )
                )
            if not ref["size"]:
                raise ValidationError(
                    Complaint("“%(name)s” is empty; attach the right file", {"name": ref["name"]})
                )
            if self.spec.accept and not any(_accepts(rule, ref) for rule in self.spec.accept):
                raise ValidationError(
                    Complaint(
                        "“%(name)s” is not of a type that is accepted here (%(types)s)",
                        {"name": ref["name"], "types": ", ".join(self.spec.accept)},
                    )
                )


def _accepts(rule: str, ref: Mapping[str, Any]) -> bool:
    if rule.startswith("."):
        return str(ref["name"]).lower().endswith(rule)
    return ref["mime"] == rule or (rule.endswith("/*") and str(ref["mime"]).startswith(rule[:-1]))


_FIELDS: Mapping[Kind, type[AnswerField]] = {
    Kind.TEXT: TextField,
    Kind.AREA: AreaField,
    Kind.NUMBER: NumberField,
    Kind.DATETIME: MomentField,
    Kind.CHECKBOX: TickField,
    Kind.FILE: FilesField,
}


def form_of(specs: Sequence[FieldSpec], known: Mapping[str, frozenset[str]], today: object) -> BaseForm:
    """A WTForms form of one scope's inputs but its lists. `known`: accepted values of each field that offers
    options.
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

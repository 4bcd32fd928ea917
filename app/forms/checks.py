"""WTForms validators: what is wrong with a clean value, as complaints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from app.errors import N_
from app.forms.patterns import compiled
from app.forms.spec import FieldSpec, Kind, Subtype
from app.forms.text import text_of
from app.text import days

#: Longest answer when the form says nothing; long enough for anyone, short enough for the database and the
#: PDF.
LONGEST = 20_000
MOST_FILES = 100
NOT_ACCEPTED = N_("“%(name)s” is not of a type that is accepted here (%(types)s)")
_NOBODY: Mapping[str, Any] = {}


class Complaint(NamedTuple):
    """A message id and the facts that fill it."""

    message: str
    params: Mapping[str, Any] = _NOBODY


def checks_of(spec: FieldSpec, today: object) -> Sequence[Any]:
    """WTForms validators of one field. `today`: a date, or None when the caller gave none."""
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
            sentence = _ASK.get(self.spec.type, N_("Enter %(label)s"))
            raise StopValidation(Complaint(sentence))
        raise StopValidation()


_ASK = {
    Kind.CHECKBOX: N_("Tick “%(label)s” to go on"),
    Kind.RADIO: N_("Choose %(label)s"),
    Kind.SELECT: N_("Choose %(label)s"),
    Kind.CHECKLIST: N_("Choose at least one of %(label)s"),
    Kind.TAGLIST: N_("Choose at least one of %(label)s"),
    Kind.FILE: N_("Attach %(label)s"),
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
        self.pattern = compiled(spec.limits.pattern)
        self.told = bool(spec.limits.pattern_message)

    def __call__(self, _form: BaseForm, field: Field) -> None:
        if self.pattern.search(field.data):
            return
        raise ValidationError(Complaint("%(sentence)s" if self.told else N_("%(label)s does not have the right form")))


class _Range:
    def __init__(self, spec: FieldSpec) -> None:
        self.low, self.high = spec.limits.min, spec.limits.max

    def __call__(self, _form: BaseForm, field: Field) -> None:
        value = float(field.data)
        if self.low is not None and value < self.low:
            raise ValidationError(Complaint("%(label)s must be %(low)s or more", {"low": text_of(self.low)}))
        if self.high is not None and value > self.high:
            raise ValidationError(Complaint("%(label)s must be %(high)s or less", {"high": text_of(self.high)}))


class _NotPast:
    def __init__(self, today: object) -> None:
        self.today = days.today_of(today)

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
                raise ValidationError(Complaint("“%(name)s” is empty; attach the right file", {"name": ref["name"]}))
            if self.spec.accept and not any(_accepts(rule, ref) for rule in self.spec.accept):
                raise ValidationError(
                    Complaint(NOT_ACCEPTED, {"name": ref["name"], "types": types_in_words(self.spec.accept)})
                )


def types_in_words(accept: Iterable[str]) -> str:
    """What a field takes, as people write it: PDF, PNG."""
    return ", ".join(dict.fromkeys(map(_words, accept)))


def _words(rule: str) -> str:
    """An ending as people write it, PDF for .pdf; a type as it is."""
    return rule[1:].upper() if rule.startswith(".") else rule


def _accepts(rule: str, ref: Mapping[str, Any]) -> bool:
    if rule.startswith("."):
        return str(ref["name"]).lower().endswith(rule)
    return ref["mime"] == rule or (rule.endswith("/*") and str(ref["mime"]).startswith(rule[:-1]))

"""Raw answers → clean values and complaints. Hidden answers are dropped; read-only ones are not taken
from the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms.form import BaseForm

from app.errors import N_
from app.forms.checks import Complaint
from app.forms.conditions import hidden_keys, marks
from app.forms.inputs import Raw, form_of
from app.forms.postal import fill_empty
from app.forms.spec import MANY, ONE, Cleaned, FieldError, FieldSpec, Kind, Offered, inputs

#: What is offered for a field key, or for the name that its options come from.
Choices = Mapping[str, Sequence[Offered | tuple[str, str]]]
#: The characters of a text that papers cannot show, each once.
Lacking = Callable[[str], Sequence[str]]
MOST_ROWS = 200
UNPRINTABLE = N_(
    "%(label)s has a character that cannot be printed on papers: %(signs)s. "
    "Enter another form of it, or write it in kana"
)


@dataclass(slots=True)
class _Scope:
    """Answers of the form or of a row. `rows` holds those of its lists; `blank`: nothing was entered."""

    fields: Sequence[FieldSpec]
    form: BaseForm
    values: dict[str, Any]
    rows: dict[str, list[_Scope]]

    @property
    def blank(self) -> bool:
        return not any(_told(value) for value in self.values.values())


def _told(value: object) -> bool:
    return value is not None and value is not False and value not in ("", [])


def clean(
    fields: Sequence[FieldSpec], raw: object, choices: Choices, context: Mapping[str, Any], lacking: Lacking
) -> Cleaned:
    """Clean values, or what is wrong with them; see `FormSpec.clean`."""
    errors: list[FieldError] = []
    values = _judge(_parse(fields, raw, choices, context), context, "", errors, lacking)
    return Cleaned(values, tuple(errors))


def known_values(spec: FieldSpec, choices: Choices) -> frozenset[str]:
    """Values that a choice accepts: its own options and those that came with the call."""
    offered = choices.get(spec.key, choices.get(spec.options_from, ())) if spec.options_from else ()
    return frozenset({option.value for option in spec.options} | {str(each[0]) for each in offered})


def _parse(fields: Sequence[FieldSpec], raw: object, choices: Choices, context: Mapping[str, Any]) -> _Scope:
    answers = dict(raw) if isinstance(raw, Mapping) else {}
    specs = list(inputs(tuple(fields)))
    for spec in specs:
        if spec.readonly or spec.disabled:
            answers[spec.key] = context.get(spec.key, spec.default)
    fill_empty(specs, answers)
    known = {spec.key: known_values(spec, choices) for spec in specs if spec.type in ONE or spec.type in MANY}
    form = form_of(specs, known, context.get("today"))
    form.process(Raw(answers))
    rows: dict[str, list[_Scope]] = {}
    values: dict[str, Any] = {}
    for spec in specs:
        if spec.type is Kind.LIST:
            given = answers.get(spec.key)
            given = given[:MOST_ROWS] if isinstance(given, list) else []
            rows[spec.key] = [_parse(spec.fields, row, choices, context) for row in given]
            values[spec.key] = [scope.values for scope in rows[spec.key] if not scope.blank]
        else:
            values[spec.key] = form[spec.key].data
    return _Scope(fields, form, values, rows)


def _judge(
    scope: _Scope, context: Mapping[str, Any], prefix: str, errors: list[FieldError], lacking: Lacking
) -> dict[str, Any]:
    hidden = hidden_keys(scope.fields, scope.values, context)
    shown = [
        spec for mark, spec, _ in marks(scope.fields) if spec.is_input and mark not in hidden and not spec.disabled
    ]
    values: dict[str, Any] = {}
    gone = {spec.key for mark, spec, _ in marks(scope.fields) if spec.is_input and mark in hidden}
    names = {**context, **scope.values, **dict.fromkeys(gone)}
    for spec in shown:
        path = prefix + spec.key
        if spec.type is Kind.LIST:
            values[spec.key] = _rows(spec, scope.rows[spec.key], names, path, errors, lacking)
            continue
        field = scope.form[spec.key]
        if not field.validate(scope.form):
            errors.extend(_error(path, complaint) for complaint in field.errors)
        elif spec.type is Kind.TEXT and field.data and (signs := lacking(field.data)):
            errors.append(FieldError(path, UNPRINTABLE, {"signs": " ".join(signs)}))
        values[spec.key] = field.data
    return values


def _rows(
    spec: FieldSpec,
    rows: list[_Scope],
    names: Mapping[str, Any],
    path: str,
    errors: list[FieldError],
    lacking: Lacking,
) -> list[dict[str, Any]]:
    """Rows in which something was entered; the paths of their errors count all rows, as the page does."""
    kept = [_judge(row, names, f"{path}-{index}-", errors, lacking) for index, row in enumerate(rows) if not row.blank]
    if len(kept) < spec.min_rows:
        errors.append(FieldError(path, "%(label)s needs at least %(least)s entries", {"least": spec.min_rows}))
    return kept


def _error(path: str, complaint: object) -> FieldError:
    if isinstance(complaint, Complaint):
        return FieldError(path, complaint.message, complaint.params)
    return FieldError(path, "%(label)s cannot be read; enter it again")

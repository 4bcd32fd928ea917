"""What a scenario fills in: its answers as a form takes them, on the day of the walk."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app import forms
from app.catalogue import Element, scenarios
from app.errors import Named, NinteiError
from app.forms import FormSpec
from app.services.cards import loans
from app.states import Side


class Differs(NinteiError):
    """The walk came out otherwise than the scenario says, or cannot go on."""


class Desk:
    """Where an answer is filled in: the day, the days that an empty calendar offers, the cards on loan."""

    def __init__(self, today: date, days: Iterable[date], cards_out: int) -> None:
        self._today = today
        self._out = cards_out
        self._days = [day.isoformat() for day in days]
        self._cards = [f"NT{number:08d}" for number in range(1, cards_out + 1)]
        self._examiners: list[str] = []  # any name will do

    def cleaned(self, form: FormSpec, answer: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """What the form makes of the answer. Raises Differs with the first thing that it refuses."""
        raw = {key: self._value(form, key, value) for key, value in answer.items()}
        offered = {
            "calendar": self._days,
            "wishes": self._days,
            "cards": self._cards,
            "examiners": self._examiners,
        }
        choices = {name: [(value, value) for value in values] for name, values in offered.items()}
        cleaned = form.clean(raw, choices=choices, context=context)
        if cleaned.ok:
            return dict(cleaned.values)
        first = cleaned.errors[0]
        message, params = form.explain(first, "ja")
        field = Named(first.key, str(params.pop("label", "")))
        reason = NinteiError(message, **params, label=field)
        raise Differs("the form refuses %(field)s: %(reason)s", field=field, reason=reason)

    def account_for_cards(self, element: Element, answer: Mapping[str, Any]) -> None:
        """As the portal refuses an answer that leaves cards unaccounted for. Raises Differs."""
        said, out = answer.get(loans.STATE), self._out
        if out and said == loans.NONE_OUT:
            raise Differs("cards_state: %(count)s cards are on loan", count=out)
        if out and said == loans.STILL_OUT and not str(answer.get("cards_note") or "").strip():
            raise Differs("cards_note: say why %(count)s cards stay out", count=out)
        if element.flag("returns_cards") and element.side == Side.VENDOR:
            kept = out - len(answer.get("serials") or ())
            if kept > 0 and not str(answer.get("lost_or_damaged") or "").strip():
                raise Differs("lost_or_damaged: say what became of %(count)s cards", count=kept)

    def _value(self, form: FormSpec, key: str, value: Any) -> Any:
        spec = form.field(key)
        if spec is not None and spec.type.value == "filepicker":
            named = value if isinstance(value, list) else [value]
            return [forms.FileRef(str(number), str(name), 1000, _kind(str(name))) for number, name in enumerate(named)]
        found = self._of_the_day(value)
        if spec is not None and spec.options_from == "examiners":
            self._examiners += [str(each) for each in (found if isinstance(found, list) else [found])]
        return found

    def _of_the_day(self, value: Any) -> Any:
        """`@today`, `@day1` …, `@cards` as what they stand for."""
        if isinstance(value, list):
            return [self._of_the_day(each) for each in value]
        if isinstance(value, dict):
            return {key: self._of_the_day(each) for key, each in value.items()}
        if isinstance(value, date):
            return value.isoformat()
        day = scenarios.of_today(value, self._today)
        if day is not None:
            return day.isoformat()
        if value == "@cards":
            return list(self._cards)
        if isinstance(value, str) and value.startswith("@day") and value[4:].isdecimal():
            number = int(value[4:])
            if not 1 <= number <= len(self._days):
                count = len(self._days)
                raise Differs("%(value)s: the task's calendar offers %(count)s days", value=value, count=count)
            return self._days[number - 1]
        return value


def _kind(name: str) -> str:
    """The media type by the file's name; a PDF where the name says none."""
    return mimetypes.guess_type(name)[0] or "application/pdf"

"""Prefecture and city from a postal code, in the form itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.forms.japanese import postal
from app.forms.spec import FieldSpec, Format
from app.forms.text import text_of


def fill_empty(specs: Iterable[FieldSpec], answers: dict[str, Any]) -> None:
    """Sets what was left empty in `answers`: people expect it, and scripts do it in the page."""
    for spec in specs:
        blank = [pair for pair in spec.fills if not text_of(answers.get(pair[1])).strip()]
        if blank and (place := postal(text_of(answers.get(spec.key)))):
            answers |= _put(place, blank)


def fill_again(specs: Iterable[FieldSpec], answers: dict[str, Any], pressed: str) -> None:
    """Sets them whatever was there: the button beside the code `pressed` was pressed."""
    for spec in specs:
        if (
            spec.key == pressed
            and spec.format is Format.POSTAL_CODE
            and (place := postal(text_of(answers.get(pressed))))
        ):
            answers |= _put(place, spec.fills)


def _put(place: tuple[str, str, str], fills: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What the code says; what it leaves open is not touched."""
    known = {"prefecture": place[0], "city": place[1]}
    return {target: known[part] for part, target in fills if known[part]}

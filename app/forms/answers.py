"""Clean values in words: for check-your-answers, the timeline and PDFs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.forms.spec import MANY, ONE, Answer, FieldSpec, FileRef, Format, Kind, Subtype
from app.forms.text import text_of
from app.text import days

#: Words that an answer itself consists of, in the two languages of the portal.
_YES = {"ja": "はい", "en": "Yes"}
_NO = {"ja": "いいえ", "en": "No"}


def answers(
    fields: Sequence[FieldSpec],
    values: Mapping[str, Any],
    lang: str,
    *,
    prefix: str = "",
    section: str = "",
    before: str = "",
) -> Iterator[Answer]:
    """One line for each answer that `values` holds; hidden ones are not in there. Rows of lists: one line
    a field, numbered.
    """
    for spec in fields:
        if spec.type is Kind.GROUP:
            yield from answers(
                spec.fields, values, lang, prefix=prefix, section=spec.named(lang) or section, before=before
            )
        elif spec.type is Kind.LIST and spec.key in values:
            rows = values[spec.key] if isinstance(values[spec.key], list) else []
            name = f"{before}{spec.named(lang)}"
            if not rows:
                yield Answer(prefix + spec.key, name, "", (), section)
            for index, row in enumerate(rows):
                yield from answers(
                    spec.fields,
                    row if isinstance(row, Mapping) else {},
                    lang,
                    section=section,
                    prefix=f"{prefix}{spec.key}-{index}-",
                    before=f"{name} {index + 1} · ",
                )
        elif spec.is_input and spec.key in values:
            value = values[spec.key]
            files = (
                tuple(ref for item in value if (ref := FileRef.of(item)))
                if spec.type is Kind.FILE and isinstance(value, list)
                else ()
            )
            yield Answer(prefix + spec.key, before + spec.named(lang), shown(spec, value, lang), files, section)


def by_section(lines: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The answers under the headings of the form, in its order."""
    found: dict[str, list[Answer]] = {}
    for line in lines:
        found.setdefault(line.section, []).append(line)
    return found


def shown(spec: FieldSpec, value: Any, lang: str) -> str:
    """One answer in words; empty when there is none."""
    if spec.type is Kind.CHECKBOX:
        return (_YES if value is True else _NO)[lang if lang in _YES else "ja"]
    if value is None or value == "":
        return ""
    if spec.type in ONE:
        return _option(spec, value, lang)
    if spec.type in MANY:
        return (
            ("; " if lang == "en" else "、").join(_option(spec, item, lang) for item in value)
            if isinstance(value, list)
            else ""
        )
    if spec.type is Kind.FILE:
        return "\n".join(ref.name for item in value if (ref := FileRef.of(item))) if isinstance(value, list) else ""
    if spec.type is Kind.DATETIME:
        return _moment(spec, text_of(value), lang)
    before, behind = spec.units(lang)
    if spec.type is Kind.NUMBER and isinstance(value, int | float):
        return f"{before}{value:,}{behind}"
    text = text_of(value)
    if spec.format is Format.POSTAL_CODE:
        return f"〒{text}"
    return f"{before}{text}{behind}"


def _option(spec: FieldSpec, value: object, lang: str) -> str:
    text = text_of(value)
    for option in spec.options:
        if option.value == text:
            return (option.label_en if lang == "en" else "") or option.label
    # A day of a calendar has no option of its own in the form.
    day = days.parse_date(text) if spec.options_from else None
    return days.long_date(day, lang) if day else text


def _moment(spec: FieldSpec, value: str, lang: str) -> str:
    if spec.subtype is Subtype.TIME:
        return value
    day = days.parse_date(value[:10])
    if day is None:
        return value
    clock = f" {value[11:16]}" if spec.subtype is Subtype.DATETIME else ""
    return days.long_date(day, lang) + clock

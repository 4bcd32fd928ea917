"""Which file of a mail goes where: the upload fields of a form that have room, and a proposal that a person mends."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath
from typing import Any

from app.forms import FileRef, FormSpec
from app.forms.spec import Kind
from app.text.normal import normal

MOST_FILES = 25  # of one field
_HINT = 3  # characters that a file's name and a field's must share, at the least, to belong together


@dataclass(frozen=True, slots=True)
class Room:
    """An upload field. `room`: how many files it still takes."""

    key: str
    label: str
    required: bool
    multiple: bool
    accept: tuple[str, ...]
    room: int
    names: tuple[str, ...]  # what its files may be called


def rooms(spec: FormSpec, values: Mapping[str, Any], own: Collection[str], lang: str) -> list[Room]:
    """The upload fields of the form. `own`: ids of the uploads that belong to the draft; a file of an earlier answer
    makes room for a new one."""
    found = []
    for field in spec.inputs():
        if field.type is not Kind.FILE or field.readonly or field.disabled:
            continue
        held = files(values.get(field.key))
        taken = sum(1 for each in held if each.id in own) if not field.multiple else len(held)
        names = (field.label, field.label_en, field.key.replace("_", " "))
        most = MOST_FILES if field.multiple else 1
        found.append(
            Room(
                field.key, field.named(lang), field.required, field.multiple, field.accept, max(0, most - taken), names
            )
        )
    return found


def files(value: Any) -> list[FileRef]:
    """The files of a field's value."""
    held = value if isinstance(value, list) else [value]
    return [ref for each in held if (ref := FileRef.of(each)) is not None]


def propose(fields: Sequence[Room], names: Mapping[int, str]) -> dict[int, str]:
    """File → key of the field it seems to be meant for; files by number, in the order of the mail.

    First by name (the longest likeness first), then in order into what is required and still empty, then into what
    takes several. What fits nowhere is left out.
    """
    room = {field.key: field.room for field in fields}
    found: dict[int, str] = {}
    likeness = sorted(
        (
            (_alike(name, field), -number, field.key)
            for number, name in names.items()
            for field in fields
            if _takes(field, name)
        ),
        reverse=True,
    )
    for alike, minus, key in likeness:
        if alike >= _HINT and -minus not in found and room[key] > 0:
            found[-minus] = key
            room[key] -= 1
    filled = set(found.values())
    for number, name in names.items():
        if number in found:
            continue
        fits = [field for field in fields if _takes(field, name) and room[field.key] > 0]
        fits.sort(key=lambda field: (field.key in filled, not field.required))
        wanted = next((field for field in fits if field.key not in filled or field.multiple), None)
        if wanted is not None:
            found[number] = wanted.key
            room[wanted.key] -= 1
            filled.add(wanted.key)
    return found


def _takes(field: Room, name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    endings = [each for each in field.accept if each.startswith(".")]
    return not endings or len(endings) < len(field.accept) or suffix in endings


def _alike(name: str, field: Room) -> int:
    """Characters that stand in both names in one run."""
    stem = _plain(PurePosixPath(name).stem)
    found = 0
    for each in field.names:
        other = _plain(each)
        found = max(found, SequenceMatcher(None, stem, other, autojunk=False).find_longest_match().size)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-・（）()]+", "", normal("NFKC", name)).lower()

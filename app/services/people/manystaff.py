"""Several accounts of the body at once, from rows as a spreadsheet has them: each is looked at before any is made."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.errors import NinteiError, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mails.portalmails import Wording
from app.services.people import staffing
from app.services.people.staffing import Account
from app.states import Right
from app.store import accounts, database
from app.text import address
from app.text.normal import normal

MOST = 200  # rows at once
ADDRESS, NAME, ROLES, GROUPS = range(4)
_MARKS = re.compile("[、,;；・／/]")  # between several roles or groups in one cell


@dataclass(frozen=True, slots=True)
class Row:
    """An account to be made; `wrong`: why it cannot be."""

    line: int
    email: str
    wanted: Account
    wrong: NinteiError | None = None


def read(text: str, roles: Mapping[str, str], groups: Mapping[str, str], actor: Actor) -> list[Row]:
    """The accounts of rows with address, name, roles and groups, parted by tabs or commas; a line of headings is passed
    over. `roles`, `groups`: how each may be called → its id."""
    actor.require(Right.PEOPLE)
    lines = [(number, cells) for number, cells in _lines(text) if any(cells)]
    if len(lines) > MOST:
        raise Refused("At most %(count)s accounts at once", count=MOST)
    with database.connection():
        found = [_row(number, cells, roles, groups) for number, cells in lines]
        known = {row.email for row in found if accounts.by_email(row.email) is not None}
    seen: set[str] = set()
    for at, row in enumerate(found):
        if row.wrong is None and row.email in known:
            found[at] = replace(row, wrong=Refused("An account of %(email)s exists already", email=row.email))
        elif row.wrong is None and row.email in seen:
            found[at] = replace(row, wrong=Refused("This address stands in an earlier line"))
        seen.add(row.email)
    return found


def make(portal: Portal, rows: Sequence[Row], actor: Actor, words: Callable[[str], Wording]) -> int:
    """Make the accounts, of which none may be wrong; each owner chooses the password by a mailed link."""
    actor.require(Right.PEOPLE)
    if not rows or any(row.wrong for row in rows):
        raise Refused("Correct the lines that are marked; nothing was made yet")
    for row in rows:
        staffing.invite_staff(portal, row.email, row.wanted, actor, words(row.wanted.name))
    return len(rows)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    tabs = "\t" in text
    reader = csv.reader(io.StringIO(text.strip("﻿\r\n")), delimiter="\t" if tabs else ",")
    try:
        for cells in reader:
            even = [" ".join(normal("NFC", cell).split()) for cell in cells[:4]]
            if reader.line_num > 1 or not even or "@" in normal("NFKC", even[0]):
                yield reader.line_num, even + [""] * (4 - len(even))
    except csv.Error as error:
        raise Refused("These lines cannot be read as a table; check the quotation marks") from error


def _row(number: int, cells: Sequence[str], roles: Mapping[str, str], groups: Mapping[str, str]) -> Row:
    email, wrong = cells[ADDRESS], None
    chosen, strange = _named(cells[ROLES], roles)
    belongs, other = _named(cells[GROUPS], groups)
    wanted = Account(cells[NAME][:120], True, frozenset(chosen), tuple(belongs))
    try:
        email = address.required(email)
        if strange or other:
            raise Refused("There is no role or group called %(name)s", name=", ".join([*strange, *other])[:100])
        staffing.fits(wanted)
    except NinteiError as error:
        wrong = error
    return Row(number, email, wanted, wrong)


def _named(cell: str, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The ids of what the cell names, and the words that name nothing. Blanks part words where no name has one."""
    found: list[str] = []
    strange: list[str] = []
    for part in _MARKS.split(cell.casefold()):
        words = [part.strip()] if part.strip() in names else part.split()
        found += [names[each] for each in words if each in names]
        strange += [each for each in words if each not in names]
    return found, strange

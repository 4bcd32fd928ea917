"""A sheet: rows for people's spreadsheets, in words. Whoever takes one out is on record."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from app.connectors import sheets
from app.connectors.sheets import Cell as Cell
from app.errors import NotFound
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.states import Act, Thing
from app.store import database

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8; header=present",  # RFC 7111
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows with their headings, both in the reader's words.

    `rows` is asked once, and gives cells as they are: text, int, float, date, aware datetime, None; each row as many as
    there are headings. It reads the database in pieces of its own (`database.connection`), so that no piece holds more
    than a page. `narrowed`: by what, in words; for the record.
    """

    title: str
    headings: Sequence[str]
    rows: Callable[[], Iterable[Sequence[Cell]]]
    narrowed: str = ""
    filename: str = ""  # without its ending; empty: the title and the day
    count: Callable[[], int] = lambda: 0  # how many rows there are; 0: nobody knows before they are read

    def name(self, portal: Portal, form: str) -> str:
        """What the file is called."""
        return f"{self.filename or f'{self.title}_{portal.today():%Y-%m-%d}'}.{form}"


def require_form(form: str) -> str:
    """The form, where it is one. Raises NotFound."""
    if form not in TYPES:
        raise NotFound("There is no such form")
    return form


def note(portal: Portal, actor: Actor, title: str, form: str, narrowed: str = "") -> None:
    """Put on record who takes out what."""
    with database.transaction():
        noted(portal, actor, title, form, narrowed)


def noted(portal: Portal, actor: Actor, title: str, form: str, narrowed: str = "") -> None:
    """The same inside a transaction."""
    what = {"form": form.upper(), "narrowed": narrowed}
    trail.note(portal.now(), actor, Act.EXPORTED, trail.about(Thing.EXPORT, title, title), after=what)


def written(sheet: Sheet, form: str, told: Callable[[int], None] = lambda _: None) -> IO[bytes]:
    """The whole sheet as a file that is gone once it is closed, at its beginning."""
    out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asks closes it
    if require_form(form) == XLSX:
        sheets.xlsx(out, sheet.title, sheet.headings, sheet.rows(), JAPAN, told)
    else:
        for chunk in sheets.csv_chunks(sheet.headings, _counted(sheet.rows(), told), JAPAN):
            out.write(chunk)
    out.seek(0)
    return out


def chunks(sheet: Sheet, form: str) -> Iterator[bytes]:
    """The sheet piece by piece: CSV as its rows are read, XLSX once it is whole."""
    if require_form(form) == CSV:
        return sheets.csv_chunks(sheet.headings, sheet.rows(), JAPAN)
    return _read(written(sheet, form))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(1 << 16):
            yield piece


def _counted(rows: Iterable[Sequence[Cell]], told: Callable[[int], None]) -> Iterator[Sequence[Cell]]:
    for number, row in enumerate(rows, 1):
        yield row
        if number % 200 == 0:
            told(number)

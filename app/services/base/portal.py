"""What every use case needs, opened once by `main` and passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from app.engine import Engine
from app.errors import Temporary
from app.services.base import businessdays
from app.services.base.releases import Releases
from app.store import closings, database
from app.store.keeping import Files
from config.clock import Clock
from config.settings import Settings


class Printing(Protocol):
    """A `connectors.pdf.Printer`, or what stands for one in a test."""

    def render(self, html: str, files: Mapping[str, bytes]) -> bytes:
        """The PDF of an HTML page."""


@dataclass(frozen=True)
class Portal:
    """The open portal: settings, clock, engine, releases, files. Services take it as their first argument."""

    settings: Settings
    clock: Clock
    engine: Engine
    releases: Releases
    blobs: Files
    fonts: Path
    poke: Callable[[], None] = field(default=lambda: None)  # wakes the worker after a commit
    printer: Printing | None = None  # draws what a person waits for; documents of cases are the worker's
    say: Callable[[str], Callable[[str], str]] = field(default=lambda _lang: str)  # by language: message id to words

    def now(self) -> datetime:
        """This instant, aware UTC, by the portal's clock."""
        return self.clock.now()

    def today(self) -> date:
        """The day in Japan by the portal's clock."""
        return businessdays.today(self.now())

    def connection(self) -> AbstractContextManager[None]:
        """This thread's database connection, for as long as a request or a round of work lasts."""
        return database.connection()

    def page(self) -> AbstractContextManager[None]:
        """The same for a page that is asked for: what was read for it is not read again."""
        return database.reading_once()

    def print(self, html: str, files: Mapping[str, bytes]) -> bytes:
        """A PDF, drawn while a person waits for it. Raises Temporary, Permanent."""
        if self.printer is None:
            raise Temporary("This process draws no documents")
        return self.printer.render(html, files)

    def closing(self) -> frozenset[date]:
        """The body's own closing days."""
        with database.connection():
            return closings.days()

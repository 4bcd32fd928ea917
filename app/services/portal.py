"""What every use case needs, opened once by `main` and passed on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.engine import Engine
from app.services import calendar
from app.services.releases import Releases
from app.store import database, records, schema
from app.store.blobs import Blobs
from config.clock import Clock
from config.settings import Settings


@dataclass(frozen=True)
class Portal:
    """The open portal: settings, clock, engine, releases, files. Services take it as their first argument."""

    settings: Settings
    clock: Clock
    engine: Engine
    releases: Releases
    blobs: Blobs
    fonts: Path
    poke: Callable[[], None] = field(default=lambda: None)  # wakes the worker after a commit

    def now(self) -> datetime:
        """This instant, aware UTC, by the portal's clock."""
        return self.clock.now()

    def today(self) -> date:
        """The day in Japan by the portal's clock."""
        return calendar.today(self.now())

    def connection(self) -> AbstractContextManager[None]:
        """This thread's database connection, for as long as a request or a round of work lasts."""
        return database.connection()

    def closing(self) -> frozenset[date]:
        """The body's own closing days."""
        return frozenset(records.closing_days())


def create_tables(bound: Any) -> None:
    """Create what is missing; existing tables and their rows stay as they are."""
    schema.create(bound)

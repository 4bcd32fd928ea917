"""What staff gave settings, and other values that are theirs, as it holds on a day: packages with it put in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from app.catalogue import Decision, Package
from app.catalogue.check_names import SETTINGS
from app.catalogue.standing import stands
from app.services.base import businessdays
from app.store import database
from app.store import settings as store
from app.store.models import Setting
from config.clock import Clock


@dataclass(frozen=True, slots=True)
class _Stands:
    """A package as it stood when it was last asked for, and by what."""

    package: Package
    rows: list[Setting]
    day: date
    held: Mapping[str, str]
    found: Package


class InForce:
    """By the portal's clock and the tables: a planned value holds in every process from midnight in Japan, without a
    job that has to be on time."""

    def __init__(self, clock: Clock, room: int) -> None:
        self._clock = clock
        self._room = room
        self._known: OrderedDict[str, _Stands] = OrderedDict()
        self._lock = Lock()

    @database.connection()
    def values(self, package_id: str, day: date | None = None) -> dict[str, str]:
        """By name, what staff set and what holds on this day; today unless it is said."""
        return _told(store.kept(package_id), day or businessdays.today(self._clock.now()))

    def on(self, package: Package, day: date | None = None) -> Package:
        """The package as its files say, with what holds on this day; today unless it is said."""
        return stands(package, self.values(package.id, day))

    @database.connection()
    def today(self, package: Package) -> Package:
        """The same of today: one object as long as neither values nor the day change."""
        rows, day = store.kept(package.id), businessdays.today(self._clock.now())
        with self._lock:
            known = self._known.get(package.digest)
        known = known if known is not None and known.package is package else None
        if known is not None and known.rows is rows and known.day == day:
            return known.found
        held = _told(rows, day)
        found = known.found if known is not None and known.held == held else stands(package, held)
        with self._lock:
            self._known[package.digest] = _Stands(package, rows, day, held, found)
            self._known.move_to_end(package.digest)
            while len(self._known) > self._room:
                self._known.popitem(last=False)
        return found


def _told(rows: list[Setting], day: date) -> dict[str, str]:
    return {key: row.value for key, row in store.in_force(rows, day).items()}


def deciding(decision: Decision, settings: Callable[[], Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], Any]:
    """The table, which reads settings beside the case's values where it names them."""
    if SETTINGS not in decision.names():
        return decision.decide
    return lambda data: decision.decide({**data, SETTINGS: settings()})

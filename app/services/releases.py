"""Process packages as released: read from the folder, checked, stored under their digest, compiled once per process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from app import catalogue, forms
from app.catalogue import Element, Package
from app.engine import Engine, Program
from app.errors import NotFound, Problem
from app.forms import FormSpec
from app.services import checks
from app.store import database
from app.store import releases as store


@dataclass(frozen=True)
class Loaded:
    """A release, ready to run."""

    release_id: int
    number: int
    package: Package
    program: Program
    forms: Mapping[str, FormSpec]

    def element(self, element_id: str) -> Any:
        """The element of this id; NotFound when the diagrams have none."""
        found = self.package.elements.get(element_id)
        if found is None:
            raise NotFound("The process has no element %(element)s", element=element_id)
        return found


class Releases:
    """Loaded releases by row id; a release never changes, so what is loaded once stays right."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._loaded: dict[int, Loaded] = {}
        self._english: Mapping[str, str] = {}
        self._newest = 0  # the newest release whose English is among them
        self._lock = Lock()

    def check(self, package: Package) -> list[Problem]:
        """Everything that keeps the package from being released, and warnings."""
        return checks.everything(self.engine, package)

    def compiled(self, package: Package) -> Program:
        """The package's diagrams, ready to run. Raises BadPackage."""
        decide = {name: decision.decide for name, decision in package.decisions.items()}
        return self.engine.compile(package.bpmn, package.entry, decide)

    def keep(self, package: Package, now: datetime, by: str) -> int:
        """Store the package; gives its release's number. Inside a transaction."""
        row = store.add(package.id, package.title, package.digest, catalogue.to_archive(package), now, by)
        return int(row.number)

    def loaded(self, release_id: int) -> Loaded:
        """The release, compiled."""
        found = self._loaded.get(release_id)
        if found is not None:
            return found
        with self._lock:
            found = self._loaded.get(release_id)
            if found is None:
                found = self._load(release_id)
                self._loaded[release_id] = found
        return found

    @database.connection()
    def current(self, package_id: str) -> Loaded:
        """The release on which new cases of this package start."""
        row = store.current(package_id)
        if row is None:
            raise NotFound("There is no process package %(package)s", package=package_id)
        return self.loaded(row.id)

    @database.connection()
    def all_current(self) -> list[Loaded]:
        """The current release of every package."""
        return [self.loaded(row.id) for row in store.current_all()]

    @database.connection()
    def english(self) -> Mapping[str, str]:
        """What the packages say, by its Japanese wording, in English; of two releases the newer says.

        Rows keep the Japanese wording of their time, so titles are asked for by it: lists stay plain queries.
        """
        newest = store.newest_id()
        if newest != self._newest:
            found: dict[str, str] = {}
            for release_id in store.running_ids():
                found |= self.loaded(release_id).package.english
            self._english, self._newest = found, newest
        return self._english

    @database.connection()
    def _load(self, release_id: int) -> Loaded:
        row = store.by_id(release_id)
        if row is None:
            raise NotFound("There is no release %(release)s", release=release_id)
        package = catalogue.from_archive(bytes(row.archive))
        program = self.compiled(package)
        specs = {element: forms.load(schema, element) for element, schema in package.forms.items()}
        return Loaded(row.id, row.number, package, program, specs)


@database.connection()
def settings_of(package: Package) -> dict[str, Any]:
    """The package's settings with what staff changed."""
    values: dict[str, Any] = package.settings_values(store.settings(package.id))
    return values


def due_days(package: Package, element: Element) -> int | None:
    """Business days until a task of this element is due: the number in its `due_bd`, or the setting named there."""
    days = element.whole("due_bd")
    section, _, key = element.properties.get("due_bd", "").strip().partition(".")
    if days is not None or not key:
        return days
    value = settings_of(package).get(section, {}).get(key)
    return value if isinstance(value, int) else None

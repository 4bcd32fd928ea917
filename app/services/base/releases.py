"""Process packages as they are kept: checked, compiled once per process, and the one on which new cases start."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock
from typing import Any

from app import catalogue, forms
from app.catalogue import Element, Package
from app.catalogue.declared import Group, Word
from app.engine import Engine, Program
from app.errors import BadPackage, NotFound, Problem
from app.forms import FormSpec
from app.services.base import checks
from app.services.base.inforce import InForce, deciding
from app.store import database, terms
from app.store import releases as store
from config.clock import Clock

log = logging.getLogger("nintei.releases")

STILL = timedelta(hours=24)
ROOM = 64  # releases kept in memory, some 3 MB each; the one that was used longest ago makes room


@dataclass(frozen=True)
class Loaded:
    """A release, ready to run. `package` is as it stands today, with the values that staff gave what is theirs;
    `released`: as its files say."""

    release_id: int
    number: int
    package: Package
    program: Program
    forms: Mapping[str, FormSpec]
    released: Package

    def element(self, element_id: str) -> Any:
        """The element of this id; NotFound when the diagrams have none."""
        found = self.package.elements.get(element_id)
        if found is None:
            raise NotFound("The process has no element %(element)s", element=element_id)
        return found


# Properties by which a step's work is that of a group outside its tasks, too: payments, days, cards, companies.
WORKS = ("confirms", "books", "cards", "returns_cards", "proves_company")


@dataclass(frozen=True)
class Spoken:
    """What the packages say for pages that are of no one package."""

    english: Mapping[str, str]  # by the Japanese wording
    groups: Mapping[str, Group]
    words: tuple[Mapping[str, Word], ...]  # how each package in force calls things; none twice
    parts: frozenset[str]  # what any of them has: cards, fees, calendars, post, certificate
    carded: frozenset[str]  # elements whose tasks ask for cards
    works: Mapping[str, frozenset[str]] = field(default_factory=dict)  # one of WORKS → the groups of its steps


class Releases:
    """Loaded releases by row id; content never changes, so what is loaded once stays right.

    Which of them is in force is asked of the tables each time, by the portal's clock: a new term, a restored release, a
    planned day hold in every process at once, without a message between them.
    """

    def __init__(self, engine: Engine, clock: Clock, room: int = ROOM) -> None:
        self.engine = engine
        self._clock = clock
        self._room = room
        self._loaded: OrderedDict[int, Loaded] = OrderedDict()
        self._standing: dict[int, Loaded] = {}  # as one stood when it was last asked for
        self.in_force = InForce(clock, room)
        self._said: dict[int, Spoken] = {}  # by release
        self._spoken_now: tuple[object, Spoken] = ((), Spoken({}, {}, (), frozenset(), frozenset()))
        self._cache, self._loading = Lock(), Lock()

    def check(self, package: Package) -> list[Problem]:
        """Everything that keeps the package from being released, and warnings."""
        return checks.everything(self.engine, package)

    def compiled(self, package: Package, *, release: bool = False) -> Program:
        """The package's diagrams, ready to run, whatever today's check says of them. Decision tables read its settings:
        a `release` those that hold when they decide, anything else its own. Raises BadPackage with what no program can
        be built from."""
        own = package.settings_values({})
        decide = {
            name: deciding(decision, (lambda: settings_of(self.in_force.today(package))) if release else lambda: own)
            for name, decision in package.decisions.items()
        }
        return self.engine.compile(package.bpmn, package.entry, decide)

    def loaded(self, release_id: int) -> Loaded:
        """The release, compiled, as it stands today."""
        found = self._kept(release_id)
        if found is None:
            with self._loading:
                found = self._kept(release_id) or self._load(release_id)
                with self._cache:
                    self._loaded[release_id] = found
                    while len(self._loaded) > self._room:
                        self._standing.pop(self._loaded.popitem(last=False)[0], None)
        return self._today(found)

    def _today(self, raw: Loaded) -> Loaded:
        """Of a release as it was loaded: as it stands today."""
        package, known = self.in_force.today(raw.package), self._standing.get(raw.release_id)
        if package is raw.package:
            return raw
        if known is None or known.package is not package or known.released is not raw.package:
            known = self._standing[raw.release_id] = replace(raw, package=package)
        return known

    @database.connection()
    def current(self, package_id: str) -> Loaded:
        """The release on which new cases of this package start now."""
        term = terms.current(package_id, self._clock.now())
        if term is None:
            raise NotFound("There is no process package %(package)s", package=package_id)
        return self.loaded(term.release_id)

    @database.connection()
    def lately(self, package_id: str, number: int) -> Loaded | None:
        """The release of this number, while it is in force, and for a day after another followed it: what somebody
        reads in one moment is sent in another. None when it was in force longer ago, never, or was stopped."""
        now = self._clock.now()
        term = terms.lately(package_id, number, now, now - STILL)
        return self.loaded(term.release_id) if term is not None else None

    @database.connection()
    def all_current(self) -> list[Loaded]:
        """The same of every package; one that this program cannot load keeps nobody from the others."""
        found = []
        for term in terms.current_all(self._clock.now()):
            try:
                found.append(self.loaded(term.release_id))
            except BadPackage:
                log.exception("release %s of %s cannot be loaded", term.release.number, term.package_id)
        return found

    @database.connection()
    def count_in_force(self) -> int:
        """How many packages have a release in force, whether it can be loaded or not."""
        return len(list(terms.current_all(self._clock.now())))

    @database.connection()
    def english(self) -> Mapping[str, str]:
        """What the packages say, by its Japanese wording, in English; what is in force says first, else the newer.

        Rows keep the Japanese wording of their time, so titles are asked for by it: lists stay plain queries.
        """
        return self.spoken().english

    @database.connection()
    def groups(self) -> Mapping[str, Group]:
        """The groups of staff that the packages declare, by id; what is in force says first, else the newer."""
        return self.spoken().groups

    @database.connection()
    def spoken(self) -> Spoken:
        """What all the packages say, with those whose cases still run; what is in force says first, else the newer."""
        newest, in_force = terms.newest_and_current(self._clock.now())
        now = [term.release_id for term in in_force]
        state = (newest, tuple(now))
        if state != self._spoken_now[0]:
            english: dict[str, str] = {}
            groups: dict[str, Group] = {}
            words: list[Mapping[str, Word]] = []
            parts: frozenset[str] = frozenset()
            carded: frozenset[str] = frozenset()
            works: dict[str, frozenset[str]] = {}
            for release_id in [*(each for each in store.used_ids() if each not in now), *now]:
                if release_id not in self._said:
                    self._said[release_id] = _said(self._package(release_id)[1])
                said = self._said[release_id]
                english |= said.english
                groups |= said.groups
                parts |= said.parts
                carded |= said.carded
                works |= {name: works.get(name, frozenset()) | each for name, each in said.works.items()}
                words += [each for each in said.words if release_id in now and each not in words]
            self._spoken_now = (state, Spoken(english, groups, tuple(words), parts, carded, works))
        return self._spoken_now[1]

    def _kept(self, release_id: int) -> Loaded | None:
        with self._cache:
            found = self._loaded.get(release_id)
            if found is not None:
                self._loaded.move_to_end(release_id)
            return found

    @database.connection()
    def _package(self, release_id: int) -> tuple[int, Package]:
        """(number, package) of a release; what is loaded is not read a second time."""
        if (kept := self._kept(release_id)) is not None:
            return kept.number, kept.package
        row = store.by_id(release_id)
        if row is None:
            raise NotFound("There is no release %(release)s", release=release_id)
        return row.number, catalogue.from_archive(bytes(row.archive))

    def _load(self, release_id: int) -> Loaded:
        number, package = self._package(release_id)
        program = self.compiled(package, release=True)
        specs: dict[str, FormSpec] = {}
        for element, schema in package.forms.items():
            specs[element], left_out = forms.stored(schema, element)
            for problem in left_out:
                log.warning(
                    "release %s of %s was accepted with this, which is left out now: %s", number, package.id, problem
                )
        return Loaded(release_id, number, package, program, specs, package)


def _said(package: Package) -> Spoken:
    posted = any(each.properties.get("presentation") == "post" for each in package.elements.values())
    has = {
        "cards": bool(package.cards),
        "fees": bool(package.fees),
        "calendars": bool(package.calendars),
        "post": posted,
        "certificate": package.certificate is not None,
    }
    parts = frozenset(name for name, there in has.items() if there)
    carded = frozenset(name for name, each in package.elements.items() if each.properties.get("cards"))
    elements = package.elements.values()
    works = {
        name: frozenset(each.properties.get("group", "") for each in elements if each.properties.get(name))
        for name in WORKS
    }
    return Spoken(package.english, package.groups, (package.declared.words,), parts, carded, works)


def settings_of(package: Package) -> dict[str, Any]:
    """The package's settings, section to key to value: of a release as it was loaded, what holds today."""
    values: dict[str, Any] = package.settings_values({})
    return values


def due_days(package: Package, element: Element, name: str = "due_bd") -> int | None:
    """Business days until a task of this element is due: the number in its property, or the setting named there."""
    days = element.whole(name)
    section, _, key = element.properties.get(name, "").strip().partition(".")
    if days is not None or not key:
        return days
    value = settings_of(package).get(section, {}).get(key)
    return value if isinstance(value, int) else None

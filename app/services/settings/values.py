"""Every value of a package that staff own, as pages read it: what holds, since when, who set it, what is to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from app.catalogue.standing import Live, lives
from app.declarations import KINDS, SECTIONS, ValueKind, kind_of
from app.errors import NotFound
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.settings.checking import checked
from app.states import Right
from app.store import database
from app.store import settings as store
from app.store.models import Setting
from app.text.fold import fold

ALWAYS = {"bank": True, "body.name": True, "body.president": True}  # whatever the package says of them


@dataclass(frozen=True, slots=True)
class Was:
    """A value that was set: from which day it holds, who set it when and why, who approved it. `stopped`:
    its day never came."""

    value: str
    from_day: date | None
    at: datetime
    by: str
    approved_by: str
    reason: str
    stopped: bool = False
    stopped_by: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One of them. `name`: section.key of a setting, section:owner:key of what the package itself has; `group`: under
    which heading it stands; `of`: what it belongs to, "" for settings; `told`: as it is kept; `original`: as the
    release has it."""

    package_id: str
    name: str
    group: str
    of: str
    title: str
    help: str
    kind: ValueKind
    choices: tuple[str, ...]
    value: str
    original: str
    sample: bool
    second: bool
    dated: bool
    least: int | None
    held: Was | None
    coming: tuple[Was, ...]

    @property
    def full(self) -> str:
        """Its title with what it belongs to, as the record has it."""
        return f"{self.of}：{self.title}" if self.of else self.title

    @property
    def place(self) -> str:
        """Where in package.toml it stands as released."""
        if self.is_live:
            return ".".join(part for part in self.name.split(":") if part)
        return f"settings.{self.name}.value"

    @property
    def is_live(self) -> bool:
        """Whether it stands in the package itself, and no setting of it."""
        return ":" in self.name

    def check(self, typed: str) -> str:
        """What was typed, as it is kept. Raises Refused."""
        return checked(self.kind, typed, self.title, self.choices, self.least)


@dataclass(frozen=True, slots=True)
class Section:
    """Values under one heading. `title`: what the package calls it, "" where the portal knows a word."""

    id: str
    title: str
    values: tuple[Value, ...]

    @property
    def second(self) -> tuple[Value, ...]:
        """Those of which a change is proposed, together."""
        return tuple(each for each in self.values if each.second)


@dataclass(frozen=True, slots=True)
class Owned:
    """What staff own of one package."""

    package_id: str
    title: str
    sections: tuple[Section, ...]

    @property
    def samples(self) -> int:
        """How many still have their sample value."""
        return sum(1 for section in self.sections for each in section.values if each.sample)

    def section(self, name: str) -> Section:
        """NotFound when there is none of this name."""
        found = next((each for each in self.sections if each.id == name), None)
        if found is None:
            raise NotFound("There is no setting %(name)s", name=name)
        return found

    def value(self, name: str) -> Value:
        """The same of a value."""
        found = next((each for section in self.sections for each in section.values if each.name == name), None)
        if found is None:
            raise NotFound("There is no setting %(name)s", name=name)
        return found


def everything(portal: Portal, actor: Actor) -> list[Owned]:
    """What staff own of every package that is in force."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        return [_owned(portal, loaded) for loaded in portal.releases.all_current()]


def of_package(portal: Portal, package_id: str, actor: Actor) -> Owned:
    """The same of one package. Raises NotFound."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        return _owned(portal, portal.releases.current(package_id))


def _owned(portal: Portal, loaded: Loaded) -> Owned:
    rows, today = store.history(loaded.package.id), portal.today()
    by_key: dict[str, list[Setting]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    held = store.in_force((row for row in rows if row.stopped_at is None), today)
    words = loaded.package.declared.sections
    sections = [
        Section(name, words[name].title if name in words else "", tuple(_settings(loaded, name, held, by_key, today)))
        for name in loaded.package.settings
    ]
    named: dict[str, list[Value]] = {}
    for value in _lives(loaded, held, by_key, today):
        named.setdefault(value.group, []).append(value)
    sections += [Section(f":{name}", SECTIONS[name].title, tuple(found)) for name, found in named.items()]
    return Owned(loaded.package.id, loaded.package.title, tuple(sections))


def _settings(
    loaded: Loaded,
    section: str,
    held: dict[str, Setting],
    by_key: dict[str, list[Setting]],
    today: date,
) -> Iterator[Value]:
    for key, setting in loaded.package.settings[section].items():
        original = loaded.released.settings[section][key].value
        kind = kind_of(setting.format, original)
        second = setting.second_person or kind.second or ALWAYS.get(section, ALWAYS.get(setting.name, False))
        now, coming = _when(setting.name, held, by_key, today)
        yield Value(
            package_id=loaded.package.id, name=setting.name, group=section, of="", title=setting.title,
            help=setting.help, kind=kind, choices=setting.choices, value=text(setting.value), original=text(original),
            sample=setting.sample, second=second, dated=second or setting.dated, least=None, held=now, coming=coming,
        )  # fmt: skip


def _lives(loaded: Loaded, held: dict[str, Setting], by_key: dict[str, list[Setting]], today: date) -> Iterator[Value]:
    originals = {each.name: each for each in lives(loaded.released)}
    for live in lives(loaded.package):
        kind = KINDS[live.key.live]
        now, coming = _when(live.name, held, by_key, today)
        yield Value(
            package_id=loaded.package.id, name=live.name, group=live.section, of=live.owner_title,
            title=live.key.title, help=live.key.help, kind=kind, choices=(), value=live.value,
            original=originals[live.name].value, sample=False, second=kind.second, dated=True, least=_least(live),
            held=now, coming=coming,
        )  # fmt: skip


def _least(live: Live) -> int | None:
    return live.key.least if live.key.live in ("business_days", "days", "minutes", "count") else None


def _when(
    name: str, held: dict[str, Setting], by_key: dict[str, list[Setting]], today: date
) -> tuple[Was | None, tuple[Was, ...]]:
    row = held.get(name)
    rows = [each for each in by_key.get(name, []) if each.stopped_at is None]
    coming = [was(each) for each in rows if each.from_day is not None and each.from_day > today]
    return (was(row) if row else None), tuple(sorted(coming, key=lambda each: each.from_day or today))


def was(row: Setting) -> Was:
    """A row as pages read it."""
    return Was(
        row.value, row.from_day, row.changed_at, row.changed_by, row.approved_by, row.reason,
        row.stopped_at is not None, row.stopped_by,
    )  # fmt: skip


def history(package_id: str, name: str, actor: Actor) -> list[Was]:
    """Every value that this had or was to have, the newest first."""
    actor.require(Right.SEE_SETTINGS)
    with database.connection():
        return [was(row) for row in reversed(store.history(package_id)) if row.key == name]


def text(value: object) -> str:
    """A setting's value as it is kept."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def matches(value: Value, words: str, *spoken: str) -> bool:
    """Whether a search finds it. `spoken`: how the page calls it, in the reader's language."""
    said = fold(" ".join((value.name, value.title, value.of, value.value, value.help, *spoken)))
    return all(fold(word) in said for word in words.split())


__all__ = ["Owned", "Section", "Value", "Was", "everything", "history", "matches", "of_package", "text", "was"]

"""The body's master keys: where they lie, what guards them, and the ceremony in which two people make a new version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import hardware
from app.errors import Permanent, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import CardState, ChangeKind, Right
from app.store import cards, changes, database, places
from config.settings import Settings
from hardware.facts import Role
from hardware.keys import Contribution, MasterInfo, new_component

FOLDER: Final = "cards"  # in the data folder
KIND: Final = ChangeKind.CARD_KEY  # of the record of changes


# Where they are


def guards(settings: Settings) -> tuple[hardware.KeyGuard, ...]:
    """What the settings give to keep the key store's key: the token first, for new stores."""
    found: list[hardware.KeyGuard] = []
    if settings.card_token_module:
        found.append(
            hardware.TokenGuard(
                str(settings.card_token_module), settings.card_token, settings.card_token_key, settings.card_token_pin
            )
        )
    if settings.card_key:
        found.append(hardware.SecretGuard(hardware.derive_kek(settings.card_key.encode())))
    return tuple(found)


def are_samples_enough(settings: Settings) -> bool:
    """Whether masters that a machine made alone may make cards: in the demo, and for cards that are none."""
    return settings.demo or settings.card_reader == "virtual"


@contextmanager
def held(settings: Settings) -> Iterator[Path]:
    """The cards' folder as all machines have it; what is changed there within the block is everybody's afterwards."""
    with places.folders(settings).opened(FOLDER) as folder:
        yield folder


def store(settings: Settings) -> hardware.KeyStore:
    """The key store; a new one has masters only where samples are enough. Raises Permanent when it cannot be opened."""
    try:
        with held(settings) as folder:
            return hardware.KeyStore.at(folder / "keys", *guards(settings), samples=are_samples_enough(settings))
    except hardware.CardError as error:
        raise Permanent("The key store of the cards cannot be opened: %(why)s", why=str(error)) from error


def version_for_new_cards(settings: Settings, keys: hardware.KeyStore) -> int:
    """The masters' version that cards are made with. Refused while two people have not made one."""
    version = keys.current_version
    if version == 0:
        raise Refused("There are no master keys yet: two people make them on the page Card keys")
    if not are_samples_enough(settings) and any(m.is_sample for m in keys.masters() if m.version == version):
        raise Refused("The newest master keys are samples that a machine made: two people make new ones on Card keys")
    return version


# The page


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that one person has begun."""

    version: int
    by: str
    since: datetime
    kcvs: tuple[tuple[str, str], ...]  # role, check value of the component
    mine: bool
    """Begun by who looks at it: somebody else has to complete it."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version whose masters are there."""

    version: int
    masters: tuple[MasterInfo, ...]
    cards: dict[CardState, int]  # state → how many cards have its keys

    @property
    def is_sample(self) -> bool:
        """Made by a machine alone."""
        return any(master.is_sample for master in self.masters)

    @property
    def is_whole(self) -> bool:
        """Whether both roles' masters are there."""
        return len(self.masters) == len(Role)


@dataclass(frozen=True)
class Page:
    """The state of the masters; never a key."""

    trouble: Permanent | None
    guard: str
    current: int
    next: int
    versions: list[Version]  # newest first
    waiting: list[Waiting]
    history: list[changes.Changed]
    may_act: bool
    needs_real: bool  # cards are real here and the masters are samples, or none


@dataclass(frozen=True, slots=True)
class Shown:
    """What a custodian sees once."""

    version: int
    components: tuple[tuple[str, str, str], ...] = field(repr=False)  # role, component in groups of four, check value
    masters: tuple[MasterInfo, ...]  # when this was the second component


def may_act(portal: Portal, actor: Actor) -> bool:
    """Whether this person may bring a component: an administrator, or an operator of a group that keeps keys."""
    keeping = {group.id for group in portal.releases.groups().values() if group.keeps_keys}
    return actor.has(Right.KEEP_KEYS) or (actor.has(Right.CARD_KEYS) and not keeping.isdisjoint(actor.groups))


def page(portal: Portal, actor: Actor) -> Page:
    """Versions, check values, who made them and when, what waits, and how many cards use which version."""
    actor.require(Right.SEE_CARD_KEYS)
    with database.connection():
        counts, history = cards.by_key_version(), changes.recent(KIND, 50)
    try:
        keys = store(portal.settings)
    except Permanent as error:
        return Page(
            trouble=error,
            guard="",
            current=0,
            next=0,
            versions=[],
            waiting=[],
            history=history,
            may_act=False,
            needs_real=False,
        )
    numbers = sorted({master.version for master in keys.masters()}, reverse=True)
    versions = [
        Version(number, tuple(m for m in keys.masters() if m.version == number), counts.get(number, {}))
        for number in numbers
    ]
    begun = keys.pending()
    waiting = [
        Waiting(
            number,
            ", ".join(dict.fromkeys(each.custodian for each in begun if each.version == number)),
            min(each.since for each in begun if each.version == number),
            tuple((each.role.value, each.kcv) for each in begun if each.version == number),
            any(each.custodian == custodian(actor) for each in begun if each.version == number),
        )
        for number in sorted({each.version for each in begun})
    ]
    current = next((each for each in versions if each.version == keys.current_version), None)
    real = not are_samples_enough(portal.settings) and (current is None or current.is_sample)
    taken = {*numbers, *(each.version for each in waiting)}
    following = max(taken, default=0) + 1
    return Page(
        trouble=None,
        guard=keys.guard,
        current=keys.current_version,
        next=following,
        versions=versions,
        waiting=waiting,
        history=history,
        may_act=may_act(portal, actor),
        needs_real=real,
    )


def custodian(actor: Actor) -> str:
    """How the store names a person: the account's address tells two of one name apart."""
    return f"{actor.name} <{actor.email}>"


# The ceremony


def contribute(portal: Portal, version: int, actor: Actor) -> Shown:
    """Make this person's components of a version's masters, put them in, and give them to be shown once.

    The second person completes it. Nobody brings a component for a colleague: standing in counts for nothing here.
    """
    _require(portal, actor)
    with held(portal.settings):
        return _contribute(portal, version, actor)


def _contribute(portal: Portal, version: int, actor: Actor) -> Shown:
    keys, who = store(portal.settings), custodian(actor)
    known = {(each.role, each.version): each.custodian for each in keys.pending()}
    there = {(each.role, each.version) for each in keys.masters()}
    standing = {name for _, name in actor.standing_in_for}
    shown: list[tuple[str, str, str]] = []
    results: list[Contribution] = []
    for role in Role:
        first = known.get((role, version), "")
        if (role, version) in there:
            continue
        if first == who:
            raise Refused(
                "You have brought the first component of version %(version)s; somebody else brings the second",
                version=version,
            )
        if first.rpartition(" <")[0] in standing:
            raise Refused(
                "You stand in for %(name)s, who brought the first component; somebody else brings the second",
                name=first.rpartition(" <")[0],
            )
    for role in Role:
        if (role, version) in there:
            continue
        component = new_component()
        try:
            result = keys.contribute(role, version, who, component)
        except hardware.CardError as error:
            raise Refused(error.message, **error.params) from error
        results.append(result)
        shown.append((role.value, component.text, result.component_kcv))
        _note(portal, actor, "completed" if result.master else "begun", role, version,
              result.master.kcv if result.master else result.component_kcv)  # fmt: skip
    if not results:
        raise Refused("The masters of version %(version)s are there already", version=version)
    return Shown(version, tuple(shown), tuple(each.master for each in results if each.master))


def abandon(portal: Portal, version: int, actor: Actor) -> None:
    """Forget the first components of a version whose second never came."""
    _require(portal, actor)
    with held(portal.settings):
        keys = store(portal.settings)
        begun = [each for each in keys.pending() if each.version == version]
        if not begun:
            raise Refused("Nothing waits for version %(version)s", version=version)
        for each in begun:
            keys.abandon(each.role, version)
    for each in begun:
        _note(portal, actor, "abandoned", each.role, version, each.kcv)


def note_by_command(portal: Portal, act: str, what: str, who: str, text: str) -> None:
    """What was done to keys by command, on the record."""
    with database.transaction():
        changes.add(portal.now(), None, who or "nintei card keys", KIND, what, act, "", text)


def _note(portal: Portal, actor: Actor, act: str, role: Role, version: int, kcv: str) -> None:
    with database.transaction():
        changes.add(portal.now(), actor.user_id, actor.name, KIND, f"{role.value} v{version}", act, "", f"KCV {kcv}")


def _require(portal: Portal, actor: Actor) -> None:
    actor.require(Right.CARD_KEYS)
    if not may_act(portal, actor):
        raise Refused("Keys are for administrators, and for operators of a group that keeps keys")

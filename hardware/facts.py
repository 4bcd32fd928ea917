"""What crosses the library's border: frozen facts about cards and acts. Secrets and personal data never
show in a repr.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LifeCycle(StrEnum):
    """Where a card of ours stands, as the card itself says."""

    BLANK = "blank"
    PERSONALISING = "personalising"
    PERSONALISED = "personalised"
    WIPED = "wiped"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """The keys of a card: what each may do."""

    ISSUER = "issuer"  # K0: write, wipe
    READER = "reader"  # K1: read


class Act(StrEnum):
    """What a desk does to a card."""

    PERSONALISE = "personalise"
    VERIFY = "verify"
    ROTATE = "rotate"
    WIPE = "wipe"
    RETURN = "return"
    QUARANTINE = "quarantine"


TRANSPORT_VERSION = 0
"""Key version of a blank as its maker delivers it."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What anybody may read from the card now in the reader. `uid` is upper-case hex, "" when the card or
    reader gives none.
    """

    reader: str
    atr: str
    uid: str
    profile: str
    technology: str = ""
    serial: str = ""
    life_cycle: LifeCycle = LifeCycle.UNKNOWN
    key_versions: dict[Role, int] = field(default_factory=dict)
    can_personalise: bool = False
    reason: str = ""
    """Why it cannot be personalised, as a message id; "" when it can."""
    details: dict[str, str] = field(default_factory=dict)

    @property
    def key_version(self) -> int:
        """Version of the reader key, the one that verifying needs."""
        return self.key_versions.get(Role.READER, TRANSPORT_VERSION)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a card shall become. `worker_id`: the holder's ID, 14 digits; `test_data`: up to 256 bytes, filled
    with 00; `key_version`: 1–255.
    """

    serial: str
    worker_id: str = field(repr=False)
    test_data: bytes = field(default=b"", repr=False)
    key_version: int = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """An act that was done and seen to be done: what was read back is what was asked for.

    `kcvs`: check value of each key on the card; `data_tag`: AES-CMAC of the card's data under its own
    reader key, hex: proves later that the data are unchanged without keeping them. `already`: the card
    was like this when we looked; nothing was written. `resumed`: an earlier attempt had stopped half-way.
    `apdus`: commands exchanged.
    """

    act: Act
    serial: str
    uid: str
    profile: str
    at: datetime
    key_version: int = TRANSPORT_VERSION
    kcvs: dict[Role, str] = field(default_factory=dict)
    data_tag: str = ""
    already: bool = False
    resumed: bool = False
    apdus: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of an act is about to be done: `done` of `total` are finished. `step` is a stable word,
    not a sentence.
    """

    step: str
    done: int
    total: int


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a returned card."""

    name: str
    ok: bool
    code: str = ""
    """The error's code when it failed."""


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """A returned card, looked at. `verdict` is what may be done with it: WIPE (or ROTATE) when all is
    well, else QUARANTINE.

    `receipt` is there when it was wiped or rotated at once.
    """

    uid: str
    serial: str
    checks: tuple[Check, ...]
    verdict: Act
    receipt: Receipt | None = None

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

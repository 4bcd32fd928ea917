"""Card profiles: what a card's application looks like and how it is written.

A profile is a plug-in. When the operator hands over the specification of the real CCUS card, its profile
is one more class of this shape, given to `Desk(profiles=…)`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from hardware.crypto import Key
from hardware.facts import LifeCycle, Plan, Role
from hardware.transport import Transport


@dataclass(frozen=True, slots=True)
class Look:
    """What a profile sees on a card without any key. Nothing of this is proven: `read_back` proves."""

    serial: str = ""
    life_cycle: LifeCycle = LifeCycle.UNKNOWN
    key_versions: dict[Role, int] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read with the reader key, under secure messaging."""

    worker_id: str = field(repr=False)
    test_data: bytes = field(repr=False)
    data_tag: str = ""
    kcvs: dict[Role, str] = field(default_factory=dict)


class CardKeys(Protocol):
    """Where card keys come from: a key store, a token, or a vendor's key file. Masters never cross this line."""

    def card_key(self, role: Role, version: int, uid: bytes, context: bytes) -> Key:
        """The diversified key of one card (AN10922 with M = uid ‖ context). Raises UnknownKey."""
        ...


Tell = Callable[[str], None]
"""Called with a step's name just before that step touches the card."""


class CardProfile(Protocol):
    """One kind of card, as far as anybody may look at it."""

    id: str
    reason: str
    """Why such a card cannot be written, as a message id; "" when it can."""

    def look(self, transport: Transport) -> Look | None:
        """Free-to-read facts; None when the card is not of this kind. Leaves the application selected."""
        ...


@runtime_checkable
class WritableProfile(CardProfile, Protocol):
    """One that we can make, prove and wipe. Every method may raise CardRemoved at any APDU and must be
    able to begin again on what it then finds.
    """

    steps: tuple[str, ...]
    """Names of the steps of `write`, in their order, for a progress bar."""

    def check(self, plan: Plan) -> None:
        """Raise BadPlan when the plan cannot be written to such a card."""
        ...

    def need_keys(self, uid: bytes, version: int, keys: CardKeys) -> None:
        """Raise UnknownKey unless every key that a card of this version needs is there: said before any write."""
        ...

    def write(self, transport: Transport, uid: bytes, look: Look, plan: Plan, keys: CardKeys, tell: Tell) -> None:
        """Make the card what the plan says, from whatever half-done state `look` shows; write nothing
        that is already so.
        """
        ...

    def read_back(self, transport: Transport, uid: bytes, look: Look, keys: CardKeys, tell: Tell) -> Contents:
        """Authenticate with every key that `keys` has for the card and read its data."""
        ...

    def expected_tag(self, uid: bytes, plan: Plan, keys: CardKeys, key_version: int) -> str:
        """The `data_tag` that a card made after `plan` has."""
        ...

    def rotate(self, transport: Transport, uid: bytes, look: Look, version: int, keys: CardKeys, tell: Tell) -> None:
        """Give a personalised card the keys of another version; its data stay."""
        ...

    def wipe(self, transport: Transport, uid: bytes, look: Look, keys: CardKeys, tell: Tell) -> None:
        """Clear data and keys. The serial stays: a card keeps it for life."""
        ...

    def prove_empty(self, transport: Transport, uid: bytes, look: Look, keys: CardKeys, tell: Tell) -> None:
        """Raise ReadBackDiffers unless the card holds no data and its transport keys fit."""
        ...

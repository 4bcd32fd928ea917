"""The card under the desk's hand: opened, recognised and looked at, before anybody decides what
to do with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from hardware.dialects import dialect_for, technology
from hardware.errors import ReadBackDiffers, Unsupported, WrongCard, WrongState
from hardware.facts import Act, CardFacts, LifeCycle
from hardware.profiles import CardProfile, Look, WritableProfile
from hardware.transport import Connect, Logged


@dataclass(frozen=True, slots=True)
class Expected:
    """The card that a ledger speaks of. `uid` and `data_tag` (from its receipt) are compared when given."""

    serial: str
    uid: str = ""
    data_tag: str = ""


@dataclass(slots=True)
class Sight:
    """One open card and what was seen of it last."""

    transport: Logged
    uid: bytes
    profile: CardProfile
    look: Look

    @property
    def uid_hex(self) -> str:
        return self.uid.hex().upper()

    def facts(self) -> CardFacts:
        writer = isinstance(self.profile, WritableProfile)
        return CardFacts(
            reader=self.transport.reader,
            atr=self.transport.atr.hex().upper(),
            uid=self.uid_hex,
            profile=self.profile.id,
            technology=technology(self.transport.atr).name,
            serial=self.look.serial,
            life_cycle=self.look.life_cycle,
            key_versions=dict(self.look.key_versions),
            can_personalise=writer,
            reason="" if writer else self.profile.reason,
            details=dict(self.look.details),
        )

    def offers(self, expected: Expected | None) -> tuple[Act, ...]:
        if not isinstance(self.profile, WritableProfile):
            return ()
        if expected is not None and self.is_other(expected):
            return (Act.QUARANTINE,)
        return {
            LifeCycle.BLANK: (Act.PERSONALISE,),
            LifeCycle.WIPED: (Act.PERSONALISE,),
            LifeCycle.PERSONALISING: (Act.PERSONALISE, Act.WIPE),
            LifeCycle.PERSONALISED: (Act.VERIFY, Act.RETURN, Act.ROTATE, Act.WIPE),
        }.get(self.look.life_cycle, (Act.QUARANTINE,))

    def writer(self) -> WritableProfile:
        """The card's profile, if it can do more than look; else Unsupported says why."""
        if not isinstance(self.profile, WritableProfile):
            raise Unsupported(self.profile.reason)
        if not self.uid:
            raise Unsupported("The reader gives no UID, so the card's keys cannot be computed")
        return self.profile

    def look_again(self) -> None:
        """Read the free facts anew; any session is over after it."""
        look = self.profile.look(self.transport)
        if look is None:
            raise ReadBackDiffers("The card's %(what)s is not what was written", what="application")
        self.look = look

    def is_other(self, expected: Expected) -> bool:
        return self.look.serial != expected.serial or bool(expected.uid and expected.uid.upper() != self.uid_hex)

    def wrong_card(self, serial: str) -> NoReturn:
        found = self.look.serial
        raise WrongCard(
            "This is card %(found)s (UID %(uid)s), not %(expected)s"
            if found
            else "This is a card without a serial (UID %(uid)s), not %(expected)s",
            found=found,
            uid=self.uid_hex,
            expected=serial,
        )

    def wrong_state(self, message: str) -> NoReturn:
        raise WrongState(message, life_cycle=self.look.life_cycle.value, serial=self.look.serial)


@contextmanager
def card_in(connect: Connect, profiles: Sequence[CardProfile]) -> Iterator[Sight]:
    """Open the card, find its profile, and let it go at the end, whatever happens in between."""
    transport = Logged(connect())
    try:
        uid = dialect_for(transport.reader).uid(transport)
        for profile in profiles:
            look = profile.look(transport)
            if look is not None:
                yield Sight(transport, uid, profile, look)
                return
        raise Unsupported("No card profile knows this card")
    finally:
        transport.close()

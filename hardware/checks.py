"""What is proved of a card that lies there: that it holds what it must, that it is empty, that it may come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hardware.errors import (
    CardError,
    CardRemoved,
    NoCard,
    NoDaemon,
    NoReader,
    ReadBackDiffers,
    ReaderBusy,
    Unsupported,
    WrongCard,
)
from hardware.facts import Check, LifeCycle, Plan, Progress, ProgressCallback
from hardware.profiles import CardKeys, Contents, WritableProfile
from hardware.sight import Expected, Sight

READ_BACK_STEPS: Final = ("read_data", "prove_issuer")
EMPTY: Final = (LifeCycle.WIPED, LifeCycle.BLANK)
# These say nothing about the card itself: the return is not judged, it is done again.
_NOT_THE_CARDS_FAULT: Final = (CardRemoved, NoCard, NoReader, NoDaemon, ReaderBusy)


class Steps:
    """Tells a progress callback what comes next."""

    def __init__(self, names: Sequence[str] = (), callback: ProgressCallback | None = None) -> None:
        self._total = len(names)
        self._done = 0
        self._callback = callback

    def tell(self, step: str) -> None:
        if self._callback is not None:
            self._callback(Progress(step, min(self._done, self._total), self._total))
        self._done += 1

    def finish(self) -> None:
        if self._callback is not None:
            self._callback(Progress("done", self._total, self._total))


def returned(card: Sight, expected: Expected, keys: CardKeys) -> tuple[Check, ...]:
    """The checks of a return in their order, up to the first that fails in earnest."""
    ours = isinstance(card.profile, WritableProfile)
    checks = (
        Check("profile", ours, "" if ours else Unsupported.code),
        _compare("uid", not expected.uid or card.uid_hex == expected.uid.upper()),
        _compare("serial", card.look.serial == expected.serial),
    )
    if not all(check.ok for check in checks):
        return checks
    if card.look.life_cycle is LifeCycle.WIPED:
        return (*checks, _try("empty", lambda: prove_empty(card, keys, Steps())))
    return (*checks, _try("keys_and_data", lambda: prove_made(card, expected, keys, Steps())))


def prove_made(card: Sight, expected: Plan | Expected, keys: CardKeys, steps: Steps) -> Contents:
    """Serial, UID, keys and data are the expected ones; writes nothing. Raises what differs."""
    profile = card.writer()
    if isinstance(expected, Plan):
        profile.check(expected)
        wanted, tag = Expected(expected.serial), ""
    else:
        wanted, tag = expected, expected.data_tag
    if card.is_other(wanted):
        card.wrong_card(wanted.serial)
    if card.look.life_cycle is not LifeCycle.PERSONALISED:
        card.wrong_state("A card that is %(life_cycle)s has nothing to verify")
    if isinstance(expected, Plan):
        tag = profile.expected_tag(card.uid, expected, keys, expected.key_version)
    contents = profile.read_back(card.transport, card.uid, card.look, keys, steps.tell)
    if tag and tag != contents.data_tag:
        raise ReadBackDiffers("The card's %(what)s is not what it must be", what="data")
    return contents


def prove_empty(card: Sight, keys: CardKeys, steps: Steps) -> None:
    """Its data are cleared and its keys are those of a blank."""
    if card.look.life_cycle not in EMPTY:
        raise ReadBackDiffers("The card's %(what)s is not empty", what="life_cycle")
    card.writer().prove_empty(card.transport, card.uid, card.look, keys, steps.tell)


def _try(name: str, act: Callable[[], object]) -> Check:
    try:
        act()
    except _NOT_THE_CARDS_FAULT:
        raise
    except CardError as error:
        return Check(name, False, error.code)
    return Check(name, True)


def _compare(name: str, equal: bool) -> Check:
    return Check(name, equal, "" if equal else WrongCard.code)

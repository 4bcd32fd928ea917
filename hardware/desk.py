"""The card desk: what people do with the card that lies on a reader. Every act looks at the card first,
writes its intent, acts, reads back, and only then gives a receipt; so each can be called again after a
crash or a pulled card, and does what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
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
    WrongState,
)
from hardware.facts import (
    Act,
    CardFacts,
    Check,
    LifeCycle,
    Plan,
    Progress,
    ProgressCallback,
    Receipt,
    ReturnReport,
)
from hardware.journal import Intent, Journal, NoJournal
from hardware.profiles import CardKeys, CardProfile, Contents, WritableProfile
from hardware.profiles.ccus_test import CcusTest
from hardware.profiles.iso7816 import Iso7816
from hardware.sight import Expected, Sight, card_in
from hardware.transport import Connect

PROFILES: Final[tuple[CardProfile, ...]] = (CcusTest(), Iso7816())
"""Tried in this order; the last takes any card."""

_READ_BACK_STEPS: Final = ("read_data", "prove_issuer")
_EMPTY: Final = (LifeCycle.WIPED, LifeCycle.BLANK)
# These say nothing about the card itself: the return is not judged, it is done again.
_NOT_THE_CARDS_FAULT: Final = (CardRemoved, NoCard, NoReader, NoDaemon, ReaderBusy)


class _Steps:
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


class Desk:
    """One reader and the keys it may use. `connect` gives the card that lies there now
    (`VirtualRack.connect`, `pcsc.connector(name)`); `journal` is told before and after each write;
    `clock` gives aware datetimes.

    Every method raises a `CardError`; after CardRemoved the same call with the same arguments carries on
    where it stopped.
    """

    def __init__(
        self,
        connect: Connect,
        keys: CardKeys,
        profiles: Sequence[CardProfile] = PROFILES,
        journal: Journal | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connect = connect
        self._keys = keys
        self._profiles = tuple(profiles)
        self._journal: Journal = journal or NoJournal()
        self._clock = clock

    def identify(self) -> CardFacts:
        """Say which card lies on the reader; needs no key and changes nothing."""
        with card_in(self._connect, self._profiles) as card:
            return card.facts()

    def offers(self, expected: Expected | None = None) -> tuple[Act, ...]:
        """What can truly be done with the card on the reader now, best first. Empty: it is not one of ours."""
        with card_in(self._connect, self._profiles) as card:
            return card.offers(expected)

    def personalise(self, plan: Plan, progress: ProgressCallback | None = None) -> Receipt:
        """Make the card on the reader what the plan says. A card that already is so is verified and not
        written (`already`); a card of another serial, or one already made differently, is refused and not
        touched.
        """
        with card_in(self._connect, self._profiles) as card:
            profile = card.writer()
            profile.check(plan)
            if card.look.serial and card.look.serial != plan.serial:
                card.wrong_card(plan.serial)
            intent = Intent(Act.PERSONALISE, card.uid_hex, plan.serial, plan.key_version)
            if card.look.life_cycle is LifeCycle.PERSONALISED:
                return self._already(card, intent, plan, progress)
            if card.look.life_cycle not in (*_EMPTY, LifeCycle.PERSONALISING):
                card.wrong_state("A card that is %(life_cycle)s cannot be personalised")
            resumed = card.look.life_cycle is LifeCycle.PERSONALISING
            profile.need_keys(card.uid, plan.key_version, self._keys)
            steps = _Steps((*profile.steps, *_READ_BACK_STEPS), progress)
            self._journal.intend(intent)
            profile.write(card.transport, card.uid, card.look, plan, self._keys, steps.tell)
            card.look_again()
            contents = self._verified(card, plan, steps)
            return self._confirmed(card, intent, steps, contents, resumed=resumed)

    def verify(self, expected: Plan | Expected, progress: ProgressCallback | None = None) -> Receipt:
        """Prove that the card is the expected one: serial, UID, keys, data. Writes nothing (but a wrong
        key costs a try).
        """
        with card_in(self._connect, self._profiles) as card:
            steps = _Steps(_READ_BACK_STEPS, progress)
            contents = self._verified(card, expected, steps)
            steps.finish()
            return self._receipt(Act.VERIFY, card, contents, already=True)

    def rotate(self, version: int, expected: Expected, progress: ProgressCallback | None = None) -> Receipt:
        """Give the card the keys of another version; its data stay."""
        with card_in(self._connect, self._profiles) as card:
            profile = card.writer()
            if card.is_other(expected):
                card.wrong_card(expected.serial)
            if card.look.life_cycle is not LifeCycle.PERSONALISED:
                card.wrong_state("A card that is %(life_cycle)s has no keys to rotate")
            already = all(v == version for v in card.look.key_versions.values())
            steps = _Steps(("open", "reader_key", "issuer_key", *_READ_BACK_STEPS), progress)
            intent = Intent(Act.ROTATE, card.uid_hex, card.look.serial, version)
            if not already:
                profile.need_keys(card.uid, version, self._keys)
                self._journal.intend(intent)
                profile.rotate(card.transport, card.uid, card.look, version, self._keys, steps.tell)
                card.look_again()
            contents = profile.read_back(card.transport, card.uid, card.look, self._keys, steps.tell)
            return self._confirmed(card, intent, steps, contents, already=already)

    def wipe(self, expected: Expected | None = None, progress: ProgressCallback | None = None) -> Receipt:
        """Clear data and keys and prove that they are gone. The serial stays on the card."""
        with card_in(self._connect, self._profiles) as card:
            profile = card.writer()
            if expected is not None and card.is_other(expected):
                card.wrong_card(expected.serial)
            steps = _Steps(("open", "wipe", "prove_empty"), progress)
            intent = Intent(Act.WIPE, card.uid_hex, card.look.serial, 0)
            already = card.look.life_cycle in _EMPTY
            if not already:
                if card.look.life_cycle not in (LifeCycle.PERSONALISED, LifeCycle.PERSONALISING):
                    card.wrong_state("A card that is %(life_cycle)s cannot be wiped")
                self._journal.intend(intent)
                profile.wipe(card.transport, card.uid, card.look, self._keys, steps.tell)
                card.look_again()
            self._prove_empty(card, profile, steps)
            return self._confirmed(card, intent, steps, None, already=already)

    def return_check(
        self,
        expected: Expected,
        then: Act | None = None,
        version: int = 0,
        progress: ProgressCallback | None = None,
    ) -> ReturnReport:
        """A card comes back: UID and serial match → reader key → data → issuer key → `then` (Act.WIPE,
        Act.ROTATE to `version`, or None: only look). A failed check means QUARANTINE and nothing is
        written; a card that is already wiped passes as such. An error that is not the card's fault
        (pulled, reader busy) is raised: do it again.
        """
        if then not in (None, Act.WIPE, Act.ROTATE):
            raise ValueError("a returned card is wiped, rotated or only looked at")
        with card_in(self._connect, self._profiles) as card:
            checks = self._returned(card, expected)
            wiped = card.look.life_cycle is LifeCycle.WIPED
            report = ReturnReport(card.uid_hex, card.look.serial, checks, Act.QUARANTINE)
        if not report.ok:
            return report
        if then is None:
            return replace(report, verdict=Act.WIPE)
        if wiped or then is Act.WIPE:
            return replace(report, verdict=Act.WIPE, receipt=self.wipe(expected, progress))
        return replace(report, verdict=then, receipt=self.rotate(version, expected, progress))

    def _returned(self, card: Sight, expected: Expected) -> tuple[Check, ...]:
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
            return (*checks, self._try("empty", lambda: self._prove_empty(card, card.writer(), _Steps())))
        return (*checks, self._try("keys_and_data", lambda: self._verified(card, expected, _Steps())))

    def _verified(self, card: Sight, expected: Plan | Expected, steps: _Steps) -> Contents:
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
            tag = profile.expected_tag(card.uid, expected, self._keys, expected.key_version)
        contents = profile.read_back(card.transport, card.uid, card.look, self._keys, steps.tell)
        if tag and tag != contents.data_tag:
            raise ReadBackDiffers("The card's %(what)s is not what it must be", what="data")
        return contents

    def _already(self, card: Sight, intent: Intent, plan: Plan, progress: ProgressCallback | None) -> Receipt:
        """Personalised before we came. The earlier attempt may have stopped between its last write and
        its receipt, so this settles its intent.
        """
        steps = _Steps(_READ_BACK_STEPS, progress)
        try:
            contents = self._verified(card, plan, steps)
        except ReadBackDiffers as error:
            raise WrongState(
                "The card %(serial)s is already personalised, with other data or keys: wipe it first",
                serial=plan.serial,
                life_cycle=card.look.life_cycle.value,
            ) from error
        return self._confirmed(card, intent, steps, contents, already=True)

    def _prove_empty(self, card: Sight, profile: WritableProfile, steps: _Steps) -> None:
        if card.look.life_cycle not in _EMPTY:
            raise ReadBackDiffers("The card's %(what)s is not empty", what="life_cycle")
        profile.prove_empty(card.transport, card.uid, card.look, self._keys, steps.tell)

    def _confirmed(
        self,
        card: Sight,
        intent: Intent,
        steps: _Steps,
        contents: Contents | None,
        *,
        already: bool = False,
        resumed: bool = False,
    ) -> Receipt:
        receipt = self._receipt(intent.act, card, contents, already=already, resumed=resumed)
        self._journal.confirm(intent, receipt)
        steps.finish()
        return receipt

    def _receipt(
        self,
        act: Act,
        card: Sight,
        contents: Contents | None,
        *,
        already: bool = False,
        resumed: bool = False,
    ) -> Receipt:
        receipt = Receipt(
            act,
            card.look.serial,
            card.uid_hex,
            card.profile.id,
            self._clock(),
            key_version=max(card.look.key_versions.values(), default=0),
            already=already,
            resumed=resumed,
            apdus=card.transport.count,
        )
        return receipt if contents is None else replace(receipt, kcvs=dict(contents.kcvs), data_tag=contents.data_tag)

    @staticmethod
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


__all__ = ["PROFILES", "Desk", "Expected"]

"""The card desk: what people do with the card that lies on a reader. Every act looks at the card first,
writes its intent, acts, reads back, and only then gives a receipt; so each can be called again after a
crash or a pulled card, and does what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hardware.checks import EMPTY, READ_BACK_STEPS, Steps, prove_empty, prove_made, returned
from hardware.errors import ReadBackDiffers, WrongState
from hardware.facts import Act, CardFacts, LifeCycle, Plan, ProgressCallback, Receipt, ReturnReport
from hardware.journal import Intent, Journal, NoJournal
from hardware.profiles import CardKeys, CardProfile, Contents
from hardware.profiles.ccus_test import CcusTest
from hardware.profiles.iso7816 import Iso7816
from hardware.sight import Expected, Sight, card_in
from hardware.transport import Connect

PROFILES: Final[tuple[CardProfile, ...]] = (CcusTest(), Iso7816())
"""Tried in this order; the last takes any card."""


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
        """Make the card on the reader what the plan says. A card that already is so is verified and not written
        (`already`); a card of another serial, or one already made differently, is refused and not touched.
        """
        with card_in(self._connect, self._profiles) as card:
            profile = card.writer()
            profile.check(plan)
            if card.look.serial and card.look.serial != plan.serial:
                card.wrong_card(plan.serial)
            intent = Intent(Act.PERSONALISE, card.uid_hex, plan.serial, plan.key_version)
            if card.look.life_cycle is LifeCycle.PERSONALISED:
                return self._already(card, intent, plan, progress)
            if card.look.life_cycle not in (*EMPTY, LifeCycle.PERSONALISING):
                card.wrong_state("A card that is %(life_cycle)s cannot be personalised")
            resumed = card.look.life_cycle is LifeCycle.PERSONALISING
            profile.need_keys(card.uid, plan.key_version, self._keys)
            steps = Steps((*profile.steps, *READ_BACK_STEPS), progress)
            self._journal.intend(intent)
            profile.write(card.transport, card.uid, card.look, plan, self._keys, steps.tell)
            card.look_again()
            contents = prove_made(card, plan, self._keys, steps)
            return self._confirmed(card, intent, steps, contents, resumed=resumed)

    def verify(self, expected: Plan | Expected, progress: ProgressCallback | None = None) -> Receipt:
        """Prove that the card is the expected one: serial, UID, keys, data. Writes nothing (but a wrong
        key costs a try).
        """
        with card_in(self._connect, self._profiles) as card:
            steps = Steps(READ_BACK_STEPS, progress)
            contents = prove_made(card, expected, self._keys, steps)
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
            steps = Steps(("open", "reader_key", "issuer_key", *READ_BACK_STEPS), progress)
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
            steps = Steps(("open", "wipe", "prove_empty"), progress)
            intent = Intent(Act.WIPE, card.uid_hex, card.look.serial, 0)
            already = card.look.life_cycle in EMPTY
            if not already:
                if card.look.life_cycle not in (LifeCycle.PERSONALISED, LifeCycle.PERSONALISING):
                    card.wrong_state("A card that is %(life_cycle)s cannot be wiped")
                self._journal.intend(intent)
                profile.wipe(card.transport, card.uid, card.look, self._keys, steps.tell)
                card.look_again()
            prove_empty(card, self._keys, steps)
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
            checks = returned(card, expected, self._keys)
            wiped = card.look.life_cycle is LifeCycle.WIPED
            report = ReturnReport(card.uid_hex, card.look.serial, checks, Act.QUARANTINE)
        if not report.ok:
            return report
        if then is None:
            return replace(report, verdict=Act.WIPE)
        if wiped or then is Act.WIPE:
            return replace(report, verdict=Act.WIPE, receipt=self.wipe(expected, progress))
        return replace(report, verdict=then, receipt=self.rotate(version, expected, progress))

    def _already(self, card: Sight, intent: Intent, plan: Plan, progress: ProgressCallback | None) -> Receipt:
        """Personalised before we came. The earlier attempt may have stopped between its last write and
        its receipt, so this settles its intent.
        """
        steps = Steps(READ_BACK_STEPS, progress)
        try:
            contents = prove_made(card, plan, self._keys, steps)
        except ReadBackDiffers as error:
            raise WrongState(
                "The card %(serial)s is already personalised, with other data or keys: wipe it first",
                serial=plan.serial,
                life_cycle=card.look.life_cycle.value,
            ) from error
        return self._confirmed(card, intent, steps, contents, already=True)

    def _confirmed(
        self,
        card: Sight,
        intent: Intent,
        steps: Steps,
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


__all__ = ["PROFILES", "Desk", "Expected"]

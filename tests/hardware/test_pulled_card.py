"""The card is pulled at every single APDU, before and after the card did it. Card and record never
disagree, and the next try finishes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from hardware.desk import Desk
from hardware.errors import CardRemoved
from hardware.facts import Act, LifeCycle, Receipt
from hardware.journal import MemoryJournal
from hardware.sight import Expected
from tests.fakes.card import FakeCard, PulledCard
from tests.hardware.conftest import PLAN, FixedKeys

KEYS = FixedKeys()


def blank() -> FakeCard:
    return FakeCard()


def personalised() -> FakeCard:
    card = FakeCard()
    Desk(card.connect, KEYS).personalise(PLAN)
    return card


def personalise(desk: Desk) -> Receipt:
    return desk.personalise(PLAN)


def wipe(desk: Desk) -> Receipt:
    return desk.wipe(Expected("TEST-0001"))


def rotate(desk: Desk) -> Receipt:
    return desk.rotate(2, Expected("TEST-0001"))


ACTS: dict[str, tuple[Callable[[], FakeCard], Callable[[Desk], Receipt], Act, LifeCycle]] = {
    "personalise": (blank, personalise, Act.PERSONALISE, LifeCycle.PERSONALISED),
    "wipe": (personalised, wipe, Act.WIPE, LifeCycle.WIPED),
    "rotate": (personalised, rotate, Act.ROTATE, LifeCycle.PERSONALISED),
}


def apdus_of(name: str) -> int:
    prepare, act, _, _ = ACTS[name]
    card = prepare()
    return act(Desk(card.connect, KEYS)).apdus


def places() -> list[tuple[str, int, bool]]:
    return [(name, at, done) for name in ACTS for at in range(apdus_of(name)) for done in (False, True)]


@pytest.mark.parametrize(("name", "at", "done"), places())
def test_a_card_pulled_at_any_apdu_never_disagrees_with_the_record_and_the_next_try_finishes(
    name: str, at: int, done: bool
) -> None:
    prepare, act, kind, end = ACTS[name]
    card, journal = prepare(), MemoryJournal()
    before = card.memory
    with pytest.raises(CardRemoved):
        act(Desk(PulledCard(card, at, done=done).connect, KEYS, journal=journal))

    # What is written, was announced; and nobody was told that it is done.
    if _without_tries(card) != _without_tries_of(before):
        assert [intent.act for intent in journal.open()] == [kind]
    assert journal.confirmed == []

    written_before = card.memory
    receipt = act(Desk(card.connect, KEYS, journal=journal))
    assert card.memory.life_cycle is end
    assert journal.open() == []
    assert journal.confirmed[-1][1] == receipt
    if receipt.already:
        assert _without_tries(card) == _without_tries_of(written_before)

    # The end is the same as if nothing had happened.
    calm = FakeCard(before)
    act(Desk(calm.connect, KEYS))
    assert _without_tries(card) == _without_tries(calm)


@pytest.mark.parametrize("at", range(apdus_of("personalise")))
def test_nothing_is_written_twice(at: int) -> None:
    card = blank()
    with pytest.raises(CardRemoved):
        Desk(PulledCard(card, at, done=True).connect, KEYS).personalise(PLAN)
    done_so_far = card.memory
    resumed = FakeCard(card.memory)
    history = [resumed.memory]
    keep = resumed._save
    resumed._save = lambda memory: (history.append(memory), keep(memory))[1]  # type: ignore[method-assign]
    Desk(resumed.connect, KEYS).personalise(PLAN)
    for earlier, later in pairwise(history):
        for sfi, content in PLAN_FILES.items():
            if done_so_far.files[sfi] == content:
                assert later.files[sfi] == earlier.files[sfi], "a file that was right is never touched again"
        for role, slot in done_so_far.keys.items():
            if slot.version == PLAN.key_version:
                assert later.keys[role].key == slot.key, "a key that is there is never put again"


def test_a_card_left_half_way_may_be_wiped_instead() -> None:
    for at in range(6, 17):
        card = blank()
        with pytest.raises(CardRemoved):
            Desk(PulledCard(card, at, done=True).connect, KEYS).personalise(PLAN)
        if card.memory.life_cycle is LifeCycle.PERSONALISING:
            Desk(card.connect, KEYS).wipe()
            assert card.memory.life_cycle is LifeCycle.WIPED
            assert not any(any(content) for content in card.memory.files.values())


def test_a_card_left_half_way_with_other_data_becomes_what_the_plan_says_now() -> None:
    for at in range(6, 17):
        card = blank()
        with pytest.raises(CardRemoved):
            Desk(PulledCard(card, at, done=True).connect, KEYS).personalise(PLAN)
        if card.memory.life_cycle is LifeCycle.PERSONALISING:
            other = replace(PLAN, worker_id="00000000000007", test_data=b"")
            Desk(card.connect, KEYS).personalise(other)
            assert Desk(card.connect, KEYS).verify(other).data_tag


PLAN_FILES = {sfi: personalised().memory.files[sfi] for sfi in (2, 3)}


def _without_tries(card: FakeCard) -> object:
    return _without_tries_of(card.memory)


def _without_tries_of(memory: object) -> object:
    keys = {role: replace(slot, tries=10) for role, slot in memory.keys.items()}  # type: ignore[attr-defined]
    return replace(memory, keys=keys)  # type: ignore[type-var]

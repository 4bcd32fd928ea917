"""The lending ledger: intents and receipts, the one table of moves, and a case that ends with cards out."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

import hardware
from app.errors import Permanent, Refused, Temporary
from app.services.base import leases
from app.services.cards import ledger, stock
from app.services.cards.ledger import Fault
from app.services.cases import lifecycle
from app.services.demo.walker import Walker
from app.services.process import jobs
from app.services.tasks import forms, send
from app.states import CARD_MOVERS, CardState, Mover
from app.store import cards, database
from app.store.models import Card
from hardware import VirtualRack
from hardware.errors import CardRemoved, ReadBackDiffers
from tests.services.cardbench import card_jobs, confirmed, events, rows, waiting
from tests.services.conftest import Bench
from tests.services.steps import go, opened, staff, task


def test_every_move_that_is_not_in_the_table_is_refused(small_bench: Bench) -> None:
    now = small_bench.portal.now()
    allowed = 0
    for state, to, mover in product(CardState, CardState, Mover):
        with database.transaction():
            Card.delete().execute()
            row = Card.create(serial="NT26000001", state=state, changed_at=now)
            if mover in CARD_MOVERS.get((state, to), ()):
                ledger.move(row, to, mover, now)
                allowed += 1
                assert Card.get_by_id(row.id).state == to
            else:
                with pytest.raises(Refused):
                    ledger.move(row, to, mover, now)
                assert Card.get_by_id(row.id).state == state
    assert allowed == sum(len(movers) for movers in CARD_MOVERS.values())


def test_only_a_reader_says_that_a_card_is_ready_or_wiped() -> None:
    assert {mover for (_, to), movers in CARD_MOVERS.items() if to in {"ready", "wiped"} for mover in movers} == {
        Mover.DESK
    }
    assert not [to for state, to in CARD_MOVERS if state == "damaged"]


def test_every_error_of_the_card_library_has_a_verdict() -> None:
    codes = {kind.code for kind in _all_errors(hardware.CardError)}
    ours = {"bad_plan", "unknown_key", "bad_key_store", "bad_key_file", "bad_component", "bad_token"}
    server = {"server_away", "server_refused", "token_refused"}
    assert codes - server - ours == set(ledger.FAULTS)
    assert all(ledger.fault(code) is Fault.OURS for code in ours)


def _all_errors(kind: type[hardware.CardError]) -> set[type[hardware.CardError]]:
    return {kind}.union(*(_all_errors(each) for each in kind.__subclasses__()))


def test_the_intent_is_stored_before_and_the_receipt_after(bench: Bench) -> None:
    walker = waiting(bench)
    assert {phase for row in rows() for _, phase in events(row.serial)} == {"intended"}
    bench.drain(walker.portal)
    for row in rows():
        assert [phase for _, phase in events(row.serial)] == ["intended", "intended", "confirmed"]
        with database.connection():
            proof = cards.proof(row.id)
        assert proof is not None
        assert (proof.uid, len(proof.data_tag)) == (row.uid, 32)


class PowerCut(Exception):
    """The worker dies here."""


def hands_that_die(bench: Bench, walker: Walker, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One card job whose worker dies before or after the ledger's word."""
    real = getattr(ledger.Ledger, at)

    def die(self: ledger.Ledger, *args: object) -> None:
        if at == "intend":
            real(self, *args)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(ledger.Ledger, at, die)
        job = jobs.lease(walker.portal, "dying", ("card",))
        assert job is not None
        with pytest.raises(PowerCut):
            bench.hands(walker.portal).do(job)


@pytest.mark.parametrize("at", ["intend", "confirm"])
def test_a_worker_that_dies_around_a_write_does_no_card_twice(
    at: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = waiting(bench)
    hands_that_die(bench, walker, at, monkeypatch)
    begun = [row.uid for row in rows() if row.uid]
    assert len(begun) == 1
    walker.clock.moment += timedelta(seconds=leases.LEASE_SECONDS + 1)
    bench.drain(walker.portal)
    assert [row.state for row in rows()] == ["ready"] * 3
    assert begun[0] in {row.uid for row in rows()}
    assert confirmed() == [row.serial for row in rows()]
    rack = VirtualRack(walker.portal.settings.data_dir / "cards" / "rack")
    assert len(list(rack.cards())) == 3


def test_a_job_that_is_done_again_after_its_card_was_confirmed_does_nothing(bench: Bench) -> None:
    walker = waiting(bench)
    job = jobs.lease(walker.portal, "first", ("card",))
    assert job is not None
    hands = bench.hands(walker.portal)
    hands.do(job)
    life = events(str(job.params["serial"]))
    hands.do(job)
    assert events(str(job.params["serial"])) == life


def test_what_is_not_the_cards_fault_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = waiting(bench)
    job = jobs.lease(walker.portal, "worker", ("card",))
    assert job is not None

    def fail(*_args: object, **_more: object) -> None:
        raise CardRemoved("The card was taken from the reader %(reader)s", reader="x")

    monkeypatch.setattr(hardware.Desk, "personalise", fail)
    with pytest.raises(Temporary):
        bench.hands(walker.portal).do(job)
    assert rows()[0].state == "making"


def test_a_card_that_fails_is_kept_apart_and_another_is_made(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = waiting(bench)
    job = jobs.lease(walker.portal, "worker", ("card",))
    assert job is not None

    def fail(*_args: object, **_more: object) -> None:
        raise ReadBackDiffers("The card's %(what)s is not what was written", what="data")

    with monkeypatch.context() as patch:
        patch.setattr(hardware.Desk, "personalise", fail)
        with pytest.raises(Permanent):
            bench.hands(walker.portal).do(job)
    bad = str(job.params["serial"])
    assert next(row.state for row in rows() if row.serial == bad) == "quarantined"
    assert events(bad)[-1] == ("personalise", "failed")
    bench.drain(walker.portal)
    person, step = staff(walker), task(walker, "post_test_cards")
    assert stock.make(walker.portal, step.id, person) == 1
    walker.clock.moment += timedelta(hours=1)
    bench.drain(walker.portal)
    assert sorted(row.state for row in rows()) == ["quarantined", "ready", "ready", "ready"]
    # What was kept apart is not lent with the others.
    walker.take({"complete": "post_test_cards", "by": "operator", "answer": {
        "carrier": "yamato", "tracking_number": "1234-5678-9012", "sent_on": "@today",
        "key_tracking_number": "9876-5432-1098", "key_tracking_number_2": "9876-5432-1099"}})  # fmt: skip
    assert sorted(row.state for row in rows()) == ["lent", "lent", "lent", "quarantined"]


def with_cards_out(bench: Bench) -> Walker:
    walker = go(bench, until="request_exam_date")
    lifecycle.withdraw(walker.portal, walker.number, "方針の変更", staff(walker))
    bench.drain(walker.portal)
    assert opened(walker) == ["settle_withdrawal"]
    return walker


def settle(walker: Walker, **answer: str) -> None:
    person, step = staff(walker), task(walker, "settle_withdrawal")
    raw = {"withdrawal_reason": "x", "fees_state": "none", "contracts_state": "none",
           "settled_on": walker.portal.today().isoformat(), **answer}  # fmt: skip
    forms.save_draft(walker.portal, step.id, raw, person)
    cleaned, _, revision = forms.check(walker.portal, step.id, person)
    if not cleaned.ok:
        raise Refused(cleaned.errors[0].message, **cleaned.errors[0].params)
    send.send(walker.portal, step.id, person, revision)


def lent() -> list[str]:
    return [row.serial for row in rows() if row.state == "lent"]


def test_a_case_does_not_end_with_cards_that_nobody_speaks_of(bench: Bench) -> None:
    walker = with_cards_out(bench)
    out = lent()
    assert out
    with pytest.raises(Refused) as refused:
        settle(walker, cards_state="none")
    assert all(serial in str(refused.value) for serial in out)
    assert opened(walker) == ["settle_withdrawal"]


def test_cards_that_are_said_to_be_back_wait_to_be_wiped(bench: Bench) -> None:
    walker = with_cards_out(bench)
    out = lent()
    settle(walker, cards_state="returned")
    assert {row.state for row in rows() if row.serial in out} == {"returned"}


def test_cards_that_stay_out_need_a_reason_which_goes_on_their_record(bench: Bench) -> None:
    walker = with_cards_out(bench)
    out = lent()
    with pytest.raises(Refused):
        settle(walker, cards_state="outstanding", cards_note="")
    settle(walker, cards_state="outstanding", cards_note="紛失として扱う")
    assert lent() == out
    assert all(("outstanding", "confirmed") in events(serial) for serial in out)


def test_the_job_of_a_card_that_was_marked_damaged_makes_nothing(bench: Bench) -> None:
    walker = waiting(bench)
    first = rows()[0].serial
    stock.mark(walker.portal, first, "damaged", staff(walker), "接点がはがれた")
    bench.drain(walker.portal)
    assert rows()[0].state == "damaged"
    assert {job.state for job in card_jobs()} == {"done"}

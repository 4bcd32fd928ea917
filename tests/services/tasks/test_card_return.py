"""Lent cards come back: a step beside the audit with a day of its own, and no end of a case before it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.errors import Refused
from app.services import upkeep
from app.services.base import clocks
from app.services.base.actors import Actor
from app.services.base.businessdays import add_business_days
from app.services.cards import kept, loans, stock
from app.services.cases import lifecycle
from app.services.demo.walker import Walker
from app.services.tasks import cardreturns, forms, send
from app.store import cards, clockrows, database, incidents, records, work
from tests.services.cardbench import events, rows
from tests.services.conftest import Bench
from tests.services.settings.asking import given
from tests.services.steps import actor, case_of, go, opened, staff, task

ASKED = "return_cards__vendor"
CHECKED = "return_cards__operator"
SENT = {"serials": "@cards", "carrier": "yamato", "tracking_number": "1234-5678-9012", "sent_on": "@today"}


def answer(walker: Walker, element: str, person: Actor, **values: Any) -> None:
    step = task(walker, element)
    forms.save_draft(walker.portal, step.id, values, person)
    cleaned, _, revision = forms.check(walker.portal, step.id, person)
    if not cleaned.ok:
        raise Refused(cleaned.errors[0].message, **cleaned.errors[0].params)
    send.send(walker.portal, step.id, person, revision)


def checked(walker: Walker, **values: str) -> None:
    answer(walker, CHECKED, staff(walker), received_on=walker.portal.today().isoformat(), **values)


def out() -> list[str]:
    return [row.serial for row in rows() if row.state == "lent"]


def test_all_loans_of_the_case_are_due_with_the_return(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    step = task(walker, ASKED)
    assert step.due_on == add_business_days(walker.portal.today(), 10)
    assert task(walker, CHECKED).due_on == add_business_days(walker.portal.today(), 15)
    assert len(out()) == 5
    assert {row.due_back for row in rows()} == {step.due_on}
    assert all(("ask_back", "confirmed") in events(serial) for serial in out())


def test_the_staff_set_how_long_it_takes(bench: Bench) -> None:
    given(bench.portal, "cards.return_bd", "3")
    walker = go(bench, until=ASKED)
    assert task(walker, ASKED).due_on == add_business_days(walker.portal.today(), 3)


def test_the_mail_names_the_cards_the_day_and_the_address_and_brings_the_slip(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    (letter,) = bench.mailbox.of("return-cards")
    day = task(walker, ASKED).due_on
    assert all(serial in letter.text for serial in out())
    assert f"{day.year}年{day.month}月{day.day}日" in letter.text
    assert "ICカード返却係" in letter.text
    assert [each.filename for each in letter.attachments] == [f"ICカード返却票_{walker.number}.pdf"]


def test_the_audits_clock_is_not_moved_by_cards_that_are_under_way(bench: Bench) -> None:
    """Beside the audit, the return does not say whose turn it is; alone, it does."""
    walker = go(bench, until="submit_audit_materials", scenario="cards_returned_later")
    assert case_of(walker).turn == "vendor"
    walker = go(
        bench, until="check_audit_materials", scenario="cards_returned_later", application={"email": "b@example.com"}
    )
    assert {ASKED, CHECKED} & set(opened(walker)) == {CHECKED}
    assert case_of(walker).turn == "operator"
    with database.connection():
        (clock,) = clocks.views(
            clockrows.clocks(case_of(walker).id, running=True), walker.portal.today(), walker.portal.closing()
        )
    assert clock.running


def test_a_vendor_that_sends_only_some_says_what_became_of_the_others(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    some = out()[:3]
    sent = {**SENT, "serials": some, "sent_on": walker.portal.today().isoformat()}
    with pytest.raises(Refused) as refused:
        answer(walker, ASKED, actor(walker), **sent)
    assert all(serial in str(refused.value) for serial in out()[3:])
    answer(walker, ASKED, actor(walker), **sent, lost_or_damaged="2枚を紛失しました。")
    assert [serial for serial in out() if ("send_back", "confirmed") in events(serial)] == some


def test_the_return_is_done_when_every_card_is_checked_and_wiped(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    with pytest.raises(Refused) as refused:
        checked(walker, cards_state="returned")
    assert all(serial in str(refused.value) for serial in out())
    assert cardreturns.take_back_all(walker.portal, walker.number, staff(walker)) == 5
    with pytest.raises(Refused):  # they are here, and not yet on the reader
        checked(walker, cards_state="returned")
    bench.drain(walker.portal)
    assert {row.state for row in rows()} == {"wiped"}
    checked(walker, cards_state="returned")
    assert opened(walker) == ["request_audit_date"]  # the vendor need not say anything any more


def test_a_card_that_stays_out_needs_words(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    with pytest.raises(Refused):
        checked(walker, cards_state="outstanding", cards_note="")
    checked(walker, cards_state="outstanding", cards_note="2枚は紛失")
    assert all(("outstanding", "confirmed") in events(serial) for serial in out())
    assert opened(walker) == ["request_audit_date"]


def test_a_lost_card_is_done_with_once_the_ledger_says_why(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    first, *others = out()
    with pytest.raises(Refused):
        stock.mark(walker.portal, first, "lost", staff(walker))
    stock.mark(walker.portal, first, "lost", staff(walker), "移転の際に紛失")
    cardreturns.take_back_all(walker.portal, walker.number, staff(walker))
    bench.drain(walker.portal)
    checked(walker, cards_state="returned")
    assert {row.serial: row.state for row in rows()} == {first: "lost"} | dict.fromkeys(others, "wiped")


def test_nobody_is_asked_for_cards_that_came_back_before_the_result(bench: Bench) -> None:
    walker = go(bench, until="exam_result")
    cardreturns.take_back_all(walker.portal, walker.number, staff(walker))
    bench.drain(walker.portal)
    walker.take({"complete": "exam_result", "by": "vendor", "answer": {}})
    assert opened(walker) == ["request_audit_date"]
    assert "return-cards" not in bench.mailbox.ids


def test_cards_lent_again_for_a_retest_come_back_too(bench: Bench) -> None:
    walker = go(bench, until=ASKED, scenario="exam_retests")
    assert len(out()) == 3 + 2 * 3
    assert {row.due_back for row in rows()} == {task(walker, ASKED).due_on}


def test_a_withdrawal_ends_the_return_and_asks_in_the_settlement(bench: Bench) -> None:
    walker = go(bench, until="settle_withdrawal", scenario="withdrawn_with_cards_out")
    settled = {"withdrawal_reason": "x", "fees_state": "none", "contracts_state": "none",
               "settled_on": walker.portal.today().isoformat()}  # fmt: skip
    assert opened(walker) == ["settle_withdrawal"]
    with pytest.raises(Refused):
        answer(walker, "settle_withdrawal", staff(walker), cards_state="none", **settled)
    answer(walker, "settle_withdrawal", staff(walker), cards_state="outstanding", cards_note="返送待ち", **settled)
    bench.drain(walker.portal)
    assert case_of(walker).ended
    assert all(("outstanding", "confirmed") in events(serial) for serial in out())


def test_a_failed_exam_without_a_retest_is_closed_with_its_cards_spoken_for(bench: Bench) -> None:
    walker = go(bench, until="request_exam_date", scenario="exam_retests")
    assert case_of(walker).data["outcome"] == "failed"
    lifecycle.withdraw(walker.portal, walker.number, "再試験の申込みがない", staff(walker))
    bench.drain(walker.portal)
    settled = {"withdrawal_reason": "x", "fees_state": "kept", "contracts_state": "terminated",
               "settled_on": walker.portal.today().isoformat()}  # fmt: skip
    with pytest.raises(Refused):
        answer(walker, "settle_withdrawal", staff(walker), cards_state="none", **settled)
    answer(walker, "settle_withdrawal", staff(walker), cards_state="returned", **settled)
    bench.drain(walker.portal)
    assert (case_of(walker).state, case_of(walker).ended, out()) == ("closed", True, [])


def test_a_registration_that_is_withdrawn_ends_only_when_the_cards_are_accounted_for(bench: Bench) -> None:
    walker = go(bench, until=CHECKED, scenario="cards_never_returned")
    case = case_of(walker)
    with database.connection():
        certificate = records.certificate_of(case.id)
    assert certificate is not None
    assert (certificate.state, case.state, case.ended) == ("withdrawn", "withdrawn", False)
    assert opened(walker) == [CHECKED]
    with pytest.raises(Refused):
        checked(walker, cards_state="returned")
    checked(walker, cards_state="outstanding", cards_note="配送中に紛失")
    assert case_of(walker).ended


def later(walker: Walker, days: int, bench: Bench) -> None:
    for _ in range(days):
        walker.clock.moment += timedelta(days=1)
        upkeep.tick(walker.portal)
    bench.drain(walker.portal)


def test_the_vendor_is_reminded_by_the_step_and_later_once_a_week(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    rules = walker.portal.releases.current("ccus_api_certification").package.reminders
    due = task(walker, ASKED).due_on
    later(walker, (due - walker.portal.today()).days + 7, bench)
    of_step = [letter for letter in bench.mailbox.of("reminder") if "貸出カードの返却" in letter.subject]
    assert len(of_step) == len(rules.before_bd) + len(rules.after_bd)
    assert "cards-overdue" not in bench.mailbox.ids  # two voices at once would be one too many
    later(walker, 14, bench)
    assert bench.mailbox.ids.count("cards-overdue") in {2, 3}


def test_a_vendor_that_has_sent_its_cards_is_not_asked_again(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    walker.take({"complete": ASKED, "by": "vendor", "answer": SENT})
    later(walker, 40, bench)
    assert "cards-overdue" not in bench.mailbox.ids
    case = case_of(walker)
    with database.connection():
        loaded = walker.portal.releases.loaded(case.release_id)
        assert loans.seen_to(case, loaded, walker.portal.today(), walker.portal.closing())
        assert [row.element for row in work.open_tasks(case.id) if row.element == CHECKED]
        assert cards.overdue(walker.portal.today())


def test_cards_that_never_come_back_are_the_bodys_to_decide_until_they_are_on_record_as_lost(bench: Bench) -> None:
    walker = go(bench, until=ASKED)
    due = task(walker, ASKED).due_on
    walker.clock.moment += timedelta(days=(due - walker.portal.today()).days + 7 * 8)
    assert kept.look(walker.portal) == 0
    walker.clock.moment += timedelta(days=3)
    assert kept.look(walker.portal) == 1
    upkeep.tick(walker.portal)  # again, and nothing is said twice
    case = case_of(walker)
    with database.connection():
        assert [(row.kind, row.count) for row in incidents.of_case(case.id)] == [("cards", 1)]
        out = [row for row in cards.of_case(case.id) if row.state == "lent"]
    for row in out:
        stock.mark(walker.portal, row.serial, "lost", staff(walker), "会社が弁償する")
    upkeep.tick(walker.portal)
    with database.connection():
        assert incidents.of_case(case.id) == []

"""A task that comes after another one's answer (property `after`), and what the body gives back to the vendor."""

from __future__ import annotations

import pytest

from app.errors import Refused
from app.services.base.actors import Actor
from app.services.pages import task as taskpage
from app.services.papers import documents
from app.services.tasks import forms
from app.store import database, visitrows, work
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task
from tests.services.tasks.test_last_time import vendor
from tests.services.tasks.test_recall import send


def test_the_body_cannot_judge_contracts_that_nobody_has_signed(bench: Bench) -> None:
    walker = go(bench, "contracts__vendor")
    row = task(walker, "contracts__operator")
    page = taskpage.page(walker.portal, row.id, staff(walker))
    assert page.refusal is not None and page.refusal.params["title"] == "契約書に署名する"
    with pytest.raises(Refused):
        forms.save_draft(walker.portal, row.id, {"contract_outcome": "returned"}, staff(walker))
    assert row.due_on is None, "its days have not begun"
    with database.connection():
        assert case_of(walker).turn == "vendor"


def test_its_days_and_its_turn_begin_with_the_answer(bench: Bench) -> None:
    walker = go(bench, "contracts__operator")
    row = task(walker, "contracts__operator")
    assert row.due_on is not None
    assert taskpage.page(walker.portal, row.id, staff(walker)).refusal is None
    with database.connection():
        assert case_of(walker).turn == "operator"


def test_a_return_tells_the_signer_why(bench: Bench) -> None:
    walker = go(bench, "contracts__operator")
    reason = "認定契約書の3ページ目が欠けています。"
    send(walker, "contracts__operator", staff(walker), contract_outcome="returned", return_reason=reason)
    page = taskpage.page(walker.portal, task(walker, "contracts__vendor").id, vendor(walker))
    assert page.returned is not None and [line.text for line in page.returned.lines] == [reason]


def test_the_contracts_come_back_with_both_signatures_under_their_names(bench: Bench) -> None:
    walker = go(bench, "pay_initial_fee")
    who: Actor = vendor(walker)
    with database.connection():
        seen = {row.title for row in documents.of_case(case_of(walker), who)}
    wanted = {"締結済みの秘密保持契約書", "締結済みの認定契約書"}
    assert wanted <= seen
    page = taskpage.page(walker.portal, task(walker, "pay_initial_fee").id, who)
    assert wanted <= {row.title for row in page.documents}
    [mail] = bench.mailbox.of("review-5")
    assert "双方が署名した契約書2点を手続きのページに掲載しました" in mail.text


def test_nothing_is_signed_off_without_them(bench: Bench) -> None:
    walker = go(bench, "contracts__operator")
    row, who = task(walker, "contracts__operator"), staff(walker)
    forms.save_draft(
        walker.portal, row.id, {"contract_outcome": "countersigned", "countersigned_on": "2026-04-20"}, who
    )
    cleaned, _, _ = forms.check(walker.portal, row.id, who)
    assert {error.key for error in cleaned.errors} >= {"countersigned_nda", "countersigned_agreement"}
    with database.connection():
        assert visitrows.completed_count(case_of(walker).id, "contracts__operator") == 0
        assert not work.answers(case_of(walker).id, "contracts__operator")

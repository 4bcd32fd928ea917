"""An invoice says for ever what it said on its first day: who claims, and to which account."""

from __future__ import annotations

import pytest

from app.errors import Refused
from app.services.base.actors import Actor
from app.services.money import invoices as money
from app.services.pages import task as taskpage
from app.services.process import context
from app.services.settings import values
from app.states import Side
from app.store import database, invoices
from tests.services.conftest import Bench
from tests.services.settings.asking import given
from tests.services.steps import actor, case_of, go, task

ADMIN = Actor(None, "管理", Side.OPERATOR, roles=frozenset({"administrator"}))


def change(bench: Bench, name: str, value: str) -> None:
    given(bench.portal, name, value)


def test_page_mail_and_paper_keep_the_account_that_the_invoice_was_issued_with(bench: Bench) -> None:
    walker = go(bench, until="pay_initial_fee")
    change(bench, "bank.number", "7654321")
    change(bench, "body.name", "別の機構")
    case = case_of(walker)
    loaded = bench.portal.releases.loaded(case.release_id)
    page = taskpage.page(bench.portal, task(walker, "pay_initial_fee").id, actor(walker))
    assert page.nouns["bank"]["number"] == "0000000"
    with database.connection():
        facts = context.build(bench.portal, case, loaded, element="mail_review_5")
        paper = money.issued(case, loaded, "initial_invoice")
        kept = invoices.of_case(case.id)[0]
    assert facts["bank"]["number"] == paper["bank"]["number"] == kept.account["bank"]["number"] == "0000000"
    assert facts["body"]["name"] == "別の機構"  # who writes today
    assert paper["body"]["name"] != "別の機構"  # who claimed then


def test_the_next_invoice_has_the_new_account(bench: Bench) -> None:
    change(bench, "bank.number", "765-4321")
    walker = go(bench, until="pay_initial_fee")
    page = taskpage.page(bench.portal, task(walker, "pay_initial_fee").id, actor(walker))
    assert page.nouns["bank"]["number"] == "7654321"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bank.number", "ABC"),
        ("bank.code", "12"),
        ("bank.branch_code", "12345"),
        ("body.registration_number", "トウロクナシ"),
        ("body.registration_number", "T7000012050003"),
        ("bank.charges_up_to", "many"),
    ],
)
def test_a_code_that_is_none_is_not_taken(name: str, value: str, bench: Bench) -> None:
    with pytest.raises(Refused):
        change(bench, name, value)


def test_the_number_of_an_issuer_is_kept_in_its_one_form(bench: Bench) -> None:
    change(bench, "body.registration_number", "Ｔ７０００－０１２０－５０００２")
    kept = values.of_package(bench.portal, "ccus_api_certification", ADMIN).value("body.registration_number")
    assert kept.value == "T7000012050002"

"""What money or law hangs on is changed by two people, from a day on, and who changed it can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.errors import Forbidden, Refused
from app.services.base.actors import Actor
from app.services.base.releases import settings_of
from app.services.money import invoices as money
from app.services.settings import changing, proposals, proposalviews, values
from app.services.settings.checking import Unfit
from app.states import Account, Act, ProposalState, Thing
from app.store import database, invoices
from app.store.models import Job, TrailEntry
from tests.services.conftest import Bench
from tests.services.settings.asking import PACKAGE, person
from tests.services.steps import case_of, go

NEW = {
    "bank.name": "あたらしい銀行", "bank.code": "0005", "bank.branch": "本店", "bank.branch_code": "001",
    "bank.type": "普通", "bank.number": "7654321", "bank.holder": "ニンテイキコウ",
}  # fmt: skip


@pytest.fixture
def asks(bench: Bench) -> Iterator[Actor]:
    yield person("経理 花子", Account.OPERATOR)


@pytest.fixture
def decides(bench: Bench) -> Iterator[Actor]:
    yield person("承認 次郎", Account.APPROVER)


def bank(bench: Bench) -> dict[str, str]:
    loaded = bench.portal.releases.current(PACKAGE)
    return dict(settings_of(loaded.package)["bank"])


def ask(bench: Bench, who: Actor, days: int = 0, said: dict[str, str] | None = None) -> int:
    day = bench.portal.today() + timedelta(days=days)
    return proposals.propose(bench.portal, PACKAGE, "bank", said or NEW, day, "口座の変更", who)


def test_an_account_is_proposed_as_one_and_holds_once_another_person_has_approved_it(
    bench: Bench, asks: Actor, decides: Actor
) -> None:
    number = ask(bench, asks)
    assert bank(bench)["number"] == "0000000"
    proposals.approve(bench.portal, number, decides)
    assert bank(bench)["number"] == "7654321"
    assert bank(bench)["holder"] == "ニンテイキコウ"
    [said] = values.history(PACKAGE, "bank.number", decides)
    assert (said.by, said.approved_by, said.reason) == ("経理 花子", "承認 次郎", "口座の変更")


def test_a_planned_value_holds_from_the_beginning_of_its_day(bench: Bench, asks: Actor, decides: Actor) -> None:
    proposals.approve(bench.portal, ask(bench, asks, days=3), decides)
    assert bank(bench)["number"] == "0000000"
    value = values.of_package(bench.portal, PACKAGE, decides).value("bank.number")
    assert [each.value for each in value.coming] == ["7654321"]
    in_force, day = bench.portal.releases.in_force, bench.portal.today() + timedelta(days=3)
    released = bench.portal.releases.current(PACKAGE).released
    assert in_force.on(released, day - timedelta(days=1)).settings["bank"]["number"].value == "0000000"
    assert in_force.on(released, day).settings["bank"]["number"].value == "7654321"
    bench.portal.clock.moment += timedelta(days=3)  # type: ignore[attr-defined]
    assert bank(bench)["number"] == "7654321"


def test_who_proposed_neither_approves_nor_refuses(bench: Bench) -> None:
    admin = person("管理 一", Account.ADMINISTRATOR)
    number = ask(bench, admin)
    with pytest.raises(Forbidden):
        proposals.approve(bench.portal, number, admin)
    with pytest.raises(Forbidden):
        proposals.refuse(bench.portal, number, "だめ", admin)
    assert proposalviews.one(bench.portal, number, admin).state is ProposalState.OPEN


@pytest.mark.parametrize("role", [Account.OPERATOR, Account.ANALYST, Account.AUDITOR])
def test_only_who_may_decide_decides(role: Account, bench: Bench, asks: Actor) -> None:
    with pytest.raises(Forbidden):
        proposals.approve(bench.portal, ask(bench, asks), person("だれか", role))


def test_an_auditor_proposes_nothing(bench: Bench) -> None:
    with pytest.raises(Forbidden):
        ask(bench, person("監査 三郎", Account.AUDITOR))


def test_no_administrator_changes_an_account_alone(bench: Bench) -> None:
    with pytest.raises(Refused):
        changing.change(bench.portal, PACKAGE, "bank.number", "7654321", person("管理 一", Account.ADMINISTRATOR))


def test_a_refusal_says_why_and_nothing_holds(bench: Bench, asks: Actor, decides: Actor) -> None:
    number = ask(bench, asks)
    with pytest.raises(Refused):
        proposals.refuse(bench.portal, number, " ", decides)
    proposals.refuse(bench.portal, number, "通帳と違います", decides)
    seen = proposalviews.one(bench.portal, number, asks)
    assert (seen.state, seen.why, seen.decided_by) == (ProposalState.REFUSED, "通帳と違います", "承認 次郎")
    assert bank(bench)["number"] == "0000000"
    with pytest.raises(Refused):
        proposals.approve(bench.portal, number, decides)


def test_who_proposed_takes_it_back_and_nobody_else(bench: Bench, asks: Actor, decides: Actor) -> None:
    number = ask(bench, asks)
    with pytest.raises(Refused):
        ask(bench, asks)  # one at a time
    with pytest.raises(Forbidden):
        proposals.take_back(bench.portal, number, person("別の人", Account.OPERATOR))
    proposals.take_back(bench.portal, number, asks)
    assert proposalviews.one(bench.portal, number, asks).state is ProposalState.TAKEN_BACK
    proposals.approve(bench.portal, ask(bench, asks), decides)


def test_what_is_wrong_is_said_at_each_field_and_nothing_is_proposed(bench: Bench, asks: Actor) -> None:
    said = NEW | {"bank.code": "12", "bank.number": "ABC"}
    with pytest.raises(Unfit) as wrong:
        proposals.propose(bench.portal, PACKAGE, "bank", said, bench.portal.today() - timedelta(days=1), "", asks)
    assert set(wrong.value.fields) == {"bank.code", "bank.number", "day", "reason"}
    assert proposalviews.of_package(bench.portal, PACKAGE, asks) == []


def test_a_day_that_has_gone_by_before_the_approval_becomes_that_of_the_approval(
    bench: Bench, asks: Actor, decides: Actor
) -> None:
    number = ask(bench, asks, days=1)
    bench.portal.clock.moment += timedelta(days=4)  # type: ignore[attr-defined]
    proposals.approve(bench.portal, number, decides)
    [said] = values.history(PACKAGE, "bank.number", decides)
    assert said.from_day == bench.portal.today()


def test_a_planned_account_is_stopped_as_one_before_its_day(bench: Bench, asks: Actor, decides: Actor) -> None:
    number = ask(bench, asks, days=3)
    proposals.approve(bench.portal, number, decides)
    day = bench.portal.today() + timedelta(days=3)
    changing.stop(bench.portal, PACKAGE, "bank.number", day, decides)
    bench.portal.clock.moment += timedelta(days=5)  # type: ignore[attr-defined]
    assert bank(bench)["number"] == "0000000"
    assert bank(bench)["code"] == "0000"
    assert proposalviews.one(bench.portal, number, decides).state is ProposalState.STOPPED
    with pytest.raises(Refused):
        changing.stop(bench.portal, PACKAGE, "bank.number", day, decides)


def test_approvers_and_who_proposed_are_told_by_mail(bench: Bench, asks: Actor, decides: Actor) -> None:
    admin = person("管理 一", Account.ADMINISTRATOR)
    number = ask(bench, asks)

    def told() -> set[str]:
        with database.connection():
            rows = [row.params["letter"] for row in Job.select().where(Job.key.startswith("setting:"))]
            return {row["to"] for row in rows if "口座番号" in row["text"]}

    assert {decides.email, admin.email} <= told()
    assert asks.email not in told()
    proposals.approve(bench.portal, number, decides)
    assert asks.email in told()


def test_every_step_is_on_record(bench: Bench, asks: Actor, decides: Actor) -> None:
    proposals.approve(bench.portal, ask(bench, asks, said={"bank.number": "7654321"}), decides)
    with database.connection():
        rows = list(TrailEntry.select().where(TrailEntry.thing == Thing.SETTING).order_by(TrailEntry.id))
    assert [row.act for row in rows] == [Act.SETTING_PROPOSED, Act.SETTING_CHANGED]
    assert [json.loads(row.who)["name"] for row in rows] == ["経理 花子", "承認 次郎"]
    told = json.loads(rows[1].what)
    assert (told["before"]["value"], told["after"]["value"]) == ("0000000", "7654321")
    assert (told["label"], told["why"]) == ("口座番号", "経理 花子: 口座の変更")


def test_an_issued_invoice_keeps_its_account_after_the_change(bench: Bench, asks: Actor, decides: Actor) -> None:
    walker = go(bench, until="pay_initial_fee")
    proposals.approve(bench.portal, ask(bench, asks), decides)
    case = case_of(walker)
    loaded = bench.portal.releases.loaded(case.release_id)
    with database.connection():
        row = invoices.of_case(case.id)[0]
        paper = money.issued(case, loaded, "initial_invoice")
    assert row.account["bank"]["number"] == paper["bank"]["number"] == "0000000"


def test_who_is_alone_approves_alone_where_the_installation_allows_it(bench: Bench) -> None:
    admin = person("管理 一", Account.ADMINISTRATOR)
    number = ask(bench, admin)
    object.__setattr__(bench.portal.settings, "single_approval", True)
    try:
        proposals.approve(bench.portal, number, admin)
    finally:
        object.__setattr__(bench.portal.settings, "single_approval", False)
    assert proposalviews.one(bench.portal, number, admin).self_approved

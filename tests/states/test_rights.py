"""Which role may what: one table, in which an auditor only reads and a vendor is never of the body."""

from __future__ import annotations

import pytest

from app.errors import Forbidden
from app.services.base.actors import SYSTEM, Actor
from app.states import ACCOUNTS, BODY, RIGHTS, SEES_ALL, Account, Right, Side, holders, rights_of

READS = SEES_ALL | {Right.ACCOUNT, Right.EXPORT}


def of(*roles: str, side: Side = Side.OPERATOR) -> Actor:
    return Actor(1, "例", side, frozenset(roles))


def test_every_role_has_rights_and_a_name_and_every_right_a_role() -> None:
    assert set(RIGHTS) == set(Account) == set(ACCOUNTS) == {*BODY, Account.VENDOR}
    assert [right for right in Right if not holders(right)] == []


def test_an_auditor_sees_everything_and_changes_nothing_but_the_own_account() -> None:
    assert RIGHTS[Account.AUDITOR] == READS
    assert {each for each in Right if each.value.startswith("see ")} == SEES_ALL
    assert not RIGHTS[Account.AUDITOR] & {Right.WORK, Right.ANSWER, Right.CARD_KEYS, Right.ACT_ON_CASES}


def test_an_approver_approves_and_neither_draws_nor_sets_nor_works() -> None:
    acts = RIGHTS[Account.APPROVER] - READS
    assert acts == {Right.APPROVE_DESIGN, Right.APPROVE_MOVES, Right.APPROVE_SETTINGS}


def test_an_administrator_may_all_that_the_body_may() -> None:
    body = frozenset[Right]().union(*(RIGHTS[role] for role in BODY))
    assert RIGHTS[Account.ADMINISTRATOR] == body
    assert Right.COMPANY not in body


def test_several_roles_add_up_and_a_role_that_nobody_knows_gives_nothing() -> None:
    assert of("operator", "analyst").rights == RIGHTS[Account.OPERATOR] | RIGHTS[Account.ANALYST]
    assert rights_of(["root", "", "Administrator"]) == frozenset()
    assert SYSTEM.rights == frozenset()


def test_a_vendor_s_account_is_never_of_the_body_whatever_its_rows_say() -> None:
    assert of("vendor", "administrator", side=Side.VENDOR).rights == RIGHTS[Account.VENDOR]
    assert of("administrator", side=Side.VENDOR).rights == frozenset()
    assert of("vendor", side=Side.OPERATOR).rights == frozenset()


def test_who_lacks_a_right_hears_which_roles_have_it() -> None:
    of("operator").require(Right.MONEY)
    of("operator").require(Right.PEOPLE, Right.MONEY)  # either will do
    with pytest.raises(Forbidden) as refused:
        of("auditor").require(Right.MONEY)
    words = {"Operator": "運営担当", "Administrator": "管理者", ", ": "、"}
    assert "運営担当、管理者" in refused.value.said(lambda text: words.get(text, text))
    assert refused.value.params["wanted"] == "money"

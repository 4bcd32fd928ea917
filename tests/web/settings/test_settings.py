"""The pages of settings as an administrator, the cashier, an approver and an auditor read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.services.people import accounts
from app.services.settings import elsewhere
from app.states import Account
from app.store import accounts as rows
from app.store import database
from app.store.models import SettingProposal
from tests.services.settings.asking import PACKAGE, given
from tests.web.conftest import Site
from tests.web.desk_support import alerts, text

BANK = f"/settings/{PACKAGE}/section/bank"
NEW = {
    "bank.name": "あたらしい銀行", "bank.code": "0005", "bank.branch": "本店", "bank.branch_code": "001",
    "bank.type": "普通", "bank.number": "7654321", "bank.holder": "ニンテイキコウ", "bank.charges_up_to": "0",
    "reason": "口座の変更",
}  # fmt: skip


def signed_in(site: Site, role: Account) -> FlaskClient:
    email = f"one-{role.value}@example.jp"
    accounts.add_staff(site.bench.portal, email, f"{role.value} 一", ["operator"], "a password for tests")
    with database.transaction():
        rows.set_roles(rows.by_email(email), [role.value])  # type: ignore[arg-type]  # it is there
    return site.person(email)


def test_the_index_names_every_value_of_the_package_and_every_setting_of_the_server(site: Site) -> None:
    page = text(signed_in(site, Account.ADMINISTRATOR).get("/settings"))
    package = site.bench.portal.releases.current(PACKAGE).package
    for section in package.settings.values():
        for setting in section.values():
            assert setting.title in page, setting.name
    for calendar in package.calendars.values():
        assert f"{calendar.title}：開始時刻" in page or calendar.title in page
    for place in elsewhere.PLACES:
        assert place.right is None or place.url
    assert "休業日" in page
    assert "NINTEI_" in page


def test_the_index_is_searched_as_people_type(site: Site) -> None:
    client = signed_in(site, Account.ADMINISTRATOR)
    found = text(client.get("/settings?q=こうざ名義"))
    assert "口座名義" in text(client.get("/settings?q=口座　名義"))
    assert "郵便番号" not in text(client.get("/settings?q=口座名義"))
    assert "見つかりませんでした" in found or "口座名義" in found
    assert "設置の設定" in text(client.get("/settings?q=NINTEI_MAIL_URL"))


def test_the_cashier_proposes_an_account_and_an_approver_approves_it(site: Site) -> None:
    cashier, approver = signed_in(site, Account.OPERATOR), signed_in(site, Account.APPROVER)
    assert "変更を提案する" in text(cashier.get("/settings"))
    form = cashier.get(BANK)
    assert "口座番号" in form.text
    day = site.bench.portal.today().isoformat()
    sent = cashier.post(BANK, data=NEW | {"day": day})
    assert sent.status_code == 303
    page = text(cashier.get(sent.location))
    assert "承認待ち" in page
    assert "提案を取り下げる" in page
    assert "/approve" not in cashier.get(sent.location).text
    assert cashier.post(f"{sent.location}/approve").status_code == 403
    seen = approver.get(sent.location)
    assert "0000000" in seen.text and "7654321" in seen.text
    assert approver.post(f"{sent.location}/approve").status_code == 303
    after = text(cashier.get(f"/settings/{PACKAGE}/bank.number"))
    assert "7654321" in after
    assert "operator 一" in after and "承認：approver 一" in after


def test_wrong_values_are_said_at_their_fields_and_stay_typed(site: Site) -> None:
    day = (site.bench.portal.today() - timedelta(days=1)).isoformat()
    answer = signed_in(site, Account.OPERATOR).post(BANK, data=NEW | {"bank.code": "12", "reason": "", "day": day})
    assert answer.status_code == 422
    assert "4桁" in alerts(answer)
    assert "理由を入力" in alerts(answer)
    assert "今日かそれより後" in alerts(answer)
    assert 'value="7654321"' in answer.text
    assert 'id="bank.code-error"' in answer.text
    with database.connection():
        assert SettingProposal.select().count() == 0


def test_a_word_that_is_no_day_is_said_at_the_day(site: Site) -> None:
    answer = signed_in(site, Account.OPERATOR).post(BANK, data=NEW | {"day": "あした"})
    assert answer.status_code == 422
    assert "2026-12-01" in alerts(answer)


def test_who_proposed_it_may_not_approve_it_even_as_an_administrator(site: Site) -> None:
    admin = signed_in(site, Account.ADMINISTRATOR)
    sent = admin.post(BANK, data=NEW | {"day": site.bench.portal.today().isoformat()})
    answer = admin.post(f"{sent.location}/approve")
    assert answer.status_code == 403
    assert "ほかの人が決めてください" in answer.text
    assert admin.post(f"{sent.location}/take-back").status_code == 303


def test_an_approver_refuses_with_a_reason(site: Site) -> None:
    sent = signed_in(site, Account.OPERATOR).post(BANK, data=NEW | {"day": site.bench.portal.today().isoformat()})
    approver = signed_in(site, Account.APPROVER)
    assert approver.post(f"{sent.location}/refuse", data={"why": ""}).status_code == 422
    assert approver.post(f"{sent.location}/refuse", data={"why": "通帳と違います"}).status_code == 303
    assert "通帳と違います" in text(approver.get(sent.location))


@pytest.mark.parametrize("role", [Account.AUDITOR, Account.APPROVER])
def test_who_only_reads_is_offered_no_change(role: Account, site: Site) -> None:
    client = signed_in(site, role)
    assert "変更を提案する" not in text(client.get("/settings"))
    assert "この値にする" not in text(client.get(f"/settings/{PACKAGE}/contact.name"))
    assert client.post(f"/settings/{PACKAGE}/contact.name", data={"value": "x"}).status_code == 403
    assert client.get(BANK).status_code == 403


def test_a_value_that_is_planned_is_shown_and_can_be_stopped(site: Site) -> None:
    day = site.bench.portal.today() + timedelta(days=10)
    given(site.bench.portal, "calendars:exam:capacity", "3", day)
    admin = signed_in(site, Account.ADMINISTRATOR)
    path = f"/settings/{PACKAGE}/calendars:exam:capacity"
    assert "予定を取りやめる" in admin.get(path).text
    assert admin.post(f"{path}/stop", data={"day": day.isoformat()}).status_code == 303
    assert "開始前に取りやめ" in admin.get(path).text


def test_groups_say_who_is_in_them_and_which_steps_are_theirs(site: Site) -> None:
    page = text(signed_in(site, Account.OPERATOR).get("/settings/groups"))
    assert "経理" in page
    assert "カードの鍵の部品を扱う" in page
    assert "約束の日に立ち会う" in page


def test_pages_are_in_english_too(site: Site) -> None:
    client = signed_in(site, Account.ADMINISTRATOR)
    page = client.get("/settings", headers={"Accept-Language": "en"})
    assert page.status_code == 200

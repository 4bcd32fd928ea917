"""The cashier's cases: several receipts for one invoice, one for several, charges, too much, another name, undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.demo.walker import Walker
from app.states import Side
from app.store import database
from app.store.models import Allocation, Answer, Invoice, Payment, Surplus, Task, User
from tests.services.settings.asking import given
from tests.services.steps import case_of, go, opened, task
from tests.support.banks import Entry, gmo, sbi
from tests.support.zengin import Row, receipts
from tests.web.conftest import Site
from tests.web.desk_support import alerts, text
from tests.web.money.test_bank_files import read
from tests.web.money.test_payments import KANA, answer, confirm, invoice, lines, payments, upload, waiting

DAY = date(2026, 4, 1)
OTHER = {"company_name": "大空株式会社", "email": "sora@example.com", "system_name": "そらゲート"}


def bears(site: Site, yen: int) -> None:
    """The body bears bank charges up to so much."""
    given(site.bench.portal, "bank.charges_up_to", str(yen))


def counting(walker: Walker) -> list[tuple[int, str]]:
    with database.connection():
        found = Payment.select().join(Invoice).where((Invoice.case == case_of(walker).id) & Payment.undone_at.is_null())
        return [(row.amount, row.kind.value) for row in found.order_by(Payment.id)]


def by_hand(client: FlaskClient, task_id: str, yen: int, day: str, payer: str) -> None:
    """A payment confirmed without its receipt of the bank."""
    typed = {f"amount-{task_id}": str(yen), f"paid_on-{task_id}": day, f"payer-{task_id}": payer}
    client.post("/payments/confirm", data={"shown": [task_id], "task": [task_id], **typed})


def beyond() -> list[tuple[int, str]]:
    with database.connection():
        return [(row.amount, row.state.value) for row in Surplus.select().order_by(Surplus.id)]


def test_two_receipts_pay_one_invoice_in_one_step_and_nobody_is_asked_for_what_is_paid(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    half = owed.total // 2
    upload(client, receipts([Row("080331", half, KANA), Row("080401", half, KANA)]))
    confirm(client, *lines(), number=owed.number)
    assert counting(walker) == [(half, "received"), (half, "received")]
    assert invoice(walker).state == "paid"
    assert opened(walker) == []
    with database.connection():
        assert Allocation.select().count() == 2
    site.bench.drain()
    assert "returned" not in site.bench.mailbox.ids


def test_what_the_bank_proves_needs_no_word_of_the_vendor(site: Site) -> None:
    walker = go(site.bench, until="pay_initial_fee", business_days_ago=40)
    site.bench.drain()
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    assert "一致 （1件）" in text(client.get("/payments/bank"))
    confirm(client, lines()[0], number=owed.number)
    assert invoice(walker).state == "paid"
    assert opened(walker) == []
    with database.connection():
        said = Answer.get((Answer.case == case_of(walker).id) & (Answer.element == "pay_initial_fee"))
    assert (said.by_name, said.values) == ("担当 1", {"paid_on": "2026-04-01", "payer": "カ)ミホンケンセツシステム"})


def test_the_second_half_is_confirmed_without_a_new_word_of_the_vendor(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080331", owed.total - 100, KANA), Row("080401", 100, KANA)]))
    first, second = lines()
    answer(client, confirm(client, first, number=owed.number), short="ask")
    assert opened(walker) == ["pay_initial_fee"]
    confirm(client, second, number=owed.number)
    assert invoice(walker).state == "paid"
    site.bench.drain()
    assert "returned" not in site.bench.mailbox.ids


def test_a_charge_that_was_taken_off_is_accepted_as_the_body_sets_it(site: Site) -> None:
    bears(site, 660)
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total - 440, KANA)]))
    asked = confirm(client, lines()[0], number=owed.number)
    assert "振込手数料の差引として認める（660円まで）" in text(asked)
    answer(client, asked, short="charge")
    assert counting(walker) == [(owed.total - 440, "received"), (440, "charge")]
    assert invoice(walker).state == "paid"


def test_more_than_the_body_bears_is_no_charge(site: Site) -> None:
    bears(site, 400)
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total - 440, KANA)]))
    asked = confirm(client, lines()[0], number=owed.number)
    assert "差引として認める" not in text(asked)
    again = answer(client, asked, short="charge")
    assert again.status_code == 422
    assert "400円まで" in alerts(again)
    assert payments() == []


def test_one_receipt_pays_the_invoices_of_two_companies(site: Site) -> None:
    one, two = waiting(site), waiting(site, application=OTHER)
    client = site.operator()
    total = invoice(one).total
    upload(client, receipts([Row("080401", 2 * total, "ｷﾞﾖ)ﾀﾞｲｺｳ")]))
    (line,) = lines()
    page = client.get(f"/payments/bank/{line.id}/split")
    assert page.text.count('name="share-1-') == 2
    data: dict[str, Any] = {"group": "1", "line-1": str(line.id)}
    for walker in (one, two):
        data[f"share-1-{invoice(walker).number}"] = f"{total:,}"
    asked = client.post("/payments/bank/settle", data=data)
    assert asked.status_code == 422
    assert "名義" in text(asked)
    assert payments() == []
    answer(client, asked, seen="yes")
    assert counting(one) == counting(two) == [(total, "received")]
    assert opened(one) == opened(two) == []
    assert [each.state.value for each in lines()] == ["confirmed"]


@pytest.mark.parametrize(("fate", "stands"), [("kept", "kept"), ("refunded", "refunded"), ("open", "open")])
def test_too_much_is_asked_and_then_on_record(fate: str, stands: str, site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total + 1000, KANA)]))
    asked = confirm(client, lines()[0], number=owed.number)
    assert "1,000円多い入金" in text(asked)
    assert payments() == []
    assert answer(client, asked).status_code == 422
    answer(client, asked, beyond=fate, day="令和８年４月３日（金）", note="組戻し")
    assert counting(walker) == [(owed.total, "received")]
    assert beyond() == [(1000, stands)]
    assert ("1,000円" in text(client.get("/payments/overpaid"))) is True
    if fate == "open":
        with database.connection():
            row = Surplus.get()
        client.post(f"/payments/overpaid/{row.id}", data={"action": "refund", "day": "2026年4月3日（金）"})
    with database.connection():
        assert Surplus.get().day == date(2026, 4, 3)


def test_too_much_is_moved_to_another_invoice_at_once_or_later(site: Site) -> None:
    one, two = waiting(site), waiting(site, application=OTHER)
    client = site.operator()
    total = invoice(one).total
    upload(client, receipts([Row("080401", 2 * total, KANA)]))
    asked = confirm(client, lines()[0], number=invoice(one).number)
    answer(client, asked, beyond="open")
    with database.connection():
        row = Surplus.get()
    client.post(f"/payments/overpaid/{row.id}", data={"action": "move", "invoice": invoice(two).number})
    assert beyond() == [(total, "moved")]
    assert counting(two) == [(total, "credit")]
    assert invoice(two).state == "paid"
    assert opened(two) == []
    assert "に充当" in text(client.get("/payments/overpaid"))


def test_the_amount_of_another_company_is_never_chosen_and_is_asked(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total, "ｶ)ｵｵｻｶﾋﾞﾙｼｽﾃﾑ")]))
    page = client.get("/payments/bank")
    assert "名義が違います" in text(page)
    assert "selected" not in page.text.split('class="input input--small bank-choice"')[1].split("</select>")[0]
    asked = confirm(client, lines()[0], number=owed.number)
    assert "名義が会社名と違います" in text(asked)
    assert payments() == []
    answer(client, asked, seen="yes")
    assert invoice(walker).state == "paid"


def test_a_reversal_stands_beside_what_it_takes_back_and_neither_is_confirmed(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    entries = [Entry(DAY, owed.total, "カ)ミホンケンセツシステム"), Entry(date(2026, 4, 2), 7, "リソク")]
    content = sbi(entries).decode("cp932")
    back = f'"2026/04/03","振込＊カ)ミホンケンセツシステム","","-{owed.total:,}","{5_000_007:,}","-"\r\n'
    head, rest = content.split("\r\n", 1)
    read(client, f"{head}\r\n{back}{rest}".encode("cp932"))
    page = text(client.get("/payments/bank"))
    assert "取消しの対象" in page
    assert "取消し： " in page or "取消し：4" in page
    assert "一致 （" not in page
    assert {(each.amount, each.cancelled) for each in lines()} == {(owed.total, False), (owed.total, True), (7, False)}


def test_a_payment_confirmed_on_its_task_takes_its_receipt_along(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    task_id = task(walker, "confirm_initial_payment").id
    by_hand(client, task_id, owed.total, "2026-04-01", "カ）ミホンケンセツシステム")
    assert [each.state.value for each in lines()] == ["confirmed"]


def test_a_receipt_whose_payment_was_typed_otherwise_is_offered_to_it(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    task_id = task(walker, "confirm_initial_payment").id
    by_hand(client, task_id, owed.total, "2026-03-31", "ミホンケンセツシステム")
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    assert "手入力で確認済み" in text(client.get("/payments/bank"))
    with database.connection():
        payment = Payment.get()
    client.post(f"/payments/bank/{lines()[0].id}/paid?payment={payment.id}")
    assert [each.state.value for each in lines()] == ["confirmed"]
    assert len(payments()) == 1


def test_a_confirmation_is_undone_with_a_reason_and_the_step_comes_back(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    confirm(client, lines()[0], number=owed.number)
    page = client.get(f"/payments/{owed.number}/undo")
    assert "入金確認の工程に戻ります" in text(page)
    assert client.post(f"/payments/{owed.number}/undo", data={"why": " "}).status_code == 422
    client.post(f"/payments/{owed.number}/undo", data={"why": "別会社の入金だった"})
    assert (invoice(walker).paid, invoice(walker).state) == (0, "open")
    assert opened(walker) == ["confirm_initial_payment"]
    assert [each.state.value for each in lines()] == ["new"]
    with database.connection():
        row = Payment.get()
    assert (row.amount, row.undone_why, row.undone_by) == (owed.total, "別会社の入金だった", "担当 1")
    confirm(client, lines()[0], number=owed.number)
    assert invoice(walker).state == "paid"


def test_undone_after_the_process_went_on_the_money_alone_comes_back_and_staff_are_told(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    confirm(client, lines()[0], number=owed.number)
    site.bench.drain()
    before = opened(walker)
    page = text(client.get(f"/payments/{owed.number}/undo"))
    assert "先に進んでいます" in page
    assert "APIドキュメント" in page
    client.post(f"/payments/{owed.number}/undo", data={"why": "口座違い"})
    assert (invoice(walker).state, opened(walker)) == ("open", [*before, "see_to_undone_payment"])
    owed_task = task(walker, "see_to_undone_payment")
    assert (owed_task.grp, owed_task.title) == ("accounting", f"確認を取り消した入金の後始末をする｜{owed.number}")
    assert owed_task.due_on is not None
    listed = text(client.get("/payments"))
    assert "確認を取り消した請求" in listed
    assert "口座違い" in listed
    said = "先に進んだ案件で、入金の確認を取り消した請求が1件あります"
    assert said in text(client.get("/tasks"))
    with database.transaction():
        User.update(groups="review").where(User.side == Side.OPERATOR).execute()
    assert said not in text(client.get("/tasks"))  # another group's
    with database.transaction():
        User.update(groups="accounting").where(User.side == Side.OPERATOR).execute()
    assert said in text(client.get("/tasks"))
    confirm(client, lines()[0], number=owed.number)
    assert invoice(walker).state == "paid"
    said_so = {"undone_settled": "paid", "note": "正しい入金を確かめました。"}
    walker.take({"complete": "see_to_undone_payment", "by": "operator", "answer": said_so})
    assert opened(walker) == before
    assert "確認を取り消した請求" not in text(client.get("/payments"))
    assert said not in text(client.get("/tasks"))


def test_what_was_paid_back_meanwhile_stands_in_the_way_of_undoing(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row("080401", owed.total + 5, KANA)]))
    answer(client, confirm(client, lines()[0], number=owed.number), beyond="refunded", day="2026-04-02")
    refused = client.post(f"/payments/{owed.number}/undo", data={"why": "x"})
    assert refused.status_code == 422
    assert "返金" in alerts(refused)
    assert invoice(walker).state == "paid"


def test_money_that_came_after_a_case_ended_is_written_down(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    with database.transaction():
        case = case_of(walker)
        case.ended = True
        case.save()
        Task.update(state="cancelled").where(Task.case == case.id).execute()
    read(client, gmo([Entry(DAY, invoice(walker).total, "カ)ミホンケンセツシステム")]))
    confirm(client, lines()[0], number=invoice(walker).number)
    assert invoice(walker).state == "paid"

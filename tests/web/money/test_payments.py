"""The payments desk: nothing is confirmed by itself, exactly the ticked receipts are, and none twice."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.demo.walker import Walker
from app.services.people import accounts
from app.store import database, invoices, work
from app.store.models import BankLine, Invoice, Payment
from tests.services.steps import case_of, go, opened, task
from tests.support.zengin import Row, receipts, statement
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, alerts, text

DAY = "080401"
KANA = "ｶ)ﾐﾎﾝｹﾝｾﾂｼｽﾃﾑ"


def waiting(site: Site, **plan: Any) -> Walker:
    """A case whose vendor has reported the initial payment."""
    return go(site.bench, until="confirm_initial_payment", business_days_ago=40, **plan)


def invoice(walker: Walker) -> Invoice:
    with database.connection():
        return invoices.of_case(case_of(walker).id)[0]


def upload(client: FlaskClient, content: bytes, name: str = "bank.txt") -> TestResponse:
    return client.post("/payments/bank", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def lines() -> list[BankLine]:
    with database.connection():
        return list(BankLine.select().order_by(BankLine.id))


def confirm(client: FlaskClient, *ticked: BankLine, number: str) -> TestResponse:
    data: dict[str, Any] = {"line": [str(each.id) for each in ticked]}
    return client.post("/payments/bank/confirm", data=data | {f"invoice-{each.id}": number for each in ticked})


def answer(client: FlaskClient, asked: TestResponse, **said: str) -> TestResponse:
    """Answer what is asked of the only group of receipts."""
    data: dict[str, Any] = {f"{name}-1": value for name, value in said.items()}
    for name, value in re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', asked.text):
        if name != "csrf_token":
            data.setdefault(name, []).append(value)
    return client.post("/payments/bank/settle", data=data)


def payments() -> list[tuple[int, str, str]]:
    with database.connection():
        return [(row.amount, row.paid_on.isoformat(), row.payer) for row in Payment.select().order_by(Payment.id)]


def test_the_list_says_what_is_owed_since_when_and_leads_to_the_task(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    page = client.get("/payments")
    claim = invoice(walker)
    assert claim.number in text(page)
    assert f"{claim.total:,}円" in text(page)
    assert f'href="/tasks/{task(walker, "confirm_initial_payment").id}"' in page.text
    assert claim.number in text(client.get(f"/payments?q={claim.number}"))
    assert claim.number not in text(client.get("/payments?q=nobody"))
    assert "入金待ち 1" in text(page)
    with database.transaction():
        Invoice.update(due_on=site.bench.portal.today().replace(year=2025)).execute()
    assert "期限切れ" in text(client.get("/payments"))


def test_an_invoice_whose_payment_nobody_reported_says_that_a_receipt_of_the_bank_is_enough(site: Site) -> None:
    go(site.bench, until="pay_initial_fee", business_days_ago=40)
    assert "銀行の明細だけでも確認できます" in text(site.operator().get("/payments"))


@pytest.mark.parametrize("make", [receipts, statement])
def test_a_bank_file_is_laid_beside_what_is_owed_and_confirms_nothing_by_itself(make: Any, site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    content = make(
        [
            Row(DAY, owed.total, KANA),
            Row(DAY, owed.total - 660, "ﾍﾞﾂﾉﾅﾏｴ", owed.number.replace("-", "")),
            Row(DAY, 77, "ﾘｿｸ"),
        ]
    )
    assert upload(client, content).status_code == 303
    said = text(client.get("/payments/bank"))
    for heading in ("一致 （1件）", "要確認 （1件）", "該当なし （1件）"):
        assert heading in said
    assert "660円少ない" in said
    assert payments() == []
    assert opened(walker) == ["confirm_initial_payment"]


def test_exactly_the_ticked_receipt_is_confirmed_and_the_case_goes_on(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row(DAY, owed.total, KANA), Row(DAY, owed.total, "ﾍﾞﾂ")]))
    first, second = lines()
    assert confirm(client, first, number=owed.number).status_code == 303
    assert payments() == [(owed.total, "2026-04-01", "カ)ミホンケンセツシステム")]
    assert invoice(walker).state == "paid"
    assert "confirm_initial_payment" not in opened(walker)
    assert [each.state for each in lines()] == ["confirmed", "new"]
    assert "カ)ミホンケンセツシステム" in text(client.get("/payments/bank"))
    with database.connection():
        done = work.last_done(case_of(walker).id, "confirm_initial_payment")
    assert done is not None
    assert done.closed_by_name == "担当 1"
    del second


def test_the_same_file_twice_confirms_nothing_twice(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    content = receipts([Row(DAY, owed.total, KANA)])
    upload(client, content)
    line = lines()[0]
    confirm(client, line, number=owed.number)
    upload(client, content, "again.txt")
    assert "前に読み込んでいます" in text(client.get("/payments/bank"))
    assert len(lines()) == 1
    confirm(client, line, number=owed.number)
    assert "すでに担当 1さんが処理しました" in alerts(client.get("/payments/bank"))
    assert len(payments()) == 1
    assert invoice(walker).paid == owed.total


def test_a_longer_file_brings_only_what_is_new(site: Site) -> None:
    client = site.operator()
    upload(client, receipts([Row(DAY, 10, "ｱ"), Row(DAY, 10, "ｱ")]))
    upload(client, receipts([Row(DAY, 10, "ｱ"), Row(DAY, 10, "ｱ"), Row(DAY, 10, "ｱ")]))
    assert len(lines()) == 3
    assert "1件です" in text(client.get("/payments/bank"))


def test_too_little_is_a_part_payment_and_asks_the_vendor_for_the_rest(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row(DAY, owed.total - 660, KANA)]))
    asked = confirm(client, lines()[0], number=owed.number)
    assert asked.status_code == 200
    assert payments() == []
    assert "660円不足" in text(asked)
    assert "手数料の差引" not in text(asked)  # the body has not said that it bears any
    answer(client, asked, short="ask")
    site.bench.drain()
    assert (invoice(walker).paid, invoice(walker).state) == (owed.total - 660, "open")
    assert opened(walker) == ["pay_initial_fee"]


def test_a_receipt_without_its_invoice_is_not_confirmed(site: Site) -> None:
    waiting(site)
    client = site.operator()
    upload(client, receipts([Row(DAY, 5, "ｱ")]))
    confirm(client, lines()[0], number="")
    assert "請求を選んでください" in alerts(client.get("/payments/bank"))
    confirm(client, lines()[0], number="INV-0000-00000")
    assert "ありません" in alerts(client.get("/payments/bank"))
    client.post("/payments/bank/confirm", data={})
    assert "チェックを入れてください" in alerts(client.get("/payments/bank"))
    assert payments() == []


def test_what_pays_no_invoice_is_put_aside(site: Site) -> None:
    client = site.operator()
    upload(client, receipts([Row(DAY, 5, "ﾘｿｸ"), Row(DAY, 6, "ﾍﾝｷﾝ")]))
    client.post("/payments/bank/confirm", data={"line": [str(lines()[0].id)], "action": "aside"})
    assert [each.state for each in lines()] == ["aside", "new"]
    assert "リソク" not in text(client.get("/payments/bank"))


def test_a_receipt_that_the_bank_took_back_cannot_be_confirmed(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    upload(client, receipts([Row(DAY, owed.total, KANA, cancelled=True)]))
    assert "銀行が取り消した入金です" in text(client.get("/payments/bank"))
    confirm(client, lines()[0], number=owed.number)
    assert payments() == []


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_csv_is_read_by_columns_that_a_person_names(encoding: str, site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    owed = invoice(walker)
    paid = f'2026/4/1,,"{owed.total:,}",1,カ）ミホンケンセツシステム'
    content = f"日付,出金,入金金額,残高,内容\n{paid}\n2026/4/1,330,,1,手数料\n"
    asked = upload(client, content.encode(encoding), "bank.csv")
    assert asked.status_code == 200
    assert lines() == []
    assert re.search(r'<option value="2" selected>C　入金金額</option>', asked.text)
    kept = base64.b64encode(content.encode(encoding)).decode()
    data = {"content": kept, "filename": "bank.csv", "skip": "1", "text": ""}
    wrong = client.post("/payments/bank/columns", data=data | {"day": "0", "came_in": "0", "payer": "4"})
    assert wrong.status_code == 422
    assert "別の列を選んでください" in alerts(wrong)
    assert re.search(r'<option value="4" selected>E　内容</option>', wrong.text)
    read = client.post("/payments/bank/columns", data=data | {"day": "0", "came_in": "2", "payer": "4"})
    assert read.status_code == 303
    assert "一致 （1件）" in text(client.get("/payments/bank"))
    confirm(client, lines()[0], number=owed.number)
    assert payments() == [(owed.total, "2026-04-01", "カ)ミホンケンセツシステム")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空です"),
        (b"\x81\x20\x81", "テキストではありません"),
        (b"a,b\n1,2\n", "全銀協フォーマットでも"),
        (receipts([Row(DAY, 5, "ｱ")])[:404], "途中で終わっています"),
        (b"x" * (3 << 20) + b"x", "3 MBを超えています"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(content: bytes, said: str, site: Site) -> None:
    answer = upload(site.operator(), content)
    assert answer.status_code == 422
    assert said in alerts(answer)
    assert lines() == []


def test_no_file_is_said(site: Site) -> None:
    answer = site.operator().post("/payments/bank", data={})
    assert answer.status_code == 422
    assert "選んでください" in alerts(answer)


def test_payments_ticked_in_the_worklist_are_seen_before_they_are_confirmed(site: Site) -> None:
    other = {"company_name": "大空株式会社", "email": "sora@example.com", "system_name": "そらゲート"}
    one, two = waiting(site), waiting(site, application=other)
    third = {**other, "email": "third@example.com", "system_name": "三"}
    review = go(site.bench, until="first_review", application=third)
    client = site.operator()
    ids = [task(one, "confirm_initial_payment").id, task(two, "confirm_initial_payment").id]
    sent = client.post("/worklist/confirm", data={"task": [*ids, task(review, "first_review").id]})
    page = client.get(sent.location)
    assert "1件は入金確認の仕事ではない" in text(page)
    assert opened(one) == opened(two) == ["confirm_initial_payment"]
    total = str(invoice(one).total)
    typed = {
        f"{key}-{each}": value
        for each in ids
        for key, value in (("amount", total), ("paid_on", "2026-04-01"), ("payer", "ミホン"))
    }
    wrong = client.post("/payments/confirm", data={"shown": ids, "task": ids, **typed, f"amount-{ids[1]}": "many"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert "confirm_initial_payment" not in opened(one)
    assert opened(two) == ["confirm_initial_payment"]
    left = client.post("/payments/confirm", data={"shown": ids[1:], "task": ids[1:], **typed})
    assert left.location == "/tasks"
    assert [each[0] for each in payments()] == [int(total)] * 2


def test_a_row_that_is_not_ticked_is_not_confirmed(site: Site) -> None:
    walker = waiting(site)
    row = task(walker, "confirm_initial_payment").id
    answer = site.operator().post("/payments/confirm", data={"shown": [row], f"amount-{row}": "1"})
    assert answer.status_code == 422
    assert opened(walker) == ["confirm_initial_payment"]


def test_only_a_task_that_confirms_a_payment_is_finished_here(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    row = task(walker, "first_review").id
    answer = site.operator().post("/payments/confirm", data={"shown": [row], "task": [row]})
    assert answer.status_code == 422
    assert opened(walker) == ["first_review"]


def test_analysts_read_and_vendors_see_nothing(site: Site) -> None:
    walker = waiting(site)
    accounts.add_staff(site.bench.portal, "reads@example.jp", "分析 担当", ["analyst"], "a password for tests")
    upload(site.operator(), receipts([Row(DAY, invoice(walker).total, KANA)]))
    analyst = site.person("reads@example.jp")
    assert "一致 （1件）" in text(analyst.get("/payments/bank"))
    assert 'name="line"' not in analyst.get("/payments/bank").text
    for client in (analyst, site.person(VENDOR)):
        assert upload(client, receipts([Row(DAY, 1, "ｱ")])).status_code == 403
        assert confirm(client, lines()[0], number=invoice(walker).number).status_code == 403
        assert client.get("/payments/confirm?task=x").status_code == 403
    for path in ("/payments", "/payments/bank"):
        assert site.person(VENDOR).get(path).status_code == 403
        assert site.anybody().get(path).status_code == 302
    assert payments() == []

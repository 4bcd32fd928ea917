"""Files of banks: columns remembered for everyone, lines left out shown, a file that was read wrongly taken back."""

from __future__ import annotations

import base64
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.people import accounts
from app.states import ChangeKind
from app.store import changes, database
from app.store.models import BankFile, BankLayout
from tests.support.banks import BANKS, Entry, gmo, mufg, rakuten
from tests.web.conftest import Site
from tests.web.desk_support import alerts, text
from tests.web.money.test_payments import confirm, invoice, lines, upload, waiting

ENTRIES = [Entry(date(2026, 4, 1), -440, "テスウリヨウ"), Entry(date(2026, 4, 2), 7_000, "ア")]


def chosen(page: TestResponse) -> dict[str, str]:
    """What the page of the columns has chosen."""
    found = {}
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page.text, re.S):
        picked = re.search(r'value="(\d*)" selected', options)
        found[name] = picked.group(1) if picked else ""
    skip = re.search(r'name="skip"[^>]*value="(\d+)"', page.text)
    assert skip is not None
    return found | {"skip": skip.group(1)}


def read(client: FlaskClient, content: bytes, **changed: str) -> TestResponse:
    """Upload a CSV and read it as the page proposes, with what is changed."""
    page = upload(client, content, "bank.csv")
    data = chosen(page) | {"content": base64.b64encode(content).decode(), "filename": "bank.csv"} | changed
    return client.post("/payments/bank/columns", data=data)


@pytest.mark.parametrize("bank", BANKS)
def test_the_file_of_each_bank_is_read_as_the_page_proposes(bank: str, site: Site) -> None:
    client = site.operator()
    assert read(client, BANKS[bank](ENTRIES)).status_code == 303
    assert [(each.amount, each.state.value) for each in lines()] == [(7_000, "new")]
    said = text(client.get("/payments/bank"))
    assert "出金440円" in said
    assert "テスウリヨウ" in said


def test_columns_are_remembered_for_each_layout_and_for_everyone(site: Site) -> None:
    client = site.operator()
    read(client, mufg(ENTRIES), text="1", balance="")
    read(client, gmo(ENTRIES))
    read(client, rakuten(ENTRIES))
    accounts.add_staff(site.bench.portal, "second@example.jp", "経理 二人目", ["operator"], "a password for tests")
    other = upload(site.person("second@example.jp"), mufg([ENTRIES[0], Entry(date(2026, 4, 9), 5, "イ")]), "x.csv")
    assert (chosen(other)["came_in"], chosen(other)["text"], chosen(other)["balance"]) == ("4", "1", "")
    assert "担当 1さんが" in text(other)
    with database.connection():
        assert BankLayout.select().count() == 3


def test_the_page_says_what_a_choice_would_give_before_anything_is_read(site: Site) -> None:
    client = site.operator()
    assert "1件、合計7,000円" in text(upload(client, mufg(ENTRIES), "bank.csv"))
    shown = read(client, mufg(ENTRIES), action="look", came_in="3", went_out="4", balance="")
    assert shown.status_code == 200
    assert "1件、合計440円" in text(shown)
    assert lines() == []
    assert "残高" in alerts(read(client, mufg(ENTRIES), came_in="3", went_out="4"))


def test_doubtful_columns_are_left_open(site: Site) -> None:
    page = upload(site.operator(), "日付,金額,内容\n2026/4/1,5,ア\n".encode(), "bank.csv")
    assert chosen(page) == dict.fromkeys(chosen(page), "") | {"day": "0", "payer": "2", "skip": "1"}
    assert "選んでください" in text(page)


def test_a_file_that_was_read_wrongly_is_taken_back_and_that_is_on_record(site: Site) -> None:
    client = site.operator()
    read(client, mufg(ENTRIES), came_in="3", went_out="4", balance="")
    assert [each.amount for each in lines()] == [440]
    with database.connection():
        file = BankFile.get()
    client.post(f"/payments/bank/files/{file.id}/back")
    assert lines() == []
    with database.connection():
        assert BankFile.select().count() == 0
        assert [(row.kind.value, row.subject, row.before) for row in changes.recent(ChangeKind.BANK)] == [
            ("bank", "bank.csv", "1")
        ]
    read(client, mufg(ENTRIES), came_in="4", went_out="3")
    assert [each.amount for each in lines()] == [7_000]


def test_a_file_of_which_a_receipt_is_confirmed_cannot_be_taken_back(site: Site) -> None:
    walker = waiting(site)
    client = site.operator()
    read(client, gmo([Entry(date(2026, 4, 1), invoice(walker).total, "カ)ミホンケンセツシステム")]))
    confirm(client, lines()[0], number=invoice(walker).number)
    with database.connection():
        file = BankFile.get()
    assert "取り消" in alerts(client.get(client.post(f"/payments/bank/files/{file.id}/back").location))
    assert len(lines()) == 1

"""A cashier's morning on PostgreSQL: what is stored of files, matches, confirmations, undoing, reversals and refunds.

One portal and one walk for all of it: a portal on PostgreSQL takes seconds to begin, and what these pages show is
tested on SQLite. The steps follow each other as they do at a desk.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.engine import Engine
from app.store import database
from app.store.models import BankFile, Payment, Surplus, Task
from tests.services.steps import case_of, opened
from tests.support.banks import Entry, gmo, sbi
from tests.support.zengin import Row, receipts
from tests.web.conftest import Site, open_site
from tests.web.desk_support import text
from tests.web.money.test_bank_files import read
from tests.web.money.test_payments import KANA, answer, confirm, invoice, lines, upload, waiting

pytestmark = pytest.mark.postgres


@pytest.fixture
def stored(tmp_path: Path, engine: Engine, postgres: str) -> Site:
    """The portal, empty."""
    found = open_site(tmp_path, engine, url=postgres)
    assert database.is_postgres()
    return found


def states() -> list[str]:
    return [each.state.value for each in lines()]


def test_a_cashiers_morning_is_stored_on_postgresql_as_on_sqlite(stored: Site) -> None:
    walker, client = waiting(stored), stored.operator()
    owed = invoice(walker)

    # Files: the same bytes again, and a longer file, bring only what is new; one that was read by mistake goes.
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    upload(client, receipts([Row("080401", owed.total, KANA)]))
    upload(client, receipts([Row("080401", owed.total, KANA), Row("080402", 3, "ｶ)ﾍﾞﾂ")]))
    assert [each.amount for each in lines()] == [owed.total, 3]
    read(client, gmo([Entry(date(2026, 4, 2), 7_000, "ア")]))
    with database.connection():
        wrong = BankFile.select().order_by(BankFile.id.desc()).get()
    client.post(f"/payments/bank/files/{wrong.id}/back")
    assert [each.amount for each in lines()] == [owed.total, 3]

    # Matching: what fits is proposed, what does not is put aside.
    assert "一致 （1件）" in text(client.get("/payments/bank"))
    client.post("/payments/bank/confirm", data={"line": [str(lines()[1].id)], "action": "aside"})
    assert states() == ["new", "aside"]

    # Confirming and undoing, while nothing has followed: step and money come back, what was done stays on record.
    confirm(client, lines()[0], number=owed.number)
    assert (invoice(walker).state, opened(walker)) == ("paid", [])
    client.post(f"/payments/{owed.number}/undo", data={"why": "別会社の入金だった"})
    assert (invoice(walker).state, opened(walker)) == ("open", ["confirm_initial_payment"])
    assert states() == ["new", "aside"]
    confirm(client, lines()[0], number=owed.number)
    stored.bench.drain()
    before = opened(walker)

    # Undone after the case went on: the money alone, and a task for whoever has to see to it.
    client.post(f"/payments/{owed.number}/undo", data={"why": "口座違い"})
    assert sorted(opened(walker)) == sorted([*before, "see_to_undone_payment"])
    with database.connection():
        seen_to = Task.get((Task.case == case_of(walker).id) & (Task.element == "see_to_undone_payment"))
        undone = list(Payment.select().where(Payment.undone_at.is_null(False)).order_by(Payment.id))
    assert owed.number in seen_to.title
    assert [row.undone_why for row in undone] == ["別会社の入金だった", "口座違い"]

    # Reversals: neither they nor what they take back can be confirmed.
    content = sbi([Entry(date(2026, 4, 3), 5, "カ)ミホンケンセツシステム")]).decode("cp932")
    head, rest = content.split("\r\n", 1)
    back = '"2026/04/04","振込＊カ)ミホンケンセツシステム","","-5","5,000,007","-"\r\n'
    read(client, f"{head}\r\n{back}{rest}".encode("cp932"))
    assert "取消しの対象" in text(client.get("/payments/bank"))

    # Too much, and paid back.
    upload(client, receipts([Row("080405", owed.total + 1000, KANA)]))
    last = lines()[-1]
    answer(client, confirm(client, last, number=owed.number), beyond="refunded", day="2026-04-06", note="組戻し")
    assert invoice(walker).state == "paid"
    with database.connection():
        assert [(row.amount, row.state.value) for row in Surplus.select()] == [(1000, "refunded")]
    assert client.get("/payments/ledger?month=2026-04").status_code == 200

"""The month for the ledger: balanced, complete, in the documented forms of accounting programs, without formulas."""

from __future__ import annotations

import csv
import io
from collections import Counter

from flask.testing import FlaskClient

from app.services.cases import lifecycle
from app.services.tasks import ledger
from app.store import database
from app.store.models import Case, Entry
from tests.services.steps import actor, case_of, go
from tests.support.zengin import Row, receipts
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, text
from tests.web.money.test_payments import KANA, answer, confirm, invoice, lines, upload, waiting
from tests.web.money.test_settling import bears


def month(client: FlaskClient, form: str, of: str) -> list[list[str]]:
    """The file of a month, cell by cell."""
    content = client.get(f"/payments/ledger/{form}?month={of}").data
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig" if form == "csv" else "cp932"))))


def balances(rows: list[list[str]]) -> Counter[str]:
    """What each account of the plain file stands at; debit is more."""
    found: Counter[str] = Counter()
    for row in rows[1:]:
        found[row[3]] += int(row[7])
        found[row[5]] -= int(row[7])
    return found


def test_a_month_is_complete_and_balanced(site: Site) -> None:
    bears(site, 1000)
    one = waiting(site)
    two = waiting(site, application={"company_name": "大空株式会社", "email": "s@example.com", "system_name": "そら"})
    client = site.operator()
    total, of = invoice(one).total, f"{invoice(one).issued_on:%Y-%m}"
    day = f"{invoice(one).issued_on.year - 2018:02d}{invoice(one).issued_on:%m%d}"
    upload(client, receipts([Row(day, total - 440, KANA), Row(day, total + 500, "ｵｵｿﾞﾗ")]))
    short, over = lines()
    answer(client, confirm(client, short, number=invoice(one).number), short="charge")
    paid_back = invoice(one).issued_on.isoformat()
    answer(client, confirm(client, over, number=invoice(two).number), beyond="refunded", day=paid_back, seen="yes")
    rows = month(client, "csv", of)
    stands = {"普通預金": 2 * total - 440, "売掛金": 0, "売上高": -2 * total, "支払手数料": 440, "前受金": 0}
    assert balances(rows) == stands
    assert {(row[5], row[6]) for row in rows[1:] if row[5] == "売上高"} == {("売上高", "課税売上込10%")}
    assert [row[4] for row in rows if row[3] == "支払手数料"] == ["課対仕入込10%"]
    client.post(f"/payments/{invoice(one).number}/undo", data={"why": "x"})
    assert balances(month(client, "csv", f"{site.bench.portal.today():%Y-%m}"))["支払手数料"] in {0, -440}
    page = text(client.get(f"/payments/ledger?month={of}"))
    assert f"{total:,}円" in page


def test_yayoi_has_its_25_columns_without_headings(site: Site) -> None:
    walker = waiting(site)
    rows = month(site.operator(), "yayoi", f"{invoice(walker).issued_on:%Y-%m}")
    assert len(rows) == 1
    assert len(rows[0]) == 25
    assert (rows[0][0], rows[0][3], rows[0][24]) == ("2000", f"{invoice(walker).issued_on:%Y/%m/%d}", "no")
    assert (rows[0][4], rows[0][10], rows[0][13]) == ("売掛金", "売上高", "課税売上込10%")
    assert int(rows[0][8]) == invoice(walker).total
    assert int(rows[0][15]) == invoice(walker).tax


def test_freee_has_its_headings_and_every_account_comes_out_right(site: Site) -> None:
    bears(site, 1000)
    walker = waiting(site)
    client = site.operator()
    total = invoice(walker).total
    day = f"{invoice(walker).issued_on.year - 2018:02d}{invoice(walker).issued_on:%m%d}"
    upload(client, receipts([Row(day, total - 440, KANA)]))
    answer(client, confirm(client, lines()[0], number=invoice(walker).number), short="charge")
    rows = month(client, "freee", f"{invoice(walker).issued_on:%Y-%m}")
    assert tuple(rows[0]) == ledger.FREEE
    assert {len(row) for row in rows} == {21}
    moved: Counter[str] = Counter()
    for row in rows[1:]:
        sign = 1 if row[0] == "収入" else -1
        moved[row[6]] -= sign * int(row[8])
        moved[row[19] or "売掛金"] += sign * int(row[8])
    assert moved == {"売上高": -total, "売掛金": 0, "普通預金": total - 440, "支払手数料": 440}


def test_no_cell_is_a_formula(site: Site) -> None:
    walker = waiting(site)
    with database.transaction():
        Case.update(company_name='=HYPERLINK("http://x","y")𠮷').execute()
    for form in ("csv", *ledger.FORMS):
        for row in month(site.operator(), form, f"{invoice(walker).issued_on:%Y-%m}"):
            assert not any(cell[:1] in {"=", "+", "-", "@"} for cell in row)


def test_a_month_that_is_none_is_said_and_vendors_see_nothing(site: Site) -> None:
    waiting(site)
    client = site.operator()
    assert client.get("/payments/ledger?month=never").status_code == 303
    assert client.get("/payments/ledger/excel").status_code == 303
    assert "ありません" in text(client.get("/payments/ledger?month=1999-01"))
    assert site.person(VENDOR).get("/payments/ledger").status_code == 403
    assert site.person(VENDOR).get("/payments/ledger/csv").status_code == 403


def test_a_claim_that_was_cancelled_is_taken_back_on_the_day_when_it_was(site: Site) -> None:
    walker = go(site.bench, until="pay_initial_fee", business_days_ago=60)
    claim, client = invoice(walker), site.operator()
    with site.bench.portal.connection():
        who = actor(walker)
    lifecycle.withdraw(site.bench.portal, walker.number, "やめます", who)
    issued, ended = f"{claim.issued_on:%Y-%m}", site.bench.portal.today()
    assert issued != f"{ended:%Y-%m}"
    assert balances(month(client, "csv", issued)) == {"売掛金": claim.total, "売上高": -claim.total}
    [back] = month(client, "csv", f"{ended:%Y-%m}")[1:]
    assert back[0].replace("/", "-") == ended.isoformat()
    assert (back[3], back[5], back[10]) == ("売上高", "売掛金", f"{claim.title} {claim.number} 取消し")
    moved: Counter[str] = Counter()
    for of in (issued, f"{ended:%Y-%m}"):
        for row in month(client, "freee", of)[1:]:
            sign = 1 if row[0] == "収入" else -1
            moved[row[6]] -= sign * int(row[8])
            moved[row[19] or "売掛金"] += sign * int(row[8])
    assert moved == {"売上高": 0, "売掛金": 0, "普通預金": 0}


def test_a_claim_cancelled_before_its_day_was_kept_is_taken_back_when_it_was_issued(site: Site) -> None:
    walker = go(site.bench, until="pay_initial_fee", business_days_ago=60)
    claim = invoice(walker)
    with site.bench.portal.connection():
        who = actor(walker)
    lifecycle.withdraw(site.bench.portal, walker.number, "やめます", who)
    with database.transaction():
        Entry.delete().where((Entry.case == case_of(walker).id) & (Entry.kind == "withdrawal")).execute()
    rows = month(site.operator(), "csv", f"{claim.issued_on:%Y-%m}")
    assert balances(rows) == {"売掛金": 0, "売上高": 0}

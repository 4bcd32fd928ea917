"""The payments desk by period: due days, days of issue, days on which money came in; the same in its file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from flask.testing import FlaskClient

from tests.support.zengin import Row, receipts
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, alerts, text
from tests.web.money.test_payments import KANA, confirm, invoice, lines, upload, waiting


def rows(client: FlaskClient, query: str) -> list[list[str]]:
    """The file, cell by cell, without its headings."""
    content = client.get(f"/payments/list/csv?{query}").data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))[1:]


def test_the_list_and_its_file_are_narrowed_to_days_and_to_a_month(site: Site) -> None:
    walker = waiting(site)
    client, claim = site.operator(), invoice(walker)
    for by, day in (("due", claim.due_on), ("issued", claim.issued_on)):
        before = day - timedelta(days=1)
        for query, there in (
            (f"by={by}&from={day}&to={day}", True), (f"by={by}&from={day}", True), (f"by={by}&to={before}", False),
            (f"by={by}&month={day:%Y-%m}", True), (f"by={by}&month=1999-01", False),
        ):  # fmt: skip
            assert (claim.number in text(client.get(f"/payments?{query}"))) is there, query
            assert [row[0] for row in rows(client, query)] == ([claim.number] if there else []), query
    page = text(client.get(f"/payments?by=due&month={claim.due_on:%Y-%m}"))
    assert f"1件、合計{claim.total:,}円（税込）" in page
    assert "絞り込み： 支払期限：" in page


def test_what_came_in_within_a_month_is_found_by_the_day_on_which_it_came(site: Site) -> None:
    walker = waiting(site)
    client, claim = site.operator(), invoice(walker)
    upload(client, receipts([Row("080401", claim.total, KANA)]))
    confirm(client, lines()[0], number=claim.number)
    [row] = rows(client, "state=paid&by=paid&month=2026-04")
    assert (row[0], row[7].replace(",", ""), row[9], row[11]) == (claim.number, str(claim.total), "0", "入金済み")
    assert row[10].replace("/", "-") == "2026-04-01"
    assert rows(client, "state=paid&by=paid&month=2026-05") == []
    assert "4月1日" in text(client.get("/payments?state=paid&by=paid&from=2026-04-01&to=2026-04-30"))
    client.post(f"/payments/{claim.number}/undo", data={"why": "x"})
    assert rows(client, "state=open&by=paid&month=2026-04") == []


def test_a_period_that_is_none_is_said_and_the_file_is_for_staff_and_on_record(site: Site) -> None:
    waiting(site)
    client = site.operator()
    for query in ("from=never", "from=2026-04-02&to=2026-04-01", "month=13"):
        for page in ("/payments", "/payments/list/csv"):
            answer = client.get(f"{page}?{query}")
            assert answer.status_code == 303, query
            assert alerts(client.get(answer.location))
    assert client.get("/payments/list/pdf").status_code == 303
    assert client.get("/payments/list/xlsx").data[:2] == b"PK"
    assert site.person(VENDOR).get("/payments/list/csv").status_code == 403

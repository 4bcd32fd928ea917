"""A list of records is kept as it is narrowed: for oneself, or shared with all staff; and taken out just so."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from app.engine import Engine
from app.store import database
from app.store.models import Case, Company, RecordView, TrailEntry
from tests.admin.populated import ADMIN, ANALYST, add_people
from tests.services.conftest import STAFF
from tests.services.steps import go
from tests.web.conftest import Site, engine, open_site
from tests.web.desk_support import VENDOR, text

__all__ = ["engine"]


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    return add_people(open_site(tmp_path, engine))


def trail() -> list[str]:
    with database.connection():
        return [json.loads(row.what)["label"] for row in TrailEntry.select() if row.act.value == "view_changed"]


def test_a_view_is_kept_shared_shown_and_forgotten_on_record(site: Site) -> None:
    mine, other = site.person(ANALYST), site.person(ADMIN)
    asked = {"f_state": "open", "company": "みほん", "sort": "-created_at"}
    assert mine.post("/admin/case/views/", data={**asked, "name": " 審査中  の会社 "}).status_code == 303
    assert mine.post("/admin/case/views/", data={**asked, "name": "みんなの", "shared": "y"}).status_code == 303
    own = text(mine.get("/admin/case/"))
    assert "審査中 の会社" in own
    assert "みんなの （共有）" in own
    theirs = other.get("/admin/case/")
    assert "審査中 の会社" not in text(theirs)
    assert "みんなの （分析 担当）" in text(theirs)
    assert "みんなの" not in text(other.get("/admin/task/"))  # of this list alone
    with database.connection():
        row = RecordView.get(RecordView.name == "みんなの")
    shown = text(mine.get(f"/admin/case/?{row.query}"))
    assert "状態: 手続き中" in shown
    assert "この表示を消す" in shown
    assert "この表示を消す" not in text(other.get(f"/admin/case/?{row.query}"))
    other.post("/admin/case/views/drop/", data={"id": str(row.id)})  # not theirs
    with database.connection():
        assert RecordView.select().count() == 2
    mine.post("/admin/case/views/drop/", data={"id": str(row.id)})
    with database.connection():
        assert RecordView.select().count() == 1
    assert trail() == ["審査中 の会社", "みんなの", "みんなの"]


def test_nothing_is_kept_of_a_list_as_it_opens_or_without_a_name(site: Site) -> None:
    client = site.person(ADMIN)
    for wrong in ({"name": "全部"}, {"name": " ", "q": "みほん"}):
        client.post("/admin/case/views/", data=wrong)
    with database.connection():
        assert RecordView.select().count() == 0


def test_exactly_what_is_narrowed_is_taken_out_in_words_and_on_record(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    go(site.bench, until="first_review", application={"email": "sora@example.com", "system_name": "そら"})
    with database.transaction():
        Case.update(system_name='=HYPERLINK("http://x","y")').where(Case.number == walker.number).execute()
    client = site.person(ADMIN)
    answer = client.get(f"/admin/case/export/csv?q={walker.number}&f_state=open")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0][:4] == ["番号", "会社", "システム", "状態"]
    assert len(rows) == 2
    assert rows[1][0] == walker.number
    assert rows[1][2].startswith("'=")
    assert rows[1][3] == "手続き中"
    assert client.get("/admin/case/export/xlsx").get_data()[:2] == b"PK"
    assert client.get("/admin/case/export/exe").status_code == 404
    with database.connection():
        told = [json.loads(row.what) for row in TrailEntry.select() if row.act.value == "exported"]
    assert told[0]["label"] == "案件"
    assert "状態: 手続き中" in told[0]["after"]["narrowed"]


@pytest.mark.parametrize("email", [STAFF[0], VENDOR, ANALYST])
def test_who_may_not_take_records_out_gets_none(email: str, site: Site) -> None:
    go(site.bench, until="submit_documents")
    client = site.person(email)
    assert client.get("/admin/case/export/csv").status_code == 403
    if email == ANALYST:
        assert "/export/" not in client.get("/admin/case/").text


def test_a_formula_in_any_text_is_none_in_any_file(site: Site) -> None:
    go(site.bench, until="submit_documents")
    with database.transaction():
        Company.update(name="=1+1", kana="@x").execute()
        Case.update(company_name="-1+1", contact_name="+x").execute()
    client = site.person(ADMIN)
    for table in ("case", "company", "user", "task", "mail", "document"):
        content = client.get(f"/admin/{table}/export/csv").get_data().decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"} and not cell[1:].isdecimal()]

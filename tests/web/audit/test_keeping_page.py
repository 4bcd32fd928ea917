"""What would go is shown before it goes; a person of the record's readers sees it, an administrator acts."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.services.people import accounts
from app.store import database
from app.store.models import Case
from tests.services.steps import go
from tests.web.conftest import Site


@pytest.fixture
def admin(site: Site) -> FlaskClient:
    accounts.add_staff(site.bench.portal, "kanri@example.jp", "管理 太郎", ["administrator"], "a password for tests")
    return site.person("kanri@example.jp")


def test_periods_holds_and_a_run(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    accounts.add_staff(site.bench.portal, "kanri@example.jp", "管理 太郎", ["administrator"], "a password for tests")
    accounts.add_staff(site.bench.portal, "kansa@example.jp", "監査 花子", ["auditor"], "a password for tests")
    admin, auditor = site.person("kanri@example.jp"), site.person("kansa@example.jp")
    assert "個人情報保護法第22条" in auditor.get("/audit/keeping").text
    for path in ("days", "run", "hold"):
        assert auditor.post(f"/audit/keeping/{path}").status_code == 403
    assert "保存期間の過ぎたものを削除する" not in auditor.get("/audit/keeping").text
    assert admin.post("/audit/keeping/days", data={"kind": "sign_ins", "days": "100"}).status_code == 303
    assert 'value="100"' in admin.get("/audit/keeping").text
    admin.post("/audit/keeping/days", data={"kind": "sign_ins", "days": "1"})
    assert "少なくとも90日は保存します" in admin.get("/audit/keeping").text
    assert admin.post("/audit/keeping/hold", data={"case": walker.number, "reason": "訴訟"}).status_code == 303
    page = admin.get("/audit/keeping").text
    assert walker.number in page and "訴訟" in page
    admin.post("/audit/keeping/hold", data={"case": walker.number, "reason": "和解", "end": "1"})
    assert "保全しているものはありません" in admin.get("/audit/keeping").text
    assert "取り消せません" in admin.post("/audit/keeping/run", data={"prove_password": "a password for tests"}).text
    assert admin.post("/audit/keeping/run", data={"sure": "yes"}).status_code == 303
    record = admin.get("/audit?ground=keeping").text
    assert f"{walker.number}を削除の対象から外しました（保全）" in record


def test_a_closed_case_is_archived_opened_and_taken_away(admin: FlaskClient, site: Site) -> None:
    number = go(site.bench, until="first_review").number
    with database.transaction():
        old = site.bench.portal.now() - timedelta(days=400)
        Case.update(ended=True, changed_at=old).where(Case.number == number).execute()
    assert "1件が保管を待っています" in admin.get("/audit/keeping").text
    assert "この案件には保管ファイルがありません" in admin.get(f"/audit/archives/{number}").text
    assert admin.post("/audit/archives").status_code == 303
    assert "0件が保管を待っています" in admin.get("/audit/keeping").text
    assert f'href="/audit/archives/{number}"' in admin.get(f"/cases/{number}").text
    page = admin.get(f"/audit/archives/{number}").text
    link = html.unescape(next(iter(re.findall(r'href="(/audit/archives/[^"]*\.svg)"', page))))
    drawn = admin.get(link)
    assert drawn.data.startswith(b"<?xml") and drawn.headers["Content-Disposition"].startswith("attachment")
    whole = admin.get(f"/audit/archives/{number}.zip")
    with zipfile.ZipFile(io.BytesIO(whole.data)) as bundle:
        assert bundle.testzip() is None and "case.json" in bundle.namelist()
    assert admin.get(f"/audit/archives/{number}/file?name=/etc/passwd").status_code == 404
    assert site.operator().get(f"/audit/archives/{number}").status_code == 403


def test_a_company_is_held_by_its_number(admin: FlaskClient, site: Site) -> None:
    number = go(site.bench, until="first_review").number
    with database.connection():
        company = Case.get(Case.number == number).company.corporate_number
    admin.post("/audit/keeping/hold", data={"case": company, "reason": "税務調査"})
    assert f"（{company}）のすべての案件" in admin.get("/audit/keeping").text
    admin.post("/audit/keeping/hold", data={"case": company, "reason": "終結", "end": "1"})
    assert "保全しているものはありません" in admin.get("/audit/keeping").text

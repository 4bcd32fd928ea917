"""What would go is shown before it goes; a person of the record's readers sees it, an administrator acts."""

from __future__ import annotations

from app.services.people import accounts
from tests.services.steps import go
from tests.web.conftest import Site


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
    assert "保全中の案件はありません" in admin.get("/audit/keeping").text
    assert "取り消せません" in admin.post("/audit/keeping/run", data={"prove_password": "a password for tests"}).text
    assert admin.post("/audit/keeping/run", data={"sure": "yes"}).status_code == 303
    record = admin.get("/audit?ground=keeping").text
    assert f"{walker.number}を削除の対象から外しました（保全）" in record

"""変更届: company data are corrected after they were sent; the body accepts, and everything follows."""

from __future__ import annotations

import re
from typing import Any

from app.services.cases import corrections
from app.store import corrections as store
from app.store import database, records, work
from app.store.models import User
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, alerts, text

NEW = "株式会社あたらしい建設システム"


def filled(page: str) -> dict[str, Any]:
    """What the form holds, as a browser would post it."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, kind = re.search(r' name="([^"]+)"', tag), re.search(r' type="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name is None or (kind and kind[1] in {"radio", "checkbox"} and " checked" not in tag):
            continue
        found.setdefault(name[1], []).append(value[1] if value else "")
    for name, body in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page):
        found[name] = [body]
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = [chosen[1] if chosen else ""]
    return found


def test_a_correction_is_asked_for_and_everything_follows_when_the_body_accepts(site: Site) -> None:
    walker = go(site.bench, until="certificate_received", business_days_ago=90)
    here = f"/cases/{walker.number}/correction"
    vendor, sato = site.person(VENDOR), site.operator()
    page = vendor.get(here)
    assert page.status_code == 200
    asked = {**filled(page.text), "company_name": NEW, "reason": ""}
    assert "理由" in alerts(vendor.post(here, data=asked))
    assert vendor.post(here, data={**asked, "reason": "4月1日に商号を変更しました"}).status_code == 303
    assert NEW not in text(site.anybody().get("/systems")), "nothing changes before the body has answered"
    assert "1件" in text(sato.get("/tasks"))
    shown = text(sato.get("/corrections"))
    assert NEW in shown
    assert "商号を変更" in shown
    with database.connection():
        row = store.asked()[0]
        edition = records.certificate_of(case_of(walker).id).edition  # type: ignore[union-attr]
    accepted = sato.post(f"/corrections/{row.id}", data={"action": "accept", "answer": "登記を確認しました"})
    assert accepted.status_code == 303
    case = case_of(walker)
    with database.connection():
        certificate = records.certificate_of(case.id)
        assert {each.company_name for each in work.open_tasks(case.id)} <= {NEW}
        assert case.company is not None
        names = (case.company_name, case.company.name, certificate.company_name)  # type: ignore[union-attr]
    assert names == (NEW, NEW, NEW)
    assert certificate is not None
    assert certificate.edition == edition + 1
    assert "会社情報が訂正されました" in text(vendor.get(f"/cases/{walker.number}?tab=timeline"))
    assert sato.post(f"/corrections/{row.id}", data={"action": "accept"}).status_code == 422


def test_the_number_is_not_corrected_and_nothing_is_no_correction(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    here, vendor = f"/cases/{walker.number}/correction", site.person(VENDOR)
    as_it_is = {**filled(vendor.get(here).text), "reason": "確認"}
    assert vendor.post(here, data=as_it_is).status_code == 422
    assert vendor.post(here, data={**as_it_is, "corporate_number": "7010401022916"}).status_code == 422
    with database.connection():
        assert store.asked() == []


def test_it_is_taken_back_or_refused_with_a_reason_by_the_right_group(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    here, vendor = f"/cases/{walker.number}/correction", site.person(VENDOR)
    asked = {**filled(vendor.get(here).text), "company_name": NEW, "reason": "商号変更"}
    for _ in range(2):
        assert vendor.post(here, data=asked).status_code == 303
        with database.connection():
            row = store.asked()[0]
        if _ == 0:
            assert vendor.post(f"{here}/{row.id}/back").status_code == 303
    with database.transaction():
        User.update(groups="accounting").where(User.email == STAFF[2]).execute()
    assert site.operator(2).post(f"/corrections/{row.id}", data={"action": "accept"}).status_code == 403
    sato = site.operator()
    assert sato.post(f"/corrections/{row.id}", data={"action": "refuse", "answer": ""}).status_code == 422
    assert sato.post(f"/corrections/{row.id}", data={"action": "refuse", "answer": "登記と違います"}).status_code == 303
    assert "登記と違います" in text(vendor.get(here))
    assert case_of(walker).company_name != NEW
    assert corrections.count() == 0

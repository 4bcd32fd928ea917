"""What of the records is corrected goes through services: with a reason, after a second look, on the audit record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.engine import Engine
from app.services.register import certificates
from app.store import accounts, database
from app.store import corrections as store
from app.store.models import TrailEntry
from tests.admin.populated import ADMIN, ANALYST, add_people
from tests.services.steps import case_of, go
from tests.web.cases.test_corrections import NEW, filled
from tests.web.conftest import Site, engine, open_site
from tests.web.desk_support import VENDOR, alerts, text

__all__ = ["engine"]
RIGHT = "tadashii@example.com"


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    return add_people(open_site(tmp_path, engine))


def last(thing: str) -> dict[str, object]:
    """The newest entry of the audit record about such a thing."""
    with database.connection():
        rows = [row for row in TrailEntry.select().order_by(TrailEntry.id.desc()) if row.thing.value == thing]
    found: dict[str, object] = json.loads(rows[0].what)
    return found


def test_a_persons_name_and_address_are_corrected_wherever_they_are_kept(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    with database.connection():
        person = accounts.by_email(VENDOR)
    assert person is not None
    url, client = f"/admin/correct/person/{person.id}", site.person(ADMIN)
    assert url in client.get(f"/admin/user/details/?id={person.id}").text
    typed = {"name": "正しい 名前", "email": RIGHT, "reason": ""}
    wrong = client.post(url, data={**typed, "step": "look"})
    assert wrong.status_code == 422
    assert "だれから" in alerts(wrong)
    typed["reason"] = "本人から電話で"
    look = client.post(url, data={**typed, "step": "look"})
    assert f"{VENDOR} → {RIGHT}" in text(look)
    with database.connection():
        assert accounts.by_email(RIGHT) is None, "nothing changes before the second look"
    assert client.post(url, data={**typed, "step": "do"}).status_code == 303
    with database.connection():
        mended = accounts.by_email(RIGHT)
    assert mended is not None
    assert (mended.id, mended.name) == (person.id, "正しい 名前")
    assert case_of(walker).email == RIGHT
    assert last("account")["why"] == "本人から電話で"
    assert "正しい 名前" in text(client.get(f"/admin/user/details/?id={person.id}"))
    assert client.post(url, data={**typed, "step": "do"}).status_code == 422  # nothing differs


def test_an_address_of_somebody_else_is_none_for_this_person(site: Site) -> None:
    go(site.bench, until="submit_documents")
    with database.connection():
        person = accounts.by_email(VENDOR)
    assert person is not None
    data = {"name": person.name, "email": ANALYST, "reason": "電話", "step": "do"}
    assert site.person(ADMIN).post(f"/admin/correct/person/{person.id}", data=data).status_code == 422
    with database.connection():
        assert accounts.by_email(VENDOR) is not None


def test_who_only_reads_corrects_nothing(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    with database.connection():
        person, staff = accounts.by_email(VENDOR), accounts.by_email(ADMIN)
    assert person is not None
    assert staff is not None
    reader = site.person(ANALYST)
    data = {"name": "x", "email": RIGHT, "reason": "x", "step": "do"}
    assert reader.post(f"/admin/correct/person/{person.id}", data=data).status_code == 403
    assert reader.get(f"/cases/{walker.number}/correction").status_code == 403
    assert f"/admin/correct/person/{person.id}" not in reader.get(f"/admin/user/details/?id={person.id}").text
    assert site.person(ADMIN).get(f"/admin/correct/person/{staff.id}").status_code == 404  # of the body: its own page


def test_company_data_are_corrected_by_the_form_in_which_they_were_said(site: Site) -> None:
    walker = go(site.bench, until="certificate_received", business_days_ago=90)
    here, client = f"/cases/{walker.number}/correction", site.person(ADMIN)
    case = case_of(walker)
    assert here in client.get(f"/admin/case/details/?id={case.id}").text
    assert here in client.get(f"/admin/company/details/?id={case.company_id}").text
    asked = {**filled(client.get(here).text), "company_name": NEW, "reason": "登記簿で確認"}
    answer = client.post(here, data=asked)
    assert (answer.status_code, answer.location) == (303, "/corrections")
    shown = text(client.get("/corrections"))
    assert NEW in shown
    assert "登記簿で確認" in shown
    assert case_of(walker).company_name != NEW
    with database.connection():
        row = store.asked()[0]
    assert client.post(f"/corrections/{row.id}", data={"action": "accept", "answer": ""}).status_code == 303
    assert case_of(walker).company_name == NEW
    told = last("case")
    assert told["why"] == "登記簿で確認"
    assert told["after"] == {"company_name": NEW}
    assert certificates.listed(site.bench.portal, text="", state="", order="number")[0].company_name == NEW
    assert NEW in text(client.get(f"/admin/case/details/?id={case.id}"))

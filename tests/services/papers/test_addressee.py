"""Where parcels go: the place that was named for them, else the registered address; never half of each."""

from __future__ import annotations

from typing import Any

from app.services.papers import addressee
from app.store import database, work
from tests.services.conftest import Bench
from tests.services.steps import case_of, go


def company(bench: Bench, **more: Any) -> dict[str, Any]:
    walker = go(bench, "submit_documents", answers={"company_profile": more})
    with database.connection():
        case = case_of(walker)
        loaded = walker.portal.releases.loaded(case.release_id)
        answers = {key: dict(row.values) for key, row in work.latest_answers(case.id).items()}
        return addressee.company(case, loaded.package.applicant, answers)


def test_parcels_go_to_the_address_where_nothing_else_is_said(bench: Bench) -> None:
    found = company(bench)
    assert (found["delivery_address"], found["delivery_postal_code"]) == (found["address"], found["postal_code"])
    assert found["delivery_name"] == ""


def test_parcels_go_where_people_work(bench: Bench) -> None:
    found = company(
        bench,
        delivery_other=True,
        delivery_name="開発部　見本 太郎",
        delivery_postal_code="5300001",
        delivery_address="大阪府大阪市北区梅田1-1-1",
    )
    assert found["delivery_address"] == "大阪府大阪市北区梅田1-1-1" != found["address"]
    assert found["delivery_postal_code"].replace("-", "") == "5300001" and found["delivery_name"] == "開発部　見本 太郎"

"""Names stand once: what is asked of the register is compared with it, and what it takes reaches everything."""

from __future__ import annotations

from pathlib import Path

from app.services.base import permit
from app.services.tasks import filling, reviews
from app.store import cases, database, records
from app.store.models import Task
from tests.services.conftest import Bench
from tests.services.register.test_ten_years import NAMES, NEW, Years, certificate, mails
from tests.services.steps import case_of, opened, task


def setting(years: Years, element: str) -> permit.Setting:
    case = case_of(years.walker)
    row: Task = task(years.walker, element)
    loaded = years.bench.portal.releases.loaded(case.release_id)
    return permit.of(row, case, loaded)


def to_the_listing(years: Years) -> None:
    years.to_the_opening()
    years.booked()
    years.held()


def test_a_new_name_is_compared_with_the_register_and_reaches_everything(bench: Bench, tmp_path: Path) -> None:
    years = Years(bench, tmp_path)
    to_the_listing(years)
    for names in ({**NEW, "listing_company": "株式会社べつの名"}, NEW):  # the body gives the first one back
        years.names = names
        years.listed()
        if names is not NEW:
            years.take("check_production_and_listing", "operator", outcome="returned", reason="登記の名称を。")
    with database.connection():
        [shown] = reviews.answers(setting(years, "check_production_and_listing"), "ja")
    assert {key: shown.before[key] for key in NEW} == NAMES  # what the register says, marked for who checks it
    assert certificate(years.walker).company_name == NAMES["listing_company"]  # asked for is not yet so
    years.told()
    row, case = certificate(years.walker), case_of(years.walker)
    assert (row.company_name, row.system_name) == (case.company_name, case.system_name) == (
        NEW["listing_company"], NEW["listing_name"],
    )  # fmt: skip
    assert task(years.walker, "post_new_edition").company_name == NEW["listing_company"]
    with database.connection():
        made = [each for each in records.documents(case.id) if each.key == "certificate"]
        found = [each.text for each in cases.timeline(case.id, internal=False) if each.kind == "register"]
    assert len(made) == 2
    assert {"extended", "renamed"} <= set(found)
    years.take("annual_audit_result", "vendor")
    years.to_the_opening()
    last = mails(years.walker)[-2]
    assert (last.mail_id, NEW["listing_name"] in last.text) == ("annual-audit-open", True)


def test_an_unchanged_text_makes_no_new_edition_and_a_new_year_begins_with_what_the_register_says(
    bench: Bench, tmp_path: Path
) -> None:
    years = Years(bench, tmp_path)
    to_the_listing(years)
    with database.connection():
        offered = filling.prefill(setting(years, "submit_production_and_listing"), days=False)
    assert {key: offered[key] for key in NAMES} == NAMES
    years.listed()
    years.told()
    assert certificate(years.walker).edition == 1
    assert "post_new_edition" not in opened(years.walker)

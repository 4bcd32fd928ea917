"""A suspended certification reads as suspended wherever a case is shown, and as certified once it is valid again."""

from __future__ import annotations

from app.services.days import lastday
from app.store import database, work
from app.store.models import Case, Certificate
from tests.flow.walking import own_steps
from tests.services.steps import case_of, go, task
from tests.web.conftest import Site


def test_a_suspended_certification_is_said_in_the_list_and_on_the_case(site: Site) -> None:
    walker = go(site.bench, until="annual_audit_result", scenario="annual_audit", business_days_ago=400)
    case = case_of(walker)
    assert case.state == "certified"
    operator, vendor = site.operator(), site.person("ichiro.rei@example.com")
    with database.transaction():
        Certificate.update(state="suspended").where(Certificate.case == case.id).execute()
        Case.update(turn="").where(Case.id == case.id).execute()
    row = operator.get("/cases").text.partition("<tbody>")[2]
    assert "停止" in row
    assert "認定済み" not in row
    assert "認定は停止中です" in operator.get(f"/cases/{walker.number}").text
    with database.transaction():
        Certificate.update(state="valid").where(Certificate.case == case.id).execute()
    assert "認定済み" in operator.get("/cases").text.partition("<tbody>")[2]
    assert "停止中です" not in vendor.get("/tasks").text


def test_a_suspended_vendor_reads_first_that_it_is_suspended_until_when_it_can_be_cured_and_what_to_do(
    site: Site,
) -> None:
    walker = go(site.bench, until="request_audit_date", scenario="annual_audit_cured", business_days_ago=500)
    case = case_of(walker)
    until = lastday.named("certificate.cure_last_day", case.data)
    assert until is not None
    page = site.person("ichiro.rei@example.com").get("/tasks").text
    banner = page[page.rindex('<section class="turn ') :].partition("</section>")[0]
    said = f"{until.year}年{until.month}月{until.day}日"
    assert "認定は停止中です" in banner and said in banner and "監査の希望日を申し込む" in banner
    assert "期限" in banner, "the last day on which the audit can still be asked for"
    step = site.person("ichiro.rei@example.com").get(f"/tasks/{task(walker, 'request_audit_date').id}").text
    assert said in step, "the day by which the audit cures it is the one by which it is to take place"
    assert "変わりがなければ" not in step, "days of an earlier year stand in no field"
    for reader in (site.operator(), site.person("ichiro.rei@example.com")):
        text = reader.get(f"/cases/{walker.number}").text
        assert "認定は停止中です" in text and said in text


def test_what_can_still_be_cured_is_not_called_late(site: Site) -> None:
    walker = go(site.bench, until="certificate_received", business_days_ago=290)
    *before, suspension = own_steps("annual_audit_missed")[:4]
    for step in before:
        walker.take(step)
    asked = task(walker, "request_audit_date")
    with database.transaction():
        assert work.reminded(asked.id, "before_5", walker.portal.now())
    walker.take(suspension)
    until = lastday.named("certificate.cure_last_day", case_of(walker).data)
    due = task(walker, "request_audit_date").due_on
    assert asked.due_on is not None and due is not None and until is not None
    assert asked.due_on < walker.portal.today() < due < until
    with database.connection():
        assert not work.reminders([asked.id]), "what is due on a later day is reminded of anew"
    site.bench.portal.clock.moment = walker.clock.moment  # type: ignore[attr-defined]
    home = site.person("ichiro.rei@example.com").get("/tasks").text
    assert "認定は停止中です" in home and "超過" not in home

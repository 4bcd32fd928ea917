"""承継: another company takes a certification over; the body accepts, and everything and everybody follows."""

from __future__ import annotations

from app.services.register import names
from app.store import bookings, cases, companies, corrections, database, records, work
from app.store.models import Answer, Mail
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go
from tests.web.cases.test_corrections import filled
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR, text

HEIR, NUMBER, NAME = "hanako.tsugi@example.com", "7010401022916", "株式会社つぎて建設システム"
TOLD = {
    "corporate_number": NUMBER, "company_name": NAME, "company_kana": "カブシキガイシャツギテケンセツシステム",
    "postal_code": "100-0001", "prefecture": "東京都", "city": "千代田区", "street": "千代田1-1",
    "representative_title": "代表取締役", "representative_name": "継手 太郎", "representative_kana": "ツギテ タロウ",
    "contact_name": "継手 花子", "contact_kana": "ツギテ ハナコ", "phone": "03-9876-5432", "email": HEIR,
}  # fmt: skip


def test_another_company_takes_a_certification_over_and_everything_follows(site: Site) -> None:
    walker = go(site.bench, until="certificate_received", business_days_ago=90)
    here, vendor, sato = f"/cases/{walker.number}/succession", site.person(VENDOR), site.operator()
    before = case_of(walker)
    assert "承継" in text(vendor.get(f"/cases/{walker.number}"))
    page = vendor.get(here)
    assert page.status_code == 200
    form = filled(page.text)
    assert form["company_name"] == [""], "what is said of the company is said anew"
    assert form["system_name"] == [before.system_name]
    asked = {**form, **TOLD, "reason": "4月1日付けの吸収合併により"}
    assert vendor.post(here, data={**asked, "reason": ""}).status_code == 422
    assert vendor.post(here, data={**asked, "email": STAFF[0]}).status_code == 303, "a vendor learns of no address"
    with database.connection():
        first = corrections.asked()[0].id
    refused = sato.post(f"/corrections/{first}", data={"action": "accept", "answer": ""})
    assert (refused.status_code, "運営主体のもの" in text(refused)) == (422, True)
    assert sato.post(f"/corrections/{first}", data={"action": "refuse", "answer": "宛先"}).status_code == 303
    sent = vendor.post(here, data=asked)
    assert sent.status_code == 303, text(sent)
    assert vendor.get(here).status_code == 200
    assert NAME not in text(site.anybody().get("/systems")), "nothing changes before the body has answered"
    shown = text(sato.get("/corrections"))
    assert "承継" in shown
    assert NAME in shown
    with database.connection():
        row = corrections.asked()[0]
        certificate = records.certificate_of(before.id)
    assert certificate is not None
    said = {"action": "accept", "answer": "登記事項証明書を確認しました"}
    assert sato.post(f"/corrections/{row.id}", data=said).status_code == 303
    case = case_of(walker)
    loaded = site.bench.portal.releases.loaded(case.release_id)
    with database.connection():
        now = records.certificate_of(case.id)
        assert now is not None
        assert (now.company_name, now.edition, now.valid_until) == (
            NAME, certificate.edition + 1, certificate.valid_until,
        )  # fmt: skip
        assert names.wished(case, loaded)["name"] == NAME, "older answers that name a company are overruled"
        assert (case.company_name, case.email, case.contact_name) == (NAME, HEIR, "継手 花子")
        assert case.company is not None
        assert (case.company.corporate_number, case.company.proved_at is not None) == (NUMBER, True)
        assert before.company is not None
        assert companies.cases_of(before.company.id) == []
        assert [each.user.email for each in cases.members(case.id)] == [HEIR]
        assert {each.company_name for each in work.open_tasks(case.id)} <= {NAME}
    assert vendor.get(f"/cases/{walker.number}").status_code == 404
    heir = site.person(HEIR)
    history = text(heir.get(f"/cases/{walker.number}?tab=timeline"))
    assert "承継" in history
    assert "登記事項証明書を確認しました" in history
    assert NAME in text(site.anybody().get("/systems"))
    site.bench.drain()
    with database.connection():
        told = {each.mail_id: each.recipient for each in Mail.select().where(Mail.case == case.id)}
    assert told["taken-over"] == HEIR
    assert told["handed-on"] == VENDOR


def test_the_same_company_takes_nothing_over_and_who_enters_it_for_others_accepts_nothing(site: Site) -> None:
    walker = go(site.bench, until="certificate_received", business_days_ago=90)
    here, sato, tanaka = f"/cases/{walker.number}/succession", site.operator(), site.operator(1)
    form = filled(sato.get(here).text)
    with database.connection():
        own = Answer.select().where((Answer.case == case_of(walker).id) & (Answer.element == "company_profile")).get()
    same = {**form, **TOLD, "corporate_number": own.values["corporate_number"], "reason": "電話で申出"}
    assert "認定を受けている会社" in text(sato.post(here, data=same))
    assert sato.post(here, data={**form, **TOLD, "email": STAFF[0], "reason": "電話"}).status_code == 422
    assert sato.post(here, data={**form, **TOLD, "reason": "電話で申出"}).status_code == 303
    with database.connection():
        row = corrections.asked()[0]
    said = {"action": "accept", "answer": ""}
    assert "ご自身で" in text(sato.post(f"/corrections/{row.id}", data=said))
    assert tanaka.post(f"/corrections/{row.id}", data=said).status_code == 303
    assert case_of(walker).company_name == NAME
    with database.connection():
        assert bookings.of_case(case_of(walker).id), "what was settled stays"


def test_nothing_is_taken_over_before_it_is_certified(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    assert site.person(VENDOR).get(f"/cases/{walker.number}/succession").status_code == 422

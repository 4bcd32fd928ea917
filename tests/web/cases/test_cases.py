"""Pages of cases: who sees which, and what they say first."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.engine import Engine
from app.services.cases import talking
from app.services.pages import diagrams
from app.states import Side
from app.store import database, records, work
from app.store.models import Job
from tests.services.steps import actor, case_of, go, opened, staff
from tests.web.conftest import Site, open_site

TABS = ["flow", "timeline", "documents", "mail", "cards", "money", "answers", "messages"]
OTHER = {"company_name": "別会社株式会社", "email": "other@example.com", "system_name": "べつのゲート"}


class World:
    """Two vendors: one has cards and contracts, the other has only just applied."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.first = go(site.bench, until="settle_exam_date", business_days_ago=40)
        self.second = go(site.bench, until="company_profile", application=OTHER)
        self.number, self.other = self.first.number, self.second.number
        talking.say(site.bench.portal, self.number, "決算書は確認済み（内部）", staff(self.first), internal=True)
        talking.say(site.bench.portal, self.number, "試験日はいつですか", actor(self.first))
        talking.say(site.bench.portal, self.number, "来月を予定しています", staff(self.first))
        site.bench.drain()
        with database.transaction():
            Job.create(
                key="stuck",
                case=case_of(self.first).id,
                element="mail_review_8",
                operator="mail",
                params={"mail": "review-8"},
                state="incident",
                attempts=3,
                error="550 no such mailbox",
                run_at=site.bench.portal.now(),
                created_at=site.bench.portal.now(),
            )

    def page(self, tab: str = "", *, vendor: bool = False, number: str = "") -> str:
        client = self.site.person("ichiro.rei@example.com") if vendor else self.site.operator()
        answer = client.get(f"/cases/{number or self.number}?tab={tab}")
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[World]:
    yield World(open_site(tmp_path_factory.mktemp("cases"), engine))


@pytest.mark.parametrize("vendor", [True, False])
@pytest.mark.parametrize("tab", TABS)
def test_each_tab_opens_for_both_sides_and_says_first_whose_turn_it_is(tab: str, vendor: bool, world: World) -> None:
    page = world.page(tab, vendor=vendor)
    assert page.index("いまは") < page.index('class="tabs"')
    assert re.search(r'<a href="[^"]+" aria-current="page">', page)


def test_a_case_of_somebody_else_is_no_case_at_all(world: World) -> None:
    vendor = world.site.person("ichiro.rei@example.com")
    paths = [
        "",
        "?tab=documents",
        "/all.zip",
        "/diagram.json",
        "/diagram/exam_process.xml",
        "/withdraw",
        "/mails/1",
        "/mails/1/body",
        "/mails/1/attachments/1",
        "/documents/abc",
        "/files/api_overview.pdf",
    ]
    for path in paths:
        assert vendor.get(f"/cases/{world.other}{path}").status_code == 404, path
        assert vendor.get(f"/cases/2020-9999{path}").status_code == 404, path


def test_a_document_cannot_be_had_through_ones_own_case(world: World) -> None:
    with database.connection():
        document = records.documents(case_of(world.first).id)[0]
    other = world.site.person("other@example.com")
    assert other.get(f"/cases/{world.other}/documents/{document.id}").status_code == 404
    assert world.site.operator().get(f"/cases/{world.other}/documents/{document.id}").status_code == 404


def test_nobody_sees_a_case_without_signing_in(world: World) -> None:
    answer = world.site.anybody().get(f"/cases/{world.number}")
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/login")


def test_the_list_of_a_vendor_holds_their_own_cases_alone(world: World) -> None:
    page = world.site.person("ichiro.rei@example.com").get("/cases").text
    assert world.number in page
    assert world.other not in page


@pytest.mark.parametrize("query", ["別会社", "べつの", "other@example.com", "２０２６−０００２", "2026-0002"])
def test_staff_find_a_case_by_company_system_address_or_number(query: str, world: World) -> None:
    page = world.site.operator().get("/cases", query_string={"q": query.replace("−", "-")}).text
    assert world.other in page
    assert world.number not in page.replace(f"q={world.number}", "")


def test_the_list_says_when_nothing_fits_and_keeps_what_was_typed(world: World) -> None:
    page = world.site.operator().get("/cases?q=どこにもない&state=certified").text
    assert "あてはまる案件がありません" in page
    assert 'value="どこにもない"' in page
    assert '<option value="certified" selected>' in page


@pytest.mark.parametrize("page", ["0", "-1", "99999999", "x"])
def test_a_page_number_that_does_not_exist_is_no_error(page: str, world: World) -> None:
    assert world.site.operator().get(f"/cases?page={page}").status_code == 200


def test_a_vendor_never_sees_what_staff_write_among_themselves(world: World) -> None:
    for tab in TABS:
        page = world.page(tab, vendor=True)
        assert "決算書は確認済み" not in page, tab
        assert "550 no such mailbox" not in page, tab
    assert "決算書は確認済み（内部）" in world.page("messages")
    assert "550 no such mailbox" in world.page("messages")


def test_a_vendor_sees_no_document_that_is_for_the_body_alone(world: World) -> None:
    with database.connection():
        rows = [row for row in records.documents(case_of(world.first).id) if row.audience == "operator"]
    inner = [row for row in rows if row.kind != "sealed"]
    assert inner
    page, vendor = world.page("documents", vendor=True), world.site.person("ichiro.rei@example.com")
    timeline = world.page("timeline", vendor=True)
    for document in inner:
        assert document.id not in page
        assert document.title not in timeline
        assert vendor.get(f"/cases/{world.number}/documents/{document.id}").status_code == 404
        assert document.id in world.page("documents")
    sealed = [row for row in rows if row.kind == "sealed"]  # each is for one person, on a page of its own
    assert sealed
    for document in sealed:
        assert document.id not in page
        assert document.id not in world.page("documents")


def test_a_vendor_sees_no_mail_that_was_written_to_the_staff(world: World) -> None:
    with database.connection():
        rows = records.mails(case_of(world.first).id)
    staff_mails = [row for row in rows if "sato@example.jp" in row.recipient]
    assert staff_mails
    page, vendor = world.page("mail", vendor=True), world.site.person("ichiro.rei@example.com")
    for row in staff_mails:
        for path in ("", "/body", "/attachments/1"):
            assert vendor.get(f"/cases/{world.number}/mails/{row.id}{path}").status_code == 404
        assert f"/mails/{row.id}" not in page
        assert f"/mails/{row.id}" in world.page("mail")


def test_reviewers_names_and_answers_stay_with_the_body(world: World) -> None:
    assert "担当 1" in world.page("answers")
    for tab in ("answers", "timeline", "flow"):
        assert "担当 1" not in world.page(tab, vendor=True), tab
    state = world.site.person("ichiro.rei@example.com").get(f"/cases/{world.number}/diagram.json").text
    assert "担当" not in state


def test_the_diagram_names_only_elements_that_exist_and_draws_where_the_case_stands(world: World) -> None:
    package = world.site.bench.portal.releases.current("ccus_api_certification").package
    for client in (world.site.operator(), world.site.person("ichiro.rei@example.com")):
        state = client.get(f"/cases/{world.number}/diagram.json").get_json()
        named = {*state["done"], *state["open"], *state["failed"], *state["details"]}
        assert named <= package.elements.keys()
        assert set(opened(world.first)) <= set(state["open"])
        assert "submit_documents" in state["done"]
        xml = b"".join(package.bpmn.values()).decode()
        assert state["flows"]
        assert all(f'id="{flow}"' in xml for flow in state["flows"])
        for detail in state["details"].values():
            for line in detail["lines"]:
                assert isinstance(line, str) or line["value"]


def test_an_incident_is_drawn_for_staff_and_kept_from_the_vendor(world: World) -> None:
    mine = world.site.operator().get(f"/cases/{world.number}/diagram.json").get_json()
    theirs = world.site.person("ichiro.rei@example.com").get(f"/cases/{world.number}/diagram.json").get_json()
    assert mine["failed"] == ["mail_review_8"]
    assert theirs["failed"] == []


def test_every_diagram_of_the_package_can_be_had_and_no_other(world: World) -> None:
    page, vendor = world.page("flow", vendor=True), world.site.person("ichiro.rei@example.com")
    processes = re.findall(r"diagram=(\w+)", page)
    assert {"document_review", "exam_process", "audit_process"} <= set(processes)
    for process in processes:
        answer = vendor.get(f"/cases/{world.number}/diagram/{process}.xml")
        assert (answer.status_code, answer.mimetype) == (200, "application/xml")
        assert f'id="{process}"' in answer.text
    assert vendor.get(f"/cases/{world.number}/diagram/nothing.xml").status_code == 404


def test_the_page_begins_with_the_diagram_in_which_somebody_has_to_act(world: World) -> None:
    assert "/diagram/exam_process.xml" in world.page("flow")
    assert "/diagram/document_review.xml" in world.page("flow", number=world.other)
    assert (
        "/diagram/audit_process.xml"
        in world.site.operator().get(f"/cases/{world.number}?tab=flow&diagram=audit_process").text
    )


def test_the_timeline_can_be_narrowed_to_a_kind(world: World) -> None:
    page = world.page("timeline&kind=money", vendor=True)
    assert "請求" in page
    assert "メール送信" not in page
    assert "timeline__entry" in world.page("timeline&kind=nonsense")
    links = re.findall(r'timeline__meta">.*?</p>', world.page("timeline"), re.S)
    links = [link for each in links for link in re.findall(r"<a .*?</a>", each, re.S)]
    assert links and all('class="sr"' in link for link in links), "each says of what"


def test_the_mail_is_shown_as_it_was_sent_in_a_frame_that_can_do_nothing(world: World) -> None:
    with database.connection():
        row = next(row for row in records.mails(case_of(world.first).id) if row.mail_id == "review-5")
    vendor = world.site.person("ichiro.rei@example.com")
    page = vendor.get(f"/cases/{world.number}/mails/{row.id}")
    assert row.subject in page.text
    assert 'sandbox="' in page.text
    body = vendor.get(f"/cases/{world.number}/mails/{row.id}/body")
    policy = body.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert body.text.startswith("<!")


def test_the_link_that_opens_an_account_is_shown_to_nobody_else(world: World) -> None:
    third = world.site.bench.walker(application={**OTHER, "email": "third@example.com", "system_name": "三つ目"})
    third.begin()
    with database.connection():
        row = next(row for row in records.mails(case_of(third).id) if "/enter/" in row.text)
    token = row.text.partition("/enter/")[2].split()[0].strip(")<>")
    staff_view = world.site.operator().get(f"/cases/{third.number}/mails/{row.id}").text
    assert "/enter/" in staff_view
    assert token[:20] not in staff_view
    assert token[:20] not in world.site.operator().get(f"/cases/{third.number}/mails/{row.id}/body").text


def test_steps_without_a_picture_say_the_same(world: World) -> None:
    page = world.page("flow", vendor=True)
    fallback = page.partition("data-diagram-fallback")[2].partition("</ol>")[0]
    assert "書類提出" in fallback
    with database.connection():
        hidden = [row.title for row in work.tasks_of(case_of(world.first).id) if row.side == Side.OPERATOR]
    assert all(f">{title}<" not in fallback for title in hidden)


def test_the_state_of_the_diagram_can_be_told_without_the_web(world: World) -> None:
    state = diagrams.state(world.site.bench.portal, world.number, actor(world.first))
    assert state.steps["submit_documents"].title
    assert not state.failed

"""What goes otherwise than hoped, over HTTP: returned, rejected, underpaid, failed, withdrawn, doubled, forged."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from app.catalogue import scenarios
from app.services.demo.walker import PASSWORD
from tests.flow import papers
from tests.flow.driver import APPLICATION, attachments, body_of, case_number, link_of
from tests.flow.place import Place
from tests.flow.prepared import Plan, prepare
from tests.flow.walking import CCUS, Walk, own_steps
from tests.services.conftest import STAFF

pytestmark = pytest.mark.xdist_group("flow-scenarios")


def _texts() -> dict[str, dict[str, Any]]:
    return {name: tomllib.loads(CCUS.files[f"scenarios/{name}.toml"].decode()) for name in scenarios.names(CCUS.files)}


# What is routed by hand stands for something outside the walk; years go by in test_happy_path.py.
SCENARIOS = {
    name: str(text["begin"]["until"])
    for name, text in _texts().items()
    if "begin" in text and not any("routes" in step or "advance" in step for step in text["step"])
}
WITHDRAWN_BARE = ["company_profile", "submit_documents", "contracts__operator"]  # nothing is left to settle yet
WITHDRAWN_AT = [*WITHDRAWN_BARE, "post_test_cards", "confirm_exam_payment", "check_audit_materials"]
SETTLED = {
    "withdrawal_reason": "方針の変更",
    "cards_state": "none",
    "fees_state": "none",
    "contracts_state": "none",
    "dates_released": True,
    "settled_on": "@today",
}
Walks = Callable[[str], Walk]


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:
    return make_place()


@pytest.fixture(scope="module")
def numbers(place: Place) -> dict[str, str]:
    """The cases of this module, by the name of the scenario that each is to walk."""
    plans = [Plan(name, until) for name, until in SCENARIOS.items()]
    plans += [Plan(f"withdrawn_at_{element}", element) for element in WITHDRAWN_AT]
    plans += [
        Plan("overpaid", "confirm_initial_payment"),
        Plan("pinned", "first_review"),
        Plan("lapsing", "pay_exam_fee"),
        Plan("same_person", "second_review"),
    ]
    found = prepare(place, *plans)
    place.start()
    return found


@pytest.fixture(scope="module")
def walk_of(place: Place, numbers: dict[str, str]) -> Walks:
    """The walk of a case that stands where its scenario begins."""
    staff = [place.operator(email) for email in STAFF[:2]]
    known: dict[str, Walk] = {}

    def find(name: str) -> Walk:
        if name not in known:
            vendor = place.vendor(Plan(name, "").email)
            vendor.sign_in(PASSWORD)
            known[name] = Walk(place, numbers[name], vendor, staff)
        return known[name]

    return find


@pytest.fixture(scope="module")
def walked(walk_of: Walks) -> Walks:
    """The walk of a scenario, at its end."""
    done: set[str] = set()

    def find(name: str) -> Walk:
        walk = walk_of(name)
        if name not in done:
            done.add(name)
            walk.take(own_steps(name))
        return walk

    return find


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenario_comes_out_over_http(walked: Walks, name: str) -> None:
    assert walked(name).taken >= len(own_steps(name)) > 0


# Reviews


@pytest.mark.parametrize("name", ["returned_at_first_review", "returned_at_second_review"])
def test_a_vendor_to_whom_a_review_is_returned_reads_why_and_answers_again(walked: Walks, name: str) -> None:
    walk = walked(name)
    returned = [step for step in own_steps(name) if step.get("answer", {}).get("outcome") == "returned"]
    for step in returned:
        [again] = step["expect_open"]
        assert step["answer"]["reason"] in walk.last(again).task.text, again


def test_a_reviewer_sees_what_changed_since_the_last_time(walked: Walks) -> None:
    walk = walked("returned_at_first_review")
    assert "登記事項証明書3.pdf" in walk.last("first_review").task.text
    assert "登記事項証明書2.pdf" in walk.last("first_review").task.text


def test_a_point_pinned_to_a_field_must_be_answered_by_the_vendor(walk_of: Walks) -> None:
    walk = walk_of("pinned")
    reviewer, vendor = walk.staff[0], walk.vendor
    page = reviewer.open(walk.number, "first_review")
    form = page.form(action=page.path).fill("pin:company_profile:company_kana", "法人名のフリガナが登記と違います。")
    form.fill("outcome", "returned").fill("return_to", "company_profile").fill("reason", "1点あります。")
    check = form.press(value="check")
    assert "法人名のフリガナが登記と違います。" in check.text
    check.form(action="/check").press()
    task = vendor.open(walk.number, "company_profile")
    assert "法人名のフリガナが登記と違います。" in task.text
    refused = task.form(action=task.path).press(value="check")
    assert refused.status == 422
    assert refused.alerts()
    vendor.do(walk.number, "company_profile", {"company_kana": "カブシキガイシャミホンケンセツシステムズ"})
    vendor.do(walk.number, "submit_documents", {"registry_certificate": "a.pdf", "financial_statements": ["b.pdf"]})
    assert "ご指摘のとおり修正しました。" in reviewer.open(walk.number, "first_review").text


@pytest.mark.parametrize("name", ["rejected_at_first_review", "rejected_at_second_review"])
def test_a_rejection_is_written_in_the_letter_with_its_reason_and_ends_the_case(walked: Walks, name: str) -> None:
    walk = walked(name)
    mail = walk.place.wait_for_mail(walk.vendor.email, "review-3")
    [letter] = attachments(mail).values()
    text = papers.words_of(letter)
    assert "記載に不足があります。" in text
    assert "不通過" in text or "通過とならなかった" in text or "見送" in text, text
    assert "記載に不足があります。" in body_of(mail) or "添付" in body_of(mail)
    home = walk.vendor.get(f"/tasks?case={walk.number}")
    assert not home.links(r"^/tasks/[\w-]+$"), home.text
    assert "review-4" not in walk.place.mail_ids_to(walk.vendor.email)


def test_the_second_review_is_refused_to_the_first_reviewer(walk_of: Walks) -> None:
    walk = walk_of("same_person")
    [first] = walk.place.records.of(walk.number, "task", "element = 'first_review'")
    name = first["closed_by_name"]
    page = next(each for each in walk.staff if name in each.get("/tasks").text).open(walk.number, "second_review")
    assert name in page.text
    assert not page.has_form(button="確認する")


# Money and papers


def test_a_wrong_amount_is_said_on_the_check_page_and_what_is_missing_is_asked_for(walked: Walks) -> None:
    walk = walked("short_payment")
    first, second = [done for element, done in walk.done if element == "confirm_initial_payment"]
    assert any(re.search("20,?000", each) for each in first.warnings), first.warnings
    assert second.warnings == []
    assert "20,000" in walk.last("pay_initial_fee").task.text


def test_too_much_is_said_as_well_and_lets_the_case_go_on(walk_of: Walks) -> None:
    walk = walk_of("overpaid")
    done = walk.staff[0].do(
        walk.number,
        "confirm_initial_payment",
        {"amount": 230000, "paid_on": "@today", "payer": "カ）ミホンケンセツシステム"},
    )
    assert any(re.search("10,?000", each) for each in done.warnings), done.warnings
    walk.place.records.settle(walk.number)
    assert walk.place.records.open(walk.number) == ["api_documents"]


def test_a_contract_that_came_back_unsigned_is_asked_for_again_with_the_reason(walked: Walks) -> None:
    walk = walked("contract_returned")
    assert "署名がありません。" in walk.last("contracts__vendor").task.text
    assert walk.last("contracts__vendor").task.text.count("秘密保持契約書")


# Exam and audit


def test_the_first_retest_is_free_and_the_second_is_charged(walked: Walks) -> None:
    walk = walked("exam_retests")
    claims = [(row["fee"], row["total"]) for row in walk.place.records.of(walk.number, "invoice")]
    assert claims == [("initial_fee", 220000), ("exam_fee", 165000), ("exam_fee", 88000)]
    letters = [
        papers.words_of(next(iter(attachments(mail).values())))
        for mail in walk.place.mails_to(walk.vendor.email)
        if mail["X-Nintei-Mail"] == "exam-7"
    ]
    assert len(letters) == 3
    assert all("不合格" in text for text in letters[:2])
    assert "不合格" not in letters[2]
    invoice = attachments(walk.place.wait_for_mail(walk.vendor.email, "exam-1"))
    assert "88,000" in papers.words_of(next(iter(invoice.values())))


def test_a_failed_audit_names_its_findings_in_the_letter(walked: Walks) -> None:
    walk = walked("audit_failed")
    finding = next(
        step["answer"]["findings"][0]["finding"]
        for step in own_steps("audit_failed")
        if step.get("answer", {}).get("findings")
    )
    letters = [
        papers.words_of(next(iter(attachments(mail).values())))
        for mail in walk.place.mails_to(walk.vendor.email)
        if mail["X-Nintei-Mail"] == "audit-5"
    ]
    assert re.sub(r"\s", "", finding) in letters[0]


def test_minor_findings_are_shown_to_the_vendor_who_mends_them(walked: Walks) -> None:
    walk = walked("audit_minor_findings")
    findings = [
        row["finding"]
        for step in own_steps("audit_minor_findings")
        for row in step.get("answer", {}).get("findings", [])
    ]
    task = next(done for element, done in walk.done if element == "submit_audit_materials").task.text
    assert findings
    assert all(each in task for each in findings), task


# Withdrawal


@pytest.mark.parametrize("element", WITHDRAWN_AT)
def test_a_vendor_withdraws_at_any_step_and_what_is_left_is_settled_first(walk_of: Walks, element: str) -> None:
    walk = walk_of(f"withdrawn_at_{element}")
    records = walk.place.records
    before = records.open(walk.number)
    assert element in before
    walk.withdraw(walk.vendor, "方針の変更")
    records.settle(walk.number)
    if element in WITHDRAWN_BARE:
        walk.place.wait_for_mail(walk.vendor.email, "withdrawn-at-once")
    else:
        assert records.open(walk.number) == ["settle_withdrawal"]
        page = walk.staff[0].open(walk.number, "settle_withdrawal")
        assert "方針の変更" in page.text
        cards = [row["serial"] for row in records.of(walk.number, "card", "state = 'lent'")]
        answer = {**SETTLED, "cards_state": "returned" if cards else "none"}
        kinds = page.form(action=page.path).options("cards_state")
        if answer["cards_state"] not in kinds:
            answer["cards_state"] = kinds[0]
        walk.staff[0].do(walk.number, "settle_withdrawal", answer)
        walk.place.wait_for_mail(walk.vendor.email, "withdrawn")
    records.settle(walk.number)
    case = records.case(walk.number)
    assert (case["state"], bool(case["ended"]), records.open(walk.number)) == ("withdrawn", True, [])
    assert records.of(walk.number, "booking", f"state IN ('held', 'confirmed') AND day >= '{place_day(walk)}'") == []
    assert records.of(walk.number, "invoice", "state = 'open'") == []
    again = walk.vendor.get(f"/cases/{walk.number}/withdraw")
    assert not again.has_form(field="reason")
    assert walk.vendor.get(f"/cases/{walk.number}/tasks/{element}").path == f"/cases/{walk.number}"


def place_day(walk: Walk) -> str:
    return walk.place.clock.today()


# The way in


def application(name: str) -> dict[str, Any]:
    return {**APPLICATION, "company_name": f"{name}株式会社", "system_name": f"{name}ゲート"}


def test_the_same_application_sent_twice_is_recognised_and_not_doubled(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("twice@vendor.example.jp")
    first = vendor.send_application(application("二重"))
    place.wait_for_mail(vendor.email, "review-1")
    second = place.vendor(vendor.email).send_application(application("二重"))
    assert case_number(first) == case_number(second)
    assert first.heading != second.heading
    other = vendor.send_application({**application("二重"), "system_name": "別のシステム"})
    assert case_number(other) != case_number(first)
    place.records.settle(case_number(other))
    assert place.mail_ids_to(vendor.email) == ["review-1", "review-1"]


def test_a_check_page_sent_twice_starts_one_case(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("doubleclick@vendor.example.jp")
    form = vendor.get("/apply").form(field="email")
    for key, value in {**application("連打"), "email": vendor.email}.items():
        form.fill(key, value)
    check = form.press()
    once, twice = (check.form(field="email").press(value="send") for _ in range(2))
    assert case_number(once) == case_number(twice)


def test_the_entry_link_lets_in_once_and_then_asks_for_the_password(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("link@vendor.example.jp")
    vendor.apply(application("入口"))
    mail = place.wait_for_mail(vendor.email, "review-1")
    vendor.follow(mail)
    vendor.follow(mail)  # looking alone uses nothing up
    vendor.enter(mail)
    for who in (vendor, place.vendor(vendor.email)):
        page = who.follow(mail)
        assert page.status == 410
        assert page.alerts()
        assert page.links("^/login|^/tasks")


def test_a_forged_entry_link_is_a_page_that_says_so(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("forged@vendor.example.jp")
    vendor.apply(application("偽"))
    link = link_of(place.wait_for_mail(vendor.email, "review-1"))
    bent = link[:-1] + ("A" if link[-1] != "A" else "B")
    for address in (bent, f"{place.url}/enter/x", f"{place.url}/enter/{'a' * 43}", f"{place.url}/enter/%00"):
        page = vendor.get(address)
        assert page.status == 404, (address, page)
        assert page.alerts() or page.heading
    vendor.enter(place.wait_for_mail(vendor.email, "review-1"))


def test_a_link_is_replaced_by_the_one_sent_after_it(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("again@vendor.example.jp")
    number = vendor.apply(application("再送"))
    first = place.wait_for_mail(vendor.email, "review-1")
    form = vendor.get("/apply/resend").form(field="number")
    assert form.fill("number", number).fill("email", vendor.email).press().status == 200
    second = place.wait_for_mail(vendor.email, "entry-link-again")
    assert vendor.follow(first).status == 410
    vendor.enter(second)


def test_somebody_else_who_is_signed_in_does_not_slip_in_by_a_link(place: Place, walk_of: Walks) -> None:
    """Who chose a password signs in with it: a link to a second case of theirs asks for that."""
    vendor = place.vendor("second-case@vendor.example.jp")
    vendor.apply(application("一件目"))
    vendor.enter(place.wait_for_mail(vendor.email, "review-1"))
    number = vendor.apply(application("二件目"))
    mail = place.wait_for_mail(vendor.email, "review-1", nth=2)
    stranger = walk_of("pinned").vendor
    page = stranger.follow(mail)
    assert not page.has_form(field="password")
    assert stranger.get(f"/cases/{number}").status == 404
    own = vendor.follow(mail)
    assert own.form(action=own.path).press().path == "/tasks"
    place.records.settle(number)
    assert place.records.open(number) == ["company_profile"]


def test_an_old_entry_link_is_too_old_and_a_new_one_works(place: Place, walk_of: Walks) -> None:
    """The last of this module: its clock goes on."""
    vendor = place.vendor("late@vendor.example.jp")
    number = vendor.apply(application("遅れ"))
    mail = place.wait_for_mail(vendor.email, "review-1")
    place.clock.ahead(days=15)
    page = vendor.follow(mail)
    assert page.status == 410
    assert page.alerts()
    page.form(field="number").fill("number", number).fill("email", vendor.email).press()
    vendor.enter(place.wait_for_mail(vendor.email, "entry-link-again"))
    place.records.settle(number)
    assert place.records.open(number) == ["company_profile"]


def test_a_held_date_that_is_not_paid_for_lapses_with_a_warning(place: Place, walk_of: Walks) -> None:
    """Its clock goes on too. What was paid late counts; another date is settled without another fee."""
    walk = walk_of("lapsing")
    place.clock.ahead(days=30)
    place.stop()
    place.start()  # the worker looks at dates at its start, and then each minute
    place.wait_for_mail(walk.vendor.email, "date-lapsed")
    walk.vendor.do(walk.number, "pay_exam_fee", {"paid_on": "@today", "payer": "カ）ミホンケンセツシステム"})
    place.records.settle(walk.number)
    walk.staff[0].do(
        walk.number,
        "confirm_exam_payment",
        {"amount": 165000, "paid_on": "@today", "payer": "カ）ミホンケンセツシステム"},
    )
    place.records.settle(walk.number)
    assert place.records.open(walk.number) == ["settle_exam_date"]
    walk.take(
        [
            {
                "complete": "settle_exam_date",
                "by": "operator",
                "answer": {"outcome": "accepted", "date": "@day2"},
                "expect_mails": ["exam-2", "exam-3", "exam-4"],
                "expect_invoices": [],
                "expect_open": ["exam_date_received"],
            }
        ]
    )

"""What people type wrongly, and what they try that is not theirs: a page says so, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from app.services.demo.walker import PASSWORD
from tests.flow.driver import APPLICATION, Vendor
from tests.flow.place import Place
from tests.flow.prepared import Plan, add_account, prepare
from tests.flow.visitor import Form, Page
from tests.flow.walking import CCUS, Walk, steps_of
from tests.services.conftest import STAFF

pytestmark = pytest.mark.xdist_group("flow-bad-input")

WRONG = "まちがい"
# Every form of the walk from application to certificate that asks for something.
FORMS = sorted({step["complete"] for step in steps_of("happy_path")[2:] if step.get("answer")})


@dataclass
class Tried:
    """What came of posts that should not go through. `kept`: what was typed, and what stands there after it."""

    empty: Page
    wrong: Page
    required: list[str]
    typed: Mapping[str, str]
    kept: Mapping[str, str]


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:
    return make_place()


@pytest.fixture(scope="module")
def numbers(place: Place) -> dict[str, str]:
    found = prepare(place, Plan("tried", "company_profile"), Plan("others", "first_review"))
    add_account(place, "chief@example.jp", "管理 太郎", ["administrator"])
    add_account(place, "analyst@example.jp", "高橋 悠", ["analyst"])
    place.start()
    return found


@pytest.fixture(scope="module")
def tried(place: Place, numbers: dict[str, str]) -> dict[str, Tried]:
    """By element: what came of an empty and of a wrong post, before the right one."""
    found: dict[str, Tried] = {}

    def try_first(walk: Walk, step: Mapping[str, Any]) -> None:
        place.clock.ahead(minutes=20)
        if step.get("answer"):
            found[step["complete"]] = _try(walk, step)

    vendor = place.vendor(Plan("tried", "").email)
    vendor.sign_in(PASSWORD)
    walk = Walk(place, numbers["tried"], vendor, [place.operator(email) for email in STAFF[:2]], try_first)
    walk.take(steps_of("happy_path")[2:])
    return found


def _try(walk: Walk, step: Mapping[str, Any]) -> Tried:
    person = walk.person(step)
    page = person.open(walk.number, step["complete"])
    form = page.form(action=page.path)
    required = [str(each.get("name")) for each in form.controls if each.get("aria-required") == "true"]
    empty = _emptied(form).press(value="check")
    again = person.open(walk.number, step["complete"])
    form = _emptied(again.form(action=again.path))
    typed = {}
    for name in form.names():
        wrong = _wrong(form, name)
        if wrong and name in step["answer"]:
            form.force(name, wrong)
            typed[name] = wrong
    wrong_page = form.press(value="check")
    kept = {}
    if wrong_page.status == 422:
        shown = wrong_page.form(action=page.path)
        kept = {name: shown.value(name) for name in typed}
    return Tried(empty, wrong_page, required, typed, kept)


def _emptied(form: Form) -> Form:
    for name in form.names():
        if name not in {"csrf_token", "revision"} and form.kind(name) not in {"hidden", "file", ""}:
            form.force(name, "")
    return form


def _wrong(form: Form, name: str) -> str:
    kind = form.kind(name)
    field = form.of(name)[0]
    if kind in {"number", "date", "datetime-local", "time", "email", "tel"} or field.get("inputmode") == "numeric":
        return WRONG
    if kind in {"text", "textarea"}:
        return "も" * 9000
    return ""


@pytest.mark.parametrize("element", FORMS)
def test_an_empty_form_is_refused_with_what_to_do(tried: dict[str, Tried], element: str) -> None:
    found = tried[element]
    if found.empty.status != 422:
        assert found.empty.path.endswith("/check"), found.empty
        assert found.required == [], "required fields were left empty"
        return
    assert found.empty.alerts(), found.empty
    assert found.empty.links("^#f-"), "the complaints lead to their fields"
    assert "aria-invalid" in found.empty.source


@pytest.mark.parametrize("element", FORMS)
def test_wrong_answers_are_refused_and_stay_as_they_were_typed(tried: dict[str, Tried], element: str) -> None:
    found = tried[element]
    if not found.typed:
        return
    assert found.wrong.status == 422, found.wrong
    assert found.wrong.alerts()
    assert {name: text for name, text in found.kept.items() if text != found.typed[name]} == {}


def test_the_forms_were_all_tried_and_the_case_was_certified_all_the_same(
    place: Place, numbers: dict[str, str], tried: dict[str, Tried]
) -> None:
    assert sorted(tried) == FORMS
    assert place.records.case(numbers["tried"])["state"] == "certified"
    assert sum(1 for each in tried.values() if each.typed) > 20


# The application


def test_a_wrong_application_keeps_what_was_typed(place: Place, numbers: dict[str, str]) -> None:
    visitor = place.visitor()
    form = visitor.get("/apply").form(field="email")
    form.fill("company_name", "株式会社たりない").fill("email", "これは宛先ではない").fill("contact_kana", "漢字")
    page = form.press()
    assert page.status == 422
    assert page.alerts()
    shown = page.form(field="email")
    assert shown.value("company_name") == "株式会社たりない"
    assert shown.value("email") == "これは宛先ではない"
    assert shown.value("contact_kana") == "漢字"


def test_the_check_page_leads_back_with_everything_typed(place: Place, numbers: dict[str, str]) -> None:
    visitor = place.visitor()
    form = visitor.get("/apply").form(field="email")
    for key, value in APPLICATION.items():
        form.fill(key, value)
    back = form.press().form(field="email").press(value="edit")
    shown = back.form(field="email")
    assert {key: shown.value(key) for key in APPLICATION if key != "consent"} == {
        key: value for key, value in APPLICATION.items() if key != "consent"
    }


# Files


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("登記.exe", b"MZ\x90\x00" + b"\0" * 200),
        ("登記.pdf", b"MZ\x90\x00" + b"\0" * 200),
        ("登記.pdf", b""),
        ("登記.html", b"<script>alert(1)</script>"),
        ("登記.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_content(
    others: tuple[Vendor, str], name: str, content: bytes
) -> None:
    vendor, number = others
    page = vendor.open(number, "submit_documents")
    form = page.form(action=page.path).fill("documents_note", "登記は1月のものです。")
    refused = form.fill("registry_certificate", (name, content)).press(value="check")
    assert refused.status == 422
    assert refused.alerts()
    assert refused.form(action=page.path).value("documents_note") == "登記は1月のものです。"


@pytest.fixture(scope="module")
def others(place: Place, numbers: dict[str, str]) -> tuple[Vendor, str]:
    """Another vendor, who was asked for the documents again."""
    reviewer = place.operator(STAFF[0])
    reviewer.do(
        numbers["others"],
        "first_review",
        {"outcome": "returned", "return_to": "submit_documents", "reason": "書類が古いものです。"},
    )
    vendor = place.vendor(Plan("others", "").email)
    vendor.sign_in(PASSWORD)
    return vendor, numbers["others"]


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/tasks/nothing",
        "/cases/2026-9999",
        "/cases/2026-9999/tasks/first_review",
        "/systems/CCUS-API-1",
        "/apply/nothing",
        "/help/nothing",
        "/help/../../etc/passwd",
        "/enter/nothing",
        "/cases/%00",
        "/tasks/%2e%2e",
    ],
)
def test_an_unknown_address_is_a_page_that_says_so(place: Place, numbers: dict[str, str], address: str) -> None:
    vendor = place.vendor(Plan("others", "").email)
    vendor.sign_in(PASSWORD)
    for person in (vendor, place.operator(STAFF[0])):
        _is_a_page(person.get(address), 404)


def test_anothers_case_looks_like_none(place: Place, numbers: dict[str, str], others: tuple[Vendor, str]) -> None:
    vendor, own = others
    theirs = numbers["tried"]
    assert vendor.get(f"/cases/{own}").status == 200
    row = place.records.of(theirs, "document")[-1]
    task = place.records.of(theirs, "task")[-1]
    mail = place.records.of(theirs, "mail")[-1]
    for address in (
        f"/cases/{theirs}",
        f"/cases/{theirs}?tab=mail",
        f"/cases/{theirs}/withdraw",
        f"/cases/{theirs}/all.zip",
        f"/cases/{theirs}/documents/{row['id']}",
        f"/cases/{own}/documents/{row['id']}",
        f"/cases/{theirs}/diagram.json",
        f"/cases/{theirs}/mails/{mail['id']}",
        f"/cases/{own}/mails/{mail['id']}",
        f"/tasks/{task['id']}",
        f"/tasks/{task['id']}/check",
        f"/tasks/{task['id']}/done",
        f"/cases/{theirs}/tasks/company_profile",
        f"/cases/{theirs}/files/api_specification.pdf",
        f"/tasks?case={theirs}",
    ):
        _is_a_page(vendor.get(address), 404)
    token = vendor.get("/tasks").form(field="csrf_token").value("csrf_token")
    for address in (
        f"/cases/{theirs}/withdraw",
        f"/cases/{theirs}/messages",
        f"/tasks/{task['id']}",
        f"/tasks/{task['id']}/check",
        f"/tasks/{task['id']}/reveal",
        f"/tasks/{task['id']}/draft",
    ):
        assert (
            vendor.visitor.post(
                address, [("csrf_token", token), ("text", "x"), ("reason", "x"), ("agreed", "yes")]
            ).status
            == 404
        ), address
    assert place.records.of(theirs, "note") == []


def test_files_that_are_not_released_yet_are_not_there(others: tuple[Vendor, str]) -> None:
    vendor, number = others
    for group in CCUS.downloads.values():
        for name in group.files:
            _is_a_page(vendor.get(f"/cases/{number}/files/{name}"), 404)


@pytest.mark.parametrize("address", ["/cards", "/payments", "/calendar", "/post", "/admin/"])
def test_the_desks_of_the_staff_are_closed_to_vendors(others: tuple[Vendor, str], address: str) -> None:
    page = others[0].get(address)
    _is_a_page(page, 403)


@pytest.mark.parametrize(
    ("email", "address", "status"),
    [
        (STAFF[0], "/admin/", 403),
        ("analyst@example.jp", "/tasks", 200),
        ("chief@example.jp", "/admin/", 200),
    ],
)
def test_each_role_sees_what_is_its_own(
    place: Place, numbers: dict[str, str], email: str, address: str, status: int
) -> None:
    _is_a_page(place.operator(email).get(address), status)


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back_to_where_they_were_going(
    place: Place, numbers: dict[str, str]
) -> None:
    for address in ("/tasks", f"/cases/{numbers['others']}", "/cards", "/admin/"):
        page = place.visitor().get(address)
        assert page.path == "/login", page
    visitor = place.visitor()
    form = visitor.get(f"/cases/{numbers['others']}").form(field="password")
    page = form.fill("email", Plan("others", "").email).fill("password", PASSWORD).press()
    assert page.path == f"/cases/{numbers['others']}"


def test_a_wrong_password_says_no_more_than_that(place: Place, numbers: dict[str, str]) -> None:
    said = []
    for email in (STAFF[0], "nobody@example.jp"):
        form = place.visitor().get("/login").form(field="password")
        page = form.fill("email", email).fill("password", "wrong wrong wrong").press()
        assert page.path == "/login"
        assert page.form(field="password").value("email") == email
        said.append(page.alerts())
    assert said[0]
    assert said[0] == said[1]


# Posts that no page of ours makes


def test_a_post_without_its_token_changes_nothing(place: Place, others: tuple[Vendor, str]) -> None:
    vendor, number = others
    page = vendor.visitor.post(f"/cases/{number}/withdraw", [("reason", "x"), ("agreed", "yes")])
    _is_a_page(page, 200)  # the page itself again, which says so
    assert page.path == f"/cases/{number}/withdraw"
    assert place.records.open(number) == ["submit_documents"]


def test_an_option_that_was_not_offered_is_refused(place: Place, numbers: dict[str, str]) -> None:
    visitor = place.visitor()
    form = visitor.get("/apply").form(field="email")
    for key, value in APPLICATION.items():
        form.fill(key, value)
    page = form.force("company_name", "x" * 100_000).press()
    assert page.status == 422
    _is_a_page(visitor.get("/apply/done"), 200)


@pytest.mark.parametrize("address", ["/apply/resend", "/login"])
def test_a_get_of_a_page_works_without_cookies(place: Place, numbers: dict[str, str], address: str) -> None:
    _is_a_page(place.visitor().get(address), 200)


def _is_a_page(page: Page, status: int) -> None:
    assert page.status == status, page
    assert page.is_html, page
    assert page.heading, page
    assert page.links("^/"), "a way on from here"

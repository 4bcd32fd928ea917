"""Start, application, the mailed link: what anybody may open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from app.services.cases import entering
from app.store import cases, database
from app.store.models import Attempt, Case, EntryLink, Mail
from tests.services.conftest import APPLICATION
from tests.web.conftest import Site, open_site

ANSWERS = {**APPLICATION, "consent": "true"}
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    return open_site(tmp_path_factory.mktemp("public"), engine)


@pytest.fixture
def visitor(shared: Site) -> Iterator[FlaskClient]:
    client = shared.anybody()
    client.set_cookie("lang", "en")
    yield client
    with database.connection():
        for case in Case.select():
            case.delete_instance()
        Attempt.delete().execute()  # so many mails go to one address in an hour: each test begins anew


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def apply(client: FlaskClient, **changed: str) -> Any:
    """Send the application from the check page on, as a browser without scripts does."""
    checked = client.post("/apply", data={**ANSWERS, **changed, "step": "check"})
    assert checked.status_code == 200
    return client.post("/apply", data={**hidden(checked.text), "step": "send"})


def the_link() -> str:
    with database.connection():
        return str(EntryLink.select().order_by(EntryLink.id.desc()).get().token)


def test_the_start_page_leads_to_the_application_and_to_the_register(visitor: FlaskClient) -> None:
    page = visitor.get("/").text
    assert 'href="/apply"' in page
    assert 'href="/systems"' in page
    assert 'href="/login"' in page


def test_whoever_is_signed_in_goes_on_to_their_work(shared: Site) -> None:
    answer = shared.operator().get("/")
    assert (answer.status_code, answer.location) == (302, "/tasks")


def test_five_facts_stand_before_the_form(visitor: FlaskClient) -> None:
    page = visitor.get("/apply").text
    facts = page[: page.index('<form method="post" action="/apply"')]
    for term in ("Who may apply", "What it takes", "After you apply", "How long it takes", "Contact details"):
        assert f"<dt>{term}</dt>" in facts


def test_whom_to_ask_is_said_by_telephone(shared: Site) -> None:
    assert "電話 03-0000-0001" in shared.anybody().get("/apply").text
    for path in ("/", "/systems", "/help/applicants", "/login", "/password"):
        page = shared.anybody().get(path).text
        assert '<a href="tel:0300000001">03-0000-0001</a>' in page.partition("<footer")[2], path
    assert "tel:" not in shared.operator().get("/tasks").text.partition("<footer")[2], "the staff is whom one calls"


def test_the_terms_open_in_a_window_of_their_own_where_they_are_agreed_to(shared: Site) -> None:
    page = shared.anybody().get("/apply").text
    parts = ('id="f-consent"', 'target="_blank" rel="noopener">利用規約', "新しい画面で開きます）", "確認する</button>")
    places = [page.rindex(each) for each in parts]
    assert places == sorted(places)


def test_the_seven_fields_are_asked(visitor: FlaskClient) -> None:
    page = visitor.get("/apply").text
    for name in ANSWERS:
        assert f'name="{name}"' in page


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(visitor: FlaskClient) -> None:
    answer = visitor.post("/apply", data={**ANSWERS, "email": "no address", "contact_kana": "abc", "step": "check"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="no address"' in answer.text
    assert f'value="{APPLICATION["company_name"]}"' in answer.text
    assert 'href="#f-email"' in answer.text


def test_answers_are_shown_once_more_before_anything_is_sent(visitor: FlaskClient) -> None:
    page = visitor.post("/apply", data={**ANSWERS, "phone": "０３－１２３４－５６７８", "step": "check"}).text
    assert "03-1234-5678" in page
    assert hidden(page)["email"] == APPLICATION["email"]
    with database.connection():
        assert Case.select().count() == 0


def test_change_leads_back_to_the_form_with_everything_in_it(visitor: FlaskClient) -> None:
    checked = visitor.post("/apply", data={**ANSWERS, "step": "check"})
    page = visitor.post("/apply", data={**hidden(checked.text), "step": "edit"}).text
    assert f'value="{APPLICATION["system_name"]}"' in page
    assert re.search(r'id="f-consent"[^>]*checked', page)


def test_the_done_page_says_the_number_and_where_the_mail_went(visitor: FlaskClient) -> None:
    answer = apply(visitor)
    assert (answer.status_code, answer.location) == (303, "/apply/done")
    page = visitor.get("/apply/done").text
    with database.connection():
        case = Case.get()
    assert case.number in page
    assert case.email in page


def test_the_same_application_sent_again_shows_the_same_number(visitor: FlaskClient) -> None:
    apply(visitor)
    apply(visitor)
    page = visitor.get("/apply/done").text
    with database.connection():
        assert Case.select().count() == 1
        assert Case.get().number in page
    assert "We already have this application" in page


def test_an_application_that_was_tampered_with_on_the_check_page_is_refused(visitor: FlaskClient) -> None:
    answer = visitor.post("/apply", data={**ANSWERS, "consent": "", "step": "send"})
    assert answer.status_code == 422
    with database.connection():
        assert Case.select().count() == 0


def test_an_unknown_certification_is_a_page_of_its_own(visitor: FlaskClient) -> None:
    assert visitor.get("/apply/nothing").status_code == 404
    assert visitor.post("/apply/nothing", data=ANSWERS).status_code == 404


def test_the_done_page_without_an_application_leads_to_the_form(visitor: FlaskClient) -> None:
    assert visitor.get("/apply/done").location == "/apply"


def test_the_link_can_be_sent_again_and_the_old_one_stops_working(visitor: FlaskClient) -> None:
    apply(visitor)
    old = the_link()
    with database.connection():
        number = Case.get().number
    answer = visitor.post("/apply/resend", data={"number": number, "email": APPLICATION["email"].upper()})
    assert (answer.status_code, answer.location) == (303, "/apply/resend?sent=yes")
    assert "new mail is on its way" in visitor.get(answer.location).text  # loaded again, it sends nothing again
    assert the_link() != old
    assert visitor.get(f"/enter/{old}").status_code == 410


def test_the_answer_to_a_resend_tells_nothing(visitor: FlaskClient) -> None:
    apply(visitor)
    with database.connection():
        number = Case.get().number
    right = visitor.post("/apply/resend", data={"number": number, "email": APPLICATION["email"]})
    wrong = visitor.post("/apply/resend", data={"number": "2020-0001", "email": "x@example.jp"})
    assert (right.status_code, right.location, right.text) == (wrong.status_code, wrong.location, wrong.text)


def test_a_resend_without_an_address_says_what_is_missing(visitor: FlaskClient) -> None:
    answer = visitor.post("/apply/resend", data={"number": "2026-0001", "email": "nothing"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="2026-0001"' in answer.text


def test_the_link_makes_an_account_and_signs_in(visitor: FlaskClient) -> None:
    apply(visitor)
    page = visitor.get(f"/enter/{the_link()}").text
    assert APPLICATION["email"] in page
    answer = visitor.post(f"/enter/{the_link()}", data={"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/tasks")
    assert visitor.get("/tasks").status_code == 200


def test_opening_the_link_alone_uses_nothing_up(visitor: FlaskClient) -> None:
    apply(visitor, email="looked@example.com")
    for _ in range(3):
        assert visitor.get(f"/enter/{the_link()}").status_code == 200


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), (PASSWORD, "another one"), ("", ""), ("aaaaaaaaaaaa", "aaaaaaaaaaaa")]
)
def test_a_password_that_will_not_do_is_refused_on_its_page(visitor: FlaskClient, password: str, again: str) -> None:
    apply(visitor, email="weak@example.com")
    answer = visitor.post(f"/enter/{the_link()}", data={"password": password, "again": again})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with database.connection():
        assert not cases.members(Case.get().id)


def test_a_link_that_was_used_says_to_sign_in(visitor: FlaskClient) -> None:
    apply(visitor, email="used@example.com")
    visitor.post(f"/enter/{the_link()}", data={"password": PASSWORD, "again": PASSWORD})
    again = visitor.get(f"/enter/{the_link()}")
    assert again.status_code == 410
    assert 'role="alert"' in again.text
    assert 'action="/apply/resend"' in again.text


def test_a_link_that_is_too_old_says_to_have_a_new_one_sent(shared: Site, visitor: FlaskClient) -> None:
    apply(visitor, email="old@example.com")
    with database.connection():
        EntryLink.update(expires_at=shared.bench.portal.now() - timedelta(seconds=1)).execute()
    answer = visitor.get(f"/enter/{the_link()}")
    assert answer.status_code == 410
    assert "too old" in answer.text


def test_a_forged_link_is_no_page_of_ours(visitor: FlaskClient) -> None:
    answer = visitor.get("/enter/forged")
    assert answer.status_code == 404
    assert 'action="/apply/resend"' in answer.text
    assert visitor.post("/enter/forged", data={"password": PASSWORD, "again": PASSWORD}).status_code == 404


def test_whoever_has_an_account_signs_in_first_and_comes_back(shared: Site, visitor: FlaskClient) -> None:
    apply(visitor, email="twice@example.com")
    visitor.post(f"/enter/{the_link()}", data={"password": PASSWORD, "again": PASSWORD})
    stranger = shared.anybody()
    stranger.set_cookie("lang", "en")
    apply(stranger, email="twice@example.com", system_name="二つ目のシステム")
    token = the_link()
    assert f"/login?next=/enter/{token}" in stranger.get(f"/enter/{token}").text
    assert stranger.post(f"/enter/{token}", data={"password": PASSWORD, "again": PASSWORD}).status_code == 422
    signed_in = stranger.post(f"/login?next=/enter/{token}", data={"email": "twice@example.com", "password": PASSWORD})
    assert signed_in.location == f"/enter/{token}"
    assert stranger.post(f"/enter/{token}").location == "/tasks"
    with database.connection():
        found = [len(cases.members(case.id)) for case in Case.select()]
    assert found == [1, 1]


def test_a_wrong_password_is_said_and_the_address_kept(shared: Site, visitor: FlaskClient) -> None:
    answer = visitor.post("/login", data={"email": "sato@example.jp", "password": "not this one"})
    assert 'role="alert"' in answer.text
    assert 'value="sato@example.jp"' in answer.text
    unknown = visitor.post("/login", data={"email": "nobody@example.jp", "password": "not this one"})
    assert unknown.text.replace("nobody@", "sato@") == answer.text


def test_a_stranger_is_not_sent_elsewhere_after_signing_in(visitor: FlaskClient) -> None:
    known = {"email": "sato@example.jp", "password": "a password for tests"}
    answer = visitor.post("/login?next=https://evil.example/", data=known)
    assert answer.location is None or re.match(r"/(?!/)", answer.location)


def test_signing_out_is_a_post(shared: Site) -> None:
    client = shared.operator()
    assert client.get("/logout").status_code == 405
    assert client.get("/tasks").status_code == 200
    assert client.post("/logout").location == "/"
    assert client.get("/tasks").location.startswith("/login")


def test_a_postal_code_gives_its_place(visitor: FlaskClient) -> None:
    answer = visitor.get("/postal/100-0001")
    assert answer.get_json() == {"prefecture": "東京都", "city": "千代田区", "town": "千代田"}
    assert visitor.get("/postal/0000000").status_code == 404
    assert visitor.get("/postal/abc").status_code == 404


@pytest.mark.parametrize("address", ["/accounts", "/outbox", "/outbox/1", "/styleguide"])
def test_pages_of_the_demo_are_not_there_otherwise(visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address).status_code == 404


def test_a_help_page_that_was_not_written_is_not_there(visitor: FlaskClient) -> None:
    assert visitor.get("/help/nothing").status_code == 404
    assert visitor.get("/help/../pyproject.toml").status_code == 404
    assert visitor.get("/help/architecture").status_code == 404


def test_the_service_and_the_page_agree_on_what_a_link_opens(shared: Site, visitor: FlaskClient) -> None:
    apply(visitor, email="agree@example.com")
    entry = entering.look(shared.bench.portal, the_link())
    assert (entry.email, entry.has_account) == ("agree@example.com", False)
    with database.connection():
        assert Mail.select().count() == 0  # mails are the worker's

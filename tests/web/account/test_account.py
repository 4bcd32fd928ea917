"""One's own account: the mailed link for a password, name, language, calendar feed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from app.engine import Engine
from app.errors import Temporary
from app.services.mails.portalmails import Wording
from app.services.people import accounts as people
from app.services.signin import passwords
from app.store import accounts, database
from app.store.models import Mail, User
from tests.fakes.mailbox import Mailbox
from tests.services.conftest import STAFF, StillClock
from tests.web.conftest import Site, open_site

OLD, NEW = "a password for tests", "another one for tests"
WORDS = Wording("Set your password", "Hello.\n\n[Set the password](%(url)s)\n")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    return open_site(tmp_path_factory.mktemp("account"), engine)


@pytest.fixture
def person(shared: Site) -> Iterator[str]:
    """The address of a vendor's fresh account."""
    with database.connection():
        email = f"person{User.select().count()}@example.com"
    people.add_staff(shared.bench.portal, email, "例 花子", ["vendor"], OLD)
    yield email
    with database.connection():
        Mail.delete().execute()


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


def link(shared: Site, email: str, box: Mailbox) -> str:
    """Ask for a link; gives its path."""
    passwords.send_link(shared.bench.portal, email, WORDS, box.send)
    found = re.search(r"https?://[^/]+(/password/\S+)", box.letters[-1].text)
    assert found is not None
    return found[1]


def english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("lang", "en")
    return client


def sign_in(shared: Site, email: str, password: str) -> bool:
    return shared.anybody().post("/login", data={"email": email, "password": password}).status_code == 302


def test_the_link_sets_a_password(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    client = english(shared.anybody())
    assert person in client.get(path).text
    answer = client.post(path, data={"password": NEW, "again": NEW})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert sign_in(shared, person, NEW)
    assert not sign_in(shared, person, OLD)


def test_the_link_works_once(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    client = english(shared.anybody())
    client.post(path, data={"password": NEW, "again": NEW})
    again = client.post(path, data={"password": "a third one for tests", "again": "a third one for tests"})
    assert again.status_code == 410
    assert 'role="alert"' in again.text
    assert sign_in(shared, person, NEW)


def test_a_link_sent_before_the_password_changed_is_void(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    people.set_password(shared.bench.portal, person, NEW)
    assert shared.anybody().get(path).status_code == 410


def test_the_link_is_good_for_an_hour(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    clock = shared.bench.portal.clock
    assert isinstance(clock, StillClock)
    start = clock.moment
    try:
        clock.moment = start + timedelta(minutes=59)
        assert shared.anybody().get(path).status_code == 200
        clock.moment = start + timedelta(minutes=61)
        assert shared.anybody().get(path).status_code == 410
    finally:
        clock.moment = start


@pytest.mark.parametrize("token", ["x", "WzEsMSwiYSJd.forged", ""])
def test_a_forged_link_is_not_there(shared: Site, token: str) -> None:
    assert shared.anybody().get(f"/password/{token}").status_code == 404


def test_a_weak_password_is_refused_and_the_link_still_works(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    client = english(shared.anybody())
    for password, again in (("short", "short"), (NEW, OLD), (person, person)):
        answer = client.post(path, data={"password": password, "again": again})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert client.post(path, data={"password": NEW, "again": NEW}).status_code == 303


def test_full_width_and_half_width_are_the_same_password(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    shared.anybody().post(path, data={"password": "ｐａｓｓ ガクブチ ３つ", "again": "ｐａｓｓ ガクブチ ３つ"})
    assert sign_in(shared, person, "pass ｶﾞｸﾌﾞﾁ 3つ")


def test_an_invited_colleague_sets_the_first_password(shared: Site, person: str, box: Mailbox) -> None:
    with database.connection():
        User.update(password=None).where(User.email == person).execute()
    path = link(shared, person, box)
    shared.anybody().post(path, data={"password": NEW, "again": NEW})
    assert sign_in(shared, person, NEW)


def test_strangers_get_no_mail_and_the_page_tells_nothing(shared: Site, person: str, box: Mailbox) -> None:
    passwords.send_link(shared.bench.portal, "nobody@example.com", WORDS, box.send)
    assert not box.letters
    client = english(shared.anybody())
    unknown = client.post("/password", data={"email": "nobody@example.com"}).text
    known = client.post("/password", data={"email": person}).text
    for thread in threading.enumerate():
        if thread.name == "password mail":
            thread.join()
    assert unknown.replace("nobody@example.com", person) == known


def test_nobodys_mailbox_is_filled(shared: Site, person: str, box: Mailbox) -> None:
    for _ in range(5):
        passwords.send_link(shared.bench.portal, person, WORDS, box.send)
    assert len(box.letters) == passwords.MOST_LINKS


def test_what_is_kept_of_the_mail_opens_nothing(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    with database.connection():
        row = Mail.get(Mail.mail_id == passwords.RESET_MAIL)
    assert path not in row.text + row.html
    assert (row.state, row.recipient) == ("sent", person)


def test_a_mail_server_that_is_away_is_on_record(shared: Site, person: str) -> None:
    def away(_letter: object) -> None:
        raise Temporary("The mail server cannot be reached (mail %(mail)s): %(reply)s", mail="x", reply="y")

    passwords.send_link(shared.bench.portal, person, WORDS, away)
    with database.connection():
        row = Mail.get(Mail.mail_id == passwords.RESET_MAIL)
    assert row.state == "failed"
    assert row.error


def test_an_address_that_is_none_is_said(shared: Site) -> None:
    answer = english(shared.anybody()).post("/password", data={"email": "nobody"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="nobody"' in answer.text


def test_the_password_is_changed_by_who_knows_it_and_others_are_signed_out(shared: Site, person: str) -> None:
    here, elsewhere = english(shared.person(person)), shared.person(person)
    wrong = here.post("/account/password", data={"current": "not it at all", "password": NEW, "again": NEW})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    right = here.post("/account/password", data={"current": OLD, "password": NEW, "again": NEW})
    assert right.status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert sign_in(shared, person, NEW)


def test_name_and_language_are_changed(shared: Site, person: str) -> None:
    client = shared.person(person)
    answer = client.post("/account/profile", data={"name": "  例   次郎 ", "language": "en"})
    assert answer.status_code == 303
    page = client.get("/account").text
    assert 'value="例 次郎"' in page
    assert '<html lang="en">' in page


def test_an_empty_name_is_refused_and_kept_as_typed(shared: Site, person: str) -> None:
    answer = english(shared.person(person)).post("/account/profile", data={"name": "   ", "language": "ja"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_the_account_is_for_whoever_is_signed_in(shared: Site) -> None:
    client = shared.anybody()
    assert client.get("/account").location == "/login?next=%2Faccount"
    assert client.post("/account/profile", data={"name": "x"}).location == "/login"


@pytest.fixture(scope="module")
def examined(shared: Site) -> str:
    """The address of a vendor whose exam has its day."""
    shared.bench.walker(
        scenario="happy_path", until="submit_exam_materials", application={"email": "exam@example.com"}
    ).walk()
    return "exam@example.com"


def feed_of(email: str) -> str:
    with database.connection():
        user = accounts.by_email(email)
    assert user is not None
    return f"/calendar/{user.feed_token}.ics"


def events(shared: Site, email: str) -> list[str]:
    answer = shared.anybody().get(feed_of(email))
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    return [str(event["uid"]) for event in calendar.walk("VEVENT")]


def test_the_calendar_feed_holds_ones_own_dates(shared: Site, examined: str, person: str) -> None:
    assert len(events(shared, examined)) == 1
    assert events(shared, person) == []
    assert events(shared, STAFF[0]) == events(shared, examined)


def test_a_renewed_feed_leaves_the_old_address_dead(shared: Site, person: str) -> None:
    old = feed_of(person)
    assert shared.person(person).post("/account/feed").status_code == 303
    assert shared.anybody().get(old).status_code == 404
    assert shared.anybody().get(feed_of(person)).status_code == 200


def test_the_feed_of_a_closed_account_is_gone(shared: Site, person: str) -> None:
    with database.connection():
        User.update(active=False).where(User.email == person).execute()
    assert shared.anybody().get(feed_of(person)).status_code == 404

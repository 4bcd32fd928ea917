"""One's own account: the mailed link for a password, name, language, calendar feed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from app.engine import Engine
from app.services.mails.portalmails import Wording
from app.services.people import accounts as people
from app.services.signin import passwords
from app.services.trouble import mailserver
from app.store import accounts, database, jobrows, outages
from app.store.models import Job, Mail, User
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
def box(shared: Site) -> Mailbox:
    """The mail server's, empty."""
    shared.bench.mailbox.letters.clear()
    shared.bench.mailbox.away = False
    return shared.bench.mailbox


def link(shared: Site, email: str, box: Mailbox) -> str:
    """Ask for a link; gives its path."""
    passwords.send_link(shared.bench.portal, email, WORDS)
    shared.bench.drain()
    return path_in(box)


def path_in(box: Mailbox) -> str:
    """The path of the link in the last mail."""
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
    passwords.send_link(shared.bench.portal, "nobody@example.com", WORDS)
    shared.bench.drain()
    assert not box.letters
    client = english(shared.anybody())
    unknown = client.post("/password", data={"email": "nobody@example.com"}, follow_redirects=True).text
    known = client.post("/password", data={"email": person}, follow_redirects=True).text
    assert "nobody@example.com" in unknown
    assert unknown.replace("nobody@example.com", person) == known
    shared.bench.drain()


def test_nobodys_mailbox_is_filled(shared: Site, person: str, box: Mailbox) -> None:
    for _ in range(5):
        passwords.send_link(shared.bench.portal, person, WORDS)
    shared.bench.drain()
    assert len(box.letters) == passwords.MOST_LINKS


def test_what_is_kept_of_the_mail_opens_nothing(shared: Site, person: str, box: Mailbox) -> None:
    path = link(shared, person, box)
    with database.connection():
        row = Mail.get(Mail.mail_id == passwords.RESET_MAIL)
    assert path not in row.text + row.html
    assert (row.state, row.recipient) == ("sent", person)


def test_a_link_asked_for_while_the_mail_server_is_away_arrives_when_it_is_back_and_works(
    shared: Site, person: str, box: Mailbox
) -> None:
    clock: Any = shared.bench.portal.clock
    box.away = True
    assert shared.anybody().post("/password", data={"email": person}).status_code == 303
    shared.bench.drain()
    with database.connection():
        assert outages.of(mailserver.NAME) is not None  # one outage, as of every mail
        (job,) = jobrows.jobs_like("mail", ("queued",))
        assert "/password/" not in json.dumps(job.params)
        row = Mail.get(Mail.mail_id == passwords.RESET_MAIL)
        assert (row.state, "/password/" in row.text + row.html) == ("writing", False)
    clock.moment += timedelta(days=2)  # the link's hour begins when it is sent
    box.away = False
    shared.bench.drain()
    path = path_in(box)
    assert shared.anybody().post(path, data={"password": NEW, "again": NEW}).status_code == 303
    assert sign_in(shared, person, NEW)


def test_as_much_is_stored_for_an_address_without_account_and_the_address_is_not(shared: Site, person: str) -> None:
    def stored(email: str) -> tuple[int, str]:
        with database.connection():
            before = {row.id for row in Job.select()}
        assert shared.anybody().post("/password", data={"email": email}).status_code == 303
        with database.connection():
            rows = [row for row in Job.select() if row.id not in before]
        return len(rows), json.dumps([[row.key, row.params, row.state] for row in rows])

    (known, _), (unknown, kept) = stored(person), stored("nobody-at-all@example.com")
    assert (known, unknown) == (1, 1)
    assert "nobody-at-all" not in kept
    shared.bench.drain()


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


def test_who_is_asked_for_the_password_once_more_reads_a_page_of_ours(shared: Site, person: str) -> None:
    client = shared.person(person)
    page = client.get("/verify?next=/account").text
    assert "パスワードをもう一度入力してください" in page
    assert "Reauthenticate" not in page
    assert "<style" not in page
    wrong = client.post("/verify", data={"password": "not the password"})
    assert "パスワードが違います" in wrong.text
    assert client.post("/verify?next=/account", data={"password": OLD}).status_code in {302, 303}


def test_a_failed_sign_in_is_said_where_the_focus_is_and_tied_to_its_fields(site: Site) -> None:
    page = site.anybody().post("/login", data={"email": "nobody@example.com", "password": "not the one"}).text
    assert re.search(r'<div class="error-summary"[^>]* id="sign-in-error"[^>]* autofocus>', page)
    assert page.count('aria-describedby="sign-in-error"') == 2
    assert page.count("autofocus") == 1


def test_staff_switch_the_shortcuts_of_single_keys_off(shared: Site) -> None:
    client = shared.operator()
    assert 'name="shortcuts"' in client.get("/account").text
    assert "data-keys" not in client.get("/tasks?scope=all").text
    said = {"name": "佐藤 美咲", "language": "ja"}
    assert client.post("/account/profile", data={**said, "shortcuts": "off"}).status_code == 303
    assert 'data-keys="off"' in client.get("/tasks?scope=all").text
    client.post("/account/profile", data=said)  # what is not said stays as it is
    assert 'data-keys="off"' in client.get("/account").text
    client.post("/account/profile", data={**said, "shortcuts": "on"})
    assert "data-keys" not in client.get("/account").text


def test_staff_have_the_days_work_mailed_or_not(shared: Site) -> None:
    client, said = shared.operator(), {"name": "佐藤 美咲", "language": "ja"}
    for choice in ("on", "off"):
        client.post("/account/profile", data={**said, "daily": choice})
        client.post("/account/profile", data=said)  # what is not said stays as it is
        assert re.search(rf'id="daily-{choice}" value="{choice}"[^>]* checked>', client.get("/account").text)


def test_a_vendor_has_no_list_and_no_shortcuts_to_switch(shared: Site, person: str) -> None:
    client = shared.anybody()
    client.post("/login", data={"email": person, "password": OLD})
    assert not re.search('name="(shortcuts|daily)"', client.get("/account").text)

"""A session ends at the portal, not in the cookie alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.services.signin import sessions
from app.states import Act, Thing
from app.store import database
from app.store.models import Session, TrailEntry, User
from app.web.frame import browsers
from tests.services.conftest import STAFF
from tests.web.conftest import Site

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(site: Site, agent: str = FIREFOX) -> FlaskClient:
    """By the form, as people do."""
    client = site.app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    answer = client.post("/login", data={"email": STAFF[0], "password": "a password for tests"})
    assert answer.status_code == 302
    assert here(client)
    return client


def here(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def copied(site: Site, client: FlaskClient) -> FlaskClient:
    """A browser into which somebody has put the other one's cookie."""
    other, cookie = site.app.test_client(), client.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    return other


def rows() -> list[Session]:
    with database.connection():
        return list(Session.select().order_by(Session.id))


def test_a_cookie_that_was_kept_opens_nothing_after_signing_out(site: Site) -> None:
    client = signed_in(site)
    thief = copied(site, client)
    assert here(thief)
    client.post("/logout")
    assert not here(client)
    assert not here(thief)
    assert thief.post("/account/profile", data={"name": "x", "language": "ja"}).headers["Location"] == "/login"


def test_a_cookie_of_before_there_were_sessions_opens_nothing(site: Site) -> None:
    client = signed_in(site)
    with client.session_transaction() as session:
        del session["sid"]
    assert not here(client)


def test_who_was_away_for_long_signs_in_again(site: Site) -> None:
    client = signed_in(site)
    [row] = rows()
    _set(row, seen_at=datetime.now(UTC) - timedelta(hours=11, minutes=50))
    assert here(client)
    assert rows()[0].seen_at > datetime.now(UTC) - timedelta(minutes=1), "it was used"
    _set(row, seen_at=datetime.now(UTC) - timedelta(hours=12, minutes=10))
    assert not here(client)


def test_nobody_stays_for_ever_however_busy(site: Site) -> None:
    client = signed_in(site)
    _set(rows()[0], until=datetime.now(UTC) - timedelta(minutes=1))
    assert not here(client)
    signed_in(site)
    assert len(rows()) == 1, "what is over by its time is forgotten"


def test_one_sees_where_one_is_signed_in_and_ends_what_is_elsewhere(site: Site) -> None:
    home = signed_in(site)
    office = signed_in(site, FIREFOX.replace("Windows NT 10.0; Win64; x64", "Macintosh"))
    page = home.get("/account").get_data(as_text=True)
    assert "Firefox, Mac" in page and "このブラウザー" in page
    home.post("/account/sessions", data={"session": str(rows()[1].id)})
    assert not here(office)
    assert here(home)
    others = [signed_in(site) for _ in range(2)]
    home.post("/account/sessions", data={"session": "others"})
    assert [here(each) for each in [home, *others]] == [True, False, False]
    with database.connection():
        told = list(TrailEntry.select().where(TrailEntry.act == Act.SESSION_ENDED))
        mine = User.get(User.email == STAFF[0]).id
    assert [(each.person, each.subject) for each in told] == [(mine, str(mine))] * 3
    assert "Macintosh" in told[0].what


def test_nobody_ends_somebody_elses(site: Site) -> None:
    mine = signed_in(site)
    [row] = rows()
    other = site.operator(1)
    assert other.post("/account/sessions", data={"session": str(row.id)}).status_code == 404
    assert here(mine)


def test_signing_in_again_in_the_same_browser_ends_what_was_before(site: Site) -> None:
    client = signed_in(site)
    before = copied(site, client)
    client.post("/logout")
    client.post("/login", data={"email": STAFF[0], "password": "a password for tests"})
    assert here(client) and not here(before)


def test_the_browser_that_signed_in_first_gives_way_to_the_twenty_first(site: Site) -> None:
    every = [site.operator() for _ in range(sessions.MOST)]
    assert all(each.get("/account").status_code == 200 for each in (every[0], every[-1]))
    newest = site.operator()
    assert every[0].get("/account").status_code == 302
    assert newest.get("/account").status_code == every[1].get("/account").status_code == 200


def test_every_page_of_whoever_is_signed_in_offers_to_sign_out(site: Site) -> None:
    client = site.operator()
    for path in ("/tasks", "/account", "/cases", "/help", "/calendar", "/inbound", "/systems", "/apply", "/nothing"):
        page = client.get(path, follow_redirects=True).get_data(as_text=True)
        assert 'action="/logout"' in page, path


def test_signing_out_is_on_record(site: Site) -> None:
    client = site.operator()
    client.post("/logout")
    client.post("/logout")
    with database.connection():
        told = list(TrailEntry.select().where(TrailEntry.act == Act.SIGNED_OUT))
    assert [(each.thing, each.subject == str(each.person)) for each in told] == [(Thing.ACCOUNT, True)]
    assert "ログアウト" in site.operator().get("/account/sign-ins").get_data(as_text=True)


def test_the_table_holds_no_cookie(site: Site) -> None:
    client = signed_in(site)
    with client.session_transaction() as session:
        held = session["sid"]
    assert held not in str([row.__data__ for row in rows()])
    assert rows()[0].key == sessions.digest(held)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, name: str) -> None:
    assert browsers.name(agent) == name


def _set(row: Session, **values: datetime) -> None:
    with database.connection():
        Session.update(**values).where(Session.id == row.id).execute()

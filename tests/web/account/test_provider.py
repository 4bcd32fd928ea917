"""Staff sign in at a provider of identities: a real one on loopback, right and wrong in each way that the standard
names (OpenID Connect Core 1.0 section 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from admin import add_admin
from app.errors import Refused
from app.services.base import chain
from app.services.base.actors import Actor
from app.services.people import accounts
from app.services.signin import codes, identities
from app.services.signin import provider as signing
from app.services.signin.identities import Identity as Person
from app.states import Act, Side
from app.store import database
from app.store.models import CodeApp, Identity, Session, TrailEntry, User, UserRole
from tests.services.conftest import STAFF
from tests.support import codeapp, foreign, oidc
from tests.support.needs import needs
from tests.support.oidc import Provider
from tests.web.conftest import Site

PASSWORD = "a password for tests"


@pytest.fixture
def provider(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # loopback, without TLS
    with oidc.running() as found:
        settings = replace(
            site.bench.portal.settings, oidc_issuer=found.url, oidc_client_id=oidc.CLIENT,
            oidc_client_secret=oidc.SECRET, oidc_name="Example ID",
        )  # fmt: skip
        object.__setattr__(site.bench.portal, "settings", settings)
        found.set(email=STAFF[0])
        yield found


def answer(client: FlaskClient, start: str = "/login/provider?next=/absences") -> str:
    """To the provider and back: gives the address with which the browser comes back."""
    begun = client.get(start)
    assert begun.status_code == 303, begun.get_data(as_text=True)
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    assert back.status_code in {302, 303}, back.text
    address = urlsplit(back.headers["Location"])
    return f"{address.path}?{address.query}"


def inside(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def said(client: FlaskClient) -> str:
    found = client.get(answer(client))
    assert found.status_code == 422 and not inside(client)
    return found.get_data(as_text=True)


def test_staff_sign_in_and_come_to_what_they_meant(site: Site, provider: Provider) -> None:
    client = site.anybody()
    assert "Example ID" in client.get("/login").get_data(as_text=True)
    done = client.get(answer(client))
    assert done.status_code == 303 and done.headers["Location"] == "/absences" and inside(client)
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256" and asked["nonce"] and asked["state"]
    with database.connection():
        told = [
            chain.details(each.what)["after"] for each in TrailEntry.select().where(TrailEntry.act == Act.SIGNED_IN)
        ]
    assert [each["way"] for each in told] == ["oidc"]  # type: ignore[index]


def test_no_role_comes_from_outside(site: Site, provider: Provider) -> None:
    with database.connection():
        before = UserRole.select().count()
    client = site.anybody()
    client.get(answer(client))
    with database.connection():
        assert UserRole.select().count() == before
    assert client.get("/admin/").status_code in {403, 404}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"nonce": "another"}, "信頼できません"),
        ({"issuer": "https://evil.example"}, "信頼できません"),
        ({"audience": "another-portal"}, "信頼できません"),
        ({"stranger": True}, "信頼できません"),
        ({"verified": False}, "確認されていない"),
        ({"verified": "true"}, "確認されていない"),
        ({"thin": True, "subject": "2"}, "信頼できません"),
        ({"sub": "1\x00"}, "信頼できません"),
        ({"sub": "a" * 256}, "信頼できません"),
        ({"thin": True, "verified": False}, "確認されていない"),
        ({"email": "nobody@example.jp"}, "アカウントがありません"),
        ({"refuses": True}, "access_denied"),
    ],
)  # fmt: skip
def test_what_is_wrong_lets_nobody_in(site: Site, provider: Provider, wrong: dict[str, object], words: str) -> None:
    provider.set(**wrong)
    page = said(site.anybody())
    assert words in page and 'href="/login"' in page


def test_an_account_that_is_switched_off_or_a_vendors_stays_out(site: Site, provider: Provider) -> None:
    with database.connection():
        User.update(active=False).where(User.email == STAFF[0]).execute()
    assert "ログインできません" in said(site.anybody())
    with database.connection():
        User.update(active=True, side=Side.VENDOR).where(User.email == STAFF[0]).execute()
    assert "アカウントがありません" in said(site.anybody())


def test_an_answer_belongs_to_the_browser_that_asked_and_counts_once(site: Site, provider: Provider) -> None:
    client, victim = site.anybody(), site.anybody()
    address = answer(client)
    assert victim.get(address).status_code == 422 and not inside(victim), "nobody is signed in as somebody else"
    assert client.get(address).status_code == 303
    again = site.anybody()
    answer(again)
    assert again.get(address).status_code == 422 and not inside(again)


def test_the_provider_is_away(site: Site, provider: Provider) -> None:
    settings = replace(site.bench.portal.settings, oidc_issuer="http://127.0.0.1:9")
    object.__setattr__(site.bench.portal, "settings", settings)
    found = site.anybody().get("/login/provider")
    assert found.status_code == 503 and "パスワード" in found.get_data(as_text=True)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(site: Site, provider: Provider) -> None:
    other = provider.url.replace("127.0.0.1", "localhost")
    object.__setattr__(site.bench.portal, "settings", replace(site.bench.portal.settings, oidc_issuer=other))
    assert site.anybody().get("/login/provider").status_code == 422


@pytest.mark.parametrize(("amr", "whole"), [(None, False), (["pwd"], False), (["pwd", "mfa"], True)])
def test_a_second_factor_of_here_is_asked_for_unless_the_provider_did(
    site: Site, provider: Provider, amr: list[str] | None, whole: bool
) -> None:
    with database.connection():
        User.update(factors="code").where(User.email == STAFF[0]).execute()
    provider.set(amr=amr)
    client = site.anybody()
    client.get(answer(client))
    assert inside(client) is whole


def test_signing_out_leads_to_the_providers_sign_out(site: Site, provider: Provider) -> None:
    client = site.anybody()
    client.get(answer(client))
    left = client.post("/logout")
    assert left.headers["Location"] == "/login/provider/out" and not inside(client)
    page = client.get("/login/provider/out").get_data(as_text=True)
    assert f"{provider.url}/out?client_id=nintei" in page


def test_who_has_no_password_shows_there_that_it_is_they(site: Site, provider: Provider) -> None:
    client = site.anybody()
    client.get(answer(client))
    back = answer(client, "/login/provider?again=1&next=/account/code")
    assert provider.asked[-1]["prompt"] == "login"
    assert client.get(back).headers["Location"] == "/account/code"
    provider.set(email=STAFF[1], sub="2")
    refused = client.get(answer(client, "/login/provider?again=1&next=/account/code"))
    assert refused.status_code == 422


def test_it_leads_nowhere_else(site: Site, provider: Provider) -> None:
    client = site.anybody()
    done = client.get(answer(client, "/login/provider?next=https://evil.example/"))
    assert done.headers["Location"] == "/tasks"
    assert parse_qs(urlsplit(provider.asked[0]["redirect_uri"]).query) == {}
    assert urlsplit(provider.asked[0]["redirect_uri"]).path == signing.PATH


def staff(site: Site) -> Actor:
    with database.connection():
        row = User.get(User.email == STAFF[0]).id
    return accounts.actor_of(site.bench.portal, row)


def tied() -> list[tuple[str, str]]:
    with database.connection():
        return [(row.user.email, row.subject) for row in Identity.select().order_by(Identity.id)]


def on_record(act: Act) -> list[dict[str, object]]:
    with database.connection():
        return [chain.details(each.what) for each in TrailEntry.select().where(TrailEntry.act == act)]


def test_an_account_belongs_to_whom_the_provider_says_it_is_not_to_whoever_has_the_address(
    site: Site, provider: Provider
) -> None:
    """OWASP ASVS 5.0, 10.5.2."""
    site.anybody().get(answer(site.anybody()))
    assert tied() == [], "an answer that was begun elsewhere ties nobody"
    owner = site.anybody()
    owner.get(answer(owner))
    assert inside(owner) and tied() == [(STAFF[0], "1")]
    assert [each["after"] for each in on_record(Act.IDENTITY_TIED)] == [{"issuer": provider.url, "subject": "1"}]

    provider.set(sub="2")  # the address was given to somebody else
    page = said(site.anybody())
    assert "別の人" in page and "管理者" in page and tied() == [(STAFF[0], "1")]
    assert [each["after"] for each in on_record(Act.IDENTITY_REFUSED)] == [{"issuer": provider.url, "subject": "2"}]

    for email, verified in (("married@example.jp", True), (STAFF[1], True), (STAFF[0], False)):
        provider.set(sub="1", email=email, verified=verified)  # they have another one now
        client = site.anybody()
        assert client.get(answer(client)).status_code == 303 and STAFF[0] in client.get("/account").text
    assert len(tied()) == len(on_record(Act.IDENTITY_TIED)) == 1

    provider.set(sub="2", email=STAFF[1], verified=True)
    other = site.anybody()
    other.get(answer(other))
    assert inside(other) and tied() == [(STAFF[0], "1"), (STAFF[1], "2")]
    site.bench.drain()
    assert [letter.to for letter in site.bench.mailbox.of("sign-in-changed")] == [(STAFF[0],), (STAFF[1],)]
    history = site.operator().get("/account/sign-ins").text
    assert "認証サービスの別の人" in history and "認証サービスと連携" in history


def test_an_administrator_removes_the_link_and_the_next_sign_in_links_anew(site: Site, provider: Provider) -> None:
    add_admin(site.app, site.bench.portal)
    client = site.anybody()
    client.get(answer(client))
    accounts.add_staff(site.bench.portal, "admin@example.jp", "管理 担当", ["administrator"], PASSWORD)
    admin = site.person("admin@example.jp")
    with database.connection():
        user = User.get(User.email == STAFF[0])
        Session.update(proved_at=datetime.now(UTC) - timedelta(hours=1)).execute()
    path = f"/admin/user/release/?id={user.id}"
    assert client.post(path).status_code in {403, 404} and tied(), "by an administrator alone"
    assert "prove_password" in admin.post(path).text and tied(), "who shows that it is they"
    shown = {"prove_password": PASSWORD}
    assert admin.post(path, data=shown).status_code == 303 and tied() == [] and not inside(client)
    assert [each["before"] for each in on_record(Act.IDENTITY_RELEASED)] == [{"issuer": provider.url, "subject": "1"}]
    edit = f"/admin/user/edit/?id={user.id}"
    assert "release" not in admin.get(edit).text
    assert admin.post(path, follow_redirects=True).text.count("連携されていません") == 1
    provider.set(sub="2")
    anew = site.anybody()
    anew.get(answer(anew))
    assert inside(anew) and tied() == [(STAFF[0], "2")]
    page = admin.get(edit).text
    assert provider.url in page and path in page
    site.bench.drain()
    assert len(site.bench.mailbox.of("sign-in-changed")) == 3

    provider.set(email="admin@example.jp", sub="3")
    own = site.anybody()
    own.get(answer(own))
    with database.connection():
        path = f"/admin/user/release/?id={User.get(User.email == 'admin@example.jp').id}"
    assert ("admin@example.jp", "3") in tied() and own.post(path).status_code == 303
    assert inside(own) and tied() == [(STAFF[0], "2")], "whoever removes their own goes on"


def test_who_fails_at_the_second_factor_takes_no_account(site: Site, provider: Provider) -> None:
    secret, sealed = codes.begin(site.bench.portal, staff(site))
    codes.finish(site.bench.portal, staff(site), sealed, codeapp.CodeApp(secret).code())
    client = site.anybody()
    client.get(answer(client))
    assert not inside(client) and tied() == []
    client.post("/second", data={"code": "000000"})
    assert tied() == []
    with database.connection():
        CodeApp.update(step=0).execute()
    client.post("/second", data={"code": codeapp.CodeApp(secret).code()})
    assert inside(client) and tied() == [(STAFF[0], "1")]


def test_what_waits_for_one_account_ties_no_other(site: Site, provider: Provider) -> None:
    secret, sealed = codes.begin(site.bench.portal, staff(site))
    codes.finish(site.bench.portal, staff(site), sealed, codeapp.CodeApp(secret).code())
    client = site.anybody()
    client.get(answer(client))
    client.post("/login", data={"email": STAFF[1], "password": PASSWORD})
    assert inside(client) and tied() == []
    with client.session_transaction() as session:
        assert "oidc_ties" not in session


def test_two_who_come_at_once_with_one_address_are_told_apart(site: Site, provider: Provider) -> None:
    """Both were unknown as they came back; who is tied first has the account."""
    portal, here = site.bench.portal, provider.url
    found = [identities.owner(portal, Person(here, each), STAFF[0]) for each in ("1", "2")]
    assert found[0] == found[1] and not found[0][1]
    identities.tie(portal, found[0][0], Person(here, "1"))
    identities.tie(portal, found[0][0], Person(here, "1"))
    with pytest.raises(Refused, match="somebody else"):
        identities.tie(portal, found[0][0], Person(here, "2"))
    with database.connection():
        colleague = User.get(User.email == STAFF[1]).id
    with pytest.raises(Refused, match="somebody else"):
        identities.tie(portal, colleague, Person(here, "1"))
    assert tied() == [(STAFF[0], "1")] and len(on_record(Act.IDENTITY_REFUSED)) == 2


@needs("provider")
def test_at_a_provider_of_another_maker(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its maker has set it up: it tells the address at its page of claims alone, and asks for PKCE. Who shows there
    once more that it is they is asked there again; whoever cuts that out of the address has shown nothing."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # loopback, without TLS
    back = site.bench.portal.settings.base_url.rstrip("/") + signing.PATH
    with foreign.running(back) as issuer:
        settings = replace(
            site.bench.portal.settings, oidc_issuer=issuer, oidc_client_id=foreign.CLIENT,
            oidc_client_secret=foreign.SECRET,
        )  # fmt: skip
        object.__setattr__(site.bench.portal, "settings", settings)
        client, person = site.anybody(), foreign.Person(STAFF[0])
        begun = client.get("/login/provider?next=/absences").headers["Location"]
        done = client.get(person.go(begun, back))
        assert done.headers.get("Location") == "/absences" and inside(client), done.get_data(as_text=True)
        assert person.asked == ["login", "consent"] and tied() == [(STAFF[0], STAFF[0])]
        again = "/login/provider?again=1&next=/account/code"
        shown = client.get(person.go(client.get(again).headers["Location"], back))
        assert shown.headers.get("Location") == "/account/code" and person.asked[2:] == ["login"]
        for left in ({"max_age", "prompt"}, {"prompt"}):
            cut = urlsplit(client.get(again).headers["Location"])
            asked = urlencode({key: each for key, [each] in parse_qs(cut.query).items() if key not in left})
            came = person.go(cut._replace(query=asked).geturl(), back)
            if left == {"prompt"}:
                assert person.asked[3:] == ["login"], "max_age says it as well"
            else:
                assert client.get(came).status_code == 422


def test_without_a_provider_there_is_no_such_page(site: Site) -> None:
    client = site.anybody()
    assert client.get("/login/provider").status_code == 404
    assert "/login/provider" not in client.get("/login").get_data(as_text=True)

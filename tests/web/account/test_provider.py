"""Staff sign in at a provider of identities: a real one on loopback, right and wrong in each way that the standard
names (OpenID Connect Core 1.0 section 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from app.services.base import chain
from app.services.signin import provider as signing
from app.states import Act, Side
from app.store import database
from app.store.models import TrailEntry, User, UserRole
from tests.services.conftest import STAFF
from tests.support import foreign, oidc
from tests.support.needs import needs
from tests.support.oidc import Provider
from tests.web.conftest import Site


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
    provider.set(email=STAFF[1])
    refused = client.get(answer(client, "/login/provider?again=1&next=/account/code"))
    assert refused.status_code == 422


def test_it_leads_nowhere_else(site: Site, provider: Provider) -> None:
    client = site.anybody()
    done = client.get(answer(client, "/login/provider?next=https://evil.example/"))
    assert done.headers["Location"] == "/tasks"
    assert parse_qs(urlsplit(provider.asked[0]["redirect_uri"]).query) == {}
    assert urlsplit(provider.asked[0]["redirect_uri"]).path == signing.PATH


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
        assert person.asked == ["login", "consent"]
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

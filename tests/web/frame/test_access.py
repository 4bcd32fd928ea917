"""Every route names who may open it, public ones are written out here, and no page acts on a post without its token."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from admin import add_admin
from app.engine import Engine
from app.services.demo.walker import Walker
from app.services.people import accounts
from app.states import Act
from app.store import database
from app.store.models import ALL, TrailEntry
from app.web.frame import access
from tests.services.conftest import STAFF
from tests.services.steps import go, task
from tests.support.statements import counted
from tests.web.conftest import Site, engine, open_site
from tests.web.desk_support import VENDOR

__all__ = ["engine"]

# What anybody may open. Adding to this list is a decision, not a detail.
PUBLIC = {
    "account.calendar_feed",  # by the token in its address
    "account.forgotten",
    "account.here",
    "account.reset",
    "ownaddress.confirm",
    "agents.ask",  # by a desk's token
    "demo.accounts",  # the demo's pages are there in the demo alone
    "demo.become",
    "demo.mail_file",
    "demo.mail_html",
    "demo.mails",
    "demo.one_mail",
    "demo.styleguide",
    "inbound.hand_in",  # by the mail server's token
    "invitation.accept",
    "public.applied",
    "provider.back",
    "provider.out",
    "provider.start",
    "public.apply",
    "public.choose",
    "public.enter",
    "public.health_check",
    "watching.metrics",
    "watching.ready",
    "public.help_page",
    "public.postal_code",
    "public.resend",
    "public.send",
    "public.start",
    "register.certificate",
    "register.systems",
    "register.systems_csv",
    "register.systems_json",
    "second.ask",
    "second.by_passkey",
    "second.options",
    "security.login",
    "security.logout",
    "security.static",
    "security.verify",
    "static",
}
# Programs post here, with a token of their own in place of a session and its form token.
BY_PROGRAMS = {"agents.ask", "inbound.hand_in"}
# Pages of a Play bring the token of the portal within, which that one checks.
ON_RECORD = {"trail_entry", "trail_pending"}  # where it stands that somebody was refused
WITHIN = {"plays.within"}  # closed to all but analysts and administrators
READING = {"GET", "HEAD", "OPTIONS"}
ASKED = 60  # statements of a page that is read, at the most
# A file that leaves, which is put on record each time; and what is no page.
NOT_READ = {
    "security.logout",
    "watching.ready",
    "archives.part",
    "archives.whole",
    "audit.case_evidence",
    "audit.export",
    "case_files.document",
    "case_files.everything",
    "case_files.released",
    "figures.export",
    "register.systems_csv",
}
ADMIN = "admin@example.jp"


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Walker:
    """A case at its first review, on a site with every page and the guard of forms in place."""
    site = open_site(tmp_path_factory.mktemp("access"), engine)
    add_admin(site.app, site.bench.portal)
    site.app.config["WTF_CSRF_ENABLED"] = True
    accounts.add_staff(site.bench.portal, ADMIN, "管理 担当", ["administrator", "operator"], "a password for tests")
    found = go(site.bench, until="first_review")
    found.site = site  # type: ignore[attr-defined]
    return found


@pytest.fixture
def site(walker: Walker) -> Site:
    found: Site = walker.site  # type: ignore[attr-defined]
    return found


def rules(site: Site) -> list[Rule]:
    return list(site.app.url_map.iter_rules())


def test_every_route_says_who_may_open_it(site: Site) -> None:
    assert [rule.endpoint for rule in rules(site) if not access.rule_of(site.app, rule.endpoint)] == []


def test_what_anybody_may_open_is_written_out(site: Site) -> None:
    said = {rule.endpoint for rule in rules(site) if access.PUBLIC in access.rule_of(site.app, rule.endpoint)}
    assert said == PUBLIC


def address(rule: Rule, walker: Walker) -> str:
    """The route's address with things that are there, so that nothing but the guard keeps a post from acting."""
    known: dict[str, Any] = {"number": walker.number, "task_id": task(walker, "first_review").id}
    whole = {name for name, converter in rule._converters.items() if isinstance(converter, IntegerConverter)}
    values = {name: 1 if name in whole else known.get(name, "1") for name in rule.arguments}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
    built = rule.build(values)
    assert built is not None, rule
    return str(built[1])


def everything(site: Site) -> dict[str, Any]:
    """Every row of every table."""
    with database.connection():
        return {model._meta.table_name: sorted(map(str, model.select().tuples())) for model in ALL}


@pytest.mark.parametrize("email", [ADMIN, STAFF[0], VENDOR, ""])
def test_a_post_without_its_token_changes_nothing(site: Site, walker: Walker, email: str) -> None:
    browser: FlaskClient = site.person(email) if email else site.anybody()
    if email:
        assert browser.get("/tasks").status_code == 200
    before, tried = everything(site), 0
    with database.connection():
        last = max((entry.id for entry in TrailEntry.select()), default=0)
    for rule in rules(site):
        for method in sorted((rule.methods or set()) - READING):
            url = address(rule, walker)
            answer = browser.open(url, method=method, data={"reason": "x", "step": "send", "answer": "yes"})
            assert answer.status_code in {303, 400, 401, 403, 404, 405, 422}, (method, url, answer.status_code)
            if rule.endpoint in BY_PROGRAMS:
                assert answer.status_code in {401, 404}, url
            if rule.endpoint in WITHIN:
                assert answer.status_code in ({404} if email == ADMIN else {303, 401, 403}), url
            tried += 1
    assert tried > 300
    after = everything(site)
    assert {name for name in before if before[name] != after[name]} <= ON_RECORD
    with database.connection():
        told = {entry.act for entry in TrailEntry.select() if entry.id > last}
    assert told <= {Act.REFUSED}, "that somebody was refused is on record, and nothing else"
    if email:
        assert browser.get("/tasks").status_code == 200, "signed out"


@pytest.mark.parametrize("email", [ADMIN, VENDOR])
def test_reading_asks_little_and_waits_for_nobody_who_writes(site: Site, walker: Walker, email: str) -> None:
    """Whoever may see a page: what is put on record of a file that leaves, or of a refusal, is an act."""
    browser, wrong, read = site.person(email), [], 0
    for rule in rules(site):
        if "GET" not in (rule.methods or set()) or rule.endpoint in NOT_READ:
            continue
        if rule.endpoint.startswith("records_") and (email != ADMIN or not rule.endpoint.endswith(".index_view")):
            continue  # the records' pages are alike
        url = address(rule, walker)
        for _ in range(2):  # that somebody looked is on record once in a while
            with counted() as seen:
                answer = browser.get(url)
            if not seen.writes or answer.status_code == 403:
                break
        read += answer.status_code == 200
        if answer.status_code != 403 and (seen.writes or len(seen.statements) > ASKED or seen.duplicates):
            wrong.append((url, seen.writes, len(seen.statements), seen.duplicates))
    assert wrong == []
    assert read > (80 if email == ADMIN else 25)


def test_whoever_is_not_signed_in_reads_nothing_but_what_is_public(site: Site, walker: Walker) -> None:
    browser = site.anybody()
    for rule in rules(site):
        if rule.endpoint in PUBLIC or "GET" not in (rule.methods or set()):
            continue
        url = address(rule, walker)
        answer = browser.get(url)
        assert answer.status_code in {301, 302, 308, 401, 403, 404}, (url, answer.status_code)
        if answer.status_code in {301, 302, 308}:
            assert "/login" in answer.headers["Location"] or answer.headers["Location"].rstrip("/").endswith(
                url.rstrip("/")
            ), (url, answer.headers["Location"])


def test_a_script_that_asks_while_nobody_is_signed_in_begins_no_session(site: Site) -> None:
    """A late answer with a cookie would end the session that begins meanwhile in another window."""
    for url in ("/tasks", "/designer", "/cases/2026-0001"):
        answer = site.anybody().get(url, headers={"Accept": "application/json"})
        assert answer.status_code == 401 and "Set-Cookie" not in answer.headers, url

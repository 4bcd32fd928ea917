"""Every door that takes a mail address takes it as an input method for Japanese types it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import click
import pytest
from flask.testing import FlaskClient

from admin import add_admin
from app.cli.commands import commands
from app.connectors import incoming
from app.engine import Engine
from app.services.demo.walker import Walker
from app.services.people import accounts as people
from app.store import accounts, cases, companies, database
from app.store.models import User
from tests.services.conftest import APPLICATION, STAFF
from tests.services.steps import case_of, go
from tests.web.conftest import Site, open_site

PASSWORD = "a password for tests"
ADMINISTRATOR = "kanri@example.jp"
VENDOR = APPLICATION["email"]


def wide(email: str) -> str:
    """As it comes from the keyboard of somebody who types Japanese: full width, some letters large, blanks around."""
    return "　" + "".join(chr(ord(each) + 0xFEE0) for each in email.capitalize()) + " "


class World:
    """A case with its company, two that have only just applied, and everybody's browser."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.walker = go(site.bench, until="submit_documents")
        self.company = int(case_of(self.walker).company_id)
        self.fresh, self.wrong = (self._applied(f"{name}@example.com") for name in ("fresh", "wrong"))
        people.add_staff(site.bench.portal, ADMINISTRATOR, "管理 花子", ["administrator"], PASSWORD)
        add_admin(site.app, site.bench.portal)

    def _applied(self, email: str) -> Walker:
        """A case that waits for who has this address."""
        walker = self.site.bench.walker(application={"email": email, "company_name": "新しい会社"})
        walker.begin()
        return walker

    @property
    def vendor(self) -> FlaskClient:
        return self.site.person(VENDOR)

    def known(self, email: str) -> bool:
        with database.connection():
            return User.select().where(User.email == email).exists() and accounts.by_email(wide(email)) is not None

    def mails_to(self, email: str) -> int:
        self.site.bench.drain()
        return sum(email in letter.to for letter in self.site.bench.mailbox.letters)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[World]:
    yield World(open_site(tmp_path_factory.mktemp("addresses"), engine))


def _login(world: World) -> None:
    answer = world.site.anybody().post("/login", data={"email": wide(STAFF[0]), "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/tasks")
    sent = json.dumps({"email": wide(STAFF[0]), "password": PASSWORD})
    answer = world.site.anybody().post("/login", data=sent, content_type="application/json")
    assert answer.status_code == 200


def _forgotten(world: World) -> None:
    answer = world.site.anybody().post("/password", data={"email": wide("nobody@example.com")})
    assert answer.status_code == 303


def _apply(world: World) -> None:
    answers = {**APPLICATION, "consent": "true", "email": wide("apply@example.com"), "system_name": "別のシステム"}
    answer = world.site.anybody().post("/apply", data={**answers, "step": "send"})
    assert answer.status_code == 303, answer.text
    with database.connection():
        assert any(case.email == "apply@example.com" for case in cases.search())


def _resend(world: World) -> None:
    before = world.mails_to("fresh@example.com")
    data = {"number": world.fresh.number, "email": wide("fresh@example.com")}
    assert world.site.anybody().post("/apply/resend", data=data).status_code == 303
    assert world.mails_to("fresh@example.com") == before + 1


def _mend(world: World) -> None:
    answer = world.site.operator().post(
        f"/cases/{world.wrong.number}/address", data={"email": wide("mended@example.com")}
    )
    assert answer.status_code == 303
    assert case_of(world.wrong).email == "mended@example.com"
    assert world.mails_to("mended@example.com") == 1


def _member(world: World) -> None:
    door = f"/cases/{world.walker.number}/members"
    world.vendor.post(door, data={"email": wide("guest@example.com")})
    assert world.mails_to("guest@example.com") == 1
    world.site.operator().post(door, data={"email": wide("member@example.com")})
    assert world.known("member@example.com")
    world.vendor.post(door, data={"email": "member@example.com"})
    with database.connection():
        assert User.select().where(User.email.contains("member@")).count() == 1


def _invite(world: World) -> None:
    form = {"email": wide("colleague@example.com"), "role": "member", "rights": "full"}
    assert world.vendor.post(f"/company/{world.company}/invitations", data=form).status_code == 303
    with database.connection():
        assert companies.invitations(world.company)[0].email == "colleague@example.com"
    assert world.mails_to("colleague@example.com") == 1


def _agent(world: World) -> None:
    day = world.site.bench.portal.today().isoformat()
    form = {
        "email": wide("agent@example.com"),
        "office": "事務所",
        "rights": "answer",
        "scope": "all",
        "first_day": day,
    }
    assert world.vendor.post(f"/company/{world.company}/agents/new", data=form).status_code == 303
    assert world.mails_to("agent@example.com") == 1


def _heir(world: World) -> None:
    world.site.operator().post(f"/cases/{world.walker.number}/members", data={"email": "leaving@example.com"})
    with database.connection():
        member = accounts.by_email("leaving@example.com")
    assert member is not None
    form = {"email": wide("heir@example.com"), "name": "跡継 太郎", "leaves": "yes", "reason": "電話で"}
    answer = world.site.operator().post(f"/company/{world.company}/people/{member.id}/leave", data=form)
    assert answer.status_code == 303, answer.text
    assert world.known("heir@example.com")


def _staff(world: World) -> None:
    form = {"email": wide("shinjin@example.com"), "name": "新 人", "roles": ["operator"], "groups": ["review"]}
    answer = world.site.person(ADMINISTRATOR).post("/admin/user/new/", data=form)
    assert answer.status_code == 302, answer.text
    assert world.known("shinjin@example.com")


def _own(world: World) -> None:
    people.set_password(world.site.bench.portal, VENDOR, PASSWORD)
    form = {"email": wide("another@example.com"), "prove_password": PASSWORD}
    assert world.vendor.post("/account/address", data=form).status_code == 303
    assert world.mails_to("another@example.com") == 1


DOORS: dict[str, Callable[[World], None]] = {
    "security.login": _login,
    "ownaddress.ask": _own,
    "account.forgotten": _forgotten,
    "public.send": _apply,
    "public.resend": _resend,
    "case_actions.address": _mend,
    "colleagues.invite": _member,
    "company.invite": _invite,
    "company_agents.give": _agent,
    "company.hand_over": _heir,
    "records_user.create_view": _staff,
}
OTHERWISE = {"demo.become"}  # chooses among addresses that the page lists


@pytest.mark.parametrize("endpoint", DOORS)
def test_an_address_is_taken_as_it_is_typed(world: World, endpoint: str) -> None:
    DOORS[endpoint](world)


def test_no_door_that_takes_an_address_is_left_out(world: World) -> None:
    """A view that reads `email` of a post, a form of the records that asks for it, the application's own form."""
    found = {"security.login", "public.send"}
    for endpoint, view in world.site.app.view_functions.items():
        source = inspect.getsource(inspect.unwrap(view)) if not endpoint.startswith(("records_", "static")) else ""
        reads = 'request.form.get("email"' in source or '("number", "email")' in source
        owner = getattr(inspect.unwrap(view), "__self__", None)
        makes = endpoint.endswith("create_view") and hasattr(owner or _owner(world, endpoint), "get_create_form")
        if reads or (makes and hasattr(_owner(world, endpoint).get_create_form(), "email")):
            found.add(endpoint)
    assert found - OTHERWISE == set(DOORS)


def _owner(world: World, endpoint: str) -> Any:
    views = world.site.app.extensions["admin"][0]._views
    return next((each for each in views if each.endpoint == endpoint.partition(".")[0]), None)


def test_a_password_is_asked_for_by_the_same_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.services.mails.portalmails import Wording
    from app.services.signin import passwords

    passwords.send_link(world.site.bench.portal, wide(VENDOR), Wording("s", "%(url)s"))
    world.site.bench.drain()
    assert [letter.to for letter in world.site.bench.mailbox.of(passwords.RESET_MAIL)] == [(VENDOR,)]


def test_a_mail_from_the_same_person_in_full_width_is_theirs() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "質問", "portal@example.jp"
    mail.set_content("本文")
    raw = b"From: =?utf-8?b?5L6L?= <" + wide(VENDOR).strip().encode() + b">\n" + mail.as_bytes()
    assert incoming.read(raw).sender == VENDOR


def test_commands_that_take_an_address_make_it_even() -> None:
    """By their source: each of them asks `address.required`."""
    taking = [each for each in _commands(commands) if any(part.name == "email" for part in each.params)]
    assert {each.name for each in taking} >= {"add", "password"}
    for command in taking:
        assert command.callback is not None
        assert "address.required(email)" in inspect.getsource(inspect.unwrap(command.callback)), command.name


def _commands(group: click.Command) -> Iterator[click.Command]:
    if isinstance(group, click.Group):
        for each in group.commands.values():
            yield from _commands(each)
    else:
        yield group

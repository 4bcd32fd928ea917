"""Whose mail a mail is: every list, page, file and feed of a case shows it to its reader and to staff alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.engine import Engine
from app.services.base import jobqueue
from app.services.cases import members
from app.services.mails.portalmails import Wording
from app.services.people import accounts as people
from app.services.process import context
from app.store import accounts, cases, database, records
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go, staff
from tests.web.conftest import Site, open_site

VENDOR, HELPER, CHIEF = "ichiro.rei@example.com", "helper@example.com", "chief@elsewhere.example"
SIGNS = {  # what only this mail's subject, text or recipient says
    "vendor": "申請の皆さまへのたより",
    "staff": "運営の内輪のたより",
    "helper": "手続きへの参加のご案内",
    "chief": CHIEF,
    "claim": "貴社の法人番号での申請の確認のお願い",
    "staff's address": STAFF[0],
}
SEES = {
    VENDOR: {"vendor"},
    HELPER: {"vendor", "helper"},
    STAFF[0]: set(SIGNS),
}


@dataclass
class World:
    """A case with a mail to the vendor, one to staff, one to a colleague alone, one to somebody of another company."""

    site: Site
    number: str
    ids: dict[str, int]  # row ids of the mails

    def person(self, email: str) -> FlaskClient:
        return self.site.person(email)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> World:
    site = open_site(tmp_path_factory.mktemp("mails"), engine)
    walker = go(site.bench, until="first_review")
    portal, number = site.bench.portal, walker.number
    members.invite(portal, number, HELPER, "full", staff(walker), Wording("", ""))
    people.add_staff(portal, CHIEF, "他社 長", ["vendor"], "a password for tests")
    with database.transaction():
        case = cases.lock(case_of(walker).id)
        for key, params in (
            ("vendor", {"mail": "new-message", "to_side": "vendor", "message": SIGNS["vendor"]}),
            ("staff", {"mail": "new-message", "to_side": "operator", "message": SIGNS["staff"]}),
            ("chief", {"mail": "company-claim", "to": CHIEF}),
        ):
            jobqueue.queue(case, "mail", params, "first_review", key, portal.now())
    site.bench.drain()
    with database.connection():
        rows = records.mails(case.id)
        ids = {row.job_key.partition(":")[2]: row.id for row in rows}
        helper = next(row.id for row in rows if row.mail_id == "account-invitation")
    return World(site, number, {**{key: ids[key] for key in ("vendor", "staff", "chief")}, "helper": helper})


def words(answer: TestResponse) -> str:
    """All that an answer says, files of a ZIP too."""
    if answer.mimetype != "application/zip":
        return unescape(answer.get_data().decode(errors="replace"))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        return "\n".join(name + bundle.read(name).decode(errors="replace") for name in bundle.namelist())


def walk(world: World, email: str) -> Iterator[tuple[str, str]]:
    """(address, what it says) of every page and file that the person can reach about the case by links, and of those
    at which one may only guess."""
    client, number = world.person(email), world.number
    with database.connection():
        user = accounts.by_email(email)
    assert user is not None
    ahead = ["/tasks", "/cases", f"/cases?q={number}", f"/calendar/{user.feed_token}.ics", "/company", "/account"]
    ahead += [str(rule).replace("<number>", number) for rule in world.site.app.url_map.iter_rules()
              if rule.arguments == {"number"} and "GET" in (rule.methods or ())]  # fmt: skip
    ahead += [f"/cases/{number}/mails/{row}{part}" for row in world.ids.values() for part in ("", "/body")]
    seen: set[str] = set()
    while ahead:
        url = ahead.pop().partition("#")[0]
        if url in seen or not url.startswith("/") or len(seen) > 400:
            continue
        seen.add(url)
        answer = client.get(url)
        said = words(answer)
        yield url, said
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        links = (unescape(each) for each in re.findall(r'(?:href|src|data-[a-z-]+)="(/[^"]*)"', answer.text))
        ahead += [each for each in links if number in each or each.startswith(("/tasks/", "/company"))]


@pytest.mark.parametrize("email", list(SEES))
def test_each_list_shows_each_mail_to_its_reader_and_to_staff_alone(email: str, world: World) -> None:
    pages = dict(walk(world, email))
    assert len(pages) > 30
    shown = {name: sorted(url for url, said in pages.items() if sign in said) for name, sign in SIGNS.items()}
    hidden = set(SIGNS) - SEES[email]
    if email != STAFF[0]:
        assert not any(shown[name] for name in hidden), {name: shown[name] for name in hidden if shown[name]}
    for name in SEES[email] - {"staff's address"}:
        assert any("/mails/" in url or "tab=mail" in url for url in shown[name]), name


def test_somebody_of_another_company_finds_nothing_of_the_case(world: World) -> None:
    for url, said in walk(world, CHIEF):
        assert not any(sign in said for sign in ("みほん入退場システム", *list(SIGNS.values())[:3])), url


@pytest.mark.parametrize(
    ("email", "which"), [(VENDOR, "staff"), (VENDOR, "helper"), (VENDOR, "chief"), (CHIEF, "chief")]
)
def test_a_mail_that_is_not_ones_own_is_no_mail(email: str, which: str, world: World) -> None:
    for part in ("", "/body", "/attachments/0"):
        assert world.person(email).get(f"/cases/{world.number}/mails/{world.ids[which]}{part}").status_code == 404


@pytest.mark.parametrize("email", list(SEES))
def test_the_timeline_the_notices_and_the_diagram_hold_the_same_mails(email: str, world: World) -> None:
    client, number = world.person(email), world.number
    timeline = words(client.get(f"/cases/{number}?tab=timeline"))
    diagram = words(client.get(f"/cases/{number}/diagram.json"))
    for name, row in world.ids.items():
        link = f"/cases/{number}/mails/{row}"
        sees = name in SEES[email] or (name == "staff" and email == STAFF[0])
        assert (link in timeline) is sees, name
        if name != "helper":  # written for the case as a whole, not for a step
            assert (link in diagram) is sees, name
        if email != STAFF[0] and not sees:
            assert link not in client.get("/tasks").text


def test_mails_and_documents_that_go_out_tell_of_the_vendors_mails_alone(world: World) -> None:
    portal = world.site.bench.portal
    with database.connection():
        case = cases.get(world.number)
        assert case is not None
        said = list(context.build(portal, case, portal.releases.loaded(case.release_id))["timeline"])
    told = " ".join(f"{line['title']} {line['text']}" for line in said)
    assert "新しいメッセージがあります" in told
    assert not any(sign in told for sign in (SIGNS["helper"], SIGNS["claim"], CHIEF, STAFF[0]))

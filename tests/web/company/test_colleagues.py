"""Colleagues on one case: invited by a link, and nothing is learnt of whose an address is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.catalogue import scenarios
from app.engine import Engine
from app.services.companies import company
from app.services.demo.walker import Walker
from app.services.people import accounts as people
from app.store import accounts, cases, database
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go, task
from tests.web.conftest import Site, open_site

VENDOR, OTHER, NOBODY = "ichiro.rei@example.com", "taro.yoso@example.org", "nobody.yet@example.org"
PACKAGE = "ccus_api_certification"
NEW = {"name": "山田 次郎", "password": "a password for tests", "again": "a password for tests"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("colleagues"), engine)
    people.add_staff(site.bench.portal, OTHER, "余所 太郎", ["vendor"], "a password for tests")
    yield site


def new_case(site: Site, until: str) -> Walker:
    return go(site.bench, until=until, application={"system_name": f"システム {uuid4().hex}"})


def link(site: Site, email: str) -> str:
    """The link of the last invitation that this address got."""
    site.bench.drain()
    letter = next(each for each in reversed(site.bench.mailbox.letters) if email in each.to)
    found = re.search(r"https?://[^/]+(/invitation/\S+)", letter.text)
    assert found is not None
    return found[1]


def learnt(vendor: FlaskClient, email: str, door: str, form: dict[str, str], *pages: str) -> list[str]:
    """What the vendor sees after inviting this address: the answer, and every line of the pages that names it."""
    answer = vendor.post(door, data={**form, "email": email})
    lines = (line for page in pages for line in re.split(r"\n|</li>", vendor.get(page).text))
    seen = [re.sub("<[^>]*>", "", line) for line in lines if email in line]
    assert len(seen) > 1, "the page says who is waited for"
    return [str(answer.status_code), *(re.sub(r"\d+", "0", line.replace(email, "…")) for line in seen)]


@pytest.mark.parametrize(
    ("until", "door"),
    [("company_profile", "case"), ("submit_documents", "case"), ("submit_documents", "company"),
     ("submit_documents", "agents")],
)  # fmt: skip
def test_a_vendor_learns_nothing_of_whose_an_address_is(shared: Site, until: str, door: str) -> None:
    walker = new_case(shared, until)
    case, vendor = case_of(walker), shared.person(VENDOR)
    here, place = f"/cases/{walker.number}", f"/company/{case.company_id}"
    terms = {"office": "事務所", "scope": "all", "first_day": shared.bench.portal.today().isoformat()}
    to, pages, form = {
        "case": (f"{here}/members", (here,), {"rights": "read"}),
        "company": (f"{place}/invitations", (place,), {"role": "member", "rights": "read"}),
        "agents": (f"{place}/agents/new", (place,), {"rights": "answer", **terms}),
    }[door]
    said = [learnt(vendor, email, to, form, *pages) for email in (STAFF[2], OTHER, NOBODY)]
    assert said[0][0] == "303"
    assert said[0] == said[1] == said[2]


def test_a_member_of_staff_who_follows_the_link_joins_nothing(shared: Site) -> None:
    walker = new_case(shared, "company_profile")
    shared.person(VENDOR).post(f"/cases/{walker.number}/members", data={"email": STAFF[2], "rights": "full"})
    url = link(shared, STAFF[2])
    for browser in (shared.anybody(), shared.operator(2)):
        assert browser.get(url).status_code == 410
        assert browser.post(url, data=NEW).status_code == 410
    with database.connection():
        assert [row.user.email for row in cases.members(case_of(walker).id)] == [VENDOR]


def test_the_body_reads_that_an_address_is_its_own(shared: Site) -> None:
    walker = new_case(shared, "company_profile")
    answer = shared.operator().post(f"/cases/{walker.number}/members", data={"email": STAFF[2]})
    assert answer.status_code == 422
    assert "運営主体のものです" in answer.text


def test_who_was_invited_before_the_case_had_its_company_comes_to_both(shared: Site) -> None:
    walker = new_case(shared, "company_profile")
    data = {"email": "early@example.com", "rights": "read"}
    shared.person(VENDOR).post(f"/cases/{walker.number}/members", data=data)
    steps = scenarios.steps(shared.bench.portal.releases.current(PACKAGE).package.files, "happy_path")
    walker.take(next(step for step in steps if step.get("complete") == "company_profile"))
    assert case_of(walker).company_id is not None
    url = link(shared, "early@example.com")
    assert case_of(walker).company_name in shared.anybody().get(url).text
    assert shared.anybody().post(url, data=NEW).status_code == 303
    with database.connection():
        user = accounts.by_email("early@example.com")
    assert user is not None
    (own,) = company.mine(people.actor_of(shared.bench.portal, user.id))
    assert (own.id, own.manager) == (case_of(walker).company_id, False)
    page = shared.person("early@example.com").get(f"/cases/{walker.number}")
    assert (page.status_code, "閲覧のみ" in page.text) == (200, True)
    assert task(walker, "submit_documents")


def test_an_invitation_to_a_case_is_taken_back_there(shared: Site) -> None:
    walker = new_case(shared, "company_profile")
    vendor, here = shared.person(VENDOR), f"/cases/{walker.number}"
    vendor.post(f"{here}/members", data={"email": "wrong@example.com", "rights": "full"})
    url, shown = link(shared, "wrong@example.com"), vendor.get(here).text
    button = re.search(rf"{here}/invitations/(\d+)/take-back", shown)
    assert button is not None
    strange = new_case(shared, "company_profile").number
    assert vendor.post(f"/cases/{strange}/invitations/{button[1]}/take-back").status_code == 404
    assert vendor.post(button[0]).status_code == 303
    assert shared.anybody().get(url).status_code == 410
    assert "招待中" not in vendor.get(here).text

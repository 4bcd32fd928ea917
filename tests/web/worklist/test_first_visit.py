"""The first visit of each role is led through the page once, and never again: without scripts, in both languages."""

from __future__ import annotations

import re

import pytest

from app.services.base.actors import Actor
from app.services.people import firstvisit
from app.states import Side
from tests.services.conftest import STAFF
from tests.services.steps import go
from tests.web.conftest import Site

MARK = 'id="first-visit"'


def test_a_vendor_is_led_once_and_never_again(site: Site) -> None:
    go(site.bench, until="submit_documents")
    vendor = site.person("ichiro.rei@example.com")
    home = vendor.get("/tasks").text
    assert MARK in home and "はじめに：このページの見かた" in home
    assert MARK in vendor.get("/tasks").text, "until it is put away"
    tour = home.partition(MARK)[2].partition("</section>")[0]
    for place in re.findall(r'href="#([\w-]+)"', tour):
        assert f'id="{place}"' in home, place
    assert "Welcome: finding your way around" in vendor.get("/tasks?lang=en").text
    assert vendor.post("/first-visit", data={"role": "vendor"}).status_code == 303
    assert MARK not in vendor.get("/tasks").text
    assert MARK not in site.person("ichiro.rei@example.com").get("/tasks").text, "in another browser, too"


def test_staff_are_led_for_each_of_their_roles_once(site: Site) -> None:
    operator = site.operator()
    home = operator.get("/tasks").text
    tour = home.partition(MARK)[2].partition("</section>")[0]
    assert 'value="operator"' in tour
    for place in re.findall(r'href="#([\w-]+)"', tour):
        assert f'id="{place}"' in home, place
    for address in re.findall(r'href="(/[\w-]+)"', tour):
        assert operator.get(address).status_code == 200, address
    operator.post("/first-visit", data={"role": "operator"})
    operator.post("/first-visit", data={"role": "operator"})
    assert MARK not in operator.get("/tasks").text
    assert MARK in site.operator(1).get("/tasks").text, "another person has not been led"
    assert len(STAFF) > 1


@pytest.mark.parametrize(
    ("side", "roles", "led", "agent", "expected"),
    [
        (Side.VENDOR, {"vendor"}, "", False, "vendor"),
        (Side.VENDOR, {"vendor"}, "vendor", False, ""),
        (Side.VENDOR, {"vendor"}, "vendor", True, "agent"),
        (Side.VENDOR, {"vendor"}, "agent", True, ""),
        (Side.OPERATOR, {"operator", "administrator"}, "", False, "operator"),
        (Side.OPERATOR, {"operator", "administrator"}, "operator", False, "administrator"),
        (Side.OPERATOR, {"analyst"}, "operator", False, "analyst"),
        (Side.OPERATOR, {"operator", "administrator", "analyst"}, "analyst,operator,administrator", False, ""),
    ],
)
def test_each_role_is_led_for_itself(side: Side, roles: set[str], led: str, agent: bool, expected: str) -> None:
    actor = Actor(1, "例", side, frozenset(roles))
    assert firstvisit.due(actor, led, agent=agent) == expected


def test_a_role_that_there_is_not_is_not_kept(site: Site) -> None:
    operator = site.operator()
    assert operator.post("/first-visit", data={"role": "king"}).status_code == 303
    assert MARK in operator.get("/tasks").text

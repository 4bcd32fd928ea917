"""The list of cases: in the order asked for, of those alone in which it is somebody's turn."""

from __future__ import annotations

import re

from tests.services.pages.test_lists import copies
from tests.services.steps import go
from tests.support.statements import counted
from tests.web.conftest import Site

ADDRESSES = [f"/cases?turn=operator&order={order}" for order in ("", "due", "number")]
MOST = 60


def test_the_list_of_cases_asks_as_much_for_many_as_for_few_in_every_order(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    page = site.operator()
    asked: list[list[int]] = []
    for numbers in (range(2), range(2, 30)):
        copies(walker, "first_review", numbers)
        asked.append([])
        for address in ADDRESSES:
            page.get(address)  # what a process keeps is there
            with counted() as seen:
                shown = page.get(address).text
            assert shown.count("row-link") == numbers.stop + 1
            asked[-1].append(len(seen.statements))
    assert asked[0] == asked[1]
    assert max(asked[0]) <= MOST


def test_the_list_of_cases_says_whose_turn_and_which_order_it_was_asked_for(site: Site) -> None:
    number = go(site.bench, until="first_review").number
    page = site.operator()
    shown = page.get("/cases?turn=operator&order=due").text
    assert re.search(r'<option value="operator" selected>', shown) and re.search(
        r'<option value="due" selected>', shown
    )
    assert number in shown
    assert number not in page.get("/cases?turn=vendor&order=number").text
    assert number in page.get("/cases?turn=nobody&order=password").text

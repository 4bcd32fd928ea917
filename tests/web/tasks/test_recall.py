"""引戻し on the pages: the button where it may be done, the reason where it may not."""

from __future__ import annotations

from tests.services.steps import go, opened, staff, task
from tests.services.tasks.test_recall import RETURN, send
from tests.web.conftest import Site


def test_the_done_page_and_the_case_offer_to_take_the_decision_back(site: Site) -> None:
    walker = go(site.bench, "second_review")
    row = task(walker, "second_review")
    send(walker, "second_review", staff(walker, 1), **RETURN)
    mine, other = site.operator(1), site.operator(2)
    action = f'action="/tasks/{row.id}/recall"'
    assert action in mine.get(f"/tasks/{row.id}/done").text
    assert action in mine.get(f"/cases/{walker.number}").text
    assert action not in other.get(f"/cases/{walker.number}").text

    answer = mine.post(f"/tasks/{row.id}/recall")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tasks/{row.id}")
    assert opened(walker) == ["second_review"]
    assert RETURN["reason"] in mine.get(f"/tasks/{row.id}").text
    assert site.operator(1).get(f"/cases/{walker.number}?tab=timeline").status_code == 200


def test_what_has_been_followed_says_why_it_cannot_be_taken_back(site: Site) -> None:
    walker = go(site.bench, "second_review")
    row = task(walker, "second_review")
    send(walker, "second_review", staff(walker, 1), outcome="passed")
    site.bench.drain(walker.portal)
    client = site.operator(1)
    page = client.get(f"/tasks/{row.id}/done").text
    assert f'action="/tasks/{row.id}/recall"' not in page
    assert 'aria-disabled="true"' in page
    assert client.post(f"/tasks/{row.id}/recall").headers["Location"] == f"/tasks/{row.id}/done"
    assert opened(walker) == ["review_result"]


def test_others_and_vendors_may_not(site: Site) -> None:
    walker = go(site.bench, "second_review")
    row = task(walker, "second_review")
    send(walker, "second_review", staff(walker, 1), **RETURN)
    assert site.operator(2).post(f"/tasks/{row.id}/recall").status_code == 403
    vendor = site.person("ichiro.rei@example.com")
    assert vendor.post(f"/tasks/{row.id}/recall").status_code in {403, 404}
    assert opened(walker) == ["reply_materials"]

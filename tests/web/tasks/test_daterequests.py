"""Dates on the pages: the vendor asks, the operator answers; people and places of the days to come."""

from __future__ import annotations

import pytest

from app.services.days import attendance
from app.services.demo.walker import Walker
from app.services.tasks import datesasked
from app.store import bookings, database
from tests.services.steps import actor, case_of, go, staff
from tests.web.conftest import Site

VENDOR = "ichiro.rei@example.com"


@pytest.fixture
def settled(site: Site) -> Walker:
    walker = go(site.bench, "exam_date_received")
    site.bench.drain(walker.portal)
    site.bench.portal.clock.moment = walker.clock.moment  # type: ignore[attr-defined]  # a still clock, set to the case's
    return walker


def test_the_vendor_asks_on_the_case_page_and_the_operator_answers_in_the_calendar(site: Site, settled: Walker) -> None:
    vendor, operator, url = site.person(VENDOR), site.operator(), f"/cases/{settled.number}"
    assert f'href="{url}/date"' in vendor.get(url).text
    page = vendor.get(f"{url}/date")
    assert page.status_code == 200
    standing = datesasked.standing(settled.portal, settled.number, actor(settled))
    assert standing is not None
    day = standing.free[3]
    assert f'value="{day.isoformat()}"' in page.text

    sent = vendor.post(f"{url}/date", data={"kind": "change", "wish_1": day.isoformat(), "reason": "会場の停電"})
    assert (sent.status_code, sent.headers["Location"]) == (303, url)
    assert f'href="{url}/date"' not in vendor.get(url).text
    asked = datesasked.waiting(settled.portal, staff(settled))[0].request.id
    assert f"/calendar#request-{asked}" in operator.get(url).text
    shown = operator.get("/calendar").text
    assert "会場の停電" in shown and f'id="request-{asked}"' in shown

    empty = operator.post(f"/calendar/requests/{asked}", data={"action": "refuse", "answer": ""})
    assert empty.status_code == 422 and 'role="alert"' in empty.text
    given = operator.post(f"/calendar/requests/{asked}", data={"action": "accept", "day": day.isoformat()})
    assert given.status_code == 303
    with database.connection():
        booking = bookings.latest(case_of(settled).id)
    assert booking is not None and booking.day == day


def test_what_was_typed_comes_back_with_what_is_wrong(site: Site, settled: Walker) -> None:
    vendor = site.person(VENDOR)
    typed = {"kind": "change", "wish_1": "", "reason": "担当者が不在"}
    answer = vendor.post(f"/cases/{settled.number}/date", data=typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and "担当者が不在" in answer.text


def test_it_is_not_for_strangers_nor_for_staff(site: Site, settled: Walker) -> None:
    assert site.operator().get(f"/cases/{settled.number}/date").status_code == 403
    assert site.operator().post("/calendar/requests/999", data={"action": "refuse", "answer": "x"}).status_code == 404
    assert site.person(VENDOR).post("/calendar/requests/1").status_code == 403
    assert site.person(VENDOR).post("/calendar/dates/1").status_code == 403
    assert site.anybody().get(f"/cases/{settled.number}/date").status_code in {302, 303, 401, 403}


def test_people_and_place_are_set_on_the_calendar_and_clashes_are_alerts(site: Site, settled: Walker) -> None:
    operator, who = site.operator(), staff(settled)
    row = attendance.upcoming(settled.portal, who)[0]
    page = operator.get("/calendar").text
    assert f'id="date-{row.id}"' in page and 'role="alert"' in page, "no cards in stock yet"
    wrong = operator.post(f"/calendar/dates/{row.id}", data={"place": "", "people": [str(who.user_id)]})
    assert wrong.status_code == 422
    assert f'value="{who.user_id}" id="people-{row.id}-{who.user_id}" checked' in wrong.text
    done = operator.post(f"/calendar/dates/{row.id}", data={"place": "別館 2階", "people": [str(who.user_id)]})
    assert (done.status_code, done.headers["Location"]) == (303, f"/calendar#date-{row.id}")
    later = operator.get("/calendar?month=2027-02").text
    form = later.partition(f'action="/calendar/dates/{row.id}"')[2].partition("</form>")[0]
    assert 'name="month" value="2027-02"' in form
    stays = operator.post(
        f"/calendar/dates/{row.id}", data={"place": "別館 2階", "people": [str(who.user_id)], "month": "2027-02"}
    )
    assert stays.headers["Location"] == f"/calendar?month=2027-02#date-{row.id}", "the month that was looked at"
    assert "別館 2階" in operator.get("/calendar").text
    assert who.name in operator.get(f"/cases/{settled.number}").text
    assert site.person(VENDOR).get(f"/cases/{settled.number}?tab=timeline").status_code == 200

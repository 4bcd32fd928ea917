"""Whoever fills in a form that was shown keeps its release for a day, whatever is released meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.packages import terms
from app.services.packages.terms import Act
from app.store import database
from app.store.models import Case
from tests.catalogue.support import edited
from tests.catalogue.wrongs import swap
from tests.services.conftest import StillClock
from tests.web.conftest import Site
from tests.web.public.test_public import hidden

LIBRARY = "library_card"
ANSWERS = {
    "company_name": "みほん市立小学校",
    "contact_name": "図書 花子",
    "email": "hanako@example.jp",
    "reader_kind": "school",
    "books": "3",
}


@pytest.fixture
def clock(small_site: Site) -> StillClock:
    assert isinstance(small_site.bench.portal.clock, StillClock)
    return small_site.bench.portal.clock


def release(site: Site) -> int:
    package = edited({"forms/request.form": swap("一度に借りたい冊数", "何冊お借りになりますか")})
    return terms.put(site.bench.portal, package, Act("sato", "言い回し"), None).number


def opened(client: FlaskClient) -> dict[str, str]:
    """What the form holds as soon as it is shown."""
    return hidden(client.get("/apply").text)


def send(client: FlaskClient, form: dict[str, str], **more: str) -> Any:
    """By way of the page on which one checks one's answers, if it comes so far."""
    checked = client.post("/apply", data={**form, **ANSWERS, **more, "step": "check"})
    return (
        client.post("/apply", data={**hidden(checked.text), "step": "send"}) if checked.status_code == 200 else checked
    )


def began_on(site: Site) -> list[int]:
    with database.connection():
        return [row.release.number for row in Case.select().order_by(Case.id)]


def test_the_application_runs_on_the_release_whose_form_was_shown(small_site: Site, clock: StillClock) -> None:
    client = small_site.anybody()
    form = opened(client)
    assert form["form_release"] == "1"
    clock.moment += timedelta(hours=1)
    assert release(small_site) == 2
    clock.moment += timedelta(hours=23)
    checked = client.post("/apply", data={**form, **ANSWERS, "step": "check"})
    assert "一度に借りたい冊数" in checked.text
    assert client.post("/apply", data={**hidden(checked.text), "step": "send"}).status_code == 303
    assert "何冊お借りになりますか" in client.get("/apply").text
    assert send(client, opened(client), email="taro@example.jp").status_code == 303
    assert began_on(small_site) == [1, 2]


def test_between_checking_and_sending_another_release_changes_nothing(small_site: Site, clock: StillClock) -> None:
    client = small_site.anybody()
    checked = client.post("/apply", data={**opened(client), **ANSWERS, "step": "check"})
    clock.moment += timedelta(minutes=1)
    release(small_site)
    assert client.post("/apply", data={**hidden(checked.text), "step": "send"}).status_code == 303
    assert began_on(small_site) == [1]


def test_after_a_day_the_new_form_is_shown_with_the_answers_and_nothing_begins(
    small_site: Site, clock: StillClock
) -> None:
    client = small_site.anybody()
    form = opened(client)
    clock.moment += timedelta(hours=1)
    release(small_site)
    clock.moment += timedelta(hours=24, minutes=1)
    answer = send(client, form)
    assert answer.status_code == 409
    assert "様式が変わりました" in answer.text
    assert "何冊お借りになりますか" in answer.text
    assert 'value="みほん市立小学校"' in answer.text
    assert began_on(small_site) == []
    assert send(client, hidden(answer.text)).status_code == 303
    assert began_on(small_site) == [2]


def test_a_release_that_was_taken_back_is_kept_by_nobody(small_site: Site, clock: StillClock) -> None:
    client = small_site.anybody()
    clock.moment += timedelta(minutes=1)
    release(small_site)
    form = opened(client)
    assert form["form_release"] == "2"
    clock.moment += timedelta(minutes=1)
    terms.stop(small_site.bench.portal, LIBRARY, 2, "sato", "誤り")
    assert send(client, form).status_code == 409
    assert began_on(small_site) == []


@pytest.mark.parametrize("number", ["99", "-1", "x", "", "99999999999999999999"])
def test_a_number_that_no_release_has_begins_nothing_on_another(number: str, small_site: Site) -> None:
    answer = send(small_site.anybody(), {"form_release": number})
    assert answer.status_code == (409 if number == "99" else 303)  # what is no number says nothing
    assert began_on(small_site) == ([] if number == "99" else [1])

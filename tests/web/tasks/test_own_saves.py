"""Autosaves, uploads and presses of one opened page over HTTP, in the orders in which a slow line delivers them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.services.tasks import forms
from app.store import database, work
from tests.services.steps import actor, go, opened, task
from tests.web.conftest import Site
from tests.web.desk_support import Desk, alerts, operator, pdf, text, vendor


class Window:
    """One opened page of a task's form, with scripts: each request says the page and the how-manieth it is."""

    def __init__(self, desk: Desk, before: str = "") -> None:
        self.desk, self.nth, self.before = desk, 0, before
        page = desk.page().text
        found = re.search(r'name="page:id" value="([\w-]+)"', page)
        assert found is not None
        self.id, self.revision = found[1], desk.revision()

    def request(self, **answers: Any) -> dict[str, Any]:
        """What a save at this moment would send; it may be delivered later."""
        self.nth += 1
        marks = {"page:id": self.id, "page:nth": str(self.nth), "page:before": self.before}
        return {"revision": self.revision, **marks, **answers}

    def autosave(self, data: dict[str, Any]) -> TestResponse:
        return self.desk.client.post(self.desk.url + "/draft", data=data, headers={"Accept": "application/json"})

    def press(self, data: dict[str, Any], action: str = "check") -> TestResponse:
        return self.desk.client.post(self.desk.url, data={**data, "action": action})


@pytest.fixture
def desk(site: Site) -> Desk:
    return vendor(site, task(go(site.bench, until="submit_documents"), "submit_documents").id)


def drafted(desk: Desk) -> dict[str, Any]:
    with database.connection():
        row = work.draft(desk.url.rsplit("/", 1)[1])
    assert row is not None
    return dict(row.values)


def test_a_press_that_overtakes_an_autosave_is_checked_and_sent(desk: Desk) -> None:
    window = Window(desk)
    late = window.request(documents_note="途中")
    files = {"registry_certificate": pdf(), "financial_statements": pdf()}
    pressed = desk.client.post(desk.url, data={**window.request(documents_note="全部"), "action": "check", **files})
    assert (pressed.status_code, pressed.location) == (303, f"{desk.url}/check")
    checked = desk.revision("/check")
    assert window.autosave(late).status_code == 200  # nobody is told of a conflict that is none
    assert drafted(desk)["documents_note"] == "全部"
    assert desk.client.post(desk.url + "/check", data={"revision": checked}).status_code == 303


def test_a_press_that_an_autosave_overtook_is_kept(desk: Desk) -> None:
    window = Window(desk)
    saves = [window.request(documents_note=str(number)) for number in range(3)]
    pressed = window.request(documents_note="押した")
    for each in saves:
        assert window.autosave(each).status_code == 200
    assert window.press(pressed, "draft").status_code == 303
    assert drafted(desk)["documents_note"] == "押した"


def test_an_answer_that_was_lost_is_no_conflict_when_the_save_comes_again(desk: Desk) -> None:
    window = Window(desk)
    window.autosave(window.request(documents_note="一"))  # its answer never came: the page still says revision 0
    again = window.autosave(window.request(documents_note="二"))
    assert (again.status_code, again.get_json()["revision"]) == (200, 2)


def test_a_press_without_scripts_is_pressed_again(desk: Desk) -> None:
    window = Window(desk)
    data = {"revision": window.revision, "page:id": window.id, "action": "draft"}
    assert desk.client.post(desk.url, data={**data, "documents_note": "一"}).status_code == 303
    assert desk.client.post(desk.url, data={**data, "documents_note": "二"}).status_code == 303
    assert drafted(desk)["documents_note"] == "二"


def test_another_window_is_told_who_saved_and_when_and_keeps_what_was_typed(desk: Desk) -> None:
    one, other = Window(desk), Window(desk)
    assert one.autosave(one.request(documents_note="こちら")).status_code == 200
    refused = other.autosave(other.request(documents_note="あちら"))
    assert refused.status_code == 409
    assert re.search(r"あなたが別の画面で(\d+月\d+日 )?\d\d:\d\dに", refused.get_json()["error"])
    page = other.press(other.request(documents_note="あちら"), "draft")
    assert page.status_code == 409
    assert "あなたが別の画面で" in alerts(page)
    assert "あちら" in page.text
    assert drafted(desk)["documents_note"] == "こちら"
    shown = re.search(r'name="revision" value="(\d+)"', page.text)
    assert shown is not None
    knowingly = {"revision": shown[1], "action": "draft", "documents_note": "あちら"}
    assert desk.client.post(desk.url, data=knowingly).status_code == 303


def test_somebody_else_is_named_on_the_form_and_before_sending(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    row = task(walker, "first_review").id
    sato, suzuki = Window(operator(site, row)), Window(operator(site, row, 1))
    assert sato.press(sato.request(outcome="passed")).status_code == 303
    checked = sato.desk.revision("/check")
    refused = suzuki.press({**sato.request(), "outcome": "rejected", "reason": "書きかけ"})
    assert refused.status_code == 409
    assert "担当 1さんが担当しています" in alerts(refused)
    assert "書きかけ" in refused.text
    assert suzuki.desk.client.post(f"{suzuki.desk.url}/take").status_code == 303
    knowing = Window(suzuki.desk)
    assert knowing.press(knowing.request(outcome="rejected", reason="別の理由")).status_code == 303
    late = sato.desk.client.post(sato.desk.url + "/check", data={"revision": checked})
    assert late.status_code == 409
    assert "担当 2さんが担当しています" in alerts(late)
    assert opened(walker) == ["first_review"]


def test_what_a_page_saved_as_it_was_left_is_known_to_the_next_in_its_window(desk: Desk) -> None:
    left = Window(desk)
    late = left.request(documents_note="離れるとき")
    following = Window(desk, before=left.id)
    assert left.autosave(late).status_code == 200
    assert following.press(following.request(documents_note="続き"), "draft").status_code == 303
    assert drafted(desk)["documents_note"] == "続き"


def test_send_pressed_twice_is_sent_once_and_both_presses_lead_to_what_comes_next(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    desk.post(outcome="passed")
    revision = desk.revision("/check")
    for _ in range(2):
        sent = desk.client.post(desk.url + "/check", data={"revision": revision})
        assert (sent.status_code, sent.location) == (303, f"{desk.url}/done")
    colleague = operator(site, desk.url.rsplit("/", 1)[1], 1)
    late = colleague.client.post(desk.url + "/check", data={"revision": revision})
    assert late.status_code == 409
    assert "すでに完了しています" in text(late)


def test_an_answer_to_a_point_that_comes_late_does_not_replace_a_later_one(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    review = operator(site, task(walker, "first_review").id)
    place = re.search(r'name="(pin:submit_documents:[\w-]+)"', review.page().text)
    assert place is not None
    review.send(outcome="returned", return_to="submit_documents", reason="直してください", **{place[1]: "写しが古い"})
    site.bench.drain()
    desk = vendor(site, task(walker, "submit_documents").id)
    found = re.search(r'name="(point:\d+)"', desk.page().text)
    assert found is not None
    window = Window(desk)
    late = window.request(**{found[1]: "さきの答え"})
    assert window.press(window.request(**{found[1]: "あとの答え"}), "draft").status_code == 303
    assert window.autosave(late).status_code == 200
    assert "あとの答え" in desk.page().text
    assert "さきの答え" not in desk.page().text


def test_a_point_that_is_pinned_by_two_presses_is_there_once(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    review = operator(site, task(walker, "first_review").id)
    place = re.search(r'name="(pin:submit_documents:[\w-]+)"', review.page().text)
    assert place is not None
    window = Window(review)
    pressed = window.request(outcome="returned", return_to="submit_documents", **{place[1]: "写しが古い"})
    for _ in range(2):
        assert window.press(pressed, "draft").status_code == 303
    assert text(review.page()).count("写しが古い") == 1


def test_nonsense_in_the_marks_of_a_page_is_no_page(desk: Desk) -> None:
    window = Window(desk)
    window.autosave(window.request(documents_note="こちら"))
    for marks in ({"page:id": "<x>"}, {"page:id": ""}, {"page:nth": "９"}, {"page:before": "x " * 99}):
        data = {**Window(desk).request(documents_note="あちら"), "revision": "0", **marks}
        assert window.autosave(data).status_code == 409
    huge = {**window.request(documents_note="二"), "page:nth": "9" * 40}
    assert window.autosave(huge).status_code == 200


def test_a_draft_of_the_service_alone_has_no_page(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    row = task(walker, "submit_documents").id
    forms.save_draft(site.bench.portal, row, {"documents_note": "台本"}, actor(walker))
    window = Window(vendor(site, row))
    assert window.autosave(window.request(documents_note="人")).status_code == 200

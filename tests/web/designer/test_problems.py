"""The problems of a draft, as the designer's scripts read and mend them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.base.releases import Releases
from app.services.designing import checking
from app.services.people import accounts
from app.services.workspaces import content
from tests.planted.support import japanese
from tests.web.conftest import Site

API = "/designer/api/workspaces"


@pytest.fixture
def hanako(small_site: Site) -> FlaskClient:
    """An analyst's browser."""
    accounts.add_staff(small_site.bench.portal, "hanako@example.jp", "分析 花子", ["analyst"], "a password for tests")
    return small_site.person("hanako@example.jp")


@pytest.fixture
def draft(hanako: FlaskClient, small_site: Site) -> str:
    package = small_site.bench.portal.releases.all_current()[0].package.id
    return f"{API}/{hanako.post(API, json={'package': package, 'title': '見直し'}).get_json()['id']}"


def problems(client: FlaskClient, draft: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{draft}/problems").get_json()["problems"]
    return found


def test_a_draft_that_is_its_release_has_no_problem(hanako: FlaskClient, draft: str) -> None:
    assert hanako.get(f"{draft}/problems").get_json()["problems"] == []


def test_a_problem_has_its_place_and_its_mending_mends_it(hanako: FlaskClient, draft: str) -> None:
    form = next(
        each["path"] for each in hanako.get(f"{draft}/tree").get_json()["files"] if each["path"].endswith(".form")
    )
    gone = hanako.delete(f"{draft}/files/{form}", headers={"If-Match": '"0"'})
    assert gone.status_code == 200
    [found] = [each for each in problems(hanako, draft) if each.get("mend", {}).get("action", {}).get("kind") == "form"]
    assert found["file"].endswith(".bpmn") and found["element"] and found["line"] > 1 and found["severity"] == "error"
    answer = hanako.post(f"{draft}/mend", json={"action": found["mend"]["action"]})
    assert answer.status_code == 200 and answer.get_json()["files"][0]["path"] == form
    assert found["text"] not in [each["text"] for each in problems(hanako, draft)]
    late = hanako.post(f"{draft}/mend", json={"action": found["mend"]["action"]})
    assert late.status_code == 409 and late.get_json()["error"]


def test_what_the_page_was_told_is_not_worked_out_again_when_the_draft_is_tried(
    small_site: Site, hanako: FlaskClient, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert problems(hanako, draft) == []
    monkeypatch.delattr(Releases, "check")
    portal = small_site.bench.portal
    assert checking.of_package(portal, content.package(portal, int(draft.rpartition("/")[2]))) == ()


def test_nonsense_is_no_mending(hanako: FlaskClient, draft: str) -> None:
    assert hanako.post(f"{draft}/mend", json={"action": "rm"}).status_code == 409
    assert hanako.post(f"{draft}/mend", json=[]).status_code == 400


def test_others_learn_of_no_problem(small_site: Site, draft: str) -> None:
    accounts.add_staff(small_site.bench.portal, "taro@example.jp", "太郎", ["operator"], "a password for tests")
    assert small_site.person("taro@example.jp").get(f"{draft}/problems").status_code in (403, 404)


def test_each_mark_is_a_sentence_of_the_check() -> None:
    assert [message for message in checking.MARKS if japanese()(message) == message] == []


LOOP = (
    '<bpmn:scriptTask id="count" name="数える"><bpmn:script>books = books</bpmn:script></bpmn:scriptTask>'
    '<bpmn:scriptTask id="recount" name="数え直す"><bpmn:script>books = books</bpmn:script></bpmn:scriptTask>'
    '<bpmn:sequenceFlow id="count__to__recount" sourceRef="count" targetRef="recount" />'
    '<bpmn:sequenceFlow id="recount__to__count" sourceRef="recount" targetRef="count" />'
)


def test_a_loop_that_nothing_leaves_is_marked_as_endless(hanako: FlaskClient, draft: str) -> None:
    file = f"{draft}/files/library_card.bpmn"
    text = hanako.get(file).get_json()["content"]
    lane = "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in ("count", "recount"))
    for old, new in (
        ("<bpmn:flowNodeRef>mail_hello<", f"{lane}<bpmn:flowNodeRef>mail_hello<"),
        ('targetRef="mail_hello"', 'targetRef="count"'),
        ("<bpmn:incoming>request__to__mail_hello</bpmn:incoming>", ""),
        ("<bpmn:sequenceFlow", f"{LOOP}<bpmn:sequenceFlow"),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    assert hanako.put(file, json={"content": text}, headers={"If-Match": '"0"'}).status_code == 200
    marks = {each["element"]: each["mark"] for each in problems(hanako, draft) if each.get("mark")}
    assert "endless" in {marks.get("count"), marks.get("recount")}, marks

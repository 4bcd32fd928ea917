"""What the editor of diagrams asks of the portal."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.conftest import Site
from tests.web.designer.test_api import API, hanako, made

__all__ = ["hanako"]


def test_the_panel_and_the_canvas_are_told_what_there_is(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    panels = hanako.get(f"{API}/{draft}/panels").get_json()
    assert {"elements", "properties", "connectors", "things"} <= panels.keys()
    canvas = hanako.get(f"{API}/{draft}/canvas").get_json()
    assert set(canvas["fixed"]) <= set(canvas["ids"]) and canvas["fixed"], "the release's ids stay"


def test_a_released_id_stays_and_a_mail_changes_its_name_everywhere(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    url = f"{API}/{draft}/renames"
    fixed = hanako.get(f"{API}/{draft}/canvas").get_json()["fixed"][0]
    refused = hanako.post(url, json={"kind": "element", "old": fixed, "new": "another_one"})
    assert refused.status_code == 422 and fixed in refused.get_json()["error"]
    mails = [each["id"] for each in hanako.get(f"{API}/{draft}/panels").get_json()["things"]["mail"]]
    old = next(name for name in mails if name.startswith("hello") or name == "mail_hello" or "hello" in name)
    asked = {"kind": "mail", "old": old, "new": "quite-new"}
    before = hanako.get(f"{API}/{draft}").get_json()["revision"]
    shown = hanako.post(url, json=asked).get_json()
    assert shown["places"] and shown["problems"] == []
    assert hanako.get(f"{API}/{draft}").get_json()["revision"] == before, "looking changes nothing"
    done = hanako.post(url, json={**asked, "apply": True}).get_json()
    assert f"mail/{old}.md" in done["changed"] and "mail/quite-new.md" in done["changed"]
    assert hanako.get(f"{API}/{draft}/files/mail/quite-new.md").get_json()["content"]
    things = hanako.get(f"{API}/{draft}/panels").get_json()["things"]["mail"]
    assert "quite-new" in {each["id"] for each in things} and old not in {each["id"] for each in things}


def test_a_foreign_diagram_is_looked_at_and_not_saved(hanako: FlaskClient, small_site: Site) -> None:
    draft = made(hanako, small_site)
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="new_one">'
        '<startEvent id="s_9"/><complexGateway id="c_9"/></process></definitions>'
    )
    said = hanako.post(f"{API}/{draft}/imports", json={"name": "外の図.bpmn", "content": text}).get_json()
    assert [each["id"] for each in said["elements"] if each["fate"] == "idle"] == ["c_9"]
    assert said["name"] == "diagram.bpmn" and said["runs"] == 1
    assert "diagram.bpmn" not in {each["path"] for each in hanako.get(f"{API}/{draft}/tree").get_json()["files"]}
    bad = hanako.post(f"{API}/{draft}/imports", json={"name": "a", "content": "<!DOCTYPE x><x/>"})
    assert bad.status_code in (409, 422) and bad.get_json()["error"]
    assert hanako.post(f"{API}/{draft}/imports", json={"name": "a"}).status_code == 400


def test_staff_without_the_role_are_told_nothing(small_site: Site, hanako: FlaskClient) -> None:
    draft = made(hanako, small_site)
    client = small_site.operator()
    for path in ("panels", "canvas"):
        assert client.get(f"{API}/{draft}/{path}").status_code == 403
    for path in ("imports", "renames"):
        assert client.post(f"{API}/{draft}/{path}", json={}).status_code == 403

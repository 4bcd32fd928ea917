"""The analysts' first hour: what each part of the manual names stands on the page that the part is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import catalogue
from app.services.packages import terms
from app.services.people import accounts
from app.services.workspaces import gating
from app.states import WorkspaceAct
from app.store import database
from app.store import workspaces as store
from tests.services.moves.edits import Sheet, before
from tests.support.manuals import lost, sections
from tests.web.conftest import Site

API = "/designer/api/workspaces"
DICTIONARIES = Path(__file__).parents[3] / "app" / "frontend" / "designer" / "words"
DIAGRAM, MAIL = "library_card.bpmn", "mail/hello.md"
PARTS = sections("designer")
ELSEWHERE = {"試す"}  # test_plays.py reads it on the page of a Play
ALONE = "一人で承認"  # said only where the portal is set up for a body of one


@dataclass(frozen=True)
class Draft:
    """An analyst's draft, beside a second person."""

    site: Site
    client: FlaskClient
    other: FlaskClient
    number: int

    def page(self, *paths: str, client: FlaskClient | None = None) -> str:
        """The text of pages; those of the draft itself begin with `+`."""
        texts = []
        for path in paths:
            answer = (client or self.client).get(path.replace("+", f"/designer/w/{self.number}"))
            assert answer.status_code == 200, path
            texts.append(answer.text)
        return "\n".join(texts)

    def api(self, *paths: str) -> str:
        """What scripts are answered."""
        return "\n".join(self.client.get(f"{API}/{self.number}/{path}").text for path in paths)

    def change(self, path: str, old: str, new: str) -> None:
        file = self.client.get(f"{API}/{self.number}/files/{path}").get_json()
        assert old in file["content"], file["content"]
        said: Any = {"content": file["content"].replace(old, new, 1)}
        headers = {"If-Match": f'"{file["revision"]}"'}
        assert self.client.put(f"{API}/{self.number}/files/{path}", json=said, headers=headers).status_code == 200

    def write(self, path: str, text: str) -> None:
        answer = self.client.put(
            f"{API}/{self.number}/files/{path}", json={"content": text}, headers={"If-Match": '"0"'}
        )
        assert answer.status_code in (200, 201), answer.text

    def take_out(self, path: str) -> None:
        self.client.delete(f"{API}/{self.number}/files/{path}", headers={"If-Match": '"0"'})


def dictionary(name: str) -> str:
    """What an editor's library says."""
    return (DICTIONARIES / f"{name}.ja.json").read_text(encoding="utf-8")


def newer(draft: Draft) -> str:
    draft.change(MAIL, "{{ body.name }}", "図書館より")
    portal = draft.site.bench.portal
    files = dict(portal.releases.all_current()[0].package.files)
    files[MAIL] = files[MAIL].decode().replace("次のリンク", "このリンク").encode()
    terms.put(portal, catalogue.from_files(files), terms.Act("太郎"), None)
    return draft.page("+", "+/take-in")


def problems(draft: Draft) -> str:
    """With a form that is gone, a mail that is not there, a name that is misspelled, and a text without quotes."""
    found = []
    draft.take_out("forms/approve.form")
    draft.change(DIAGRAM, "'hello'", "'welcome'")
    draft.change(MAIL, "{{ body.name }}", "{{ body.nmae }}")
    found.append(draft.api("problems"))
    draft.change(DIAGRAM, "'welcome'", "hello")
    found.append(draft.api("problems"))
    return "\n".join([*found, draft.page("+")])


def scenarios(draft: Draft) -> str:
    """With a step that no scenario knows."""
    package = draft.site.bench.portal.releases.all_current()[0].package
    sheet = Sheet(package.files)
    assert before(sheet, "collect", [])
    for path, data in sheet.done().items():
        if data != package.files.get(path) and path.endswith((".bpmn", ".form")):
            draft.write(path, data.decode())
    walked = draft.client.post(f"/designer/w/{draft.number}/scenarios")
    return walked.text + draft.page("+", "+/scenarios")


def release(draft: Draft) -> str:
    """As who asks for it sees it, before and after, and as who approves it."""
    draft.change(MAIL, "次のリンク", "下のリンク")
    before = draft.page("+", "+/release")
    said = {"act": "submit", "note": "言い回し", "when": "now"}
    assert draft.client.post(f"/designer/w/{draft.number}/release", data=said).status_code == 303
    with database.connection():
        event = store.last_of(draft.number, WorkspaceAct.SUBMITTED)
    assert event is not None
    gating.examine(draft.site.bench.portal, draft.number, event.id)
    return before + draft.page("+/release") + draft.page("+/release", client=draft.other)


def dropped(draft: Draft) -> str:
    before = draft.page("/designer", "+/about")
    draft.client.post(f"/designer/w/{draft.number}/about", data={"act": "drop", "why": "要らない"})
    return before + draft.page("+/about")


# By the part of the manual: where its words stand.
PLACES: dict[str, Callable[[Draft], str]] = {
    "案を作る": lambda draft: draft.page("/designer", "/settings", "/settings/library_card/body.name", "+"),
    "書いたものの保存": lambda draft: draft.page("+"),
    "図を描く": lambda draft: draft.page("+") + draft.api("panels", "canvas") + dictionary("canvas"),
    "フォームを作る": lambda draft: draft.page("+") + draft.api("panels") + dictionary("forms"),
    "決定表を作る": lambda draft: draft.page("+") + dictionary("decisions"),
    "メールと書類を書く": lambda draft: draft.page("+") + dictionary("text"),
    "設定・費用・日程・英語を変える": lambda draft: draft.page("+") + draft.api("panels"),
    "何人かで書く": lambda draft: draft.page("+", "+/about"),
    "新しい版が施行されたとき": newer,
    "直すところ": problems,
    "確かめ": scenarios,
    "比べる": lambda draft: draft.page("+", "/designer"),
    "公開する": release,
    "版と施行": lambda draft: draft.page("/designer", "/designer/releases/library_card"),
    "取りやめる、書き出す": dropped,
}


@pytest.fixture
def draft(small_site: Site) -> Draft:
    for email, name in (("hanako@example.jp", "分析 花子"), ("taro@example.jp", "分析 太郎")):
        accounts.add_staff(small_site.bench.portal, email, name, ["analyst"], "a password for tests")
    client, other = small_site.person("hanako@example.jp"), small_site.person("taro@example.jp")
    made = client.post(API, json={"package": "library_card", "title": "見直し"}).get_json()
    return Draft(small_site, client, other, int(made["id"]))


def test_every_part_of_the_manual_is_about_pages_that_are_known() -> None:
    assert set(PARTS) == PLACES.keys() | ELSEWHERE


@pytest.mark.parametrize("part", PLACES)
def test_what_a_part_names_stands_on_its_pages(draft: Draft, part: str) -> None:
    named = [each for each in PARTS[part] if each != ALONE]
    assert named, "a part that names nothing is not looked at"
    assert lost(named, PLACES[part](draft)) == []

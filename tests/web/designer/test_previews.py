"""Previews and names as the editors' scripts ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.people import accounts
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
    made = hanako.post(API, json={"package": package, "title": "見直し"}).get_json()
    return f"{API}/{made['id']}"


def files(client: FlaskClient, draft: str, kind: str) -> list[str]:
    return [each["path"] for each in client.get(f"{draft}/tree").get_json()["files"] if each["path"].startswith(kind)]


def content(client: FlaskClient, draft: str, path: str) -> str:
    return str(client.get(f"{draft}/files/{path}").get_json()["content"])


def test_a_form_is_drawn_in_both_languages(hanako: FlaskClient, draft: str) -> None:
    path = files(hanako, draft, "forms/")[0]
    for language in ("ja", "en"):
        asked = {"path": path, "content": content(hanako, draft, path), "language": language}
        said = hanako.post(f"{draft}/preview/form", json=asked).get_json()
        assert f'<html lang="{language}">' in said["html"] and said["left_out"] == []
        assert "f-field" in said["html"] and "csrf" not in said["html"] and "data-draft-url" not in said["html"]


def test_a_form_that_is_none_is_said_in_words(hanako: FlaskClient, draft: str) -> None:
    answer = hanako.post(f"{draft}/preview/form", json={"path": "forms/x.form", "content": "{"})
    assert answer.status_code >= 400 and answer.get_json()["error"]
    assert hanako.post(f"{draft}/preview/form", json={"path": "forms/x.form"}).status_code == 400


def test_a_mail_is_told_and_its_page_can_do_nothing(hanako: FlaskClient, draft: str) -> None:
    text = '+++\nsubject = "案 {{ case.number }}"\nto = "vendor"\n+++\nこんにちは、{{ company.name }}。'
    asked = {"path": "mail/new.md", "content": text}
    said = hanako.post(f"{draft}/preview/mail", json=asked).get_json()
    assert said["subject"] == "案 2026-0001" and "こんにちは" in said["text"] and said["side"]
    page = hanako.post(said["page"], data={**asked, "csrf_token": said["token"]})
    assert "こんにちは" in page.text and "default-src 'none'" in page.headers["Content-Security-Policy"]
    wrong = hanako.post(said["page"], data={**asked, "content": "no header"})
    assert wrong.status_code >= 400 and "default-src 'none'" in wrong.headers["Content-Security-Policy"]


def test_a_mail_is_shown_as_who_reads_japanese_or_english_gets_it(hanako: FlaskClient, draft: str) -> None:
    head = '+++\nsubject = "お知らせ"\nsubject_en = "News"\nto = "vendor"\n+++\n'
    text = f"{head}こんにちは。\n\n+++ en\n\nHello.\n"
    for language, subject, first in (("ja", "お知らせ", "こんにちは。"), ("en", "News / お知らせ", "Hello.")):
        asked = {"path": "mail/new.md", "content": text, "language": language}
        said = hanako.post(f"{draft}/preview/mail", json=asked).get_json()
        assert said["subject"] == subject and ("Hello." in said["text"]) == (language == "en")
        page = hanako.post(said["page"], data={**asked, "csrf_token": said["token"]}).text
        assert first in page and ("Hello." in page) == (language == "en")
    unasked = hanako.post(f"{draft}/preview/mail", json={"path": "mail/new.md", "content": text}).get_json()
    assert unasked["subject"] == "お知らせ"  # the page's own language


def test_what_does_not_come_out_is_told_by_the_line_of_the_file(hanako: FlaskClient, draft: str) -> None:
    head = '+++\nsubject = "お知らせ"\nto = "vendor"\n+++\n'
    for text, line in ((f"{head}一\n{{{{ cas\n", 6), (f"{head}一\n+++ en\n\nHello.\n{{{{ cas\n", 9)):
        asked = {"path": "mail/new.md", "content": text, "language": "en"}
        said = hanako.post(f"{draft}/preview/mail", json=asked)
        assert f"の{line}行目" in said.get_json()["error"], said.get_json()
    text = '+++\ntitle = "x"\nfilename = "x.pdf"\naudience = "both"\n+++\n<p>\n{{ cas\n'
    said = hanako.post(f"{draft}/preview/document", json={"path": "pdf/new.html", "content": text})
    assert "の7行目" in said.get_json()["error"], said.get_json()


def test_a_document_that_does_not_come_out_says_why(hanako: FlaskClient, draft: str) -> None:
    text = '+++\ntitle = "x"\nfilename = "x.pdf"\naudience = "both"\n+++\n{% for a in range(9**9) %}x{% endfor %}'
    answer = hanako.post(f"{draft}/preview/document", json={"path": "pdf/new.html", "content": text})
    assert answer.status_code >= 400 and answer.get_json()["error"]


def test_names_are_told_for_an_element_and_for_a_file(hanako: FlaskClient, draft: str) -> None:
    assert "names" in hanako.get(f"{draft}/names?element=x").get_json()
    said = hanako.get(f"{draft}/names?file=mail/new.md").get_json()
    assert {"names", "filters", "own", "skeletons", "elements"} == said.keys()


def test_an_operator_sees_none_of_it(small_site: Site, hanako: FlaskClient, draft: str) -> None:
    accounts.add_staff(small_site.bench.portal, "nobody-else@example.jp", "佐藤", ["operator"], "a password for tests")
    other = small_site.person("nobody-else@example.jp")
    asked: dict[str, Any] = {"path": "mail/new.md", "content": "x"}
    for place in ("form", "mail", "document", "mail/page"):
        assert other.post(f"{draft}/preview/{place}", json=asked).status_code == 403
    assert other.get(f"{draft}/preview/cases").status_code == 403
    assert other.get(f"{draft}/names?file=mail/new.md").status_code == 403

"""A person at a task's pages: what the page says, what is posted back."""

from __future__ import annotations

import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.demo.sampleday import sample_pdf
from tests.web.conftest import Site

VENDOR = "ichiro.rei@example.com"
PDF = sample_pdf("見本")


def pdf(name: str = "登記.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    """An upload."""
    return io.BytesIO(content), name


class Desk:
    """One person and one task, in a browser without scripts."""

    def __init__(self, client: FlaskClient, task_id: str) -> None:
        self.client, self.url = client, f"/tasks/{task_id}"

    def page(self, part: str = "") -> TestResponse:
        return self.client.get(self.url + part)

    def revision(self, part: str = "") -> str:
        found = re.search(r'name="revision" value="(\d+)"', self.page(part).text)
        assert found is not None
        return found[1]

    def post(self, action: str = "check", part: str = "", **answers: Any) -> TestResponse:
        """Post as the page would: with the revision that it shows now."""
        data = {"revision": self.revision(), "action": action, **answers}
        return self.client.post(self.url + part, data=data, content_type="multipart/form-data")

    def send(self, **answers: Any) -> TestResponse:
        """Form, check, and the answer to the last press."""
        checked = self.post(**answers)
        assert checked.status_code == 303, alerts(checked)
        assert checked.location == f"{self.url}/check"
        return self.client.post(self.url + "/check", data={"revision": self.revision("/check")})


def vendor(site: Site, task_id: str) -> Desk:
    return Desk(site.person(VENDOR), task_id)


def operator(site: Site, task_id: str, number: int = 0) -> Desk:
    return Desk(site.operator(number), task_id)


def text(response: TestResponse) -> str:
    """What a reader sees of the main part."""
    main = response.text[response.text.index("<main") : response.text.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def alerts(response: TestResponse) -> str:
    """What the page calls out."""
    found = _Alerts()
    found.feed(response.text)
    return " ".join(found.words)


class _Alerts(HTMLParser):
    """Gathers the text inside role="alert"."""

    VOID = frozenset({"input", "img", "br", "hr", "meta", "link", "path", "circle", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID and (self.depth or ("role", "alert") in attrs):
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth and data.strip():
            self.words.append(data.strip())

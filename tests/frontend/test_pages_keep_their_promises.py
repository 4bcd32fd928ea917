"""What the front end promises, without a browser: no inline code, no registry hosts, small files."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

WEB = Path("app/web")
FRONTEND = Path("app/frontend")
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def environment(undefined: type[Undefined]) -> Environment:
    env = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=undefined,
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.filters["named"] = str
    env.globals["url_for"] = lambda _endpoint, filename: f"/static/{filename}"
    return env


class Ids(HTMLParser):
    """Ids given and ids meant by labels and aria attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.given: list[str] = []
        self.meant: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.given.append(values["id"])
        if tag == "label" and "for" in values:
            self.meant.add(values["for"])
        for name in ("aria-describedby", "aria-labelledby", "aria-errormessage"):
            self.meant.update(values.get(name, "").split())


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_holds_inline_style_or_script(path: Path) -> None:
    text = path.read_text().replace('<script type="application/json"', "<data")  # data: no browser runs it
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", text)


def test_every_component_is_drawn_with_ids_that_meet() -> None:
    page = (
        environment(Undefined)
        .get_template("styleguide.html")
        .render(title="見本", diagram_source="/d.xml", diagram_state="/d.json", csrf_token=None)
    )
    ids = Ids(page)
    assert len(ids.given) == len(set(ids.given))
    assert ids.meant <= set(ids.given)
    assert "style=" not in page


def test_the_layout_stands_with_nothing_given() -> None:
    page = environment(StrictUndefined).get_template("layout.html").render()
    assert '<html lang="ja">' in page
    assert 'href="#main"' in page


def test_the_lock_names_no_registry_and_every_package_by_its_hash() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())


def test_built_files_keep_within_their_weight() -> None:
    dist = WEB / "static" / "dist"
    if not dist.exists():
        pytest.skip("the front end is not built here")
    assert (dist / "site.css").stat().st_size <= 48 * 1024
    assert (dist / "site.js").stat().st_size <= 35 * 1024

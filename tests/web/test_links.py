"""Addresses stand in templates and redirects as people read them; each is one that the portal has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from admin import add_admin
from tests.web.conftest import Site

PROJECT = Path(__file__).parents[2]
TEMPLATES = sorted([*PROJECT.glob("app/web/templates/**/*.html"), *PROJECT.glob("admin/templates/**/*.html")])
VIEWS = sorted([*PROJECT.glob("app/web/**/*.py"), *PROJECT.glob("admin/**/*.py")])
IN_TEMPLATES = re.compile(r'(?:href|action|formaction|src|"url"|"href"|"action")\s*[=:]\s*"(/[^"#?]*)')
IN_VIEWS = re.compile(r'(?:redirect\(|"url": |"href": )f?"(/[^"#?]*)')
SAMPLES = ("1", "2026-0001", "x", "ccus_api_certification")  # what may stand where a value is put in


def addresses() -> Iterator[tuple[str, str]]:
    """(file, address as it is written)."""
    for paths, pattern in ((TEMPLATES, IN_TEMPLATES), (VIEWS, IN_VIEWS)):
        for path in paths:
            for address in pattern.findall(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(PROJECT)), address


def known(adapter: MapAdapter, address: str) -> bool:
    """Whether a route fits the address, whatever is put in."""
    for sample in SAMPLES:
        filled = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{[^}]*\}", sample, address)
        for whole in (filled, filled + sample) if filled.endswith("/") else (filled,):  # the rest is put behind it
            try:
                adapter.match(whole)
            except (MethodNotAllowed, RequestRedirect):
                return True
            except NotFound:
                continue
            return True
    return False


def test_each_address_that_is_written_is_one_of_the_portal(site: Site) -> None:
    add_admin(site.app, site.bench.portal)
    adapter = site.app.url_map.bind("localhost")
    found = list(addresses())
    assert len(found) > 200
    unknown = [f"{file}: {address}" for file, address in found if not known(adapter, address)]
    assert not unknown, "\n".join(unknown)
    assert not known(adapter, "/nowhere/{{ there }}")

"""Each page's help opens at its own words, for whoever may open it and in both languages; no link leads nowhere."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest

from app.states import RIGHTS, Right
from app.web.frame import access, helping
from app.web.public import manual
from tests.web.conftest import Site

# What is no page: files, answers to programs, what only leads on, and pages that are help themselves or about nothing.
NO_PAGES = re.compile(
    r"(.*\.)?static|.*_api\..*|designer_(previews|problems|diagrams|tables)\..*|demo\..*|security\.(?!login$|verify$).*"
    r"|public\.(health_check|help_page|postal_code|home|index|start_page)|plays\.within|cases\.diagram(_state)?|cards\.news"
    r"|account\.calendar_feed|register\.systems_(csv|json)|.*\.(export|export_release|attachment|everything|case_file)"
    r"|watching\..*|audit\.case_evidence|admin.*"
)


def readers(site: Site, endpoint: str) -> list[tuple[str, ...]]:
    """The manuals of each reader who may open the endpoint."""
    rule = access.rule_of(site.app, endpoint)
    if access.PUBLIC in rule:
        return [helping.NOBODY]
    rights = [each for each in rule if isinstance(each, Right)]
    return [helping.ORDER[role.value] for role, has in RIGHTS.items() if has.intersection(rights)]


def pages(site: Site) -> list[str]:
    rules = site.app.url_map.iter_rules()
    found = {rule.endpoint for rule in rules if "GET" in (rule.methods or ()) and "." in rule.endpoint}
    return sorted(each for each in found if not NO_PAGES.fullmatch(each))


def test_every_page_has_its_words_in_a_manual_of_whoever_reads_it(site: Site) -> None:
    found = pages(site)
    assert len(found) > 50
    missing = [
        (endpoint, manuals[0])
        for endpoint in found
        for manuals in readers(site, endpoint)
        if not helping.place(endpoint, manuals)[1]
    ]
    assert missing == []


@pytest.mark.parametrize("name", [*manual.PAGES, *manual.MORE])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_link_of_a_manual_leads_nowhere(site: Site, name: str, language: str) -> None:
    client = site.anybody()
    client.set_cookie("lang", language)
    answer = client.get(f"/help/{name}")
    assert answer.status_code == 200
    text = answer.text.partition('<div class="prose">')[2].partition("<aside")[0]
    for address in re.findall(r'(?:href|src)="([^"]+)"', text):
        address = unescape(address)
        if address.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, at = unquote(address).partition("#")
        led = client.get(path) if path else answer
        assert led.status_code == 200, f"{name}: {address}"
        assert not at or f'id="{at}"' in led.text, f"{name}: {address}"


@pytest.mark.parametrize("name", manual.PAGES)
def test_both_editions_of_a_manual_have_the_same_places(name: str) -> None:
    def listed(file: str) -> set[str]:
        lines = (manual.FOLDER / file).read_text(encoding="utf-8").splitlines()
        found = (helping.PLACE.search(line) for line in lines)
        return {place for each in found if each for place in each[1].split()}

    assert listed(f"{name}.md") == listed(f"{name}.en.md")


def test_the_help_of_a_page_opens_at_its_place(site: Site) -> None:
    vendor_help = site.anybody().get("/systems").text
    assert 'href="/help/applicants#register"' in vendor_help
    staff = site.operator().get("/calendar").text
    assert 'href="/help/operators#calendar.show"' in staff

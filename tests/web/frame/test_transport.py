"""How answers travel: compressed, and kept by browsers as long as they are right."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from app.web.frame import assets, transport
from tests.services.steps import go
from tests.web.conftest import Site
from tests.web.desk_support import VENDOR

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
BUILT = ("site.css", "site.js", "print.css", "staff.css", "diagram.js", "upload.js", "viewer.js")


def addresses(page: str) -> list[str]:
    return [each.replace("&amp;", "&") for each in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]


def test_what_every_page_loads_is_kept_for_ever_and_varies_by_no_cookie(site: Site) -> None:
    visitor = site.anybody()
    page = visitor.get("/").text
    assert addresses(page)
    for address in addresses(page):
        answer = visitor.get(address, headers=BROWSER)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        assert answer.headers["Vary"] == "Accept-Encoding", address
        assert "Set-Cookie" not in answer.headers, address


def test_an_address_of_another_content_is_not_kept(site: Site) -> None:
    visitor = site.anybody()
    for address in ("/static/dist/site.css?v=0123456789ab", "/static/dist/site.css", "/static/dist/site.css?v="):
        assert visitor.get(address).headers["Cache-Control"] == "no-cache", address
    assert visitor.get("/static/dist/none.css?v=0").status_code == 404


@pytest.mark.parametrize("name", BUILT)
def test_built_files_travel_compressed_and_are_the_same_files(site: Site, name: str) -> None:
    visitor = site.anybody()
    plain = visitor.get(f"/static/dist/{name}", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    packed = visitor.get(f"/static/dist/{name}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == (Path(assets.DIST) / name).read_bytes()
    best = visitor.get(f"/static/dist/{name}", headers=BROWSER)
    assert best.headers["Content-Encoding"] == "br"
    assert len(best.data) <= len(packed.data)
    assert len({each.headers["Content-Type"] for each in (plain, packed, best)}) == 1
    assert len({each.headers["ETag"] for each in (plain, packed, best)}) == 3, "each form has a tag of its own"
    again = visitor.get(f"/static/dist/{name}", headers={**BROWSER, "If-None-Match": best.headers["ETag"]})
    assert again.status_code == 304
    assert (
        visitor.get(f"/static/dist/{name}", headers={"Accept-Encoding": "br;q=0"}).headers.get("Content-Encoding")
        is None
    )


def test_a_page_travels_compressed_and_its_length_says_little(site: Site) -> None:
    visitor = site.anybody()
    plain = visitor.get("/systems", headers={"Accept-Encoding": "identity"})
    packed = visitor.get("/systems", headers=BROWSER)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    lengths = {len(transport.packed(plain.data)) for _ in range(200)}
    assert len(lengths) > 40
    assert max(lengths) - min(lengths) <= transport.NOISE + 1


def test_small_answers_files_and_events_are_left_as_they_are(site: Site) -> None:
    visitor = site.anybody()
    assert "Content-Encoding" not in visitor.get("/postal/1050011", headers=BROWSER).headers
    walk = go(site.bench, until="second_review")
    vendor = site.person(VENDOR)
    file = f"/cases/{walk.number}/all.zip"
    answer = vendor.get(file, headers=BROWSER)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_pages_for_everybody_may_be_gone_back_to_and_pages_of_a_person_are_never_kept(site: Site) -> None:
    visitor = site.anybody()
    for address in ("/", "/apply", "/systems", "/help/applicants", "/apply/resend"):
        assert visitor.get(address).headers["Cache-Control"] == "private, no-cache", address
    for address in ("/login", "/password", "/apply/done", "/nowhere", "/enter/abc"):
        assert visitor.get(address).headers["Cache-Control"] == "no-store", address
    assert visitor.post("/apply", data={}).headers["Cache-Control"] == "no-store"
    walk = go(site.bench, until="company_profile")
    vendor = site.person(VENDOR)
    for address in ("/tasks", "/systems", "/apply", "/help/vendors", f"/cases/{walk.number}"):
        assert vendor.get(address).headers["Cache-Control"] == "no-store", address


def test_the_diagram_of_a_case_comes_once(site: Site) -> None:
    walk = go(site.bench, until="company_profile")
    vendor = site.person(VENDOR)
    source = re.search(r'data-source="([^"]+)"', vendor.get(f"/cases/{walk.number}").text)
    assert source is not None
    first = vendor.get(source[1], headers=BROWSER)
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = vendor.get(source[1], headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    english = vendor.get(f"{source[1]}?lang=en", headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert english.status_code == 200, "the same diagram with other words is another one"


def test_the_page_of_a_case_is_light_on_a_slow_line(site: Site) -> None:
    """All that a browser loads for it the first time: at most 120 kB, less with everything kept."""
    walk = go(site.bench, until="second_review")
    vendor = site.person(VENDOR)
    page = vendor.get(f"/cases/{walk.number}", headers=BROWSER)
    text = gzip.decompress(page.data).decode()
    sources = re.findall(r'data-(?:source|state)="(/[^"]+)"', text)
    assert len(sources) == 2
    kept = sum(len(vendor.get(each, headers=BROWSER).data) for each in set(addresses(text)))
    fresh = len(page.data) + sum(len(vendor.get(each, headers=BROWSER).data) for each in sources)
    assert kept + fresh <= 120_000

"""The pages of cases know nothing of one process: a package of files alone has them too."""

from __future__ import annotations

from app.services.cases import applications
from tests.web.cases.test_cases import TABS
from tests.web.conftest import Site


def test_a_package_of_files_alone_has_the_same_pages(small_site: Site) -> None:
    portal = small_site.bench.portal
    number = applications.apply(
        portal,
        "library_card",
        {
            "company_name": "読書会",
            "contact_name": "本田 読子",
            "email": "reader@example.com",
            "reader_kind": "person",
            "books": 3,
        },
    ).number
    small_site.bench.drain()
    operator = small_site.operator()
    for tab in TABS:
        assert operator.get(f"/cases/{number}?tab={tab}").status_code == 200, tab
    assert number in operator.get("/cases").text
    assert operator.get(f"/cases/{number}/withdraw").status_code == 200
    assert operator.post(f"/cases/{number}/withdraw", data={"reason": "x", "agreed": "yes"}).status_code == 422
    assert operator.post(f"/cases/{number}/file.pdf").status_code == 303
    state = operator.get(f"/cases/{number}/diagram.json").get_json()
    assert set(state["details"]) <= portal.releases.current("library_card").package.elements.keys()

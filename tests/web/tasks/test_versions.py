"""A file that is sent again is a new version of the document that it replaces, whatever it is called."""

from __future__ import annotations

import pytest

from app.services.demo.walker import Walker
from app.store import database, records
from tests.services.steps import case_of, go, task
from tests.web import tus
from tests.web.conftest import Site
from tests.web.desk_support import PDF, Desk, operator, pdf, text, vendor

ONE, MANY = "registry_certificate", "financial_statements"


@pytest.fixture
def walker(site: Site) -> Walker:
    """A case whose documents came back: 登記.pdf; 甲.pdf and 乙.pdf."""
    walker = go(site.bench, until="submit_documents")
    desk = vendor(site, task(walker, "submit_documents").id)
    desk.send(**{ONE: pdf("登記.pdf"), MANY: [pdf("甲.pdf"), pdf("乙.pdf", PDF + b"2")]})
    give_back(site, walker)
    return walker


@pytest.fixture
def desk(site: Site, walker: Walker) -> Desk:
    return vendor(site, task(walker, "submit_documents").id)


def give_back(site: Site, walker: Walker) -> None:
    review = operator(site, task(walker, "first_review").id)
    review.send(outcome="returned", return_to="submit_documents", reason="差し替えてください")


def documents(walker: Walker, field: str) -> dict[str, tuple[int, str]]:
    """{file name: (version, name of the first version)} of what was sent."""
    with database.connection():
        rows = [row for row in records.documents(case_of(walker).id) if row.key == f"submit_documents.{field}"]
    first = {row.id: row.filename for row in rows}
    return {row.filename: (row.version, first[row.line]) for row in rows}


def ids(walker: Walker, field: str) -> dict[str, str]:
    with database.connection():
        rows = records.documents(case_of(walker).id)
    return {row.filename: row.id for row in rows if row.key == f"submit_documents.{field}"}


def send(desk: Desk, walker: Walker, many: list[object], one: object = None) -> None:
    kept = ids(walker, ONE)["登記.pdf"]
    desk.send(**{ONE: one or kept, MANY: many}, **({f"{ONE}--remove": kept} if one else {}))


def test_a_single_files_successor_is_its_next_version_under_any_name(site: Site, walker: Walker, desk: Desk) -> None:
    send(desk, walker, list(ids(walker, MANY).values()), pdf("履歴事項全部証明書.pdf", PDF + b"3"))
    assert documents(walker, ONE) == {"登記.pdf": (1, "登記.pdf"), "履歴事項全部証明書.pdf": (2, "登記.pdf")}
    shown = site.operator().get(f"/cases/{walker.number}?tab=documents")
    said = text(shown)
    assert said.count("履歴事項全部証明書.pdf") == 1
    assert "第2版" in said
    assert said.index("履歴事項全部証明書.pdf") < said.index("登記.pdf")


def test_what_was_kept_stays_the_version_that_it_was(walker: Walker, desk: Desk) -> None:
    send(desk, walker, list(ids(walker, MANY).values()))
    assert documents(walker, MANY) == {"甲.pdf": (1, "甲.pdf"), "乙.pdf": (1, "乙.pdf")}


def test_among_many_files_one_of_the_same_name_is_its_next_version(walker: Walker, desk: Desk) -> None:
    old = ids(walker, MANY)
    send(desk, walker, [old["乙.pdf"], pdf("甲.pdf", PDF + b"3"), pdf("丙.pdf", PDF + b"4")])
    with database.connection():
        rows = [row for row in records.documents(case_of(walker).id) if row.key.endswith(MANY)]
    assert sorted((row.filename, row.version) for row in rows) == [
        ("丙.pdf", 1),
        ("乙.pdf", 1),
        ("甲.pdf", 1),
        ("甲.pdf", 2),
    ]


def test_among_many_files_the_only_new_one_replaces_the_only_one_that_went(walker: Walker, desk: Desk) -> None:
    send(desk, walker, [ids(walker, MANY)["乙.pdf"], pdf("甲の訂正.pdf", PDF + b"3")])
    assert documents(walker, MANY)["甲の訂正.pdf"] == (2, "甲.pdf")


def test_where_that_cannot_be_told_they_are_documents_of_their_own(walker: Walker, desk: Desk) -> None:
    send(desk, walker, [pdf("丙.pdf", PDF + b"3"), pdf("丁.pdf", PDF + b"4")])
    found = documents(walker, MANY)
    assert (found["丙.pdf"], found["丁.pdf"]) == ((1, "丙.pdf"), (1, "丁.pdf"))


def test_the_vendor_says_which_one_is_replaced(walker: Walker, desk: Desk) -> None:
    old = ids(walker, MANY)
    sent = []
    for name, replaced in (("丙.pdf", "乙.pdf"), ("丁.pdf", "甲.pdf")):
        taken = tus.send(desk.client, desk.url, MANY, name, PDF + name.encode(), replaces=old[replaced])
        assert taken.json is not None
        sent.append(taken.json["id"])
    # Chosen the wrong file, and replaced that one before it was sent.
    again = tus.send(desk.client, desk.url, MANY, "戊.pdf", PDF + b"5", replaces=sent.pop())
    assert again.json is not None
    send(desk, walker, [*sent, again.json["id"]])
    found = documents(walker, MANY)
    assert (found["丙.pdf"], found["戊.pdf"]) == ((2, "乙.pdf"), (2, "甲.pdf"))


def test_versions_go_on_through_several_returns(site: Site, walker: Walker, desk: Desk) -> None:
    many = list(ids(walker, MANY).values())
    send(desk, walker, many, pdf("二.pdf", PDF + b"2"))
    give_back(site, walker)
    again = vendor(site, task(walker, "submit_documents").id)
    kept = ids(walker, ONE)["二.pdf"]
    again.send(**{ONE: pdf("三.pdf", PDF + b"3"), f"{ONE}--remove": kept, MANY: many})
    assert documents(walker, ONE) == {
        "登記.pdf": (1, "登記.pdf"),
        "二.pdf": (2, "登記.pdf"),
        "三.pdf": (3, "登記.pdf"),
    }
    shown = text(site.operator().get(f"/cases/{walker.number}?tab=documents"))
    assert "第3版" in shown
    assert "第1版 登記.pdf" in shown

"""The requirement sheets: filled in on the page, or as files; what one way needs is not asked in the other."""

from __future__ import annotations

from typing import Any

from app.forms import FormSpec
from tests.services.conftest import Bench
from tests.services.steps import case_of, go

FILE = {"id": "1", "name": "a.pdf", "size": 10, "mime": "application/pdf"}


def form(bench: Bench) -> FormSpec:
    return bench.portal.releases.current("ccus_api_certification").forms["reply_materials"]


def filled() -> dict[str, Any]:
    said = {f"system_{number}": "met" for number in range(1, 10)}
    said |= {f"security_{number}": "none" for number in range(1, 11)}
    notes = {f"system_{number}_note": "画面「記録一覧」" for number in range(1, 10)}
    return {"requirements_by": "page", **said, **notes, "system_overview_documents": [FILE]}


def test_whoever_answers_on_the_page_attaches_no_forms(bench: Bench) -> None:
    cleaned = form(bench).clean(filled())
    assert cleaned.ok, cleaned.errors
    assert not {"system_requirements", "security_requirements"} & {k for k, v in cleaned.values.items() if v}


def test_each_item_is_answered_and_what_shows_it_is_named(bench: Bench) -> None:
    raw = filled()
    del raw["security_3"], raw["system_2_note"]
    raw["security_4"] = "planned"
    wrong = {each.key for each in form(bench).clean(raw).errors}
    assert wrong == {"security_3", "system_2_note", "security_4_note"}


def test_whoever_attaches_the_forms_is_asked_for_nothing_else(bench: Bench) -> None:
    for said in ({}, {"requirements_by": "file"}):
        raw = {**said, "system_requirements": [FILE], "security_requirements": [FILE]}
        assert form(bench).clean({**raw, "system_overview_documents": [FILE]}).ok
        assert {each.key for each in form(bench).clean({**said, "system_overview_documents": [FILE]}).errors} == {
            "system_requirements",
            "security_requirements",
        }


def test_what_was_answered_on_the_page_goes_into_the_receipt(bench: Bench) -> None:
    walker = go(bench, "reply_materials")
    walker.take(
        {
            "complete": "reply_materials",
            "by": "vendor",
            "answer": {**filled(), "system_overview_documents": ["概要.pdf"]},
        }
    )
    bench.drain(walker.portal)
    assert case_of(walker).turn == "operator"
    [drawn] = [each for each in bench.printer.pages if "控え" in each and "記録一覧" in each]
    assert "就業履歴を記録する方法" in drawn

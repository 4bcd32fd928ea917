"""Characters that papers cannot show are said at input, and to whoever decides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.forms import load
from app.services.base.portal import Portal
from app.services.cases import applications
from app.services.pages import task as taskpage
from app.services.tasks import forms
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task
from tests.services.tasks.test_last_time import vendor

FONTS = Path(__file__).parents[3] / "app" / "web" / "static" / "dist" / "fonts"


def with_fonts(portal: Portal) -> Portal:
    return replace(portal, fonts=FONTS)


def test_a_name_that_cannot_be_printed_is_refused_where_it_is_typed(bench: Bench) -> None:
    walker = go(bench, "company_profile")
    row, who = task(walker, "company_profile"), vendor(walker)
    raw = {"company_name": "株式会社😀𠮷野", "representative_name": "辻\U000e0101 太郎"}
    forms.save_draft(walker.portal, row.id, raw, who)
    cleaned, _, _ = forms.check(with_fonts(walker.portal), row.id, who)
    wrong = {error.key: error for error in cleaned.errors}
    assert wrong["company_name"].params == {"signs": "😀"}
    assert "representative_name" not in wrong, "a selector is none of what cannot be printed"


def test_so_it_is_on_the_public_page(bench: Bench) -> None:
    opened = applications.form(bench.portal, "ccus_api_certification")
    found = applications.check(with_fonts(bench.portal), opened, {"company_name": "\ue000社", "system_name": "𠮷"})
    assert {error.key for error in found.errors if "signs" in error.params} == {"company_name"}


def test_the_lines_of_a_list_are_looked_at_too() -> None:
    form = load(
        {
            "type": "default",
            "schemaVersion": 16,
            "components": [
                {
                    "type": "dynamiclist",
                    "id": "L",
                    "path": "people",
                    "label": "人",
                    "components": [{"type": "textfield", "id": "N", "key": "name", "label": "氏名"}],
                }
            ],
        }
    )
    raw = {"people": [{"name": ""}, {"name": "甲"}, {"name": "乙😀"}]}
    found = form.clean(raw, lacking=lambda text: tuple(sign for sign in text if sign == "😀"))
    assert [error.key for error in found.errors] == ["people-2-name"]


def test_a_long_text_is_taken_with_a_warning_and_the_reviewer_is_told(bench: Bench) -> None:
    walker = go(bench, "reply_materials")
    row, who = task(walker, "reply_materials"), vendor(walker)
    forms.save_draft(walker.portal, row.id, {"reply_note": "よろしく😀お願いします"}, who)
    cleaned, warned, _ = forms.check(with_fonts(walker.portal), row.id, who)
    assert not [error for error in cleaned.errors if error.key == "reply_note"]
    assert any(each.params.get("signs") == "😀" for each in warned)


def test_a_reviewer_reads_what_papers_will_lack(bench: Bench) -> None:
    walker = go(bench, "second_review", answers={"reply_materials": {"reply_note": "😀"}})
    assert case_of(walker)
    page = taskpage.page(with_fonts(walker.portal), task(walker, "second_review").id, staff(walker, 1))
    assert [signs for _, signs in page.unprintable] == ["😀"]

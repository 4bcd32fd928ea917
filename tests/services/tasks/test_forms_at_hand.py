"""What is to be filled in is offered where it is filled in, under the names that people know."""

from __future__ import annotations

import pytest

from app.catalogue import Package
from app.services.pages import task as taskpage
from app.services.papers import downloads
from app.store import database
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, task
from tests.services.tasks.test_last_time import vendor


def test_the_forms_that_are_asked_for_are_on_the_page_that_asks(bench: Bench) -> None:
    walker = go(bench, "reply_materials")
    page = taskpage.page(walker.portal, task(walker, "reply_materials").id, vendor(walker))
    assert {"システム要件確認依頼書", "セキュリティ要件確認依頼書"} <= {each.title for each in page.documents}


def test_a_form_is_saved_and_mailed_under_its_title(bench: Bench) -> None:
    walker = go(bench, "reply_materials")
    with database.connection():
        case = case_of(walker)
        loaded = walker.portal.releases.loaded(case.release_id)
    taken = downloads.released_file(walker.portal, case, loaded, "system_requirements_form.pdf", vendor(walker))
    assert taken.filename == "システム要件確認依頼書.pdf"
    [mail] = bench.mailbox.of("review-2")
    assert "セキュリティ要件確認依頼書.pdf" in {each.filename for each in mail.attachments}
    due = task(walker, "reply_materials").due_on
    assert due is not None and f"期限：{due.year}年{due.month}月{due.day}日" in mail.text, "that of what it asks for"


def test_every_handout_of_the_package_is_offered_by_a_step_or_a_download(bench: Bench) -> None:
    package: Package = bench.portal.releases.current("ccus_api_certification").package
    offered = {key for element in package.elements.values() for key in element.listed("shows")}
    opened = {f"file:{name}" for group in package.downloads.values() for name in group.files}
    for path in package.files:
        if path.startswith("files/"):
            assert f"file:{path.removeprefix('files/')}" in offered | opened, path


@pytest.mark.parametrize("element", ["submit_card_auth_request"])
def test_where_the_original_goes_is_said_on_the_page(bench: Bench, element: str) -> None:
    walker = go(bench, element)
    page = taskpage.page(walker.portal, task(walker, element).id, vendor(walker))
    assert page.post_to.startswith("〒") and page.post_to.count("\n") >= 2

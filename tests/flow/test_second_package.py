"""A process made of files alone, dropped into the package folder beside the certification: it runs to its paper."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow import papers
from tests.flow.driver import APPLICATION, body_of
from tests.flow.place import Place
from tests.flow.prepared import STAFF, add_staff
from tests.flow.walking import BPMN
from tests.support.network import wait_until

pytestmark = pytest.mark.xdist_group("flow-second")

THREE_STEPS = Path(__file__).parents[1] / "packages" / "three_steps"
REQUEST = {
    "company_name": "みほん市立小学校",
    "contact_name": "図書 花子",
    "email": "",
    "reader_kind": "school",
    "books": 3,
}


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place], tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A portal that ran with one package when the second was dropped in."""
    folder = tmp_path_factory.mktemp("packages")
    for each in ("_shared", "ccus_api_certification"):
        shutil.copytree(BPMN / each, folder / each)
    found = make_place(packages_dir=str(folder))
    add_staff(found, STAFF[0])
    found.start()
    assert found.visitor().get("/apply").has_form(field="system_name")
    found.stop()
    shutil.copytree(THREE_STEPS, folder / "three_steps")
    return found.start()


def test_the_choice_of_what_to_apply_for_lists_both(place: Place) -> None:
    page = place.visitor().get("/apply")
    assert "図書館カードの発行" in page.text
    assert "就業履歴データ登録標準API連携認定" in page.text
    assert set(page.links("^/apply/")) >= {"/apply/library_card", "/apply/ccus_api_certification"}
    assert place.visitor().get("/apply/library_card").has_form(field="reader_kind")


@pytest.mark.parametrize(("kind", "books", "limit"), [("school", 3, 30), ("person", 4, 4), ("person", 20, 5)])
def test_it_runs_from_request_to_paper_without_a_line_of_python(
    place: Place, kind: str, books: int, limit: int
) -> None:
    reader = place.vendor(f"reader-{kind}-{books}@example.jp")
    number = reader.apply({**REQUEST, "reader_kind": kind, "books": books}, "/apply/library_card")
    mail = place.wait_for_mail(reader.email, "hello")
    assert number in str(mail["Subject"])
    assert "図書 花子 様" in body_of(mail)
    reader.enter(mail)
    librarian = place.operator(STAFF[0])
    page = librarian.open(number, "approve")
    assert "みほん市立小学校" in page.text
    librarian.do(number, "approve", {"outcome": "approved"})
    place.records.settle(number)
    assert place.records.open(number) == []
    place.clock.ahead(days=1, minutes=1)
    wait_until(lambda: place.records.open(number) == ["collect"], 30, "the day's wait")
    reader.do(number, "collect")
    place.records.settle(number)
    [paper] = place.records.of(number, "document", "kind = 'made'")
    text = papers.words_of(reader.get(f"/cases/{number}/documents/{paper['id']}").content)
    assert f"貸出の上限{limit}冊" in text
    assert number in text
    assert place.records.case(number)["ended"]


def test_a_refusal_ends_it_and_the_reason_is_asked_for(place: Place) -> None:
    reader = place.vendor("refused@example.jp")
    number = reader.apply(REQUEST, "/apply/library_card")
    place.wait_for_mail(reader.email, "hello")
    librarian = place.operator(STAFF[0])
    page = librarian.open(number, "approve")
    refused = page.form(action=page.path).fill("outcome", "refused").press(value="check")
    assert refused.status == 422
    assert refused.alerts()
    librarian.do(number, "approve", {"outcome": "refused", "reason": "登録の要件を満たしません。"})
    place.records.settle(number)
    assert place.records.case(number)["ended"]
    assert place.records.of(number, "document") == []


def test_cases_of_the_other_package_go_on_beside_it(place: Place) -> None:
    vendor = place.vendor("beside@example.jp")
    number = vendor.apply({**APPLICATION, "system_name": "並行ゲート"}, "/apply/ccus_api_certification")
    vendor.enter(place.wait_for_mail(vendor.email, "review-1"))
    place.records.settle(number)
    assert place.records.open(number) == ["company_profile"]
    staff = place.operator(STAFF[0])
    assert "図書館" in staff.get("/cases").text or "みほん市立小学校" in staff.get("/cases").text
    assert "並行ゲート" in staff.get("/cases").text

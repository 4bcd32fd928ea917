"""Which names may be written where: those that the process really carries there."""

from __future__ import annotations

import pytest

from app import catalogue
from app.catalogue import Package
from app.services.designing import names
from tests.services.conftest import BPMN


@pytest.fixture(scope="module")
def package() -> Package:
    return catalogue.load(BPMN / "ccus_api_certification", BPMN / "_shared")


def test_an_element_knows_what_was_set_before_it_and_what_that_may_be(package: Package) -> None:
    found = {each["id"]: each for each in names.for_element(package, "exam_result")}
    assert found["exam_attempt"]["certain"] and found["exam_attempt"]["kind"] == "number"
    assert all(set(each) == {"id", "title", "kind", "certain", "values"} for each in found.values())


def test_where_nothing_is_known_of_an_element_no_name_is_certain(package: Package) -> None:
    found = names.for_element(package, "nothing_of_this_name")
    assert found and not any(each["certain"] for each in found)


def test_a_mail_knows_the_answers_settings_and_facts_of_a_case(package: Package) -> None:
    said = names.for_file(package, "mail/review-1.md")
    found = {each["id"]: each["title"] for each in said["names"]}
    assert found["answers.company_profile.company_name"] == "会社名"
    assert {
        "case.number",
        "links.entry",
        "comments[].text",
        "body.name",
        "settings.body.name",
        "message",
    } <= found.keys()
    assert "key.component" not in found  # of letters with keys alone
    assert [each["id"] for each in said["elements"]] == ["mail_review_1"]
    assert "jdate" in said["filters"] and "_shared/mail.html" in said["skeletons"]


def test_a_mail_that_nothing_sends_has_no_certain_value(package: Package) -> None:
    said = names.for_file(package, "mail/nobody.md")
    assert said["elements"] == [] and not any(e["certain"] for e in said["names"] if e["id"].startswith("data."))

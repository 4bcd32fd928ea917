"""What a package of the first format means, which declares nothing: its stored releases go on as they did."""

from __future__ import annotations

from dataclasses import replace

from app import catalogue
from app.catalogue import Package, older
from app.catalogue.declared import Declared
from tests.catalogue.support import edited, problems
from tests.planted.support import SHIPPED, files_of


def first_format(text: str) -> str:
    """package.toml as it was before anything was declared."""
    start, end = text.index("[groups.office]"), text.index("[reminders]")
    return text.replace("format = 2\n", "").replace(text[start:end], "")


def test_a_package_of_the_first_format_is_read_as_it_was_meant() -> None:
    three_steps = edited({"package.toml": first_format})
    declared = three_steps.declared
    assert (declared.format, declared.entry_message, declared.contract) == (1, "entry_link_followed", "contracts")
    assert list(three_steps.groups) == ["review", "accounting", "cards", "exam", "office"]
    assert [each.id for each in three_steps.groups.values() if each.keeps_keys] == ["cards"]
    assert [each.id for each in three_steps.groups.values() if each.attends] == ["exam"]
    assert (three_steps.applicant.name, three_steps.applicant.number) == ("company_name", "corporate_number")
    assert declared.mails["link_again"] == "entry-link-again"
    assert three_steps.mail_for("returned") == ""  # named, and not there


def test_a_package_of_the_first_format_is_told_what_to_declare() -> None:
    (problem,) = problems({"package.toml": first_format})
    assert (problem.severity, problem.part) == ("warning", "key:format")
    assert "applicant" in problem.params["keys"]
    assert problems({}) == []


def test_the_shipped_certification_declares_what_the_first_format_meant() -> None:
    shipped = catalogue.from_files(files_of(SHIPPED))
    before = files_of(SHIPPED)["package.toml"].decode().replace("format = 2\n", "")
    for table in ("groups", "words", "applicant", "portal_mails", "sections"):  # the documents stand behind the mails
        start = before.index(f"[{table}")
        end = before.index("\n# ", start)
        before = before[:start] + before[end:]
    for key in ("entry_message", "contract"):
        before = "".join(line for line in before.splitlines(keepends=True) if not line.startswith(key))
    first = catalogue.from_files({**files_of(SHIPPED), "package.toml": before.encode()})
    assert first.declared.format == 1
    assert [str(problem) for problem in first.problems] == []
    for part in ("entry_message", "contract", "groups", "words", "applicant", "mails", "documents"):
        assert getattr(first.declared, part) == getattr(_before_there_was(shipped), part), part


def _before_there_was(package: Package) -> Declared:
    """What it declares without what no package of the first format could mean."""
    own = replace(package.applicant, delivery_name="", delivery_postal_code="", delivery_address="")
    papers = {what: paper for what, paper in package.declared.documents.items() if what not in {"paid", "receipt"}}
    return replace(package.declared, applicant=own, documents=papers)


def test_a_package_of_todays_format_gets_nothing_that_it_does_not_declare() -> None:
    package = edited({"package.toml": lambda text: f"format = 2\n{first_format(text)}"})
    assert package.declared.format == older.NEWEST
    assert not package.groups
    assert not package.declared.mails
    assert package.applicant.email == ""


def test_a_certificates_entry_of_that_time_is_read_by_purpose() -> None:
    kept = {"listing_company": "みほん", "listing_url": "https://example.jp"}
    assert older.listing(kept) == {"name": "みほん", "page": "https://example.jp"}
    assert older.listing({"about": "新しい"}) == {"about": "新しい"}

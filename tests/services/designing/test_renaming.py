"""What is called otherwise is called so wherever it is named, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import catalogue
from app.catalogue import Package
from app.errors import NotFound, Refused
from app.services.designing.renaming import Renamed, renamed
from app.services.designing.renaming.asked import Rename
from app.services.designing.renaming.expressions import in_cell, in_feel, in_python, in_template

CCUS = Path(__file__).parents[3] / "bpmn" / "ccus_api_certification"


@pytest.fixture(scope="module")
def package() -> Package:
    return catalogue.load(CCUS, CCUS.parent / "_shared")


def after(package: Package, found: Renamed) -> Package:
    files = dict(package.files)
    for path, data in found.files.items():
        files.pop(path, None)
        if data is not None:
            files[path] = data
    return catalogue.from_files(files)


def test_the_package_has_no_errors_before(package: Package) -> None:
    assert errors(package) == []


def errors(package: Package) -> list[str]:
    return [str(each) for each in catalogue.check(package) if each.severity == "error"]


@pytest.mark.parametrize(
    ("kind", "old", "new", "of", "files"),
    [
        ("mail", "review-2", "review-2b", "", 5),
        ("document", "return_slip", "return_slip_2", "", 5),
        ("element", "reply_materials", "send_materials", "", 6),
        ("field", "return_to", "back_to", "first_review", 4),
        ("option", "passed", "through", "first_review.outcome", 4),
        ("file", "scenarios/happy_path.toml", "scenarios/straight.toml", "", 10),
        ("file", "files/api_overview.pdf", "files/overview.pdf", "", 3),
    ],
)
def test_after_a_rename_nothing_is_wrong_and_the_scenarios_still_name_what_is_there(
    package: Package, kind: str, old: str, new: str, of: str, files: int
) -> None:
    found = renamed(package, kind, old, new, of)
    assert len(found.files) >= files, found.paths()
    assert errors(after(package, found)) == [], "as before"
    assert found.places and all(place.before or place.after for place in found.places)


def test_what_the_page_shows_is_what_changes(package: Package) -> None:
    found = renamed(package, "mail", "review-2", "review-2b")
    shown = {(place.file, place.line): (place.before, place.after) for place in found.places}
    for (file, line), (before, _) in shown.items():
        if line:
            assert package.files[file].decode().splitlines()[line - 1].strip() == before
    assert shown["mail/review-2.md", 0] == ("mail/review-2.md", "mail/review-2b.md")


def test_an_option_is_renamed_where_its_own_field_is_read_and_not_where_another_one_is(package: Package) -> None:
    found = renamed(package, "option", "passed", "through", "first_review.outcome")
    diagram = found.files["document_review.bpmn"]
    assert diagram is not None
    was = package.files["document_review.bpmn"].decode().count("outcome == 'passed'")
    assert diagram.decode().count("outcome == 'through'") == 1
    assert diagram.decode().count("outcome == 'passed'") == was - 1
    assert "exam.bpmn" not in found.files and "forms/second_review.form" not in found.files


def test_a_name_that_is_none_or_taken_or_released_or_unknown_is_refused(package: Package) -> None:
    with pytest.raises(Refused, match="no name"):
        renamed(package, "element", "first_review", "First Review")
    with pytest.raises(Refused, match="already"):
        renamed(package, "element", "first_review", "second_review")
    with pytest.raises(Refused, match="release"):
        renamed(package, "element", "first_review", "one", fixed=frozenset({"first_review"}))
    with pytest.raises(NotFound):
        renamed(package, "mail", "no-such-mail", "other")


FIELD = Rename("field", "a", "b", "form", routed=True)
OPTION = Rename("option", "yes", "ja", "form.a", routed=True)


@pytest.mark.parametrize(
    ("code", "then"),
    [
        ("a == 'a' and not a", "b == 'a' and not b"),
        ("ab + a\nx = a  # 費用\na = 1", "ab + b\nx = b  # 費用\nb = 1"),
        ("'費' + a", "'費' + b"),
        ("a ==", "a =="),  # no Python: left as it is
    ],
)
def test_names_in_python(code: str, then: str) -> None:
    assert in_python(code, FIELD) == then


def test_values_in_python_change_where_the_name_is_compared_with_them() -> None:
    assert in_python("a == 'yes' or c == 'yes' or a in ['yes', 'no']", OPTION) == (
        "a == 'ja' or c == 'yes' or a in ['ja', 'no']"
    )


def test_names_and_values_in_feel() -> None:
    assert in_feel('a = "a" and x.a > 1 or not(a)', FIELD) == 'b = "a" and x.a > 1 or not(b)'
    assert in_feel('a = "yes" and c = "yes" or a in ["yes", "no"]', OPTION) == (
        'a = "ja" and c = "yes" or a in ["ja", "no"]'
    )
    assert in_cell('"yes", "no"', OPTION) == '"ja", "no"'


def test_templates_change_between_their_marks_alone() -> None:
    text = "answers.form.a {{ answers.form.a }} {% set m = answers.form %}{% if m.a == 'x' %}{{ other.a }}{{ data.a }}"
    assert in_template(text, FIELD) == (
        "answers.form.a {{ answers.form.b }} {% set m = answers.form %}{% if m.b == 'x' %}{{ other.a }}{{ data.b }}"
    )
    said = "{% set a = data.a %}{% if a == 'yes' or answers.form.a != \"yes\" or c == 'yes' %}yes"
    assert in_template(said, OPTION) == (
        "{% set a = data.a %}{% if a == 'ja' or answers.form.a != \"ja\" or c == 'yes' %}yes"
    )

"""Whole packages as drafts: from a template, as a copy, from a ZIP and into one."""

from __future__ import annotations

import io
import zipfile

import pytest

from app import catalogue
from app.errors import BadPackage, Refused
from app.services.packages import gate
from app.services.workspaces import bringing, content, making, saving
from app.services.workspaces.views import Saved
from tests.services.workspaces.conftest import Desk


@pytest.mark.parametrize("name", [each.name for each in bringing.templates()])
def test_a_process_from_a_template_could_be_released_as_it_stands(desk: Desk, name: str) -> None:
    made = bringing.from_template(desk.portal, name, "office_supplies", "備品の申し込み", desk.hanako)
    package = content.package(desk.portal, made)
    assert (package.id, package.title) == ("office_supplies", "備品の申し込み")
    found = gate.examine(desk.portal.releases, package)
    assert found.problems == [] and found.rehearsal is not None and found.rehearsal.passed == 2


def test_a_copy_has_another_id_and_leaves_the_first_as_it_was(desk: Desk) -> None:
    of = desk.portal.releases.all_current()[0].package
    made = bringing.copy(desk.portal, of.id, None, "music_library_card", "音楽図書館のカード", desk.hanako)
    package = content.package(desk.portal, made)
    assert package.id == "music_library_card" and package.bpmn == of.bpmn
    assert making.one(desk.portal, made, desk.hanako).base is None
    assert [each for each in desk.portal.releases.check(package) if each.severity == "error"] == []


@pytest.mark.parametrize("wrong", ["", "Große", "a b", "../x", "library_card"])
def test_an_id_that_is_none_or_taken_is_refused(desk: Desk, wrong: str) -> None:
    with pytest.raises(Refused):
        bringing.from_template(desk.portal, bringing.templates()[0].name, wrong, "x", desk.hanako)


def test_a_draft_written_out_and_taken_in_again_is_the_same(desk: Desk) -> None:
    found = saving.save(desk.portal, desk.draft, "mail/extra.md", "+++\n+++\n本文\n".encode(), 0, desk.hanako)
    assert isinstance(found, Saved)
    name, data = bringing.to_zip(desk.portal, desk.draft, desk.hanako)
    assert name == f"library_card-draft-{desk.draft}.zip"
    again = bringing.from_zip(desk.portal, data, "もう一度", desk.taro)
    assert content.digest(desk.portal, again) == content.digest(desk.portal, desk.draft)
    view = making.one(desk.portal, again, desk.taro)
    assert (view.base, view.changed, view.title) == (1, 1, "もう一度")


def test_a_release_written_out_is_the_release(desk: Desk) -> None:
    _, data = bringing.release_zip(desk.portal, "library_card", 1, desk.hanako)
    assert catalogue.from_archive(data).digest == desk.portal.releases.all_current()[0].package.digest


def test_a_zip_with_a_path_that_leads_out_or_without_a_package_is_refused(desk: Desk) -> None:
    for name in ("../package.toml", "readme.txt"):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, "id = 'x'")
        with pytest.raises(BadPackage):
            bringing.from_zip(desk.portal, target.getvalue(), "", desk.hanako)
    with pytest.raises(BadPackage):
        bringing.from_zip(desk.portal, b"no zip", "", desk.hanako)

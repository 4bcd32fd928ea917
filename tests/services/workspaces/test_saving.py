"""Files of a draft: saved on the revision that was read, and nothing that anybody wrote is lost."""

from __future__ import annotations

import pytest

from app.errors import BadPackage, Forbidden, NotFound, Refused
from app.services.base.actors import Actor
from app.services.workspaces import content, making, saving, tree
from app.services.workspaces.views import Clash, Saved
from app.states import Side, VersionKind
from tests.services.workspaces.conftest import Desk

PATH = "package.toml"


def save(
    desk: Desk, text: str, revision: int, who: Actor | None = None, path: str = PATH, page: str = ""
) -> Saved | Clash:
    return saving.save(desk.portal, desk.draft, path, text.encode(), revision, who or desk.hanako, page)


def text(desk: Desk, path: str = PATH) -> str:
    data = content.read(desk.portal, desk.draft, path).data
    return "" if data is None else data.decode()


def test_a_new_draft_is_its_release_and_nothing_else(desk: Desk) -> None:
    current = desk.portal.releases.all_current()[0].package
    assert content.digest(desk.portal, desk.draft) == current.digest
    assert making.one(desk.portal, desk.draft, desk.hanako).changed == 0


def test_a_saved_file_changes_the_draft_and_leaves_the_release(desk: Desk) -> None:
    before = text(desk)
    found = save(desk, before + "# ひとこと\n", 0)
    assert isinstance(found, Saved) and found.changed and found.revision == 1
    assert text(desk).endswith("# ひとこと\n")
    assert content.digest(desk.portal, desk.draft) != desk.portal.releases.all_current()[0].package.digest
    assert desk.portal.releases.all_current()[0].package.files[PATH].decode() == before


def test_who_comes_too_late_changes_nothing_and_both_texts_are_kept(desk: Desk) -> None:
    save(desk, "a = 1\n", 0)
    clash = save(desk, "b = 2\n", 0, desk.taro)
    assert isinstance(clash, Clash)
    assert (clash.by, clash.theirs, clash.mine) == ("分析 花子", b"a = 1\n", b"b = 2\n")
    assert text(desk) == "a = 1\n"
    assert saving.version(desk.portal, desk.draft, clash.kept) == b"b = 2\n"


def test_the_same_text_from_two_is_no_clash(desk: Desk) -> None:
    save(desk, "a = 1\n", 0)
    found = save(desk, "a = 1\n", 0, desk.taro)
    assert isinstance(found, Saved) and not found.changed and found.revision == 1


def test_a_page_that_lost_the_answer_to_its_own_save_does_not_clash_with_itself(desk: Desk) -> None:
    save(desk, "a = 1\n", 0, page="a-page-of-hers")
    found = save(desk, "a = 2\n", 0, page="a-page-of-hers")
    assert isinstance(found, Saved) and found.revision == 2


def test_another_window_of_the_same_person_clashes(desk: Desk) -> None:
    save(desk, "a = 1\n", 0, page="a-page-of-hers")
    found = save(desk, "a = 2\n", 0, page="another-window")
    assert isinstance(found, Clash) and found.by_id == desk.hanako.user_id


def test_a_file_that_was_taken_out_can_be_put_back(desk: Desk) -> None:
    before = text(desk)
    removed = saving.remove(desk.portal, desk.draft, PATH, 0, desk.hanako)
    assert isinstance(removed, Saved)
    assert content.read(desk.portal, desk.draft, PATH).data is None
    found = saving.restore(desk.portal, desk.draft, PATH, removed.revision, desk.hanako)
    assert isinstance(found, Saved) and found.revision == removed.revision + 1
    assert text(desk) == before
    assert making.one(desk.portal, desk.draft, desk.hanako).changed == 0
    kinds = [each.kind for each in saving.versions(desk.portal, desk.draft, PATH)]
    assert kinds == [VersionKind.RESTORED, VersionKind.REMOVED]


def test_a_new_file_stands_in_the_tree_and_an_unknown_one_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        content.read(desk.portal, desk.draft, "mail/new.md")
    save(desk, "本文\n", 0, path="mail/new.md")
    found = {each.file.path: each for each in tree.tree(desk.portal, desk.draft, desk.taro).files}
    assert (found["mail/new.md"].file.changed, found["mail/new.md"].kind) == ("new", "mail")


@pytest.mark.parametrize(
    "path", ["../out.toml", "/etc/passwd", "a\\b.md", ".git/config", "mail", "package.toml/x.md", "x" * 300]
)
def test_a_path_that_no_package_has_is_refused(desk: Desk, path: str) -> None:
    save(desk, "本文\n", 0, path="mail/new.md")
    with pytest.raises(BadPackage):
        save(desk, "x", 0, path=path)


def test_a_diagram_that_no_reader_may_be_given_is_refused(desk: Desk) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>'
    with pytest.raises(Refused):
        save(desk, bomb, 0, path="new.bpmn")


def test_a_dropped_draft_is_not_written_and_what_came_is_kept_aside(desk: Desk) -> None:
    making.drop(desk.portal, desk.draft, "いらなくなった", desk.hanako)
    with pytest.raises(Refused):
        save(desk, "a = 1\n", 0)
    making.revive(desk.portal, desk.draft, desk.taro)
    assert [each.kind for each in saving.versions(desk.portal, desk.draft, PATH)] == [VersionKind.ASIDE]
    assert isinstance(save(desk, "a = 1\n", 0), Saved)


def test_what_one_person_saves_in_one_go_is_one_line_of_the_record(desk: Desk) -> None:
    for number in range(4):
        save(desk, f"a = {number}\n", number)
    save(desk, "b = 0\n", 4, desk.taro)
    acts = [(each.kind.value, each.by) for each in making.events(desk.portal, desk.draft, desk.taro)]
    assert acts == [("saved", "分析 太郎"), ("saved", "分析 花子"), ("made", "分析 花子")]


def test_the_owner_hands_a_draft_to_a_colleague_on_record(desk: Desk) -> None:
    assert desk.taro.user_id is not None
    making.hand_over(desk.portal, desk.draft, desk.taro.user_id, "休暇のため", desk.hanako)
    assert making.one(desk.portal, desk.draft, desk.hanako).owner_name == "分析 太郎"
    assert making.events(desk.portal, desk.draft, desk.hanako)[0].text == "休暇のため"


def test_nobody_else_reads_or_writes_drafts(desk: Desk) -> None:
    vendor = Actor(desk.hanako.user_id, "x", Side.VENDOR, frozenset({"vendor"}))
    with pytest.raises(Forbidden):
        save(desk, "a", 0, vendor)
    with pytest.raises(Forbidden):
        making.listed(desk.portal, vendor)

"""A newer release is taken into a draft: nothing of either is lost, and only what both said otherwise is asked."""

from __future__ import annotations

import pytest

from app import catalogue
from app.errors import Refused
from app.services.packages import terms
from app.services.workspaces import content, making, saving, taking
from app.services.workspaces.views import Saved
from tests.services.workspaces.conftest import Desk

PATH, OTHER = "mail/hello.md", "mail/new-message.md"


def release(desk: Desk, **changes: bytes | None) -> None:
    """Another release of the draft's package comes in force."""
    files = dict(desk.portal.releases.all_current()[0].package.files)
    for path, data in changes.items():
        name = path.replace("__", "/")
        if data is None:
            del files[name]
        else:
            files[name] = data
    terms.put(desk.portal, catalogue.from_files(files), terms.Act("太郎"), None)


def text(desk: Desk, path: str) -> str:
    return (content.read(desk.portal, desk.draft, path).data or b"").decode()


def write(desk: Desk, path: str, old: str, new: str) -> None:
    found = content.read(desk.portal, desk.draft, path)
    data = (found.data or b"").decode().replace(old, new).encode()
    assert data != found.data
    assert isinstance(saving.save(desk.portal, desk.draft, path, data, found.revision, desk.hanako), Saved)


def changed(desk: Desk, path: str, old: str, new: str) -> bytes:
    return desk.portal.releases.all_current()[0].package.files[path].decode().replace(old, new).encode()


def test_what_each_changed_alone_is_there_afterwards(desk: Desk) -> None:
    write(desk, PATH, "お申し込みを受け付けました。受付番号", "受け付けました。受付番号")
    release(desk, **{"mail__new-message.md": changed(desk, OTHER, "やりとり", "メッセージ")})
    assert making.one(desk.portal, desk.draft, desk.hanako).behind
    done = taking.take_in(desk.portal, desk.draft, desk.hanako, {})
    assert done.done and {each.path: each.act for each in done.files} == {PATH: "kept", OTHER: "taken"}
    assert "メッセージを開く" in text(desk, OTHER) and "図書館カードの受け付けました" in text(desk, PATH)
    view = making.one(desk.portal, desk.draft, desk.hanako)
    assert (view.base, view.behind, view.changed) == (2, False, 1)


def test_both_changed_other_lines_of_one_file(desk: Desk) -> None:
    write(desk, PATH, "次のリンクから", "下のリンクから")
    release(desk, **{"mail__hello.md": changed(desk, PATH, "受付のご連絡", "受付のお知らせ")})
    done = taking.take_in(desk.portal, desk.draft, desk.hanako, {})
    assert done.done and done.files[0].act == "merged"
    assert "下のリンクから" in text(desk, PATH) and "受付のお知らせ" in text(desk, PATH)


def test_the_same_line_is_asked_and_nothing_is_changed_before_the_answer(desk: Desk) -> None:
    write(desk, PATH, "次のリンクから", "下のリンクから")
    release(desk, **{"mail__hello.md": changed(desk, PATH, "次のリンクから", "このリンクから")})
    plan = taking.take_in(desk.portal, desk.draft, desk.hanako, {})
    assert not plan.done and plan.open == 1
    assert making.one(desk.portal, desk.draft, desk.hanako).base == 1
    key = plan.files[0].clashes[0].key
    done = taking.take_in(desk.portal, desk.draft, desk.hanako, {PATH: {key: "theirs"}})
    assert done.done and "このリンクから" in text(desk, PATH)
    kept = [saving.version(desk.portal, desk.draft, each.id) for each in saving.versions(desk.portal, desk.draft, PATH)]
    assert any(data is not None and "下のリンクから".encode() in data for data in kept)


def test_who_had_the_file_open_meanwhile_clashes_instead_of_undoing_the_release(desk: Desk) -> None:
    before = content.read(desk.portal, desk.draft, OTHER)
    release(desk, **{"mail__new-message.md": changed(desk, OTHER, "やりとり", "メッセージ")})
    taking.take_in(desk.portal, desk.draft, desk.taro, {})
    found = saving.save(
        desk.portal, desk.draft, OTHER, (before.data or b"") + b"x\n", before.revision, desk.hanako
    )  # fmt: skip
    assert not isinstance(found, Saved)


def test_a_file_that_the_release_lost_and_the_draft_changed_is_asked(desk: Desk) -> None:
    write(desk, PATH, "次のリンクから", "下のリンクから")
    release(desk, **{"mail__hello.md": None})
    plan = taking.plan(desk.portal, desk.draft, desk.hanako)
    assert [each.key for each in plan.files[0].clashes] == ["*"]
    assert taking.take_in(desk.portal, desk.draft, desk.hanako, {PATH: {"*": "mine"}}).done
    assert "下のリンクから" in text(desk, PATH)


def test_nothing_newer_is_said(desk: Desk) -> None:
    with pytest.raises(Refused):
        taking.plan(desk.portal, desk.draft, desk.hanako)

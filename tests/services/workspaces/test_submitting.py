"""A draft is submitted, looked at and approved by a second person; what was approved is what is released and loaded."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from app.catalogue import from_archive
from app.errors import BadPackage, Forbidden, NinteiError, Refused, Stale
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.packages import folders, terms, termviews, written
from app.services.people import accounts
from app.services.process import jobs
from app.services.workspaces import content, gating, making, requests, saving, submitting, taking
from app.states import WorkspaceAct, WorkspaceState
from app.store import database, releases
from app.store import workspaces as store
from app.store.models import Job
from tests.services.conftest import PACKAGES, StillClock
from tests.services.workspaces.conftest import Desk, analyst

LIBRARY = "library_card"
DIAGRAM = "library_card.bpmn"


def edit(desk: Desk, who: Actor, old: str, new: str, path: str = DIAGRAM, draft: int | None = None) -> None:
    at = draft or desk.draft
    now = content.read(desk.portal, at, path)
    text = (now.data or b"").decode()
    assert old in text
    saving.save(desk.portal, at, path, text.replace(old, new, 1).encode(), now.revision, who)


def looked(desk: Desk, draft: int | None = None) -> None:
    """The worker has done what waits."""
    with database.connection():
        event = store.last_of(draft or desk.draft, WorkspaceAct.SUBMITTED)
    assert event is not None
    gating.examine(desk.portal, draft or desk.draft, event.id)


def submitted(desk: Desk, note: str = "見直し", draft: int | None = None) -> str:
    submitting.submit(desk.portal, draft or desk.draft, note, None, desk.hanako)
    looked(desk, draft)
    return making.one(desk.portal, draft or desk.draft, desk.hanako).submitted_digest


def state(desk: Desk) -> WorkspaceState:
    return making.one(desk.portal, desk.draft, desk.hanako).state


def test_what_a_second_person_approves_is_what_is_released_and_loaded(desk: Desk) -> None:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    digest = submitted(desk)
    assert state(desk) is WorkspaceState.SUBMITTED
    done = submitting.approve(desk.portal, desk.draft, digest, desk.taro).done
    assert (done.number, done.before, done.term.state, done.term.approved_by) == (2, 1, "in_force", "分析 太郎")
    with database.connection():
        loaded = desk.portal.releases.current(LIBRARY)
        row = releases.by_id(loaded.release_id)
    assert row is not None
    assert digest == row.digest == from_archive(bytes(row.archive)).digest == loaded.package.digest
    assert loaded.package.elements["collect"].name == "カードをもらう"
    assert state(desk) is WorkspaceState.RELEASED
    kinds = [each.kind for each in making.events(desk.portal, desk.draft, desk.hanako)]
    assert kinds[:3] == [WorkspaceAct.RELEASED, WorkspaceAct.APPROVED, WorkspaceAct.SUBMITTED]


@pytest.mark.parametrize("who", ["hanako", "owner", "writer"])
def test_nobody_who_had_a_hand_in_it_approves(desk: Desk, who: str) -> None:
    writer = analyst(desk.portal, "jiro@example.jp", "分析 次郎")
    edit(desk, writer, 'name="カードの受け取り"', 'name="カードをもらう"')
    digest = submitted(desk)
    person = {"hanako": desk.hanako, "owner": desk.hanako, "writer": writer}[who]
    with pytest.raises(Forbidden, match="Somebody else"):
        submitting.approve(desk.portal, desk.draft, digest, person)
    assert state(desk) is WorkspaceState.SUBMITTED
    assert len(termviews.history(desk.portal, LIBRARY).releases) == 1


def test_over_a_generated_history_none_of_the_makers_approves_and_everybody_else_may(desk: Desk) -> None:
    chance = random.Random(20261129)
    people = [desk.hanako, desk.taro, *(analyst(desk.portal, f"a{n}@example.jp", f"分析 {n}") for n in range(4))]
    refused = allowed = 0
    for turn in range(40):
        owner = chance.choice(people)
        draft = making.make(desk.portal, LIBRARY, None, f"案 {turn}", owner)
        hands = {owner}
        for step in range(chance.randrange(1, 7)):
            who = chance.choice(people)
            act = chance.choice(("save", "save", "hand", "remove"))
            if act == "hand":
                to = chance.choice(people)
                assert to.user_id is not None
                making.hand_over(desk.portal, draft, to.user_id, "", who)
                hands = {each for each in hands if each in hands} | {to}
                continue
            path = f"files/{turn}-{step}.txt"
            saving.save(desk.portal, draft, path, f"{turn} {step}".encode(), 0, who)
            if act == "remove":
                saving.remove(desk.portal, draft, path, 1, who)
            hands.add(who)
        owns = making.one(desk.portal, draft, desk.hanako).owner
        last = next(each for each in people if each.user_id == owns)
        saving.save(desk.portal, draft, f"files/{turn}.txt", b"what is asked for", 0, last)
        hands.add(last)
        view = making.one(desk.portal, draft, desk.hanako)
        asking = chance.choice(people)
        # Whoever was owner once and wrote nothing has no hand in it any more.
        with database.connection():
            wrote = store.writers(draft)
        makers = {view.owner, asking.user_id} | wrote
        assert wrote <= {each.user_id for each in hands}
        submitting.submit(desk.portal, draft, "", None, asking)
        looked(desk, draft)
        digest = making.one(desk.portal, draft, desk.hanako).submitted_digest
        for who in people:
            if who.user_id in makers:
                with pytest.raises(Forbidden):
                    submitting.approve(desk.portal, draft, digest, who)
                refused += 1
        outside = [each for each in people if each.user_id not in makers]
        if outside:
            submitting.approve(desk.portal, draft, digest, chance.choice(outside))
            allowed += 1
            assert desk.portal.releases.all_current()[0].package.digest == digest
    print(f"second person: {refused} of {refused} refused, {allowed} approved by somebody else")
    assert refused > 40 and allowed > 20


def test_a_draft_that_says_what_is_in_force_has_nothing_to_approve(desk: Desk) -> None:
    with pytest.raises(Refused, match="Nothing differs"):
        submitting.submit(desk.portal, desk.draft, "", None, desk.hanako)


def test_one_who_saves_while_another_approves_is_too_late_or_makes_the_approval_stale(desk: Desk) -> None:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    digest = submitted(desk)
    with pytest.raises(Refused):
        edit(desk, desk.taro, 'name="カードをもらう"', 'name="もらう"')
    submitting.withdraw(desk.portal, desk.draft, "まだ", desk.hanako)
    edit(desk, desk.hanako, 'name="カードをもらう"', 'name="もらう"')
    with pytest.raises(Refused, match="does not wait"):
        submitting.approve(desk.portal, desk.draft, digest, desk.taro)
    submitted(desk)
    with pytest.raises(Stale):  # the page showed what was submitted before
        submitting.approve(desk.portal, desk.draft, digest, desk.taro)


def test_who_wrote_something_back_again_still_had_a_hand_in_it(desk: Desk) -> None:
    edit(desk, desk.taro, 'name="カードの受け取り"', 'name="x"')
    saving.restore(desk.portal, desk.draft, DIAGRAM, 1, desk.hanako)
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    with pytest.raises(Forbidden):
        submitting.approve(desk.portal, desk.draft, submitted(desk), desk.taro)


def test_errors_keep_it_from_being_submitted_and_a_scenario_sends_it_back(desk: Desk) -> None:
    edit(desk, desk.hanako, "outcome == 'refused'", "outcom == 'refused'")
    with pytest.raises(BadPackage):
        submitting.submit(desk.portal, desk.draft, "", None, desk.hanako)
    edit(desk, desk.hanako, "outcom == 'refused'", "outcome == 'refused'")
    edit(desk, desk.hanako, '"refused"', '"approved"', "scenarios/refused.toml")
    submitting.submit(desk.portal, desk.draft, "", None, desk.hanako)
    with pytest.raises(Refused, match="not done yet"):
        digest = making.one(desk.portal, desk.draft, desk.hanako).submitted_digest
        submitting.approve(desk.portal, desk.draft, digest, desk.taro)
    looked(desk)
    assert state(desk) is WorkspaceState.DRAFT
    asked = requests.last(desk.portal, desk.draft, desk.hanako)
    assert asked is not None and asked.gate == requests.RED and asked.said
    assert making.events(desk.portal, desk.draft, desk.hanako)[0].kind is WorkspaceAct.RETURNED


def test_the_gate_is_a_job_that_may_be_done_twice_and_tells_those_who_may_approve(desk: Desk) -> None:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    submitting.submit(desk.portal, desk.draft, "", None, desk.hanako)
    job = jobs.lease(desk.portal, "w", ("gate",))
    assert job is not None and job.operator == gating.OPERATOR
    for _ in range(2):
        gating.run(desk.portal, job)
    asked = requests.last(desk.portal, desk.draft, desk.hanako)
    assert asked is not None and (asked.gate, asked.done) == (requests.GREEN, asked.of) and asked.of > 0
    with database.connection():
        letters = [row.params["letter"] for row in Job.select().where(Job.operator == "mail")]
    assert [letter["to"] for letter in letters if letter["id"] == "approval"] == ["taro@example.jp"]


def test_it_is_sent_back_with_a_reason_and_withdrawn(desk: Desk) -> None:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    submitted(desk)
    with pytest.raises(Refused, match="why"):
        submitting.send_back(desk.portal, desk.draft, " ", desk.taro)
    submitting.send_back(desk.portal, desk.draft, "名前が違います", desk.taro)
    event = making.events(desk.portal, desk.draft, desk.hanako)[0]
    assert (event.kind, event.text, event.by) == (WorkspaceAct.RETURNED, "名前が違います", "分析 太郎")
    submitted(desk)
    submitting.withdraw(desk.portal, desk.draft, "まだ", desk.hanako)
    assert state(desk) is WorkspaceState.DRAFT


def test_a_draft_behind_its_release_takes_it_in_first(desk: Desk) -> None:
    other = making.make(desk.portal, LIBRARY, None, "別の案", desk.taro)
    edit(desk, desk.taro, 'name="カードの受け取り"', 'name="カードをもらう"', draft=other)
    submitting.submit(desk.portal, other, "", None, desk.taro)
    edit(desk, desk.hanako, 'title = "', 'title = "新しい', "package.toml")
    early = submitted(desk)
    looked(desk, other)
    other_digest = making.one(desk.portal, other, desk.taro).submitted_digest
    submitting.approve(desk.portal, other, other_digest, desk.hanako)
    with pytest.raises(Refused, match="take it in"):
        submitting.approve(desk.portal, desk.draft, early, desk.taro)
    submitting.withdraw(desk.portal, desk.draft, "", desk.hanako)
    with pytest.raises(Refused, match="take it in"):
        submitting.submit(desk.portal, desk.draft, "", None, desk.hanako)
    assert taking.take_in(desk.portal, desk.draft, desk.hanako, {}).done
    digest = submitted(desk)
    with pytest.raises(NinteiError):  # nobody but the two had a hand in neither
        submitting.approve(desk.portal, desk.draft, digest, desk.hanako)
    submitting.approve(desk.portal, desk.draft, digest, desk.taro)
    assert desk.portal.releases.all_current()[0].package.digest == digest


def test_from_that_second_on_new_cases_start_on_it_in_every_process(desk: Desk) -> None:
    clock = cast("StillClock", desk.portal.clock)
    second = Releases(desk.portal.releases.engine, clock)  # another web process: nothing but the database is shared
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    day = clock.moment + timedelta(days=14)
    with pytest.raises(Refused, match="past"):
        submitting.submit(desk.portal, desk.draft, "", clock.moment, desk.hanako)
    submitting.submit(desk.portal, desk.draft, "", day, desk.hanako)
    looked(desk)
    digest = making.one(desk.portal, desk.draft, desk.hanako).submitted_digest
    assert submitting.approve(desk.portal, desk.draft, digest, desk.taro).done.term.state == "planned"
    for moment, wanted in ((day - timedelta(seconds=1), 1), (day, 2)):
        clock.moment = moment
        with database.connection():
            assert [each.current(LIBRARY).number for each in (desk.portal.releases, second)] == [wanted, wanted]
    assert termviews.history(desk.portal, LIBRARY).current is not None


def test_a_planned_term_is_stopped_and_one_in_force_by_an_administrator_alone(desk: Desk) -> None:
    clock = cast("StillClock", desk.portal.clock)
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    submitting.submit(desk.portal, desk.draft, "", clock.moment + timedelta(days=1), desk.hanako)
    looked(desk)
    digest = making.one(desk.portal, desk.draft, desk.hanako).submitted_digest
    submitting.approve(desk.portal, desk.draft, digest, desk.taro)
    with pytest.raises(Refused, match="why"):
        submitting.stop(desk.portal, LIBRARY, 2, "", desk.taro)
    submitting.stop(desk.portal, LIBRARY, 2, "延期", desk.taro)
    clock.moment += timedelta(days=2)
    assert termviews.history(desk.portal, LIBRARY).current.number == 1  # type: ignore[union-attr]
    with pytest.raises(Forbidden):
        submitting.stop(desk.portal, LIBRARY, 1, "困った", desk.taro)


def test_an_earlier_release_is_restored_by_the_same_approval(desk: Desk) -> None:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    submitting.approve(desk.portal, desk.draft, submitted(desk), desk.taro)
    cast("StillClock", desk.portal.clock).moment += timedelta(minutes=1)
    back = submitting.restore(desk.portal, LIBRARY, 1, "版1に戻す", desk.hanako)
    digest = submitted(desk, "戻す", back)
    with pytest.raises(Forbidden):
        submitting.approve(desk.portal, back, digest, desk.hanako)
    done = submitting.approve(desk.portal, back, digest, desk.taro).done
    assert (done.number, done.again, done.term.source) == (1, True, terms.RESTORE)
    assert desk.portal.releases.all_current()[0].number == 1


def test_a_body_of_one_person_may_allow_it_and_it_is_on_record(desk: Desk) -> None:
    alone = replace(desk.portal, settings=replace(desk.portal.settings, single_approval=True))
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    done = submitting.approve(alone, desk.draft, submitted(desk), desk.hanako).done
    assert done.term.alone and done.term.approved_by == "分析 花子"


def test_what_was_checked_by_another_program_is_checked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    digest = submitted(desk)
    monkeypatch.setattr(gating, "__version__", "99")
    with pytest.raises(Refused, match="checked again"):
        submitting.approve(desk.portal, desk.draft, digest, desk.taro)
    asked = requests.last(desk.portal, desk.draft, desk.hanako)
    assert asked is not None and asked.gate == requests.WAITS
    looked(desk)
    submitting.approve(desk.portal, desk.draft, digest, desk.taro)


def test_who_may_not_write_drafts_may_not_approve_them(desk: Desk) -> None:
    staff = accounts.add_staff(desk.portal, "o@example.jp", "窓口", ["operator"], "a password for tests")
    operator = accounts.actor_of(desk.portal, staff)
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    digest = submitted(desk)
    acts: list[Callable[[], object]] = [
        lambda: submitting.approve(desk.portal, desk.draft, digest, operator),
        lambda: submitting.send_back(desk.portal, desk.draft, "x", operator),
        lambda: submitting.withdraw(desk.portal, desk.draft, "x", operator),
        lambda: submitting.stop(desk.portal, LIBRARY, 1, "x", operator),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


# ---- the folder


@pytest.fixture
def open_folder(desk: Desk, tmp_path: Path) -> tuple[Portal, Path]:
    """The same portal over a copy of the packages' folder that may be written."""
    place = tmp_path / "packages"
    shutil.copytree(PACKAGES, place)
    settings = replace(desk.portal.settings, packages_dir=place, packages_write="auto")
    name = next(each.name for each in folders.folders(place) if folders.read(each).id == LIBRARY)
    return replace(desk.portal, settings=settings), place / name


def approved(desk: Desk, portal: Portal) -> written.Written:
    edit(desk, desk.hanako, 'name="カードの受け取り"', 'name="カードをもらう"')
    return submitting.approve(portal, desk.draft, submitted(desk), desk.taro).folder


def test_the_folder_is_brought_to_the_same_content(desk: Desk, open_folder: tuple[Portal, Path]) -> None:
    portal, folder = open_folder
    (folder / ".git-like").write_text("left alone", "utf-8")
    assert approved(desk, portal).state == written.WRITTEN
    assert folders.read(folder).digest == desk.portal.releases.all_current()[0].package.digest
    assert (folder / ".git-like").exists()
    files = desk.portal.releases.all_current()[0].package.files
    assert written.stands(portal, LIBRARY, files) == written.Written(written.SAME)


def test_a_folder_with_changes_of_its_own_is_left_alone_and_named(desk: Desk, open_folder: tuple[Portal, Path]) -> None:
    portal, folder = open_folder
    (folder / "mail" / "hello.md").write_text("mine", "utf-8")
    found = approved(desk, portal)
    assert found.state == written.DIFFERS and "mail/hello.md" in found.files
    assert (folder / "mail" / "hello.md").read_text("utf-8") == "mine"


def test_a_disk_that_fails_leaves_the_folder_as_it_was(
    desk: Desk, open_folder: tuple[Portal, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, folder = open_folder
    before = folders.read(folder).digest
    edit(desk, desk.hanako, 'title = "', 'title = "新しい', "package.toml")
    plain = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.name == "package.toml" and b"\xe6\x96\xb0" in self.read_bytes():
            raise OSError(28, "No space left on device")
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", full)
    found = approved(desk, portal)
    assert found.state == written.READ_ONLY and "package.toml" in found.files
    assert folders.read(folder).digest == before
    assert not [each for each in folder.iterdir() if each.name.startswith(".package")]


def test_the_setting_keeps_the_folder_from_being_written(desk: Desk, open_folder: tuple[Portal, Path]) -> None:
    portal, folder = open_folder
    before = folders.read(folder).digest
    off = replace(portal, settings=replace(portal.settings, packages_write="no"))
    assert approved(desk, off).state == written.OFF
    assert folders.read(folder).digest == before

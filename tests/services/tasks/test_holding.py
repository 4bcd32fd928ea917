"""Ownership and groups are rules: who holds a task, who may take it, what becomes of what a colleague had typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from app.errors import Forbidden, Refused
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.demo.walker import Walker
from app.services.pages import task as taskpage
from app.services.pages import worklist
from app.services.people import accounts
from app.services.tasks import bankreceipts, comments, forms, holding, quick
from app.services.tasks import send as tasks
from app.states import ChangeKind, CommentState
from app.store import cases, changes, database, work
from app.store.models import Job, User
from tests.services.conftest import STAFF, Bench
from tests.services.steps import case_of, go, staff, task

RETURN = {"outcome": "returned", "reason": "概要資料の3ページを差し替えてください。"}


@pytest.fixture
def walker(bench: Bench) -> Iterator[Walker]:
    yield go(bench, "first_review")


def groups(number: int, *names: str) -> None:
    with database.transaction():
        User.update(groups=",".join(names)).where(User.email == STAFF[number]).execute()


def told(walker: Walker) -> list[tuple[str, str]]:
    """What the timeline says of who has the task: (name, what)."""
    with database.connection():
        rows = cases.timeline(case_of(walker).id, internal=True, limit=500)
    return [(row.text, (row.data or {}).get("what", "")) for row in reversed(rows) if row.kind == "assigned"]


def chosen(page: taskpage.TaskPage, key: str) -> list[str]:
    return [each.value for field in page.form.walk() if field.spec.key == key for each in field.options if each.chosen]


def mails_to(address: str) -> list[str]:
    with database.connection():
        return [
            row.params["letter"]["subject"] for row in Job.select() if row.params.get("letter", {}).get("to") == address
        ]


def test_who_begins_to_type_holds_the_task_and_that_is_on_record(walker: Walker) -> None:
    row, sato = task(walker, "first_review"), staff(walker)
    forms.save_draft(walker.portal, row.id, RETURN, sato)
    now = task(walker, "first_review")
    assert (now.assignee_id, now.held_since) == (sato.user_id, walker.portal.now())
    assert told(walker) == [(sato.name, "")]


def test_a_colleague_types_nothing_before_taking_the_task_over(walker: Walker) -> None:
    row, sato, suzuki = task(walker, "first_review"), staff(walker), staff(walker, 1)
    forms.save_draft(walker.portal, row.id, RETURN, sato)
    place = comments.Place("submit_documents")
    for act in (
        lambda: forms.save_draft(walker.portal, row.id, {"outcome": "passed"}, suzuki),
        lambda: comments.pin(walker.portal, row.id, place, "別の指摘", suzuki),
        lambda: tasks.send(walker.portal, row.id, suzuki),
        lambda: quick.finish(walker.portal, row.id, {"outcome": "passed"}, suzuki),
        lambda: forms.check(walker.portal, row.id, suzuki),
    ):
        with pytest.raises(permit.Held):
            act()
    page = taskpage.page(walker.portal, row.id, suzuki)
    assert page.held
    assert page.holder is not None
    assert page.holder.name == sato.name


def test_after_a_take_over_nothing_of_the_colleague_is_preselected_and_it_can_be_adopted(walker: Walker) -> None:
    row, sato, suzuki = task(walker, "first_review"), staff(walker), staff(walker, 1)
    forms.save_draft(walker.portal, row.id, RETURN, sato)
    holding.take_over(walker.portal, row.id, suzuki)
    assert told(walker)[-1] == (suzuki.name, "taken_over")
    assert mails_to(STAFF[0])
    assert not mails_to(STAFF[1])
    page = taskpage.page(walker.portal, row.id, suzuki)
    assert not page.held
    assert chosen(page, "outcome") == []
    assert page.left is not None
    assert page.left.name == sato.name
    assert any(RETURN["reason"] in line.text for line in page.left.lines)
    with pytest.raises(Refused):  # what the colleague had typed is not sent in another's name
        tasks.send(walker.portal, row.id, suzuki)
    forms.save_draft(walker.portal, row.id, {"reason": "わたしの文"}, suzuki)
    holding.adopt(walker.portal, row.id, suzuki)
    adopted = taskpage.page(walker.portal, row.id, suzuki)
    assert chosen(adopted, "outcome") == ["returned"]
    assert adopted.left is not None
    assert adopted.left.name == suzuki.name  # their own words were put aside, not lost
    assert told(walker)[-1] == (sato.name, "adopted")
    with pytest.raises(permit.Held):  # the other way round, too
        forms.save_draft(walker.portal, row.id, RETURN, sato)


def test_a_decision_destroys_no_point_that_anybody_wrote(walker: Walker) -> None:
    row, sato, suzuki = task(walker, "first_review"), staff(walker), staff(walker, 1)
    place = comments.Place("submit_documents")
    first = comments.pin(walker.portal, row.id, place, "決算書が古い", sato)
    comments.pin(walker.portal, row.id, place, "謄本が3か月より前", sato)
    holding.take_over(walker.portal, row.id, suzuki)
    comments.unpin(walker.portal, row.id, first, suzuki)
    forms.save_draft(walker.portal, row.id, {"outcome": "passed"}, suzuki)
    tasks.send(walker.portal, row.id, suzuki)
    with database.connection():
        rows = work.comments(case_of(walker).id)
        timeline = cases.timeline(case_of(walker).id, internal=True, limit=500)
        theirs = cases.timeline(case_of(walker).id, internal=False, limit=500)
    assert [(each.text, each.state) for each in rows] == [
        ("決算書が古い", CommentState.DROPPED),
        ("謄本が3か月より前", CommentState.DROPPED),
    ]
    assert {each.text for each in timeline if each.kind == "comment"} == {"決算書が古い", "謄本が3か月より前"}
    assert not [each for each in theirs if each.kind == "comment"]


def test_ones_own_slip_of_a_point_is_taken_off(walker: Walker) -> None:
    row, sato = task(walker, "first_review"), staff(walker)
    point = comments.pin(walker.portal, row.id, comments.Place("submit_documents"), "まちがい", sato)
    comments.unpin(walker.portal, row.id, point, sato)
    with database.connection():
        assert not work.comments(case_of(walker).id)


def test_claims_and_releases_are_on_record_and_the_holder_is_told(walker: Walker) -> None:
    row, sato, suzuki = task(walker, "first_review"), staff(walker), staff(walker, 1)
    assert worklist.claim(walker.portal, [row.id], sato).done == 1
    assert worklist.claim(walker.portal, [row.id], suzuki).left
    assert worklist.assign(walker.portal, [row.id], None, suzuki).done == 1
    assert told(walker) == [(sato.name, ""), ("", "")]
    assert len(mails_to(STAFF[0])) == 1
    worklist.claim(walker.portal, [row.id], suzuki)
    worklist.assign(walker.portal, [row.id], None, suzuki)  # one's own: nobody else needs to be told
    assert len(mails_to(STAFF[1])) == 0


def test_the_work_of_a_group_is_done_by_its_people(walker: Walker) -> None:
    groups(0, "review")
    groups(2, "accounting")
    row, sato, tanaka = task(walker, "first_review"), staff(walker), staff(walker, 2)
    for act in (
        lambda: forms.save_draft(walker.portal, row.id, RETURN, tanaka),
        lambda: holding.take_over(walker.portal, row.id, tanaka),
        lambda: quick.finish(walker.portal, row.id, {"outcome": "passed"}, tanaka),
    ):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.params["group"] == "審査"
        assert sato.name in refused.value.params["names"]
    done = worklist.assign(walker.portal, [row.id], tanaka.user_id, sato)
    assert not done.done
    assert isinstance(done.left[0].error, Forbidden)
    assert not worklist.claim(walker.portal, [row.id], tanaka).done
    with pytest.raises(Forbidden):
        bankreceipts.put_aside(walker.portal, [1], sato)
    bankreceipts.put_aside(walker.portal, [1], tanaka)


def test_who_stands_in_has_the_rights_of_whom_they_stand_in_for(walker: Walker) -> None:
    groups(0, "review")
    groups(2, "accounting")
    row, sato, tanaka = task(walker, "first_review"), staff(walker), staff(walker, 2)
    instead: Actor = replace(tanaka, standing_in_for=((sato.user_id or 0, sato.name),))
    forms.save_draft(walker.portal, row.id, {"outcome": "passed"}, instead)
    tasks.send(walker.portal, row.id, instead)
    with database.connection():
        done = work.task(row.id)
    assert done is not None
    assert (done.closed_by_name, done.on_behalf_of) == (tanaka.name, sato.name)


def test_an_absence_and_its_end_stay_on_record(bench: Bench) -> None:
    with database.connection():
        sato, suzuki = (User.get(User.email == each) for each in STAFF[:2])
    who = accounts.actor_of(bench.portal, sato.id)
    day = bench.portal.today()
    accounts.away(bench.portal, who, suzuki.id, day, date(day.year, 12, 31), "休暇")
    accounts.back(bench.portal, who, accounts.absences(who)[0].id)
    assert not accounts.absences(who)
    with database.connection():
        ended, began = changes.recent(ChangeKind.ABSENCE)
    assert (began.before, STAFF[1] in began.after) == ("", True)
    assert (STAFF[1] in ended.before, ended.after) == (True, "")

"""Short words for tests that walk a case."""

from __future__ import annotations

from typing import Any

from app.catalogue import scenarios
from app.services.base.actors import Actor
from app.services.demo.walker import Walker
from app.services.people import accounts as people
from app.store import accounts, cases, database, work
from app.store import waiting as store
from app.store.models import Case, Task
from tests.services import walks
from tests.services.conftest import STAFF, Bench


def go(bench: Bench, until: str, scenario: str = "happy_path", **plan: Any) -> Walker:
    """A case that has walked the scenario up to the step that completes `until`."""
    walker = bench.walker(**plan)
    steps = scenarios.steps(bench.portal.releases.current("ccus_api_certification").package.files, scenario)
    last = max(number for number, step in enumerate(steps) if step.get("complete") == until)
    ahead = steps[1:last]
    kept = None
    if bench.walks is not None and walks.state(bench) == bench.begun:
        kept = walks.Walks(bench.walks, bench, plan, ahead)
    taken = kept.begin(walker) if kept else -1
    if taken < 0:
        walker.begin()
    for step in ahead[max(taken, 0) :]:
        walker.take(step)
    if kept:
        kept.keep(walker)
    return walker


def case_of(walker: Walker) -> Case:
    with database.connection():
        case = cases.get(walker.number)
    assert case is not None
    return case


def opened(walker: Walker) -> list[str]:
    """Elements of the case's open tasks."""
    case = case_of(walker)
    with database.connection():
        return sorted(row.element for row in work.open_tasks(case.id))


def task(walker: Walker, element: str) -> Task:
    case = case_of(walker)
    with database.connection():
        return next(row for row in work.open_tasks(case.id) if row.element == element)


def actor(walker: Walker) -> Actor:
    """The vendor's person."""
    with database.connection():
        member = cases.members(case_of(walker).id)[0]
    return people.actor_of(walker.portal, member.user_id)


def to_do() -> store.Waiting:
    """What the staff's menu counts."""
    with database.connection():
        return store.counts()


def staff(walker: Walker, number: int = 0) -> Actor:
    """A member of the staff."""
    with database.connection():
        user = accounts.by_email(STAFF[number])
    assert user is not None
    return people.actor_of(walker.portal, user.id)

"""The library's package in two releases, and cases under way on the first."""

from __future__ import annotations

import re
from typing import Any

from app.services.base.actors import Actor
from app.services.moves import doing, moving, sorting
from app.services.packages import terms
from app.services.people import accounts as people
from app.store import accounts, cases, database
from app.store.models import Case
from tests.catalogue.support import Edit, edited
from tests.catalogue.wrongs import BPMN as DIAGRAM
from tests.catalogue.wrongs import swap
from tests.services import broken
from tests.services.conftest import PACKAGES, Bench

LIBRARY = "library_card"
REASON = "確認の段を分けるため"
RENAMED: Edit = {
    DIAGRAM: lambda text: text.replace('name="申請の確認"', 'name="申請内容の確認"').replace(
        '<spiffworkflow:property name="due_bd" value="3" />', '<spiffworkflow:property name="due_bd" value="7" />'
    )
}
GONE: Edit = {  # the step has another id, and its form goes with it
    DIAGRAM: lambda text: re.sub(r'(?<![\w])approve(?=["<]|__to)', "examine", text).replace(
        "decide_limit__to__approve", "decide_limit__to__examine"
    ),
    "forms/approve.form": None,
    "forms/examine.form": (PACKAGES / "three_steps" / "forms" / "approve.form").read_text(encoding="utf-8"),
}
ASKING: Edit = {  # a name that no case has so far
    DIAGRAM: swap(broken.CONDITION, "outcome == 'refused' or branch == 'closed'"),
}
WISHED: Edit = {  # a further field of a step that is done, with options, that a condition ahead reads
    DIAGRAM: lambda text: swap(broken.CONDITION, "outcome == 'refused' and hurry == 'no'")(
        swap('value="reader_kind,books"', 'value="reader_kind,books,hurry"')(text)
    ),
    "forms/request.form": swap(
        '{ "type": "number", "id": "request_books"',
        '{ "type": "radio", "id": "request_hurry", "key": "hurry", "label": "急ぎ", "validate": { "required": true },'
        ' "values": [ { "value": "yes", "label": "急ぐ" }, { "value": "no", "label": "急がない" } ] },\n'
        '    { "type": "number", "id": "request_books"',
    ),
}


def released(bench: Bench, changes: Edit) -> int:
    """A further release, whatever its check says; gives its number."""
    return terms.put(bench.portal, edited(changes), terms.Act("tests"), None).number


def person(bench: Bench, role: str) -> Actor:
    email = f"{role}@example.jp"
    with database.connection():
        user = accounts.by_email(email)
    if user is None:
        people.add_staff(bench.portal, email, f"{role} 花子", [role], "a password for tests")
        with database.connection():
            user = accounts.by_email(email)
    assert user is not None
    return people.actor_of(bench.portal, user.id)


def applied(bench: Bench, count: int) -> list[Case]:
    return [broken.applied(bench, email=f"reader{number}@example.com") for number in range(count)]


def plan(bench: Bench, number: int, **decisions: Any) -> sorting.Plan:
    return sorting.plan(bench.portal, LIBRARY, number, decisions, person(bench, "administrator"))


def move(bench: Bench, number: int, chosen: list[Case], **decisions: Any) -> int:
    """Have cases moved, and the worker do it."""
    names = [case.number for case in chosen]
    who = person(bench, "administrator")
    made = moving.ask(bench.portal, LIBRARY, number, names, decisions, REASON, who)
    work(bench)
    return made


def work(bench: Bench) -> None:
    while doing.work(bench.portal):
        pass


def stored(case: Case) -> tuple[bytes, str]:
    with database.connection():
        return cases.state(case.id)

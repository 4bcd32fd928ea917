"""The three-step package with a planted fault, and cases of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from app.engine import Engine
from app.services.base.actors import Actor
from app.services.cases import applications
from app.services.people import accounts as people
from app.services.tasks import forms
from app.services.tasks import send as tasks
from app.store import accounts, cases, database, work
from app.store.models import Case, Task
from tests.services.conftest import PACKAGES, STAFF, Bench, open_bench

READER = {
    "company_name": "みほん市立小学校",
    "contact_name": "図書 花子",
    "email": "hanako@example.com",
    "reader_kind": "school",
    "books": 3,
}
CONDITION = "outcome == 'refused'"
# A join that waits for a branch which nobody takes (an exclusive split joined by a parallel gateway).
JOIN = '<bpmn:parallelGateway id="join" name="合流"><bpmn:incoming>approve_gate__to__refused</bpmn:incoming><bpmn:incoming>make_card__to__end</bpmn:incoming><bpmn:outgoing>join__to__end</bpmn:outgoing></bpmn:parallelGateway><bpmn:sequenceFlow id="join__to__end" sourceRef="join" targetRef="end" />'  # noqa: E501 - XML


def package(folder: Path, *changes: tuple[str, str]) -> Path:
    """A folder of packages with the three-step one, in whose diagram each text is replaced by another."""
    place = folder / "packages"
    shutil.copytree(PACKAGES, place, dirs_exist_ok=True)
    file = place / "three_steps" / "library_card.bpmn"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return place


def waits_for_ever(folder: Path) -> Path:
    """After a refusal nothing is open, nothing under way, and the case has not ended."""
    text = (PACKAGES / "three_steps" / "library_card.bpmn").read_text(encoding="utf-8")
    end = text[text.index('    <bpmn:endEvent id="refused"') : text.index('    <bpmn:intermediateCatchEvent id="wait')]
    shape = text[text.index('      <bpmndi:BPMNShape id="refused_di"') :]
    shape = shape[: shape.index("</bpmndi:BPMNShape>") + len("</bpmndi:BPMNShape>")]
    return package(
        folder,
        (end, f"    {JOIN}\n"),
        (shape, ""),
        ("<bpmn:flowNodeRef>refused</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>join</bpmn:flowNodeRef>"),
        ('sourceRef="approve_gate" targetRef="refused"', 'sourceRef="approve_gate" targetRef="join"'),
        ('sourceRef="make_card" targetRef="end"', 'sourceRef="make_card" targetRef="join"'),
        (
            '<bpmn:incoming>make_card__to__end</bpmn:incoming>\n    </bpmn:endEvent>',
            '<bpmn:incoming>join__to__end</bpmn:incoming>\n    </bpmn:endEvent>',
        ),
    )  # fmt: skip


def opened(folder: Path, engine: Engine, packages: Path) -> Bench:
    """A portal with these packages."""
    return open_bench(folder, f"sqlite:///{folder}/nintei.db", engine, packages)


def applied(bench: Bench, **more: Any) -> Case:
    """A case that waits for the library's approval."""
    number = applications.apply(bench.portal, "library_card", {**READER, **more}).number
    bench.drain()
    with database.connection():
        found = cases.get(number)
    assert found is not None
    return found


def again(case: Case) -> Case:
    """The case as it is now."""
    with database.connection():
        found = cases.by_id(case.id)
    assert found is not None
    return found


def open_task(case: Case, element: str) -> Task:
    """Its open task of this element."""
    with database.connection():
        return next(row for row in work.open_tasks(case.id) if row.element == element)


def clerk(bench: Bench, number: int = 0) -> Actor:
    """A member of the staff."""
    with database.connection():
        user = accounts.by_email(STAFF[number])
    assert user is not None
    return people.actor_of(bench.portal, user.id)


def send(bench: Bench, case: Case, element: str, **values: Any) -> None:
    """A member of the staff types and sends."""
    task, who = open_task(case, element), clerk(bench)
    forms.save_draft(bench.portal, task.id, values, who)
    tasks.send(bench.portal, task.id, who)

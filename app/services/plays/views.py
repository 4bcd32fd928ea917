"""What the page of a Play shows beside the people's own pages: the clock, where cases stand, what arrived."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

from app.catalogue import scenarios
from app.errors import Refused
from app.services.base import businessdays
from app.services.pages import outbox
from app.services.plays.stage import Person, Stage
from app.states import JobState, Side, TaskKind, TaskState
from app.store import accounts, cases, incidents, jobrows, records, work
from app.store.models import Case, Task

MOST = 400  # of what arrived: a walk to the end writes some hundred


def state(stage: Stage) -> dict[str, Any]:
    """{now, next_due, title, people, cases, arrived, walks}, plain but for the errors; moments as ISO 8601 in Japan."""
    people = stage.people()
    with stage.portal.connection():
        rows = cases.search(limit=20)
        taken = scenarios.read(stage.loaded().package.files).scenarios.keys()
        listed = [_case(row, work.tasks_of(row.id), taken) for row in rows]
        arrived = [*_mails(stage, people), *_documents(rows), *_webhooks(stage), *_troubles(rows)]
    due = stage.next_due()
    return {
        "now": _at(stage.portal.now()),
        "next_due": _at(due) if due else None,
        "title": stage.loaded().package.title,
        "people": [_person(each, listed) for each in people],
        "cases": listed,
        "arrived": sorted(arrived, key=lambda each: str(each["at"]), reverse=True)[:MOST],
        "walks": _walks(stage),
    }


def _at(moment: Any) -> str:
    return str(moment.astimezone(businessdays.JAPAN).isoformat(timespec="seconds"))


def _person(person: Person, listed: list[dict[str, Any]]) -> dict[str, Any]:
    waiting = 0
    for case in listed:
        for task in case["open"]:
            mine = not person.groups or not task["group"] or task["group"] in person.groups
            if (
                person.side is not None
                and task["side"] == person.side.value
                and mine
                and (person.side != Side.VENDOR or person.user_id in case["members"])
            ):
                waiting += 1
    return {
        "key": person.key,
        "name": person.name,
        "side": person.side.value if person.side else "public",
        "groups": list(person.groups),
        "waiting": waiting,
    }


def proposed(base: str, taken: Collection[str]) -> str:
    """A name that no scenario has, made of this one."""
    return next(name for number in count(1) if (name := base if number == 1 else f"{base}_{number}") not in taken)


def _case(row: Case, tasks: list[Task], taken: Collection[str]) -> dict[str, Any]:
    shown = [task for task in tasks if task.state == TaskState.OPEN and task.kind == TaskKind.USER]
    stands = shown[0].element if shown and not row.ended else "the_end"
    return {
        "number": row.number,
        "title": row.system_name or row.company_name,
        "company": row.company_name,
        "state": str(row.state),
        "ended": bool(row.ended),
        "name": proposed("until_" + re.sub(r"[^a-z0-9_]", "_", stands.lower())[:60], taken),
        "steps": sum(1 for task in tasks if task.state == TaskState.DONE),
        "members": [member.user_id for member in cases.members(row.id)],
        "open": [
            {
                "id": task.id,
                "element": task.element,
                "title": task.title,
                "side": task.side.value,
                "group": task.grp,
                "due_on": task.due_on.isoformat() if task.due_on else None,
            }
            for task in shown
        ],
    }


def _mails(stage: Stage, people: list[Person]) -> list[dict[str, Any]]:
    readers = {person.user_id: person.key for person in people if person.user_id}
    by_name = {row.email.lower(): readers.get(row.id, "guest") for row in [*accounts.body(), *accounts.vendors()]}
    return [
        {
            "kind": "mail",
            "at": _at(each.at),
            "title": each.subject,
            "to": each.recipient,
            "person": by_name.get(each.recipient.split(",")[0].strip().lower(), "guest"),
            "url": f"/outbox/{each.id}",
            "id": each.mail_id,
        }
        for each in outbox.recent(stage.portal)
    ]


def _documents(rows: list[Case]) -> list[dict[str, Any]]:
    return [
        {
            "kind": "document",
            "at": _at(each.created_at),
            "title": each.title,
            "to": each.created_by_name,
            "person": "",
            "url": f"/cases/{row.number}/documents/{each.id}",
            "id": each.key,
        }
        for row in rows
        for each in records.documents(row.id)
    ]


def _webhooks(stage: Stage) -> list[dict[str, Any]]:
    return [
        {
            "kind": "webhook",
            "at": _at(each.at),
            "title": each.event,
            "to": each.url,
            "person": "",
            "url": "",
            "body": each.body,
        }
        for each in stage.box.called
    ]


def _troubles(rows: list[Case]) -> list[dict[str, Any]]:
    """What does not work: incidents, and jobs that failed for good. `error` is put into words by the page."""
    found = []
    for row in rows:
        said = [(each.first_at, each.element, each.message, each.params) for each in incidents.of_case(row.id)]
        for job in jobrows.jobs_of(row.id, JobState.INCIDENT):
            told = job.said or {"message": "%(error)s", "params": {"error": job.error}}
            said.append((job.finished_at or job.created_at, job.element, told["message"], told.get("params", {})))
        for at, element, message, params in said:
            found.append(
                {
                    "kind": "trouble",
                    "at": _at(at),
                    "title": "",
                    "error": Refused(message, **params),
                    "to": element,
                    "person": "",
                    "url": f"/cases/{row.number}#trouble",
                }
            )
    return found


def _walks(stage: Stage) -> list[Mapping[str, Any]]:
    """Scenarios by which a case can walk by itself, and the steps at which one may stop it."""
    package = stage.loaded().package
    read = scenarios.read(package.files)
    found: list[Mapping[str, Any]] = []
    for name, scenario in sorted(read.scenarios.items()):
        stops = {step.element: "" for step in read.walk(name)[1:] if step.element}
        steps = [{"id": each, "title": package.elements[each].name} for each in stops if each in package.elements]
        found.append({"name": name, "title": scenario.title, "title_en": scenario.title_en, "steps": steps})
    return found

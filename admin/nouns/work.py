"""Work: tasks, points to mend, and what the portal does by itself."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from admin import spoken
from admin.kinds import Kind, Moment, Tool, words
from admin.nouns.cases import company_of
from app.store import models as m


def _job(row: m.Job) -> str:
    what: str = spoken.said("job_words", row, spoken.titles(row.case) | spoken.mails(row.case))
    return what


def _job_error(row: m.Job) -> str:
    said = row.said or {}
    return spoken.error(said["message"], said.get("params")) if said.get("message") else spoken.error(row.error)


def _trouble(row: m.Incident) -> str:
    return spoken.error(row.message, row.params)


def _about(row: m.Incident) -> str:
    return spoken.named(row.title) or spoken.element(row.case, row.element)


def _case_tool(row: Any) -> list[Tool]:
    if row.case is None:
        return [Tool(_l("Needs attention"), "/attention")]
    return [Tool(_l("Open the case"), f"/cases/{row.case.number}")]


WORK = (
    Kind(
        m.Task,
        _l("Tasks"),
        _l("Task"),
        words("title case company state side grp opened_at due_on assignee closed_at"),
        words("closed_by_name on_behalf_of held_since"),
        day="opened_at",
        who=words("assignee closed_by closed_by_name"),
        choices=words("state side"),
        company="case",
        search=words("title case_number company_name system_name"),
        sort=words("opened_at due_on closed_at"),
        first="opened_at",
        told={"company": company_of},
        life=(
            Moment("opened_at", _l("Open since")),
            Moment("held_since", _l("Taken")),
            Moment("closed_at", _l("Finished"), "closed_by_name"),
        ),
        tools=lambda row: (
            [Tool(_l("Open the task"), f"/tasks/{row.id}")]
            if row.state.value == "open" and row.kind.value == "user"
            else [Tool(_l("Open the case"), f"/cases/{row.case.number}")]
        ),
    ),
    Kind(
        m.Comment,
        _l("Correction points"),
        _l("Point to correct"),
        words("at case company where text state by_name replied_at"),
        words("reply replied_by"),
        day="at",
        who=words("by_name replied_by"),
        choices=words("state"),
        company="case",
        search=words("text reply where case"),
        sort=words("at replied_at"),
        told={"company": company_of},
        texts=words("text reply"),
        life=(Moment("at", _l("Written"), "by_name"), Moment("replied_at", _l("Answered"), "replied_by")),
        tools=_case_tool,
    ),
    Kind(
        m.Incident,
        _l("Incidents"),
        _l("Incident"),
        words("first_at kind about case trouble count last_at over_at over_by"),
        (),
        day="first_at",
        who=("over_by",),
        choices=words("kind"),
        company="case",
        search=words("title case"),
        sort=words("first_at last_at over_at"),
        needs=words("message params"),
        told={"trouble": _trouble, "about": _about},
        labels={"trouble": _l("What is wrong"), "count": _l("Times"), "about": _l("Where")},
        life=(
            Moment("first_at", _l("First seen")),
            Moment("last_at", _l("Last seen")),
            Moment("over_at", _l("Over"), "over_by"),
        ),
        tools=lambda row: [Tool(_l("Needs attention"), "/attention"), *(_case_tool(row) if row.case else [])],
    ),
    Kind(
        m.Job,
        _l("Jobs"),
        _l("Job"),
        words("created_at does case state attempts run_at finished_at wrong"),
        (),
        day="created_at",
        choices=words("state"),
        company="case",
        search=("case",),
        sort=words("created_at run_at finished_at"),
        needs=words("params said error"),
        told={"does": _job, "wrong": _job_error},
        labels={"does": _l("What it does"), "wrong": _l("What went wrong")},
        life=(Moment("created_at", _l("Asked on")), Moment("finished_at", _l("Finished"))),
        tools=_case_tool,
    ),
)

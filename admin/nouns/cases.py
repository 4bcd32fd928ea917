"""Cases, and what belongs to them alone: their timeline, messages, requests, and what was done by hand."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from admin import spoken
from admin.cells import Link, other
from admin.kinds import Kind, Moment, Near, Tool, words
from app.states import Right
from app.store import models as m


def company_of(row: Any) -> Any:
    """The company of a row's case, as the case names it."""
    case = row if isinstance(row, m.Case) else row.case
    if case is None:
        return None
    name = case.company_name or None
    return Link(name, f"/admin/company/details/?id={case.company_id}") if name and case.company_id else name


def system_of(row: Any) -> Any:
    """The system of a row's case."""
    return row.case.system_name if row.case is not None else None


def entry_words(row: Any) -> Any:
    """What an entry of the timeline tells, in the words of the case's own page."""
    return spoken.said("entry_words", row, spoken.titles(row.case))


def _case_tools(row: m.Case) -> list[Tool]:
    who = spoken.said("asker")
    found = [Tool(_l("Open the case"), f"/cases/{row.number}")]
    if not row.ended and who is not None and who.has(Right.MEND_CASES):
        found.append(Tool(_l("Correct the case"), f"/cases/{row.number}/mend"))
    return found


def _step(row: Any) -> str:
    return spoken.element(row.case, row.element)


def _mended(row: m.Mend) -> str:
    if row.element:
        return spoken.element(row.case, row.element) or str(gettext("A step"))
    name = str((row.detail or {}).get("name", ""))
    return spoken.value(row.case, name)


CASES = (
    Kind(
        m.Case,
        _l("Cases"),
        _l("Case"),
        words("number company system_name state at_stage turn turn_since created_at"),
        words("contact_name email package_id release language undelivered changed_at"),
        day="created_at",
        choices=words("state turn"),
        company="case",
        search=words("number company_name system_name"),
        sort=words("number company_name system_name turn_since created_at changed_at"),
        first="created_at",
        told={"company": company_of, "at_stage": spoken.stage, "system_name": lambda row: row.system_name},
        labels={"at_stage": _l("Stage"), "contact_name": _l("Contact")},
        near=(
            Near(m.Task, "case"),
            Near(m.Member, "case"),
            Near(m.Document, "case"),
            Near(m.Mail, "case"),
            Near(m.InboundMail, "case"),
            Near(m.Invoice, "case"),
            Near(m.Booking, "case"),
            Near(m.Card, "case"),
            Near(m.Certificate, "case"),
            Near(m.Comment, "case"),
            Near(m.Correction, "case"),
            Near(m.DateRequest, "case"),
            Near(m.Note, "case"),
            Near(m.Job, "case"),
            Near(m.Incident, "case"),
            Near(m.Mend, "case"),
        ),
        life=(Moment("created_at", _l("Applied")),),
        tools=_case_tools,
        mends=("contact",),
    ),
    Kind(
        m.Entry,
        _l("Timelines"),
        _l("Timeline entry"),
        words("at case happened actor_name actor_side"),
        words("noted quoted audience"),
        day="at",
        who=words("actor actor_name"),
        choices=words("actor_side audience"),
        company="case",
        search=words("title actor_name case"),
        sort=words("at"),
        needs=words("text data"),
        told={
            "happened": lambda row: entry_words(row).title,
            "noted": lambda row: entry_words(row).note,
            "quoted": lambda row: entry_words(row).quote,
        },
        labels={"happened": _l("What happened"), "noted": _l("Besides"), "quoted": _l("What was written")},
        texts=("quoted",),
        tools=lambda row: [Tool(_l("Open the case"), f"/cases/{row.case.number}?tab=timeline")],
    ),
    Kind(
        m.Note,
        _l("Case messages"),
        _l("Message"),
        words("at case company by_name side internal text"),
        (),
        day="at",
        who=words("by by_name"),
        choices=words("side"),
        company="case",
        search=words("text by_name case"),
        sort=words("at"),
        told={"company": company_of},
        texts=("text",),
        tools=lambda row: [Tool(_l("Open the case"), f"/cases/{row.case.number}?tab=messages")],
    ),
    Kind(
        m.Correction,
        _l("Requests for correction"),
        _l("Request for correction"),
        words("asked_at case company asked_by_name state answered_at answered_by_name"),
        words("reason answer"),
        day="asked_at",
        who=words("asked_by asked_by_name answered_by_name"),
        choices=words("state"),
        company="case",
        search=words("reason asked_by_name case"),
        sort=words("asked_at answered_at"),
        told={"company": company_of},
        texts=words("reason answer"),
        life=(
            Moment("asked_at", _l("Asked on"), "asked_by_name"),
            Moment("answered_at", _l("Answered"), "answered_by_name"),
        ),
        tools=lambda row: [Tool(_l("Open the case"), f"/cases/{row.case.number}")],
    ),
    Kind(
        m.Mend,
        _l("Cases mended by hand"),
        _l("What was mended by hand"),
        words("at case kind mended by_name undone_at"),
        words("reason undone_by"),
        day="at",
        who=words("by by_name"),
        choices=words("kind"),
        company="case",
        search=words("reason by_name case"),
        sort=words("at"),
        needs=words("detail"),
        told={"mended": _mended},
        labels={"mended": _l("Step or value")},
        texts=("reason",),
        life=(Moment("at", _l("Mended by hand"), "by_name"), Moment("undone_at", _l("Taken back"), "undone_by")),
        tools=lambda row: [Tool(_l("Open the case"), f"/cases/{row.case.number}")],
    ),
    Kind(
        m.Move,
        _l("Moves of running cases"),
        _l("Move of running cases"),
        words("asked_at package_id release state asked_name approved_name ended_at"),
        words("reason approved_at"),
        day="asked_at",
        who=words("asked_by asked_name approved_by approved_name"),
        choices=words("state"),
        search=words("reason asked_name"),
        sort=words("asked_at ended_at"),
        texts=("reason",),
        life=(
            Moment("asked_at", _l("Asked on"), "asked_name"),
            Moment("approved_at", _l("Approved"), "approved_name"),
            Moment("ended_at", _l("Ended")),
        ),
        tools=lambda row: [Tool(_l("Open the move"), f"/designer/moves/{row.id}")],
    ),
)


def step_of(row: Any) -> str:
    """The step that a row of a case names by its id."""
    return _step(row)


__all__ = ["CASES", "company_of", "entry_words", "other", "step_of", "system_of"]

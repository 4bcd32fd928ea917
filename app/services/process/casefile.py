"""The whole case as one PDF for the file: asked for by staff, made by the worker like any other document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotFound
from app.services.base import jobqueue, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.money import invoices as money
from app.services.papers import documents
from app.states import JobState, Right, Side
from app.store import cases, database, invoices, jobrows, records
from app.store.models import Case

PURPOSE = "case_file"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What there is of it: the newest one, and whether another is being made. `offered` is false without a template."""

    offered: bool
    newest: documents.DocumentView | None
    being_made: bool


def state(case: Case, loaded: Loaded, actor: Actor) -> CaseFile:
    """How it stands; nothing is offered to vendors."""
    document = loaded.package.document_for(PURPOSE)
    if actor.side != Side.OPERATOR or not document:
        return CaseFile(False, None, False)
    row = records.latest_document(case.id, document)
    waiting = any(
        job.operator == "pdf" and (job.params or {}).get("document") == document
        for job in jobrows.jobs_of(case.id, JobState.QUEUED, JobState.RUNNING)
    )
    return CaseFile(True, documents.view(row) if row else None, waiting)


def request(portal: Portal, number: str, timeline: Sequence[Mapping[str, str]], actor: Actor) -> None:
    """Have it made. `timeline`: {at: ISO instant, title, actor, text}, oldest first, worded by whoever shows it."""
    actor.require(Right.WORK)
    now = portal.now()
    with database.transaction():
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        loaded = portal.releases.loaded(case.release_id)
        document = loaded.package.document_for(PURPOSE)
        if not document:
            raise NotFound("This process has no case file")
        if not state(case, loaded, actor).being_made:
            params = {"document": document, "timeline": [dict(line) for line in timeline]}
            jobqueue.queue(case, "pdf", params, "", f"{PURPOSE}:{now:%Y%m%d%H%M%S%f}", now)
    portal.poke()


def facts(case: Case, loaded: Loaded, params: Mapping[str, Any]) -> dict[str, Any]:
    """What its template reads beyond what every document reads. Empty for other documents."""
    document = loaded.package.document_for(PURPOSE)
    if not document or params.get("document") != document:
        return {}
    return {
        "timeline": [{**line, "at": datetime.fromisoformat(line["at"])} for line in params.get("timeline", ())],
        "invoices": [money.facts(row) for row in invoices.of_case(case.id)],
        "documents": [
            {"title": row.title, "made_on": row.created_at, "digest": row.digest}
            for row in reversed(records.documents(case.id))
            if row.key != document
        ],
    }

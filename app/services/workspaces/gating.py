"""The gate of a draft that was submitted: the whole check and all scenarios, walked by the worker while people wait.

What it finds is written into the request, under the digest that was looked at. Red sends the draft back.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app import __version__
from app.connectors import markdown
from app.errors import N_, BadPackage, Problem
from app.services.base.portal import Portal
from app.services.mails import portalmails
from app.services.packages import gate
from app.services.workspaces import content, requests
from app.services.workspaces.requests import GREEN, RED, RUNS, WAITS
from app.states import WorkspaceAct, WorkspaceState
from app.store import database, jobrows, terms
from app.store import workspaces as store
from app.store.models import Workspace

if TYPE_CHECKING:
    from app.services.base.leases import Leased

OPERATOR = "gate"
TELL_EVERY = 0.5  # seconds between two words on how far it is
MOST_SAID = 20
SUBJECT = N_("A change of the process waits for your approval: %(title)s")
TEXT = N_("%(name)s asks for approval of the draft “%(title)s”. The check found no error, and all scenarios came out.")
LOOK = N_("Look at the draft")
BY_GATE = N_("The check or a scenario found errors.")


def ask(portal: Portal, row: Workspace, event_id: int) -> None:
    """Have the worker look. Inside a transaction."""
    now = portal.now()
    jobrows.add_job(
        key=f"gate:{row.id}:{event_id}:{now:%Y%m%d%H%M%S%f}", case=None, operator=OPERATOR,
        params={"workspace": row.id, "event": event_id}, run_at=now, created_at=now, state="queued",
    )  # fmt: skip


def run(portal: Portal, job: Leased) -> None:
    """Examine the workspace that the worker's job names."""
    examine(portal, int(job.params["workspace"]), int(job.params["event"]))


def examine(portal: Portal, workspace_id: int, event_id: int) -> None:
    """Look at what was submitted by this event, and say what came of it; nothing where that is not what waits now. May
    be done again, after a power cut, say."""
    with database.connection():
        row = content.row_of(workspace_id)
        if not _waits(row, event_id):
            return
        files = content.files_of(portal, row)
    told = [0.0]

    def tell(done: int, of: int) -> None:
        if time.monotonic() - told[0] > TELL_EVERY or done == of:
            told[0] = time.monotonic()
            _write(workspace_id, event_id, {"state": RUNS, "done": done, "of": of})

    _write(workspace_id, event_id, {"state": RUNS})
    try:
        package = content.package_of(files)
        found = gate.examine(portal.releases, package, told=tell)
        facts, errors = {**found.facts(), **surroundings(portal, row)}, found.errors
    except BadPackage as error:
        facts, errors = {}, error.problems
    _settle(portal, workspace_id, event_id, facts, errors)


def surroundings(portal: Portal, row: Workspace) -> dict[str, Any]:
    """What a gate's word depends on beside the content: another release in force, another program."""
    with database.connection():
        current = terms.current(row.package_id, portal.now())
    return {"program": __version__, "over": current.release.number if current is not None else None}


def _waits(row: Workspace, event_id: int) -> bool:
    event = store.last_of(row.id, WorkspaceAct.SUBMITTED)
    return row.state is WorkspaceState.SUBMITTED and event is not None and event.id == event_id


def _write(workspace_id: int, event_id: int, said: Mapping[str, Any]) -> None:
    with database.transaction():
        row = content.row_of(workspace_id, hold=True)
        event = store.last_of(row.id, WorkspaceAct.SUBMITTED)
        if event is not None and _waits(row, event_id):
            event.data = {**event.data, "gate": dict(said)}
            event.save()


def _settle(
    portal: Portal, workspace_id: int, event_id: int, facts: Mapping[str, Any], errors: list[Problem]
) -> None:  # fmt: skip
    said = [
        [each.said(portal.say("ja")), each.said(portal.say("en")), each.file, _at(each)] for each in errors[:MOST_SAID]
    ]
    with database.transaction():
        row, now = content.row_of(workspace_id, hold=True), portal.now()
        event = store.last_of(row.id, WorkspaceAct.SUBMITTED)
        if event is None or not _waits(row, event_id):
            return
        number = int(facts.get("scenarios", 0))
        state = RED if errors else GREEN
        event.data = {
            **event.data, "gate": {"state": state, "facts": dict(facts), "said": said, "done": number, "of": number}
        }  # fmt: skip
        event.save()
        if errors:
            row.state, row.changed_at = WorkspaceState.DRAFT, now
            row.save()
            store.note(row, WorkspaceAct.RETURNED, now, None, "", portal.say("ja")(BY_GATE), gate=True)
            return
        for user in requests.others(row):
            _tell(portal, row, user, event_id, event.by_name)


def _at(problem: Problem) -> str:
    """Where in its file, as an address of the draft says it."""
    return problem.element if problem.file.endswith(".bpmn") else f"line:{problem.line}" if problem.line else ""


def _tell(portal: Portal, row: Workspace, user: Any, event_id: int, by: str) -> None:
    say = portal.say(user.language)
    facts = {"title": row.title, "name": by}
    text = f"{markdown.literal(say(TEXT) % facts)}\n\n[{say(LOOK)}](%(url)s)\n"
    words = portalmails.Wording((say(SUBJECT) % facts)[:300], text)
    page = {"page": f"/designer/w/{row.id}/release"}
    portalmails.queue(portal, f"approval:{row.id}:{event_id}:{user.id}", "approval", user.email, words, page)


__all__ = ["OPERATOR", "WAITS", "ask", "examine", "run", "surroundings"]

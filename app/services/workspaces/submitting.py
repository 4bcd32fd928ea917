"""A draft on its way to a release: submitted under its digest, taken back, sent back, approved by a second person.

下書き → 承認待ち → 予約 or 施行中. Every act is an event of the draft, with who and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.catalogue import Package, archive
from app.errors import N_, BadPackage, Forbidden, Refused, Stale
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.packages import terms, termviews, written
from app.services.packages.terms import Act, Done
from app.services.packages.written import Written
from app.services.workspaces import content, gating, making, requests
from app.services.workspaces.requests import GREEN, RUNS, WAITS
from app.states import ChangeKind, Right, WorkspaceAct, WorkspaceState
from app.store import changes, database
from app.store import workspaces as store
from app.store.models import Workspace

LONGEST = 2000  # characters of a note or reason
_BEHIND = N_("Another release is in force than the one that this draft is made from: take it in first")
_OTHER = N_("The draft is not what was submitted any more: look at it again")
_SECOND = N_(
    "Somebody else has to approve: neither the draft's owner, nor who submitted it, nor anybody who wrote any of it"
)
_CHECKED_AGAIN = N_("What was checked was checked beside something else: it is being checked again, look in a moment")


@dataclass(frozen=True, slots=True)
class Approved:
    """What came of an approval: the term, and the folder."""

    done: Done
    folder: Written


def submit(
    portal: Portal, workspace_id: int, note: str, from_at: datetime | None, who: Actor, revision: int | None = None
) -> None:
    """Ask for approval of the draft as it stands (at this revision, where one is given): its digest is frozen, nobody
    writes it, and the worker runs the gate.

    Raises Refused (not a draft, behind its release, a moment that is past), BadPackage with the errors of its check.
    """
    who.require(Right.DESIGN)
    package = content.package(portal, workspace_id)
    errors = [problem for problem in portal.releases.check(package) if problem.severity == "error"]
    if errors:
        raise BadPackage(errors)
    with database.transaction():
        row, now = content.row_of(workspace_id, hold=True), portal.now()
        if row.state is not WorkspaceState.DRAFT:
            raise Refused("Only a draft that is being written can be submitted")
        if from_at is not None and from_at <= now:
            raise Refused("This moment is past: choose a later one, or “at once”")
        if requests.is_behind(portal, row):
            raise Refused(_BEHIND)
        digest = archive.digest(content.files_of(portal, row))
        if digest != package.digest or (revision is not None and revision != row.revision):
            raise Stale(_OTHER)
        _own_package(row, package)
        if requests.is_in_force(portal, row, digest):
            raise Refused("Nothing differs from the release that is in force: there is nothing to approve")
        row.state, row.submitted_digest, row.changed_at = WorkspaceState.SUBMITTED, digest, now
        row.save()
        asked = {
            "digest": digest,
            "revision": row.revision,
            "from_at": from_at.isoformat() if from_at is not None else None,
            "gate": {"state": WAITS},
        }
        event = store.note(row, WorkspaceAct.SUBMITTED, now, who.user_id, who.name, note.strip()[:LONGEST], **asked)
        gating.ask(portal, row, event.id)
    portal.poke()


def withdraw(portal: Portal, workspace_id: int, why: str, who: Actor) -> None:
    """Take the request back: the draft is written again."""
    who.require(Right.DESIGN)
    _back(portal, workspace_id, WorkspaceAct.WITHDRAWN, why, who)


def send_back(portal: Portal, workspace_id: int, why: str, who: Actor) -> None:
    """Not approved: the draft is written again. Raises Refused without a reason."""
    who.require(Right.APPROVE_DESIGN)
    if not why.strip():
        raise Refused("Say why you send it back")
    _back(portal, workspace_id, WorkspaceAct.RETURNED, why, who)


def approve(portal: Portal, workspace_id: int, digest: str, who: Actor) -> Approved:
    """Release the draft as it was submitted under this digest, as its second person.

    All of it is looked at with the draft's row held: who may, that content, submission and gate are of one digest, that
    the gate is green and was run beside what is in force now. Raises Forbidden, Refused, Stale.
    """
    who.require(Right.APPROVE_DESIGN)
    with database.transaction():
        row, now = content.row_of(workspace_id, hold=True), portal.now()
        asked = _asked(row)
        files = content.files_of(portal, row)
        if not digest or len({digest, row.submitted_digest, asked.digest, archive.digest(files)}) != 1:
            raise Stale(_OTHER)
        alone = _second(portal, row, who)
        if asked.gate in (WAITS, RUNS):
            raise Refused("The check is not done yet: wait a moment")
        if asked.gate != GREEN or asked.facts.get("digest") != digest:
            raise Refused("The check has found errors: the draft cannot be released")
        if requests.is_behind(portal, row):
            raise Refused(_BEHIND)
        again = {name: asked.facts.get(name) for name in ("program", "over")} != gating.surroundings(portal, row)
        done = None if again else _release(portal, row, content.package_of(files), asked, who, alone, now)
        if done is None:
            _look_again(portal, row)
    portal.poke()
    if done is None:
        raise Refused(_CHECKED_AGAIN)
    folder = written.bring(portal, row.package_id, files, content.base_files(portal, row.base_release_id))
    _note_folder(workspace_id, folder)
    return Approved(done, folder)


def restore(portal: Portal, package_id: str, number: int, title: str, who: Actor) -> int:
    """A draft that is an earlier release as it was, to be submitted and approved like any other; gives its id."""
    return making.make(portal, package_id, number, title, who)


def stop(portal: Portal, package_id: str, number: int, why: str, who: Actor) -> None:
    """Take back a planned term; what is in force only as an administrator, since then something older holds at once
    without a second person. Raises Forbidden, Refused, NotFound."""
    who.require(Right.DESIGN)
    if not why.strip():
        raise Refused("Say why it is stopped")
    view = termviews.history(portal, package_id)
    planned = any(term.state == "planned" for each in view.releases if each.number == number for term in each.terms)
    if not planned:
        who.require(Right.ALONE)
    terms.stop(portal, package_id, number, who.name, why.strip()[:LONGEST])


def released(portal: Portal, workspace_id: int, who: Actor) -> dict[str, Any]:
    """What came of the draft: {number, term, folder: {state, files}}; empty where it is no release."""
    who.require(Right.SEE_DESIGN)
    with portal.connection():
        content.row_of(workspace_id)
        event = store.last_of(workspace_id, WorkspaceAct.RELEASED)
        return dict(event.data) if event is not None else {}


def _own_package(row: Workspace, package: Package) -> None:
    if package.id != row.package_id:
        raise Refused(
            "package.toml says that this is %(other)s, and the draft is of %(package)s",
            other=package.id, package=row.package_id,
        )  # fmt: skip


def _asked(row: Workspace) -> requests.Request:
    event = store.last_of(row.id, WorkspaceAct.SUBMITTED)
    if row.state is not WorkspaceState.SUBMITTED or event is None:
        raise Refused("This draft does not wait for approval")
    return requests.of_event(event)


def _second(portal: Portal, row: Workspace, who: Actor) -> bool:
    """Whether who approves is one of those who made it, as the body's setting allows; else such a one is refused."""
    if who.user_id is not None and who.user_id not in requests.concerned(row):
        return False
    if not portal.settings.single_approval:
        raise Forbidden(_SECOND)
    return True


def _release(
    portal: Portal, row: Workspace, package: Package, asked: requests.Request, who: Actor, alone: bool, now: datetime
) -> Done:  # fmt: skip
    from_at = asked.from_at if asked.from_at is not None and asked.from_at > now else None  # a day that has come: now
    source = terms.RESTORE if requests.restores(row) else terms.DESIGNER
    facts: Mapping[str, Any] = {**asked.facts, "workspace": row.id, "alone": alone}
    act = Act(asked.by, asked.note, source, from_at, who.name)
    done = terms.put_approved(portal, package, act, facts)
    row.state, row.changed_at = WorkspaceState.RELEASED, now
    row.save()
    store.note(row, WorkspaceAct.APPROVED, now, who.user_id, who.name, digest=package.digest, alone=alone)
    store.note(row, WorkspaceAct.RELEASED, now, who.user_id, who.name, number=done.number, term=done.term.id)
    changes.add(now, who.user_id, who.name, ChangeKind.WORKSPACE, str(row.id), "approved", "", package.digest)
    return done


def _look_again(portal: Portal, row: Workspace) -> None:
    event = store.last_of(row.id, WorkspaceAct.SUBMITTED)
    assert event is not None  # noqa: S101 - it was read a line ago
    event.data = {**event.data, "gate": {"state": WAITS}}
    event.save()
    gating.ask(portal, row, event.id)


def _back(portal: Portal, workspace_id: int, act: WorkspaceAct, why: str, who: Actor) -> None:
    with database.transaction():
        row, now = content.row_of(workspace_id, hold=True), portal.now()
        if row.state is not WorkspaceState.SUBMITTED:
            raise Refused("This draft does not wait for approval")
        row.state, row.changed_at = WorkspaceState.DRAFT, now
        row.save()
        store.note(row, act, now, who.user_id, who.name, why.strip()[:LONGEST])


def _note_folder(workspace_id: int, folder: Written) -> None:
    with database.transaction():
        content.row_of(workspace_id, hold=True)
        event = store.last_of(workspace_id, WorkspaceAct.RELEASED)
        if event is not None:
            event.data = {**event.data, "folder": {"state": folder.state, "files": list(folder.files[:50])}}
            event.save()

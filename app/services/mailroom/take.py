"""A mail is taken in: its files and words go into the draft of the step that it answers. A person presses each button.

The vendor's person then checks and sends as ever; or the body does it for them (`inbound_behalf`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.errors import NotFound, Refused, Stale
from app.forms import FileRef, FormSpec
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.mailroom import fields
from app.services.mailroom.match import (
    LONGEST_NOTE,
    WORDS,
    draft_of,
    find,
    may_handle,
    note,
    note_field,
    receipt,
    still,
    targets,
    words_for,
)
from app.services.papers import intake
from app.services.tasks import drafts, send
from app.services.trouble import incidents
from app.states import InboundState, Right, Rights, Side, TaskState
from app.store import cases, database, inbound, work
from app.store.models import Case, InboundMail


def assign(portal: Portal, mail_id: int, number: str, actor: Actor, *, sure: bool = False) -> None:
    """Say whose mail it is: a person of the body has looked at it. `sure`: they have asked the sender, which a mail
    needs whose own headers say that it is forged."""
    actor.require(Right.MAILROOM)
    with database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.UNKNOWN, InboundState.WAITING)
        if row.doubt and not sure:
            raise Refused("Phone the sender to confirm this mail is theirs, then tick the box to say you did")
        case = cases.get(number.strip())
        if case is None:
            raise Refused("There is no case %(number)s", number=number.strip() or "-")
        row.case_id, row.state = case.id, InboundState.WAITING
        user = inbound.person(case.id, row.sender) if row.sender else None
        row.user_id = user.id if user else None
        row.save()
        note(portal, case, row.subject, "arrived", actor, row.element)


def discard(portal: Portal, mail_id: int, reason: str, actor: Actor) -> None:
    """It answers nothing. It is kept, out of the way."""
    with database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.UNKNOWN, InboundState.WAITING)
        case = cases.by_id(row.case_id) if row.case_id else None
        may_handle(case, actor)
        theirs = row.state == InboundState.WAITING
        row.reason = reason.strip()[:1000]
        _handled(portal, row, InboundState.DISCARDED, actor)
        if case is not None and theirs:  # a stranger's mail is no part of the case
            note(portal, case, row.subject, "discarded", actor, row.element)


def accept(_portal: Portal, mail_id: int, actor: Actor) -> None:
    """A mail that lies apart as a machine's is an answer after all: somebody looks whose it is."""
    actor.require(Right.MAILROOM)
    with database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.APART)
        row.state = InboundState.UNKNOWN
        row.save()


def restore(_portal: Portal, mail_id: int, actor: Actor) -> None:
    """Take back that it was discarded; somebody has to say again whose it is."""
    actor.require(Right.MAILROOM)
    with database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.DISCARDED)
        row.state, row.reason, row.handled_at, row.handled_by_id, row.handled_by_name = (
            InboundState.UNKNOWN,
            "",
            None,
            None,
            "",
        )
        row.save()


def acknowledge(portal: Portal, mail_id: int, actor: Actor) -> None:
    """The vendor answered by mail what they have not acknowledged on the site: the answer shows that it arrived."""
    actor.require(Right.MAILROOM)
    with incidents.noted(portal), database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.WAITING)
        case = cases.lock(row.case_id)
        loaded = portal.releases.loaded(case.release_id)
        task = None if targets(row, case, loaded) else receipt(case, loaded)
        if task is None:
            raise Refused("There is nothing to acknowledge in this case at the moment")
        setting = permit.of(task, case, loaded)
        send.complete(portal, setting, {}, actor, portal.now(), case.company_name)
    portal.poke()


def take(
    portal: Portal, mail_id: int, task_id: str, places: Mapping[int, str], actor: Actor, *, words: str = ""
) -> None:
    """Lay files of the mail into the draft of the step. `places`: file (the first is 1) → key of an upload field;
    `words`: of the mail's text what its writer wrote (answers) or all of it (whole), too, where the form has room for
    it. All of it, or nothing when one is refused.

    Raises Refused (a file that a field does not take), Stale (somebody was first), Forbidden, NotFound.
    """
    with database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.WAITING)
        case = cases.lock(row.case_id)
        may_handle(case, actor)
        setting = _setting(portal, row, case, task_id)
        values, own = draft_of(setting, actor)
        known = {room.key: room for room in fields.rooms(form_spec(setting), values, own, actor.language)}
        wanted: dict[str, list[int]] = {}
        for number, key in sorted(places.items()):
            if key not in known or not 1 <= number <= len(row.attachments):
                raise NotFound("This task has no such field")
            wanted.setdefault(key, []).append(number)
        area = note_field(setting) if words in WORDS else None
        said = words_for(row, words, area) if area is not None else ""
        if not wanted and not said and actor.side == Side.VENDOR:  # the body may type what the mail says
            raise Refused("Choose at least one file to add")
        placed: list[dict[str, Any]] = []
        for key, numbers in wanted.items():
            if len(numbers) > known[key].room:
                raise Refused(
                    "“%(label)s” has room for %(room)s more files", label=known[key].label, room=known[key].room
                )
            kept = fields.files(values.get(key)) if known[key].multiple else []
            refs = [_lay(portal, row, setting, key, number, actor) for number in numbers]
            values[key] = [ref.as_dict() for ref in (*kept, *refs)]
            placed += [{"field": key, "number": n, "document": ref.id} for n, ref in zip(numbers, refs, strict=True)]
            _check(setting, key, values[key], actor.language)
        if area is not None and said:
            values[area.key] = _joined(str(values.get(area.key) or "").strip(), said, area, actor.language)
        drafts.keep(setting.task, values, actor, portal.now())
        row.task_id, row.placed = task_id, placed
        _handled(portal, row, InboundState.TAKEN, actor)
        note(portal, case, row.subject, "taken", actor, setting.task.element)


def _joined(typed: str, said: str, area: Any, lang: str) -> str:
    """What is in the field already, with what the mail says below it."""
    both = "\n\n".join(each for each in (typed, said) if each)
    most = area.limits.max_length or LONGEST_NOTE
    if len(both) > most:
        raise Refused(
            "“%(label)s” has text already, and has no room for what the mail says; leave its words out here",
            label=area.named(lang),
        )
    return both


def put_back(portal: Portal, mail_id: int, actor: Actor) -> None:
    """Take the mail's files out of the draft again, to lay them elsewhere. Refused once the step was sent."""
    with database.transaction():
        row = find(mail_id, actor, lock=True)
        still(row, InboundState.TAKEN)
        may_handle(cases.lock(row.case_id), actor)
        task, draft = work.task(row.task_id), work.draft(row.task_id)
        if task is None or task.state != TaskState.OPEN:
            raise Refused("“%(title)s” has already been completed", title=task.title if task else "")
        if draft is not None:
            laid = {each["document"] for each in row.placed}
            values = dict(draft.values)
            for key in {each["field"] for each in row.placed}:
                values[key] = [ref.as_dict() for ref in fields.files(values.get(key)) if ref.id not in laid]
            drafts.keep(task, values, actor, portal.now())
        row.state, row.task_id, row.placed = InboundState.WAITING, "", []
        row.handled_at, row.handled_by_id, row.handled_by_name = None, None, ""
        row.save()


def _setting(portal: Portal, row: InboundMail, case: Case, task_id: str) -> permit.Setting:
    loaded = portal.releases.loaded(case.release_id)
    task = next((each for each in targets(row, case, loaded) if each.id == task_id), None)
    if task is None:
        raise Stale("This step can no longer be answered by mail")
    return permit.of(task, case, loaded)


def form_spec(setting: permit.Setting) -> FormSpec:
    """The form of the step that the task belongs to."""
    return setting.loaded.forms[setting.task.element]


def _lay(portal: Portal, row: InboundMail, setting: permit.Setting, key: str, number: int, actor: Actor) -> FileRef:
    """A file of the mail as an upload of the draft, checked like every upload; its owner is the vendor's person."""
    spec = form_spec(setting).field(key)
    each = row.attachments[number - 1]
    if spec is None:
        raise NotFound("This task has no such field")
    with portal.blobs.open(each["digest"]) as stream:
        upload = intake.Upload(
            f"draft.{setting.task.id}.{key}", spec.named("ja"), each["filename"], spec.max_size_mb, accept=spec.accept
        )
        document = intake.attach(portal, setting.case, upload, stream, _owner(row, setting.case, actor), portal.now())
    document.origin = f"mail:{row.id}"  # it came by mail
    document.save()
    return FileRef(document.id, document.filename, document.size, document.mime)


def _owner(row: InboundMail, case: Case, actor: Actor) -> Actor:
    """The person who sees the file in the draft: who takes it in, else who wrote the mail, else the vendor's first."""
    if actor.side == Side.VENDOR:
        return actor
    members = [each.user for each in cases.members(case.id) if each.rights != Rights.READ and each.user.active]
    user = next((each for each in members if each.id == row.user_id), members[0] if members else None)
    name = row.sender_name or row.sender
    return Actor(user.id if user else None, name or (user.name if user else ""), Side.VENDOR)


def _check(setting: permit.Setting, key: str, value: Any, lang: str) -> None:
    """What the form would say of these files is said now."""
    spec = form_spec(setting).field(key)
    if spec is None:
        raise NotFound("This task has no such field")
    only = FormSpec(setting.task.element, (replace(spec, required=False, hide=None),))
    for error in only.clean({spec.key: value}).errors:
        message, params = only.explain(error, lang)
        raise Refused(message, **params)


def _handled(portal: Portal, row: InboundMail, state: InboundState, actor: Actor) -> None:
    row.state, row.handled_at = state, portal.now()
    row.handled_by_id, row.handled_by_name = actor.user_id, actor.name
    row.save()

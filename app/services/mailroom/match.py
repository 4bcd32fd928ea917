"""What a mail that came in may be an answer to, and who may decide that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue.after import next_user_task
from app.connectors import htmltext, quoting
from app.connectors.quoting import Said
from app.errors import NotFound, Refused, Stale
from app.services.base import history, permit, ways
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.papers import intake
from app.services.tasks import filling
from app.states import EntryKind, InboundState, Right, Rights, Side
from app.store import cases, inbound, records, work
from app.store.models import Case, InboundMail, Task

LONGEST_NOTE = 10_000  # characters, where a field names no limit


def find(mail_id: int, actor: Actor, *, lock: bool = False) -> InboundMail:
    """The mail, if the actor may know of it: staff of every one, a vendor's person of those of their own cases."""
    row = inbound.one(mail_id, lock=lock)
    if row is None:
        raise NotFound("There is no such mail")
    if actor.side == Side.OPERATOR:
        return row
    member = cases.member(row.case_id or 0, actor.user_id or 0)
    if member is None or member.rights == Rights.READ or row.state not in {InboundState.WAITING, InboundState.TAKEN}:
        raise NotFound("There is no such mail")
    return row


def targets(row: InboundMail, case: Case, loaded: Loaded) -> list[Task]:
    """The case's open steps that may be answered by mail; first the one that the answered mail asked for."""
    found = [task for task in inbound.open_vendor_tasks(case.id) if loaded.element(task.element).flag("reply_by_mail")]
    following = [row.element, *(each.id for each in ways.upcoming(loaded.package, row.element, Side.VENDOR, limit=60))]
    order = {element: at for at, element in reversed(list(enumerate(following)))}
    return sorted(found, key=lambda task: order.get(task.element, len(following)))


def receipt(case: Case, loaded: Loaded) -> Task | None:
    """An open acknowledgement of the vendor after which an answer by mail is asked for: the answer says that what was
    sent has arrived."""
    for task in inbound.open_vendor_tasks(case.id):
        spec, element = loaded.forms.get(task.element), loaded.element(task.element)
        following = next_user_task(loaded.package, task.element, Side.VENDOR)
        plain = spec is not None and not spec.asks and not element.properties.get("shows_secrets")
        if plain and following is not None and following.flag("reply_by_mail"):
            return task
    return None


def draft_of(setting: permit.Setting, actor: Actor) -> tuple[dict[str, Any], set[str]]:
    """(what the task's draft holds, or will begin with; ids of the files that belong to the draft alone).

    A draft of the body begins with what the vendor said at this very step before, and with nothing that other steps
    would suggest: it is not to say for them what they did not."""
    draft = work.draft(setting.task.id)
    values: Mapping[str, Any] = draft.values if draft is not None else {}
    if draft is None and (actor.side == Side.VENDOR or setting.task.element in work.latest_answers(setting.case.id)):
        values = filling.prefill(setting)
    own = set()
    for _, reference in intake.file_references(values):
        document = records.document(reference)
        if document is not None and document.draft:
            own.add(reference)
    return dict(values), own


def said_by(row: InboundMail) -> Said:
    """What the mail's writer wrote, told from what they quote: of the mail that they answer, and of their
    own earlier ones."""
    ours = inbound.mail_of_ours(row.answered_id) if row.answered_id else None
    answered = [ours.text, htmltext.plain(ours.html)] if ours is not None else []
    earlier = inbound.texts_of_thread(row.case_id, row.sender, row.id) if row.case_id and row.sender else []
    return quoting.said(row.text, answered, earlier)


WORDS = ("answers", "whole")


def words_for(row: InboundMail, how: str, area: Any) -> str:
    """The words of a mail as they are taken in: the answers with what they answer, or (`whole`) all that the mail says.
    Refused when they are longer than the field takes: nothing is cut off without a word."""
    said = said_by(row)
    whole = row.text.strip()
    offered = [whole] if how == "whole" else [said.own or whole, said.bare or whole]
    most = area.limits.max_length or LONGEST_NOTE
    fits = next((each for each in offered if len(each) <= most), None)
    if fits is None:
        raise Refused(
            "“%(label)s” takes %(most)s characters and the mail says %(count)s; leave its words out here, and type "
            "what matters",
            label=area.named("ja"), most=most, count=min(len(each) for each in offered),
        )  # fmt: skip
    return fits


def note_field(setting: permit.Setting) -> Any:
    """The form's field for what the mail says: its only long text; none where there are several."""
    spec = setting.loaded.forms[setting.task.element]
    areas = [each for each in spec.inputs() if each.type.value == "textarea" and not each.readonly]
    return areas[-1] if len(areas) == 1 else None


def still(row: InboundMail, *states: InboundState) -> None:
    """Raise Stale unless the mail is in one of these states."""
    if row.state not in states:
        raise Stale("%(name)s has already dealt with this mail", name=row.handled_by_name or "-")


def may_handle(case: Case | None, actor: Actor) -> None:
    """Raise Forbidden unless the actor may decide about a mail of this case."""
    if actor.side == Side.OPERATOR:
        actor.require(Right.MAILROOM)
        return
    if case is None:
        raise NotFound("There is no such case")
    permit.acting(case, actor)


def note(portal: Portal, case: Case, subject: str, what: str, actor: Actor, element: str = "") -> None:
    """A line of the timeline; `what`: arrived, taken, discarded, sent."""
    history.note(case.id, portal.now(), EntryKind.INBOUND, by=actor, title=subject[:300], text=what, element=element)

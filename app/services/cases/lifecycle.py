"""A case as a whole: withdrawn by its vendor, closed by the body, talked about, handed on."""

from __future__ import annotations

import contextlib

from app.engine import Message, TooLate
from app.errors import N_, NotFound, Refused
from app.services.base import history, permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cases import settlement
from app.services.process import receipts, reopening, steps
from app.services.trouble import incidents
from app.states import BookingState, EntryKind, InvoiceState, JobState, Right, Side, Standing
from app.store import bookings, cases, database, invoices, jobrows
from app.store.models import Case, Job


def can_withdraw(case: Case, loaded: Loaded) -> bool:
    """Whether it can still end early. Once certified it ends by the register's rules, whatever waits for a reply, or by
    its holder's wish."""
    return bool(_message(case, loaded))


def _message(case: Case, loaded: Loaded) -> str:
    """The message by which it ends early: it is withdrawn, or what was certified is given up. Empty: it cannot."""
    package = loaded.package
    names = {Standing.OPEN: package.withdraw_message, Standing.CERTIFIED: package.declared.give_up_message}
    name = names.get(case.state, "")
    return name if name in case.messages else ""


def may_be_dormant(loaded: Loaded) -> bool:
    """Whether the package has words for a case that nobody carried on."""
    return any(each.dormant for each in loaded.package.declared.ends.values())


def withdraw(portal: Portal, number: str, reason: str, actor: Actor, *, dormant: bool = False) -> None:
    """The vendor withdraws (取下げ) or gives up what was certified (廃止), or the body closes a case (`dormant`: one
    that nobody carried on, 休眠) or ends one whose holder is no more. Nothing is left half done: the process is told
    whether anything is left to settle, and what was under way comes too late."""
    now = portal.now()
    if not reason.strip():
        raise Refused("Say why the case ends here; this is recorded")
    with incidents.noted(portal), database.transaction():
        case = cases.lock(permit.visible_case(cases.get(number), actor).id)
        loaded = portal.releases.loaded(case.release_id)
        if not can_withdraw(case, loaded):
            raise Refused("This case cannot be withdrawn any more")
        name = _message(case, loaded)
        left = not settlement.of(portal, case, loaded).clean
        if actor.side == Side.VENDOR:
            permit.acting(case, actor, binds=True)
        else:
            actor.require(Right.WORK)
            reopening.remember(case, actor, now)
        case.withdrawal = {
            "by": actor.side.value,
            "name": actor.name,
            "reason": reason.strip(),
            "at": now.isoformat(),
            **({"dormant": True} if dormant and actor.side == Side.OPERATOR and case.state == Standing.OPEN else {}),
        }
        word = "given_up" if case.state == Standing.CERTIFIED else actor.side.value
        title = N_("The certification is given up") if word == "given_up" else N_("The application is withdrawn")
        said = receipts.Request(f"W{now:%y%m%d%H%M%S}", portal.say("ja")(title), (
            (portal.say("ja")(N_("Reason")), reason.strip()),
        ))  # fmt: skip
        receipts.queue_asked(case, loaded, said, actor, now)
        history.note(case.id, now, EntryKind.WITHDRAWAL, by=actor, title=reason.strip()[:300], text=word)
        for booking in bookings.of_case(case.id):
            if booking.state in {BookingState.HELD, BookingState.CONFIRMED} and booking.day >= portal.today():
                booking.state = BookingState.RELEASED
                booking.save()
        for invoice in invoices.of_case(case.id):
            if invoice.state == InvoiceState.OPEN and not invoice.paid:
                invoice.state = InvoiceState.CANCELLED
                invoice.save()
        try:
            steps.advance(portal, case, Message(name, {"withdrawal_by": actor.side.value, "left_to_settle": left}), now)
        except TooLate as error:
            raise Refused("This case cannot be withdrawn any more") from error
    portal.poke()


def retry(portal: Portal, job_id: int, actor: Actor) -> None:
    """Try an incident again at once."""
    actor.require(Right.MEND_TROUBLE)
    with database.transaction():
        found = jobrows.job(job_id)
        if found is None:
            raise NotFound("There is no such job")
        _again(portal, found, actor)
    portal.poke()


def retry_all(portal: Portal, operator: str, actor: Actor) -> int:
    """Try every incident of this operator (mail, pdf, card …) again; gives how many there were."""
    actor.require(Right.MEND_TROUBLE)
    with database.connection():
        found = jobrows.jobs_like(operator, (JobState.INCIDENT,))
    count = 0
    for job in found:
        with contextlib.suppress(Refused), database.transaction():  # somebody else has set it going meanwhile
            _again(portal, job, actor)
            count += 1
    if count:
        portal.poke()
    return count


def _again(portal: Portal, found: Job, actor: Actor) -> None:
    """Set a job going that waits for a person. The case is locked first, as everywhere."""
    now = portal.now()
    if found.case_id:
        cases.lock(found.case_id)
    job = jobrows.job(found.id, lock=True)
    if job is None or job.state not in {JobState.INCIDENT, JobState.QUEUED}:
        raise Refused("This job is not waiting for anybody")
    jobrows.set_going(job.id, now)
    if job.case_id:
        history.note(
            job.case_id,
            now,
            EntryKind.INCIDENT,
            by=actor,
            title=job.element or job.operator,
            text="retried",
            staff=True,
        )

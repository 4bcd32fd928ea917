"""A case as a whole: withdrawn by its vendor, closed by the body, talked about, handed on."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine import Message, TooLate
from app.errors import Forbidden, NotFound, Refused
from app.services import cardstock, dates, desk, effects, money, steps
from app.services.actors import Actor
from app.services.portal import Portal
from app.services.releases import Loaded
from app.store import bookings, cases, database, invoices
from app.store.models import Case, Note


@dataclass(frozen=True)
class Settlement:
    """What has to be settled when a case ends early."""

    cards: list[cardstock.CardView]
    booking: dates.BookingView | None
    invoices: list[money.InvoiceView]
    signed: bool  # contracts were countersigned

    @property
    def clean(self) -> bool:
        """Nothing is out, held, owed or paid."""
        return not (self.cards or self.booking or self.invoices or self.signed)


def settlement(portal: Portal, number: str, actor: Actor) -> Settlement:
    """Cards out, dates held, fees paid or owed, contracts signed."""
    with database.connection():
        case = desk.visible_case(cases.get(number), actor)
        loaded = portal.releases.loaded(case.release_id)
        booking = bookings.latest(case.id)
        held = booking is not None and booking.state in {"held", "confirmed"} and booking.day >= portal.today()
        rows = [money.view(row) for row in invoices.of_case(case.id)]
        return Settlement(
            cardstock.out(case.id),
            dates.view(booking, loaded) if held and booking else None,
            [row for row in rows if row.state != "cancelled" and (row.paid or row.balance > 0)],
            bool(cases.completed_count(case.id, "contracts")) if "contracts" in loaded.package.elements else False,
        )


def can_withdraw(case: Case, loaded: Loaded) -> bool:
    """Whether it can still end early. Once certified it ends by the register's rules, whatever waits for a reply."""
    name = loaded.package.withdraw_message
    return bool(name and name in case.messages and case.state == "open")


def withdraw(portal: Portal, number: str, reason: str, actor: Actor) -> None:
    """The vendor withdraws (取下げ), or the body closes a dormant case. Nothing is left half done: the process goes on
    to the settlement, and what was under way comes too late."""
    now = portal.now()
    if not reason.strip():
        raise Refused("Say why the case ends here; it goes on record")
    with database.transaction():
        case = cases.lock(desk.visible_case(cases.get(number), actor).id)
        loaded = portal.releases.loaded(case.release_id)
        if not can_withdraw(case, loaded):
            raise Refused("This case cannot be withdrawn any more")
        name = loaded.package.withdraw_message
        if actor.side == "vendor":
            desk.acting(case, actor, binds=True)
        else:
            actor.require("operator", "administrator")
        case.withdrawal = {
            "by": actor.side,
            "name": actor.name,
            "reason": reason.strip(),
            "at": now.isoformat(),
        }
        cases.log(
            case.id,
            now,
            "withdrawal",
            title=reason.strip()[:300],
            text=actor.side,
            actor=actor.user_id,
            actor_name=actor.name,
            actor_side=actor.side,
        )
        for booking in bookings.of_case(case.id):
            if booking.state in {"held", "confirmed"} and booking.day >= portal.today():
                booking.state = "released"
                booking.save()
        for invoice in invoices.of_case(case.id):
            if invoice.state == "open" and not invoice.paid:
                invoice.state = "cancelled"
                invoice.save()
        try:
            steps.advance(portal, case, Message(name, {"withdrawal_by": actor.side}), now)
        except TooLate as error:
            raise Refused("This case cannot be withdrawn any more") from error
    portal.poke()


def say(portal: Portal, number: str, text: str, actor: Actor, *, internal: bool = False) -> None:
    """Add a line to the case's thread; the other side gets a mail. `internal` lines stay with the staff."""
    text, now = text.strip(), portal.now()
    if not text:
        raise Refused("Write your message first")
    if internal and actor.side != "operator":
        raise Forbidden("Only the operating body writes internal notes")
    with database.transaction():
        case = cases.lock(desk.visible_case(cases.get(number), actor).id)
        note = Note.create(
            case=case,
            at=now,
            by=actor.user_id,
            by_name=actor.name,
            side=actor.side,
            internal=internal,
            text=text,
        )
        cases.log(
            case.id,
            now,
            "note",
            title=text[:280],
            actor=actor.user_id,
            actor_name=actor.name,
            actor_side=actor.side,
            audience="operator" if internal else "both",
        )
        loaded = portal.releases.loaded(case.release_id)
        if not internal and "new-message" in loaded.package.mails:
            to = "operator" if actor.side == "vendor" else "vendor"
            effects.queue(
                case,
                "mail",
                {"mail": "new-message", "to_side": to, "message": text},
                "",
                f"note:{note.id}",
                now,
            )
    portal.poke()


def retry(portal: Portal, job_id: int, actor: Actor) -> None:
    """Try an incident again at once."""
    from app.store import work

    actor.require("operator", "administrator")
    now = portal.now()
    with database.transaction():
        job = work.job(job_id, lock=True)
        if job is None:
            raise NotFound("There is no such job")
        if job.state not in {"incident", "queued"}:
            raise Refused("This job is not waiting for anybody")
        job.state, job.attempts, job.run_at, job.error = "queued", 0, now, ""
        job.save()
        if job.case_id:
            cases.log(
                job.case_id,
                now,
                "incident",
                title=job.element or job.operator,
                text="retried",
                actor=actor.user_id,
                actor_name=actor.name,
                actor_side=actor.side,
                audience="operator",
            )
    portal.poke()

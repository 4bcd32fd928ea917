"""Mails of cases: written once, handed to the mail server until it has them, and told of once.

A mail that the server took for some of its recipients is sent. For those whom it put off it is tried by a job of its
own, so that nobody gets it twice and the case goes on. Whom it refused for good is not reached, as if the mail had come
back (`deliveries`); while it refuses everybody, the mail is an incident, too, and goes out when an address is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.connectors.letter import Letter
from app.connectors.mailreply import Reply, replies
from app.errors import NinteiError, Permanent, Temporary
from app.services.base import backoff, history, leases
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.mails import deliveries, portalmails, whose
from app.services.process.writing import Writer
from app.services.trouble import mailserver
from app.states import EntryKind, MailState, TaskState, WrittenTo
from app.store import cases, database, jobrows, records, work
from app.store.models import Case, Document, Mail

if TYPE_CHECKING:
    from app.services.base.leases import Leased

LATER = 60.0  # seconds until a recipient whom the server put off is tried again for the first time


class Mails:
    """The worker's hand for mails. `send`: a Mailer's; `make`: makes a document that a mail has with it."""

    def __init__(self, portal: Portal, send: mailserver.Send, make: Callable[..., Document]) -> None:
        self._portal = portal
        self._send = send
        self._writer = Writer(portal, make)

    def send(self, job: Leased) -> None:
        """Send the job's mail, unless it is sent or nobody needs it any more."""
        if "letter" in job.params:
            portalmails.send(self._portal, job.key, job.params["letter"], self._hand)
            return
        if "rest" in job.params:
            self._rest(job)
            return
        with database.connection():
            case, loaded = leases.case_of(self._portal, job)
            row = records.mail_of_job(job.key)
            asked = work.task(job.params["while_open"]) if job.params.get("while_open") else None
        if row is None and asked is not None and asked.state != TaskState.OPEN:
            return
        if row is None:
            row = self._writer.write(job, case, loaded)
        if row is None or row.state == MailState.SENT:
            return
        try:
            refused = self._hand(self._writer.letter(row))
        except (Permanent, Temporary) as error:
            self._nobody(row, replies(error))
            raise
        self._sent(job, loaded, row, refused)

    def _nobody(self, row: Mail, refused: Mapping[str, Reply]) -> None:
        """Those whom it can never reach under the address that they have here."""
        final = {to: reply for to, reply in refused.items() if reply.final}
        if not final:
            return
        with database.transaction():
            deliveries.refused(self._portal, cases.lock(row.case_id), row, final)

    def _hand(self, letter: Letter, only: Any = ()) -> dict[str, Reply]:
        return mailserver.hand(self._portal, self._send, letter, only)

    def _sent(self, job: Leased, loaded: Loaded, row: Mail, refused: Mapping[str, Reply]) -> None:
        """The server has it: said once, however many workers come to say it."""
        now = self._portal.now()
        with database.transaction():
            case = cases.lock(row.case_id)
            fresh = records.mail_of_job(job.key)
            if fresh is None or fresh.state == MailState.SENT:
                return
            fresh.state, fresh.sent_at, fresh.error = MailState.SENT, now, ""
            fresh.sender = self._portal.settings.mail_from
            fresh.refused = _put_off(refused)
            fresh.save()
            self._took(job, loaded, case, fresh, _recipients(fresh), refused)
            if fresh.refused:
                self._keep_trying(job, fresh)

    def _took(
        self, job: Leased, loaded: Loaded, case: Case, row: Mail, asked: list[str], refused: Mapping[str, Reply]
    ) -> None:
        """Who of those for whom it was handed over has it, and whom it can never reach."""
        taken = [to for to in asked if to not in refused]
        if taken:
            self._tell(job, loaded, case, row, taken)
        deliveries.taken(self._portal, case, row, taken)
        deliveries.refused(self._portal, case, row, {to: reply for to, reply in refused.items() if reply.final})

    def _tell(self, job: Leased, loaded: Loaded, case: Case, row: Mail, to: list[str]) -> None:
        history.note(
            case.id,
            self._portal.now(),
            EntryKind.MAIL,
            title=row.subject,
            text=", ".join(to),
            element=job.element,
            data={"mail": row.id, "mail_id": row.mail_id},
            staff=whose.reader(job.params, loaded, row.mail_id) == WrittenTo.OPERATOR,
        )

    # Recipients whom the server put off

    def _keep_trying(self, job: Leased, row: Mail) -> None:
        """A job of its own for those who are still to get it; no token waits for it."""
        now = self._portal.now()
        jobrows.add_job(
            key=f"{job.key}:rest",
            case=row.case_id,
            element=job.element,
            operator="mail",
            params={**job.params, "rest": row.job_key},
            data=dict(job.data),
            run_at=now + timedelta(seconds=backoff.jitter(LATER)),
            created_at=now,
        )

    def _rest(self, job: Leased) -> None:
        with database.connection():
            _, loaded = leases.case_of(self._portal, job)
            row = records.mail_of_job(str(job.params["rest"]))
        if row is None or not row.refused:
            return
        waiting = list(row.refused)
        try:
            refused, trouble = self._hand(self._writer.letter(row), waiting), None
        except (Permanent, Temporary) as error:
            refused, trouble = self._said(row, waiting, error), error
        with database.transaction():
            case = cases.lock(row.case_id)
            fresh = records.mail_of_job(row.job_key)
            if fresh is None or list(fresh.refused) != waiting:
                return
            fresh.refused = _put_off(refused)
            fresh.save()
            self._took(job, loaded, case, fresh, waiting, refused)
        if fresh.refused:
            raise trouble or _not_taken(row, refused)

    def _said(self, row: Mail, waiting: list[str], error: NinteiError) -> dict[str, Reply]:
        """What is known of each recipient when nobody has it: a letter that is refused, and one that was put off for
        as long as mails are tried, is refused to each. Raises the error when nothing is known."""
        said = replies(error)
        code, text = int(error.params.get("code") or 0), str(error.params.get("reply") or "")
        if not said and code:
            said = dict.fromkeys(waiting, Reply(code, text))
        if not said:
            raise error
        if self._portal.now() - (row.sent_at or row.written_at) < timedelta(days=self._portal.settings.mail_retry_days):
            return said
        return {to: reply if reply.final else deliveries.given_up(reply) for to, reply in said.items()}


def _recipients(row: Mail) -> list[str]:
    return [to for to in str(row.recipient).split(", ") if to]


def _put_off(refused: Mapping[str, Reply]) -> dict[str, Any]:
    """Those to whom it is tried again, as `Mail.refused` keeps them."""
    return {to: {"code": reply.code, "reply": reply.text} for to, reply in refused.items() if not reply.final}


def _not_taken(row: Mail, refused: Mapping[str, Reply]) -> Temporary:
    """What is left to try."""
    reply = min(refused.values(), key=lambda each: each.code)
    facts = {"mail": row.mail_id, "to": ", ".join(refused), "code": reply.code, "reply": reply.text, "handed": True}
    return Temporary("The mail server did not take the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)

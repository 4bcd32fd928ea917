"""Mails of cases are written here: to whom they go, what stands in them and what goes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.connectors import ics
from app.connectors.letter import Attachment, Letter, compose
from app.errors import N_, Permanent
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.services.cards import keyletters
from app.services.days.appointments import appointment
from app.services.papers import downloads, intake
from app.services.process import context, receipts
from app.states import BookingState, MailState, Side
from app.store import accounts, bookings, cases, database, records
from app.store.models import Case, Document, Mail

if TYPE_CHECKING:
    from app.services.base.leases import Leased

# Before a Japanese mail to a reader of English.
UNTRANSLATED = N_(
    "**%(title)s** (case %(number)s). The text below is in Japanese. What it asks of you stands in English on the "
    "[page of your case](%(link)s)."
)


class Writer:
    """Writes mails and keeps them; nothing is sent. `make`: makes a document that a mail has with it."""

    def __init__(self, portal: Portal, make: Callable[..., Document]) -> None:
        self._portal = portal
        self._make = make

    def write(self, job: Leased, case: Case, loaded: Loaded) -> Mail | None:
        """Write and keep the mail that the job asks for; None when there is nobody to write to."""
        mail_id = str(job.params["mail"])
        source = loaded.package.mails.get(mail_id)
        if source is None:
            raise Permanent("The package has no mail %(mail)s", mail=mail_id)
        to = self._recipients(job, case, loaded, source.to)
        if not to:
            return None
        attachments = [self._attachment(case, loaded, name, job) for name in source.attachments]
        with database.connection():
            facts = context.build(
                self._portal,
                case,
                loaded,
                element=job.element,
                at=str(job.params.get("origin") or ""),
                data=job.data,
                extra={"message": job.params.get("message", ""), **receipts.facts(case, loaded, job.params)},
                asks=str(source.header.get("asks") or ""),
            )
            facts = context.for_one(self._portal, facts, job.params)
            body = settings_of(loaded.package).get("body", {})
            host = self._portal.settings.mail_from.rpartition("@")[2].strip(" >") or "nintei.localhost"
            letter = compose(
                source,
                facts,
                loaded.package.files,
                attachments=attachments,
                mail_id=mail_id,
                message_id=f"<{_safe(job.key)}@{host}>",
                sender=self._portal.settings.mail_from,
                to=to,
                to_side=str(job.params.get("to_side") or source.to),
                reply_to=str(body.get("email") or ""),
                english=self._in_english(source, facts, case, to),
            )
        return self._keep(letter, job, case, source)

    def _in_english(self, source: Any, facts: Mapping[str, Any], case: Case, to: list[str]) -> str | None:
        """What a mail says in English that has no English, when somebody who gets it has chosen English; else none."""
        known = [user.language for each in to if (user := accounts.by_email(each)) is not None]
        if "en" not in (known or [case.language]):
            return None
        say = self._portal.say("en")
        title = str(source.header.get("label_en") or source.label or case.number)
        link = str(facts.get("links", {}).get("case") or self._portal.settings.base_url)
        return say(UNTRANSLATED) % {"title": title, "number": case.number, "link": link}

    def _keep(self, letter: Letter, job: Leased, case: Case, source: Any) -> Mail:
        stored = [
            {
                "filename": each.filename,
                "mime": each.mime,
                "size": len(each.content),
                "digest": self._portal.blobs.put(each.content),
            }
            for each in letter.attachments
        ]
        with database.transaction():
            return records.keep_mail(
                job.key,
                case=case,
                mail_id=letter.mail_id,
                number=source.number,
                label=source.label,
                message_id=letter.message_id,
                sender=letter.sender,
                recipient=", ".join(letter.to),
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                attachments=stored,
                written_at=self._portal.now(),
            )

    def letter(self, row: Mail) -> Letter:
        """A mail that was written, as it goes to the server."""
        attachments = tuple(
            Attachment(each["filename"], each["mime"], self._portal.blobs.get(each["digest"]))
            for each in row.attachments
        )
        with database.connection():
            case = cases.by_id(row.case_id)
            assert case is not None  # noqa: S101 - a mail's case is never deleted
            loaded = self._portal.releases.loaded(case.release_id)
            reply_to = str(settings_of(loaded.package).get("body", {}).get("email") or "")
        return Letter(
            mail_id=row.mail_id,
            message_id=row.message_id,
            sender=row.sender if row.state == MailState.SENT else self._portal.settings.mail_from,
            to=tuple(row.recipient.split(", ")),
            reply_to=reply_to,
            subject=row.subject,
            text=row.text,
            html=row.html,
            attachments=attachments,
        )

    def _recipients(self, job: Leased, case: Case, loaded: Loaded, to: str) -> list[str]:
        if job.params.get("to"):
            return [str(job.params["to"])]
        whom = str(job.params.get("to_side") or to)
        with database.connection():
            if whom == Side.VENDOR.value:
                return _of_case(case, str(job.params.get("also") or ""))
            if whom.startswith("user:"):
                user = accounts.user(int(whom.removeprefix("user:")))
                return [user.email] if user else []
            return _staff(loaded, whom.removeprefix("group:") if whom.startswith("group:") else "")

    def _attachment(self, case: Case, loaded: Loaded, name: str, job: Leased) -> Attachment:
        kind, _, rest = name.partition(":")
        if kind == "file":
            data = loaded.package.files.get(f"files/{rest}")
            if data is None:
                raise Permanent("The package has no file %(name)s", name=rest)
            mime = intake.TYPES.get(downloads.suffix_of(rest), "application/octet-stream")
            return Attachment(downloads.handout_name(loaded, rest), mime, data)
        if kind == "ics":
            return self._calendar_file(case, loaded, rest)
        # The document that the same step makes (its property `makes`) is this one: one rendering, not two versions.
        if keyletters.component_of(loaded, name):
            raise Permanent("A key letter goes by post, never with a mail: %(document)s", document=name)
        row = self._make(case, loaded, name, job, job.task_id or str(job.params.get("origin") or job.key))
        return Attachment(row.filename, row.mime, self._portal.blobs.get(row.digest))

    def _calendar_file(self, case: Case, loaded: Loaded, calendar_id: str) -> Attachment:
        with database.connection():
            row = bookings.latest(case.id, "" if calendar_id == "booking" else calendar_id)
            if row is None or row.state == BookingState.CANCELLED:
                raise Permanent("The case has no date in the calendar %(calendar)s", calendar=calendar_id)
            calendar_id = row.calendar
            entry = appointment(self._portal, case, loaded, row)
        return Attachment(
            f"{calendar_id}-{case.number}.ics", ics.MIME, ics.calendar_file(entry, stamped=self._portal.now())
        )


def _of_case(case: Case, also: str) -> list[str]:
    """The vendor's people who want mails; all of them, or the case's address, where none does. `also`: whoever did what
    the mail tells of."""
    members = [row for row in cases.members(case.id) if row.user.active]
    asked = [row.user.email for row in members if row.mails]
    asked += [row.user.email for row in members if row.user.email == also and not row.mails]
    return asked or [row.user.email for row in members] or [case.email]


def _staff(loaded: Loaded, group: str) -> list[str]:
    """Those of the group, or all; the body's own address, where there is nobody."""
    chosen = [row.email for row in accounts.staff() if not group or group in row.groups.split(",")]
    body = str(settings_of(loaded.package).get("body", {}).get("email") or "")
    return chosen or ([body] if body else [])


def _safe(key: str) -> str:
    return "".join(each if each.isalnum() or each in "-." else "." for each in key)

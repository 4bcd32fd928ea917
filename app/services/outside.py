"""The OUTSIDE operators: mail, PDF, card. Each does its thing once, however often its job is tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.connectors import ics, pdf
from app.connectors.letter import Attachment, Letter, compose
from app.connectors.mail import Mailer
from app.connectors.pdf import Printer
from app.errors import NotFound, Permanent
from app.services import calendar, cardmaking, casefile, context, documents, intake, keyletters, letters, mails
from app.services.portal import Portal
from app.services.releases import Loaded, settings_of
from app.store import accounts, bookings, cases, database, records, work
from app.store.models import Case, Document, Mail

if TYPE_CHECKING:
    from app.services.jobs import Leased


@dataclass(frozen=True, slots=True)
class _Template:
    """A document's template as the connector takes it."""

    title: str
    filename: str
    body: str


class Outside:
    """The worker's hands: a mailer, a printer, a card desk."""

    def __init__(
        self,
        portal: Portal,
        mailer: Mailer,
        printer: Printer,
        desk: cardmaking.CardDesk,
        sign: Callable[..., bytes] = pdf.sign,
    ) -> None:
        self._sign = sign
        self._portal = portal
        self._mailer = mailer
        self._printer = printer
        self._desk = desk

    def do(self, job: Leased) -> Any:
        """Do the job; Temporary and Permanent say what to do about a failure."""
        if job.operator == "mail":
            return self._mail(job)
        if job.operator == "pdf":
            return self._pdf(job)
        return self._desk.do(self._portal, job)

    # Documents

    def _pdf(self, job: Leased) -> None:
        with database.connection():
            case, loaded = self._case(job)
        self.make(case, loaded, str(job.params["document"]), job, str(job.params.get("origin") or job.key))

    def make(self, case: Case, loaded: Loaded, document_id: str, job: Leased, origin: str) -> Document:
        """The document for this origin: made now unless it was."""
        with database.connection():
            known = records.latest_document(case.id, document_id, origin)
            if known is not None:
                return known
            source = loaded.package.documents.get(document_id)
            if source is None:
                raise Permanent("The package has no document %(document)s", document=document_id)
            extra = {
                **keyletters.facts(self._portal, case, loaded, document_id, origin),
                **casefile.facts(case, job.params if document_id == job.params.get("document") else {}),
            }
            facts = context.build(self._portal, case, loaded, element=job.element, data=job.data, extra=extra)
            template = _Template(str(source.header.get("title", "")), source.filename, source.html)
            sheet = pdf.compose(template, facts, loaded.package.files, document_id=document_id)
            content = self._printer.render(sheet.html, loaded.package.files)
            rule = loaded.package.certificate
            if rule is not None and document_id == rule.document:
                content = self._sign(content, self._signing_key(loaded), reason=sheet.title)
        with database.transaction():
            cases.lock(case.id)
            keep = keyletters.keep if keyletters.component_of(loaded, document_id) else documents.keep_made
            return keep(
                self._portal,
                case,
                loaded,
                document_id,
                origin,
                sheet.filename,
                sheet.title,
                content,
                self._portal.now(),
            )

    def _signing_key(self, loaded: Loaded) -> pdf.SigningKey:
        """The body's key: made on first use, kept in the data folder, readable by the portal alone."""
        folder = self._portal.settings.data_dir / "signing"
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        if not (key.exists() and certificate.exists()):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = pdf.make_signing_key(str(settings_of(loaded.package).get("body", {}).get("name", "Nintei")))
            key.touch(mode=0o600)
            key.write_bytes(made.private)
            certificate.write_bytes(made.certificate)
        return pdf.SigningKey(key.read_bytes(), certificate.read_bytes())

    # Mails

    def _mail(self, job: Leased) -> None:
        if "letter" in job.params:
            letters.send(self._portal, job.key, job.params["letter"], self._mailer.send)
            return
        with database.connection():
            case, loaded = self._case(job)
            row = records.mail_of_job(job.key)
            asked = work.task(job.params["while_open"]) if job.params.get("while_open") else None
        if row is None and asked is not None and asked.state != "open":
            return
        if row is None:
            row = self._write(job, case, loaded)
        if row is None:
            return
        if row.state != "sent":
            self._mailer.send(self._letter(row))
        with database.transaction():
            row.state, row.sent_at, row.error = "sent", self._portal.now(), ""
            row.save()
            cases.log(
                case.id,
                self._portal.now(),
                "mail",
                element=job.element,
                title=row.subject,
                text=row.recipient,
                data={"mail": row.id, "mail_id": row.mail_id},
                audience="operator" if mails.side(job.params, loaded, row.mail_id) == "operator" else "both",
            )

    def _write(self, job: Leased, case: Case, loaded: Loaded) -> Mail | None:
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
                data=job.data,
                extra={"message": job.params.get("message", "")},
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
                side=str(job.params.get("to_side") or source.to),
                reply_to=str(body.get("email") or ""),
            )
        return self._keep(letter, job, case, source)

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
            return Mail.create(
                case=case,
                job_key=job.key,
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

    def _letter(self, row: Mail) -> Letter:
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
            row.mail_id,
            row.message_id,
            row.sender,
            tuple(row.recipient.split(", ")),
            reply_to,
            row.subject,
            row.text,
            row.html,
            attachments,
        )

    def _recipients(self, job: Leased, case: Case, loaded: Loaded, to: str) -> list[str]:
        if job.params.get("to"):
            return [str(job.params["to"])]
        side = str(job.params.get("to_side") or to)
        with database.connection():
            if side == "vendor":
                members = [row for row in cases.members(case.id) if row.user.active]
                asked = [row.user.email for row in members if row.mails]
                return asked or [row.user.email for row in members] or [case.email]
            if side.startswith("user:"):
                user = accounts.user(int(side.removeprefix("user:")))
                return [user.email] if user else []
            staff = accounts.staff()
            group = side.removeprefix("group:") if side.startswith("group:") else ""
            chosen = [row.email for row in staff if not group or group in row.groups.split(",")]
            body = str(settings_of(loaded.package).get("body", {}).get("email") or "")
            return chosen or ([body] if body else [])

    def _attachment(self, case: Case, loaded: Loaded, name: str, job: Leased) -> Attachment:
        kind, _, rest = name.partition(":")
        if kind == "file":
            data = loaded.package.files.get(f"files/{rest}")
            if data is None:
                raise Permanent("The package has no file %(name)s", name=rest)
            return Attachment(rest, intake.TYPES.get(rest[rest.rfind(".") :].lower(), "application/octet-stream"), data)
        if kind == "ics":
            return self._calendar_file(case, loaded, rest)
        # The document that the same step makes (its property `makes`) is this one: one rendering, not two versions.
        if keyletters.component_of(loaded, name):
            raise Permanent("A key letter goes by post, never with a mail: %(document)s", document=name)
        row = self.make(case, loaded, name, job, job.task_id or str(job.params.get("origin") or job.key))
        return Attachment(row.filename, row.mime, self._portal.blobs.get(row.digest))

    def _calendar_file(self, case: Case, loaded: Loaded, calendar_id: str) -> Attachment:
        with database.connection():
            row = bookings.latest(case.id, "" if calendar_id == "booking" else calendar_id)
            if row is None or row.state == "cancelled":
                raise Permanent("The case has no date in the calendar %(calendar)s", calendar=calendar_id)
            calendar_id = row.calendar
            entry = appointment(self._portal, case, loaded, row)
        return Attachment(
            f"{calendar_id}-{case.number}.ics", ics.MIME, ics.calendar_file(entry, stamped=self._portal.now())
        )

    def _case(self, job: Leased) -> tuple[Case, Loaded]:
        case = cases.by_id(job.case_id)
        if case is None:
            raise NotFound("There is no such case")
        return case, self._portal.releases.loaded(case.release_id)


def appointment(portal: Portal, case: Case, loaded: Loaded, row: Any) -> ics.Appointment:
    """A booking as a calendar entry."""
    spec = loaded.package.calendars[row.calendar]
    body: Mapping[str, Any] = settings_of(loaded.package).get("body", {})
    hour, minute = (int(part) for part in (row.start or spec.start).split(":"))
    start = datetime(row.day.year, row.day.month, row.day.day, hour, minute, tzinfo=calendar.JAPAN)
    host = portal.settings.mail_from.rpartition("@")[2].strip(" >") or "nintei.localhost"
    return ics.Appointment(
        uid=f"{row.calendar}-{case.number}@{host}",
        sequence=row.sequence,
        title=f"{spec.title}（{case.system_name}）",
        start=start,
        end=start + timedelta(minutes=spec.duration_minutes),
        place=row.place,
        description=case.number,
        url=f"{portal.settings.base_url.rstrip('/')}/cases/{case.number}",
        organizer=str(body.get("email") or ""),
        organizer_name=str(body.get("name") or ""),
    )


def _safe(key: str) -> str:
    return "".join(each if each.isalnum() or each in "-." else "." for each in key)

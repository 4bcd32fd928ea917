"""The OUTSIDE operators: mail, PDF, webhook, card. Each does its thing once, however often its job is tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.connectors import pdf
from app.connectors.mail import Mailer
from app.connectors.pdf import Printer
from app.connectors.webhook import Caller
from app.errors import Permanent
from app.services.base import leases, signing
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import keyletters, making
from app.services.money import invoices
from app.services.papers import documents
from app.services.process import calling, casefile, context, receipts
from app.services.process.sending import Mails
from app.store import cases, database, records
from app.store.models import Case, Document

if TYPE_CHECKING:
    from app.services.base.leases import Leased


@dataclass(frozen=True, slots=True)
class _Template:
    """A document's template as the connector takes it."""

    title: str
    filename: str
    body: str


class Outside:
    """The worker's hands: a mailer, a printer, a card desk, a caller of webhooks."""

    def __init__(
        self,
        portal: Portal,
        mailer: Mailer,
        printer: Printer,
        desk: making.CardDesk,
        sign: Callable[..., bytes] = pdf.sign,
        caller: Caller | None = None,
        own: Mapping[str, Callable[[Leased], Any]] | None = None,
    ) -> None:
        self.own = own or {}  # jobs of the portal itself, which no diagram asks for, by operator
        settings = portal.settings
        self._caller = caller or Caller(settings.webhook_key, settings.webhook_allow)
        self._sign = sign
        self._portal = portal
        self._mails = Mails(portal, mailer.send, self.make)
        self._printer = printer
        self._desk = desk

    def do(self, job: Leased) -> Any:
        """Do the job; Temporary and Permanent say what to do about a failure."""
        if job.operator in self.own:
            return self.own[job.operator](job)
        if job.operator == "mail":
            return self._mails.send(job)
        if job.operator == "pdf":
            return self._pdf(job)
        if job.operator == "webhook":
            return self._webhook(job)
        return self._desk.do(self._portal, job)

    def _webhook(self, job: Leased) -> dict[str, Any]:
        with database.connection():
            case, loaded = leases.case_of(self._portal, job)
            what = calling.prepared(self._portal, case, loaded, job)
        return calling.call(self._portal, self._caller, what)

    # Documents

    def _pdf(self, job: Leased) -> None:
        with database.connection():
            case, loaded = leases.case_of(self._portal, job)
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
                **receipts.facts(case, loaded, job.params),
                **(receipts.facts_paid(job.params) if document_id == job.params.get("document") else {}),
                **casefile.facts(case, loaded, job.params if document_id == job.params.get("document") else {}),
                **invoices.issued(case, loaded, document_id),
            }
            facts = context.build(self._portal, case, loaded, element=job.element, data=job.data, extra=extra)
            template = _Template(str(source.header.get("title", "")), source.filename, source.html)
            sheet = pdf.compose(template, facts, loaded.package.files, document_id=document_id)
            content = self._printer.render(sheet.html, loaded.package.files)
            rule = loaded.package.certificate
            if rule is not None and document_id == rule.document:
                content = self._sign(
                    content,
                    self._signing_key(loaded),
                    reason=sheet.title,
                    timestamp_url=self._portal.settings.timestamp_url,
                )
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
        return signing.key_of(self._portal.settings, signing.body(loaded.package))

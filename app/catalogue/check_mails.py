"""Mails and documents: whom and what their headers name; whether anyone sends or makes them."""

from __future__ import annotations

import re

from app.catalogue.after import dated, next_user_task
from app.catalogue.complaints import Complaints, quoted
from app.catalogue.model import MailSource, Package
from app.declarations.package import SIDES
from app.errors import N_
from app.states import Side

SILENT = N_(
    "The mail leads to %(step)s, which has a last day, and does not name it: write task.due, include _shared/task.md, "
    "or say “informs = true” where it asks for nothing."
)
_DAY = re.compile(r"\btask\.due\b|\binvoice\.due_on\b|\blinks\.entry_expires\b")
_INCLUDE = re.compile(r"""{%-?\s*include\s+["']([^"']+)["']""")


class MailChecks:
    """Headers of mails; and whether anyone sends each mail and makes each document."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        for mail in self.package.mails.values():
            self._to(mail)
            for name in mail.attachments:
                self._attachment(mail, name)
        self._asking()
        mails, documents = self._used()
        for mail in self.package.mails.values():
            if mail.id not in mails and ("mail", mail.id) not in self.complaints.meant:
                self.complaints.warn(mail.file, "", N_("Nothing sends this mail: name it in a diagram, or remove it."))
        for document in self.package.documents.values():
            if document.id not in documents and ("document", document.id) not in self.complaints.meant:
                self.complaints.warn(
                    document.file,
                    "",
                    N_("Nothing makes this document: name it in a diagram or mail, or remove it."),
                )

    def _asking(self) -> None:
        """A mail that asks for something names the day by which it is asked for."""
        package = self.package
        for element in package.elements.values():
            sent = quoted(element.parameters.get("mail", "")) or () if element.operator == "mail" else ()
            for mail in (package.mails[name] for name in sent if name in package.mails):
                asks = str(mail.header.get("asks") or "")
                wanted = package.elements.get(asks) or next_user_task(package, element.id, Side.VENDOR)
                if (
                    mail.to != Side.VENDOR.value
                    or mail.header.get("informs")
                    or wanted is None
                    or not dated(package, wanted)
                ):
                    continue
                if not _DAY.search(self._text(mail.body, 3)):
                    self.complaints.warn(mail.file, "", SILENT, "body", step=wanted.named)

    def _text(self, body: str, deep: int) -> str:
        """The text with what it includes, some levels deep."""
        files = self.package.files
        inside = [files[name].decode("utf-8", "replace") for name in _INCLUDE.findall(body) if name in files and deep]
        return "\n".join([body, *(self._text(text, deep - 1) for text in inside)])

    def _to(self, mail: MailSource) -> None:
        kind, _, group = mail.to.partition(":")
        if kind == "group" and group:
            self.complaints.known(mail.file, "", "header:to", "group", group, self.package.groups)
        elif mail.to and mail.to not in SIDES:
            self.complaints.say(mail.file, "", N_("“to” must be one of: vendor, operator, group:<name>."), "header:to")

    def _attachment(self, mail: MailSource, name: str) -> None:
        kind, _, rest = name.rpartition(":")
        if kind == "file":
            self.complaints.known(mail.file, "", "header:attachments", "file", rest, self.package.handouts())
        elif kind == "ics" and rest == "booking":
            return
        elif kind == "ics":
            self.complaints.known(mail.file, "", "header:attachments", "calendar", rest, self.package.calendars)
        else:
            self.complaints.known(mail.file, "", "header:attachments", "document", name, self.package.documents)

    def _used(self) -> tuple[set[str], set[str]]:
        package = self.package
        mails = {package.reminders.vendor_mail, package.reminders.operator_mail, *package.declared.mails.values()}
        if not package.reminders.vendor_mail or not package.reminders.operator_mail:
            mails.update(name for name in package.mails if name.startswith("reminder"))  # one fault, told there
        documents = {*package.declared.documents.values(), *(fee.document for fee in package.fees.values())}
        if package.certificate:
            documents.add(package.certificate.document)
        for element in package.elements.values():
            mails.update(element.listed("sends"))
            documents.update(element.listed("makes"), element.listed("shows"))
            if element.operator in ("mail", "pdf"):
                used, parameter = (mails, "mail") if element.operator == "mail" else (documents, "document")
                used.update(quoted(element.parameters.get(parameter, "")) or ())
        for mail in package.mails.values():
            documents.update(mail.attachments)
        return mails, documents

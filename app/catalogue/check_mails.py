"""Mails and documents: whom and what their headers name; whether anyone sends or makes them."""

from __future__ import annotations

from app.catalogue.complaints import Complaints, quoted
from app.catalogue.model import MailSource, Package
from app.errors import N_


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

    def _to(self, mail: MailSource) -> None:
        kind, _, group = mail.to.partition(":")
        if kind == "group" and group:
            self.complaints.known(mail.file, "", "header:to", "group", group, self.package.groups)
        elif mail.to and mail.to not in ("vendor", "operator"):
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

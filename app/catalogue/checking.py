"""All that can be said of a package without running it: references lead somewhere, parts are used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.catalogue.check_elements import ElementChecks
from app.catalogue.check_names import NameChecks
from app.catalogue.check_templates import TemplateChecks
from app.catalogue.complaints import Complaints, Enough, quoted
from app.catalogue.english import EnglishChecks
from app.catalogue.manifest import FILE
from app.catalogue.model import MailSource, Package
from app.catalogue.toml import NOT_TOML
from app.catalogue.vocabulary import GROUPS
from app.errors import BadPackage, Problem

# What the portal itself sends or makes in any package that has it: no element need name these.
PORTAL_MAILS = frozenset(
    {
        "entry-link-again",
        "new-message",
        "date-lapse-warning",
        "date-lapsed",
        "date-asked",
        "date-changed",
        "date-refused",
        "account-invitation",
        "cards-overdue",
        "company-admitted",
        "company-claim",
        "company-refused",
        "reminder",
        "reminder-operator",
        "returned",
        "withdrawn",
    }
)
PORTAL_DOCUMENTS = frozenset({"case_file", "settlement", "card_labels"})
_PLACES = re.compile(
    r"(package|demo|english)\.toml|README\.md|[^/]+\.(bpmn|dmn)|forms/[^/]+\.form|mail/[^/]+\.md|pdf/[^/]+\.html|files/.+"
    r"|scenarios/.+|_shared/.+"
)


def check(
    package: Package, operators: Mapping[str, frozenset[str]] | None = None, groups: frozenset[str] = GROUPS
) -> list[Problem]:
    """All problems, those of reading first. `operators`: operator id to parameter names; None: unchecked.

    A package may be released if none has the severity "error".
    """
    if any(problem.file == FILE and problem.message == NOT_TOML for problem in package.problems):
        return list(package.problems)  # without it, all that follows would say the same thing again
    complaints = Complaints()
    try:
        for problem in package.problems:
            complaints.add(problem)
        ElementChecks(package, complaints, operators, groups).run()
        names = NameChecks(package, complaints)
        names.run()
        _ManifestChecks(package, complaints).run()
        _MailChecks(package, complaints, groups).run()
        TemplateChecks(package, complaints, names.known if names.sure else None).run()
        EnglishChecks(package, complaints).run()
        for path in package.files:
            if not _PLACES.fullmatch(path):
                complaints.warn(path, "", "Nothing reads this file: move it or remove it.")
    except Enough:
        complaints.problems.append(Problem("", "There are more problems: mend these first."))
    return complaints.problems


def require(
    package: Package, operators: Mapping[str, frozenset[str]] | None = None, groups: frozenset[str] = GROUPS
) -> Package:
    """The package itself; raises BadPackage with the errors, if it has any."""
    errors = [problem for problem in check(package, operators, groups) if problem.severity == "error"]
    if errors:
        raise BadPackage(errors)
    return package


class _ManifestChecks:
    """package.toml names things of the other files."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        self._start()
        package = self.package
        for stage in package.stages:
            for process in stage.processes:
                self._known(f"stages.{stage.id}", "processes", "process", process, package.processes)
        for guideline in package.guidelines:
            place = f"guidelines.{guideline.id}"
            self._known(place, "from", "element", guideline.start, package.elements)
            self._known(place, "until", "element", guideline.until, package.elements)
        for group in package.downloads.values():
            for name in group.files:
                self._known(f"downloads.{group.id}", "files", "file", name, package.handouts())
        for name in package.titles:
            self._known("handouts", name, "file", name, package.handouts())
        if package.certificate:
            self._known("certificate", "document", "document", package.certificate.document, package.documents)
        for key in ("vendor_mail", "operator_mail"):
            if name := getattr(package.reminders, key):
                self._known("reminders", key, "mail", name, package.mails)
        self._fees()

    def _start(self) -> None:
        package = self.package
        if package.entry:
            self._known("", "entry", "process", package.entry, package.processes)
        if package.start_form and self._known("", "start_form", "element", package.start_form, package.elements):
            task = package.elements[package.start_form]
            if task.kind != "userTask" or task.side != "vendor":
                self.complaints.say(
                    FILE,
                    "",
                    "start_form: “%(name)s” must be a user task in a lane of the vendor.",
                    name=task.id,
                )
        if package.withdraw_message:
            messages = {element.message for element in package.elements.values() if element.message}
            self._known("", "withdraw_message", "message", package.withdraw_message, messages)

    def _fees(self) -> None:
        for fee in self.package.fees.values():
            place = f"fees.{fee.id}"
            self._known(place, "document", "document", fee.document, self.package.documents)
            if not self._known(place, "decision", "decision", fee.decision, self.package.decisions):
                continue
            outputs = {output.name for output in self.package.decisions[fee.decision].outputs}
            for name in ("amount", "tax_rate"):
                self._known(place, f"decision {fee.decision}", "output", name, outputs)

    def _known(self, element: str, place: str, what: str, name: str, known: object) -> bool:
        return self.complaints.known(FILE, element, place, what, name, known)  # type: ignore[arg-type]


class _MailChecks:
    """Headers of mails; and whether anyone sends each mail and makes each document."""

    def __init__(self, package: Package, complaints: Complaints, groups: frozenset[str]) -> None:
        self.package = package
        self.complaints = complaints
        self.groups = groups

    def run(self) -> None:
        for mail in self.package.mails.values():
            self._to(mail)
            for name in mail.attachments:
                self._attachment(mail, name)
        mails, documents = self._used()
        for mail in self.package.mails.values():
            if mail.id not in mails:
                self.complaints.warn(mail.file, "", "Nothing sends this mail: name it in a diagram, or remove it.")
        for document in self.package.documents.values():
            if document.id not in documents:
                self.complaints.warn(
                    document.file,
                    "",
                    "Nothing makes this document: name it in a diagram or mail, or remove it.",
                )

    def _to(self, mail: MailSource) -> None:
        kind, _, group = mail.to.partition(":")
        if kind == "group" and group:
            self.complaints.known(mail.file, "", "to", "group", group, self.groups)
        elif mail.to and mail.to not in ("vendor", "operator"):
            self.complaints.say(mail.file, "", "“to” must be one of: vendor, operator, group:<name>.")

    def _attachment(self, mail: MailSource, name: str) -> None:
        kind, _, rest = name.rpartition(":")
        if kind == "file":
            self.complaints.known(mail.file, "", "attachments", "file", rest, self.package.handouts())
        elif kind == "ics" and rest == "booking":
            return
        elif kind == "ics":
            self.complaints.known(mail.file, "", "attachments", "calendar", rest, self.package.calendars)
        else:
            self.complaints.known(mail.file, "", "attachments", "document", name, self.package.documents)

    def _used(self) -> tuple[set[str], set[str]]:
        package = self.package
        mails = {package.reminders.vendor_mail, package.reminders.operator_mail, *PORTAL_MAILS}
        documents = {*PORTAL_DOCUMENTS, *(fee.document for fee in package.fees.values())}
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

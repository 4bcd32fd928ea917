"""package.toml names things of the other files: they must be there."""

from __future__ import annotations

from app.catalogue import older
from app.catalogue.complaints import Complaints
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.errors import N_


class ManifestChecks:
    """Over package.toml."""

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
        if package.declared.format > older.FIRST:
            for name in package.declared.sections:
                self._known(f"sections.{name}", "", "section", name, package.settings)
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
                    N_("%(name)s must be a user task in a lane of the vendor."),
                    "key:start_form",
                    name=task.named,
                )
        if package.withdraw_message:
            messages = {element.message for element in package.elements.values() if element.message}
            self._known("", "withdraw_message", "message", package.withdraw_message, messages)

    def _fees(self) -> None:
        for fee in self.package.fees.values():
            place = f"fees.{fee.id}"
            self._known(place, "document", "document", fee.document, self.package.documents)
            if self.package.unread(fee.decision):
                continue
            if not self._known(place, "decision", "decision", fee.decision, self.package.decisions):
                continue
            outputs = {output.name for output in self.package.decisions[fee.decision].outputs}
            for name in ("amount", "tax_rate"):
                self._known(place, "decision", "output", name, outputs)

    def _known(self, element: str, key: str, what: str, name: str, known: object) -> bool:
        return self.complaints.known(FILE, element, f"key:{key}", what, name, known)  # type: ignore[arg-type]

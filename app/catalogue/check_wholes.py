"""What can be said of all elements together alone: forms without a task, fees without an invoice, loans for ever."""

from __future__ import annotations

from typing import Any

from app.catalogue.complaints import Complaints
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.errors import N_, Named
from app.states import Side


class WholeChecks:
    """Over the package as a whole."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        self._forms()
        self._loans()
        self._payments()
        self._days()

    def _forms(self) -> None:
        tasks = frozenset(e.id for e in self.package.elements.values() if e.kind == "userTask")
        for name in self.package.forms:
            self.complaints.known(f"forms/{name}.form", "", "", "user task", name, tasks)

    def _loans(self) -> None:
        """Cards that a step lends have a step that takes them back."""
        elements = self.package.elements.values()
        if any(element.flag("returns_cards") and element.side == Side.OPERATOR for element in elements):
            return
        for element in elements:
            if element.properties.get("cards"):
                self.complaints.warn(
                    element.file,
                    element.id,
                    N_("Cards are lent, and no step of the body takes them back: give one the property returns_cards."),
                    "property:cards",
                )

    def _payments(self) -> None:
        """A fee is raised before its payment is confirmed, and one that is described is raised somewhere."""
        elements = self.package.elements.values()
        raised = {element.properties.get("invoice", "").strip() for element in elements}
        confirmed = {element.properties.get("confirms", "").strip() for element in elements}
        for element in elements:
            name = element.properties.get("confirms", "").strip()
            if name in self.package.fees and name not in raised:
                self.complaints.say(
                    element.file, element.id, N_("It confirms the payment of %(fee)s, which no element raises: "
                                                 "give one "
                    "the property invoice."), "property:confirms", fee=Named(name, self.package.fees[name].title),
                )  # fmt: skip
        for fee in self.package.fees.values():
            if fee.id not in raised and fee.id not in confirmed:
                message = N_("No element raises this fee: give one the property invoice, or remove the fee.")
                self.complaints.warn(FILE, f"fees.{fee.id}", message)

    def _days(self) -> None:
        """A calendar leaves room for what is to be done before its day; what is due by a day has one."""
        elements = self.package.elements.values()
        settled = {(each.properties.get("books", ""), each.process) for each in elements} - {("", "")}
        for element in elements:
            before, place = element.whole("before_day_bd"), "property:before_day_bd"
            named = [name for name in ("before_day_bd", "after_day_bd") if name in element.properties]
            calendars = [name for name, process in settled if name and process == element.process]
            if named and not calendars:
                message = N_("No day is settled in this process: give the step that settles it the property books.")
                self.complaints.warn(element.file, element.id, message, f"property:{named[0]}")
            for name in calendars:
                spec = self.package.calendars.get(name)
                if spec is not None and before is not None and before >= spec.earliest_bd:
                    message = N_(
                        "The calendar %(calendar)s offers days from %(first)s business days on; this step is to be "
                        "done %(before)s before the day: offer later days (earliest_bd)."
                    )
                    facts: dict[str, Any] = {"calendar": Named(name, spec.title), "first": spec.earliest_bd}
                    self.complaints.say(element.file, element.id, message, place, before=before, **facts)
            if "day_until" in element.properties and not element.properties.get("calendar"):
                message = N_("day_until bounds the days of a calendar: give the step the property calendar too.")
                self.complaints.warn(element.file, element.id, message, "property:day_until")

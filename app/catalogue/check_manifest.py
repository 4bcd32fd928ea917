"""package.toml names things of the other files: they must be there. Which key names what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.catalogue import older
from app.catalogue.complaints import Complaints
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.catalogue.things import WHAT, things
from app.declarations import SECTIONS, TOP, Key, Kind, Section, Shape
from app.errors import N_
from app.states import Side


class ManifestChecks:
    """Checks what package.toml says against the rest of the package."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        for section, path, facts in self._tables():
            outer, _, name = path.partition(".")
            if section.names is Kind.SECTION:
                self._known(path, "", section.names, name)
            elif section.names in WHAT:
                self._known(outer, name, section.names, name)
            for key in section.keys:
                if key.kind in WHAT:
                    said = _said(facts, key)
                    for name in (said,) if isinstance(said, str) else said:
                        self._named(path, key, name)
        self._start()
        self._fees()
        self._format()

    def _tables(self) -> Iterator[tuple[Section, str, Any]]:
        """Every table: its section, its path in the file, and what it says."""
        package = self.package
        yield TOP, "", package
        elsewhere: dict[str, Any] = {
            "words": package.declared.words,
            "portal_mails": package.declared.mails,
            "portal_documents": package.declared.documents,
            "sections": package.declared.sections,
            "handouts": package.titles,
            "ends": package.declared.ends,
            "values": package.declared.values,
        }
        for name, section in SECTIONS.items():
            if self._assumed(name):
                continue
            found = elsewhere[name] if name in elsewhere else getattr(package, name)
            if section.shape is Shape.LISTED:
                yield from ((section, f"{name}.{each.id}", each) for each in found)
            elif section.shape is Shape.NAMED:
                yield from ((section, f"{name}.{inner}", each) for inner, each in found.items())
            elif section.shape is Shape.ONE and found:
                yield section, name, found

    def _named(self, path: str, key: Key, name: str) -> None:
        package = self.package
        if not name or self._assumed(key.name) or (key.kind is Kind.DECISION and package.unread(name)):
            return
        if key.kind is Kind.START_FIELD and package.start_form not in package.forms:
            return  # which is said by itself
        self._known(path, key.name, Kind.ELEMENT if key.kind is Kind.USER_TASK else key.kind, name)

    def _assumed(self, name: str) -> bool:
        """Whether a package of the first format says nothing of it."""
        return self.package.declared.format <= older.FIRST and name in older.MEANT

    def _format(self) -> None:
        """What a package of the first format means without saying it would be lost, were its format only written."""
        if self.package.declared.format <= older.FIRST:
            message = N_(
                "This is a package of the first format, which declares none of %(keys)s: everybody used the names and "
                "words of one certification. Declare what this package has of them, and write format = 2."
            )
            self.complaints.warn(FILE, "", message, "key:format", keys=", ".join(older.MEANT))

    def _start(self) -> None:
        task = self.package.elements.get(self.package.start_form)
        if task is not None and (task.kind != "userTask" or task.side != Side.VENDOR):
            message = N_("%(name)s must be a user task in a lane of the vendor.")
            self.complaints.say(FILE, "", message, "key:start_form", name=task.named)

    def _fees(self) -> None:
        for fee in self.package.fees.values():
            decision = self.package.decisions.get(fee.decision)
            for name in ("amount", "tax_rate") if decision is not None else ():
                outputs = {output.name for output in decision.outputs} if decision is not None else set()
                self.complaints.known(FILE, f"fees.{fee.id}", "key:decision", "output", name, outputs)

    def _known(self, path: str, key: str, kind: Kind, name: str) -> None:
        self.complaints.known(FILE, path, f"key:{key}", WHAT[kind], name, things(self.package, kind))


def _said(facts: Any, key: Key) -> Any:
    if isinstance(facts, Mapping):
        return facts.get(key.name, "")
    return getattr(facts, key.attribute, None) or getattr(getattr(facts, "declared", None), key.attribute, "")

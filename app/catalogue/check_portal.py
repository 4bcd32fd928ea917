"""Whether a package has what the portal itself reads of it, and begins as the portal begins a case."""

from __future__ import annotations

from app.catalogue.complaints import Complaints
from app.catalogue.drawn import Element
from app.catalogue.fields import form_fields
from app.catalogue.graph import called, inside
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.catalogue.older import NEWEST
from app.catalogue.portal_needs import NEEDS, Kind, Need, Weight
from app.catalogue.toml import nearest
from app.catalogue.vocabulary import THROWS
from app.errors import N_
from app.states import Side

_PASSED = frozenset({"startEvent", "scriptTask", "businessRuleTask", "exclusiveGateway", "callActivity", "subProcess"})


class PortalChecks:
    """Over the package as a whole."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints
        self.fields = {name for form in package.forms.values() for name in form_fields(form)}
        self.started = form_fields(package.forms.get(package.start_form, {}))
        self.names = {need.called(package) for need in NEEDS}

    def run(self) -> None:
        declared = self.package.declared.format >= NEWEST
        begins = self._first()
        for need in NEEDS:
            if need.kind is Kind.START_FIELD and not begins:
                continue  # another form is meant, and that is said
            if declared and need.declared and need.called(self.package):
                continue  # what is declared is there, or that is said already
            if need.weight is not Weight.OPTIONAL and need.when.holds(self.package) and not self._has(need):
                self._missing(need)
        self._messages()

    def _has(self, need: Need) -> bool:
        package, name = self.package, need.called(self.package)
        section, _, key = name.partition(".")
        match need.kind:
            case Kind.START_FIELD:
                return name in self.started or package.start_form not in package.forms  # which is said by itself
            case Kind.FIELD:
                return name in self.fields
            case Kind.MAIL:
                return name in package.mails
            case Kind.DOCUMENT:
                return name in package.documents
            case Kind.SETTING:
                return key in package.settings.get(section, {})
            case Kind.REMINDER:
                return bool(getattr(package.reminders, name))
        return name in package.elements

    def _missing(self, need: Need) -> None:
        say = self.complaints.say if need.weight is Weight.REQUIRED else self.complaints.warn
        name = need.called(self.package)
        if not name:
            table, _, key = need.name.rpartition(".")
            message = N_("The portal asks for the %(what)s under “%(key)s”: without it %(reason)s. Declare it.")
            say(FILE, table, message, what=need.kind.value, key=key, reason=need.without)
            return
        file, element = self._place(need, name)
        known = {
            Kind.START_FIELD: frozenset(self.started),
            Kind.FIELD: frozenset(self.fields),
            Kind.MAIL: frozenset(self.package.mails),
            Kind.DOCUMENT: frozenset(self.package.documents),
        }.get(need.kind, frozenset())
        like = nearest(name, known)
        message = N_("The portal needs the %(what)s “%(name)s”: without it %(reason)s.")
        if like and like not in self.names:
            message = N_("The portal needs the %(what)s “%(name)s” (is “%(nearest)s” meant?): without it %(reason)s.")
            say(file, element, message, what=need.kind.value, name=name, reason=need.without, nearest=like)
        else:
            say(file, element, message, what=need.kind.value, name=name, reason=need.without)

    def _place(self, need: Need, name: str) -> tuple[str, str]:
        match need.kind:
            case Kind.START_FIELD:
                return f"forms/{self.package.start_form}.form", ""
            case Kind.SETTING:
                section = f"settings.{name.partition('.')[0]}"
                return FILE, section
            case Kind.MAIL:
                return f"mail/{name}.md", ""
            case Kind.DOCUMENT:
                return f"pdf/{name}.html", ""
            case Kind.REMINDER:
                return FILE, "reminders"
        return FILE, ""

    # ---- how a case begins

    def _first(self) -> bool:
        """Whether start_form is the first task, the one that is open when a case has just begun; else says so."""
        package = self.package
        start = package.elements.get(package.start_form)
        if (
            start is None
            or package.entry not in package.processes
            or (start.kind, start.side) != ("userTask", Side.VENDOR)
        ):
            return False
        first = self._waits(package.entry)
        if first and start.id not in {element.id for element in first}:
            self.complaints.say(
                FILE, "", N_("A case begins with %(first)s, and not with %(name)s: nobody could "
                             "apply."), "key:start_form",
                first=first[0].named, name=start.named,
            )  # fmt: skip
            return False
        return True

    def _waits(self, container: str) -> list[Element]:
        """The elements at which a case first waits, in the order of the diagram."""
        elements = self.package.elements
        todo = [each.id for each in elements.values() if each.kind == "startEvent" and inside(each) == container]
        seen: set[str] = set()
        found: list[Element] = []
        while todo:
            element = elements.get(todo.pop(0))
            if element is None or element.id in seen:
                continue
            seen.add(element.id)
            if inner := called(element):
                todo.extend(e.id for e in elements.values() if e.kind == "startEvent" and inside(e) == inner)
            elif element.kind in _PASSED or element.kind == "parallelGateway":
                todo.extend(element.outgoing)
            elif element.kind != "endEvent":
                found.append(element)
        return found

    # ---- messages

    def _messages(self) -> None:
        """Every message that is waited for is one that the portal sends, or something in the package."""
        declared = self.package.declared
        sent = {declared.entry_message, declared.give_up_message, declared.undone_message} - {""}
        sent |= {self.package.withdraw_message} - {""}
        inside = {element.message for element in self.package.elements.values() if element.kind in THROWS}
        for element in self.package.elements.values():
            if element.message and element.kind not in THROWS and element.message not in sent | inside:
                self.complaints.say(
                    element.file, element.id, N_("It waits for the message “%(name)s”, which nobody sends: the portal "
                    "sends %(known)s."), name=element.message, known=", ".join(sorted(sent)),
                )  # fmt: skip

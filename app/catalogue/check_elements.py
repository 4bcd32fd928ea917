"""What the elements of the diagrams ask for must be there: forms, operators, templates, lanes, each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from app import feel
from app.catalogue.complaints import Complaints, quoted
from app.catalogue.drawn import Element
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.catalogue.things import WHAT, things
from app.catalogue.toml import unknown
from app.catalogue.vocabulary import PORTAL_ROUTES
from app.declarations import PROPERTIES, Connector, Kind, Property
from app.errors import N_
from app.states import Side

IN_QUOTES = N_("The parameter %(parameter)s is an expression: put the text in quotes, '%(value)s'.")
TIMED = ("turn", "grace_bd", "spares", "renews")
_OF_ELEMENTS = frozenset({Kind.USER_TASK, Kind.SECRETS})  # that it is one of these is said by itself


class ElementChecks:
    """Runs over all elements by what app.declarations says; `connectors` is None where nobody says which there are."""

    def __init__(
        self,
        package: Package,
        complaints: Complaints,
        connectors: Mapping[str, Connector] | None,
    ) -> None:
        self.package = package
        self.complaints = complaints
        self.connectors = connectors
        self.fields = {element: form_fields(form) for element, form in package.forms.items()}

    def run(self) -> None:
        for element in self.package.elements.values():
            self._place(element)
            self._properties(element)
            self._references(element)
            kinds: dict[str, Callable[[Element], None]] = {
                "userTask": self._user_task,
                "serviceTask": self._service_task,
                "sendTask": self._service_task,
                "callActivity": self._call,
                "businessRuleTask": self._rule_task,
            }
            if element.kind in kinds:
                kinds[element.kind](element)

    def _say(self, element: Element, message: str, /, part: str = "", **params: Any) -> None:
        self.complaints.say(element.file, element.id, message, part, **params)

    def _known(self, element: Element, part: str, what: str, name: str, known: object) -> bool:
        return self.complaints.known(element.file, element.id, part, what, name, known)  # type: ignore[arg-type]

    def _place(self, element: Element) -> None:
        if element.properties.get("lane"):
            self._known(element, "property:lane", "lane", element.lane, self.package.lanes)
        elif element.kind in ("userTask", "receiveTask") and not element.lane:
            self._say(element, N_("The task stands in no lane: draw it into one, or give it the property lane."))

    def _user_task(self, element: Element) -> None:
        if element.id not in self.package.forms and f"forms/{element.id}.form" not in self.package.files:
            self._say(element, N_("The user task has no form: add forms/%(element)s.form."), element=element.id)

    def _things(self, element: Element, kind: Kind) -> Collection[str]:
        """The names of all things of a kind, as the element can mean them."""
        if kind is Kind.FIELD:
            return self.fields.get(element.id, {})
        return self.package.elements if kind in _OF_ELEMENTS else things(self.package, kind)

    def _service_task(self, element: Element) -> None:
        if not element.operator:
            return  # said of the drawing
        if self.connectors is None or not self._known(element, "", "operator", element.operator, self.connectors):
            return
        declared = {each.name: each for each in self.connectors[element.operator].parameters}
        for name in sorted(element.parameters.keys() - declared):
            self.complaints.add(unknown(element.file, element.id, name, frozenset(declared), part=f"parameter:{name}"))
        for name, parameter in sorted(declared.items()):
            value = element.parameters.get(name, "")
            if value.strip():
                self._parameter(element, name, value, parameter.kind, parameter.choices)
            elif parameter.required:
                message = N_("The operator %(operator)s needs the parameter %(parameter)s.")
                self._say(element, message, operator=element.operator, parameter=name)

    def _parameter(self, element: Element, name: str, value: str, kind: Kind, choices: tuple[str, ...]) -> None:
        """A parameter that names something is quoted, and the thing is there."""
        if kind not in WHAT and kind is not Kind.ONE_OF:
            return
        texts = quoted(value)
        if texts is None:
            self._say(
                element,
                IN_QUOTES,
                f"parameter:{name}",
                parameter=name,
                value=value.strip().strip("'\""),
            )
        what, known = (name, choices) if kind is Kind.ONE_OF else (WHAT[kind], self._things(element, kind))
        for text in texts or ():
            self._known(element, f"parameter:{name}", what, text, known)

    def _call(self, element: Element) -> None:
        self._known(element, "", "process", element.called, self.package.processes)

    def _rule_task(self, element: Element) -> None:
        if not self.package.unread(element.decision):
            self._known(element, "", "decision", element.decision, self.package.decisions)

    # ---- properties

    def _properties(self, element: Element) -> None:
        for name in element.properties:
            declared = PROPERTIES.get(name)
            if declared is None:
                known = frozenset(PROPERTIES)
                self.complaints.add(unknown(element.file, element.id, name, known, "warning", f"property:{name}"))
                continue
            if declared.on and element.kind not in declared.on:
                self.complaints.warn(
                    element.file,
                    element.id,
                    N_("The property %(name)s is read on %(kinds)s alone."),
                    f"property:{name}",
                    name=name,
                    kinds=", ".join(declared.on),
                )
            self._property(element, declared)

    def _property(self, element: Element, declared: Property) -> None:
        """One property by its declared kind."""
        name, text = declared.name, element.properties[declared.name]
        place = f"property:{name}"
        if declared.kind is Kind.FLAG and text not in ("true", "false"):
            self._say(element, N_("%(name)s must be true or false."), place, name=name)
        elif declared.kind is Kind.ONE_OF and text:
            self._known(element, place, name, text, declared.choices)
        elif declared.kind is Kind.DAYS:
            self._days(element, name, text)
        elif declared.kind is Kind.WHOLE and element.whole(name) is None:
            self._say(element, N_("%(name)s must be a whole number."), place, name=name)
        elif declared.kind is Kind.CONDITION:
            self._condition(element, name, text)
        elif declared.kind is Kind.SHOWN:
            for each in element.listed(name):
                self._shown(element, each)
        elif declared.kind is Kind.FIELD:
            self._named_fields(element, declared)
        elif declared.kind in WHAT and declared.kind is not Kind.LANE:
            for each in element.listed(name):
                found = self._known(element, place, WHAT[declared.kind], each, self._things(element, declared.kind))
                if found and declared.kind in (Kind.USER_TASK, Kind.SECRETS):
                    self._user_task_meant(element, declared, self.package.elements[each])
        if name in TIMED and text and element.timing is None:
            message = N_("%(name)s says when a timer fires, and this is none.")
            self._say(element, message, place, name=name)
        if name in ("grace_bd", "spares") and text and not element.properties.get("turn"):
            self._say(element, N_("%(name)s goes with the property turn: say whose."), place, name=name)
        if text and element.kind == "userTask" and element.id in self.fields:
            for each in declared.needs:
                self._known(element, place, "field", each, self.fields[element.id])

    def _named_fields(self, element: Element, declared: Property) -> None:
        """Fields of the element's own form; without a form that is said already."""
        if element.kind != "userTask" or element.id not in self.fields:
            return
        by_portal = {route for name, route in PORTAL_ROUTES.items() if element.properties.get(name)}
        for name in element.listed(declared.name):
            if declared.name == "routes" and name == "typename":
                self._say(element, N_("No route may be called “typename”: rename the field."), "property:routes")
            elif declared.name != "routes" or name not in by_portal:
                self._known(element, f"property:{declared.name}", "field", name, self.fields[element.id])
            if declared.name == "secrets" and name in element.listed("routes"):
                self._say(element, N_("“%(name)s” is a secret and cannot be a route."), "property:secrets", name=name)

    def _days(self, element: Element, name: str, text: str) -> None:
        """A number of days, or the setting (section.key) that says it."""
        if element.whole(name) is not None:
            return
        section, _, key = text.strip().partition(".")
        setting = self.package.settings.get(section, {}).get(key)
        if setting is None or not isinstance(setting.value, int) or isinstance(setting.value, bool):
            message = N_("%(name)s must be a whole number, or a setting that is one.")
            self._say(element, message, f"property:{name}", name=name)

    def _condition(self, element: Element, name: str, text: str) -> None:
        """Which answers prove the company: a condition over the fields of a form of the body."""
        place = f"property:{name}"
        if element.side == Side.VENDOR:
            self._say(element, N_("proves_company: the body proves a company, not a step of the vendor."), place)
        try:
            names = feel.parse(text).names()
        except feel.FeelError as error:
            self._say(element, N_("proves_company is no condition: %(reason)s"), place, reason=error)
            return
        for each in sorted(names):
            self._known(element, place, "field", each, self.fields.get(element.id, {}))

    def _references(self, element: Element) -> None:
        if element.id in element.listed("not_same_as"):
            message = N_(
                "It may not be done by who did it before: then nobody can do it a second time. Name another task."
            )
            self._say(element, message, "property:not_same_as")
        if element.kind == "userTask" and element.id in self.fields:
            self._fields(element, self.fields[element.id])

    def _user_task_meant(self, element: Element, declared: Property, other: Element) -> None:
        if other.kind != "userTask":
            self._say(
                element,
                N_("%(name)s is no user task, so nobody answers it."),
                f"property:{declared.name}",
                name=other.named,
            )
        elif declared.kind is Kind.SECRETS and not other.listed("secrets"):
            self._say(
                element,
                N_("%(name)s keeps no secrets: give it the property secrets."),
                f"property:{declared.name}",
                name=other.named,
            )

    def _shown(self, element: Element, name: str) -> None:
        """A PDF's id, a file's name, or element.field of an uploaded answer."""
        package = self.package
        file = name.removeprefix("file:")
        if name in package.documents or f"files/{file}" in package.files:
            return
        other, _, key = name.partition(".")
        if other in package.elements and key:
            self._known(element, "property:shows", "field", key, self.fields.get(other, {}))
            return
        self._known(element, "property:shows", "answer, document or file", name, package.documents)

    def _fields(self, element: Element, fields: Mapping[str, Any]) -> None:
        for component in fields.values():
            properties = component.get("properties") if isinstance(component, dict) else None
            if isinstance(properties, dict) and properties.get("booked"):
                self.complaints.known(
                    f"forms/{element.id}.form",
                    str(component.get("key")),
                    "attribute:properties.booked",
                    "calendar",
                    str(properties["booked"]),
                    self.package.calendars,
                )

"""What the elements of the diagrams ask for must be there: forms, operators, templates, lanes, each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app import feel
from app.catalogue.complaints import Complaints, quoted
from app.catalogue.drawn import Element
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.catalogue.toml import unknown
from app.catalogue.vocabulary import FLAGS, NEEDED_FIELDS, PORTAL_ROUTES, PRESENTATIONS, PROPERTIES, STATES

PROOF = "property:proves_company"


class ElementChecks:
    """Runs over all elements; `operators` is None where nobody says which there are."""

    def __init__(
        self,
        package: Package,
        complaints: Complaints,
        operators: Mapping[str, frozenset[str]] | None,
    ) -> None:
        self.package = package
        self.complaints = complaints
        self.operators = operators
        self.fields = {element: form_fields(form) for element, form in package.forms.items()}

    def run(self) -> None:
        for element in self.package.elements.values():
            self._place(element)
            self._properties(element)
            self._references(element)
            kinds: dict[str, Callable[[Element], None]] = {
                "userTask": self._user_task,
                "serviceTask": self._service_task,
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
            self._say(element, "The task stands in no lane: draw it into one, or give it the property lane.")

    def _user_task(self, element: Element) -> None:
        if element.id not in self.package.forms and f"forms/{element.id}.form" not in self.package.files:
            self._say(element, "The user task has no form: add forms/%(element)s.form.", element=element.id)

    def _service_task(self, element: Element) -> None:
        if not element.operator:
            return  # said of the drawing
        if self.operators is not None:
            if not self._known(element, "", "operator", element.operator, self.operators):
                return
            self._parameters(element, self.operators[element.operator])
        for name, value in element.parameters.items():
            self._parameter(element, name, value)

    def _parameters(self, element: Element, wanted: frozenset[str]) -> None:
        for name in sorted(element.parameters.keys() - wanted):
            self.complaints.add(unknown(element.file, element.id, name, wanted, part=f"parameter:{name}"))
        for name in sorted(wanted):
            if not element.parameters.get(name, "").strip():
                self._say(
                    element,
                    "The operator %(operator)s needs the parameter %(parameter)s.",
                    operator=element.operator,
                    parameter=name,
                )

    def _parameter(self, element: Element, name: str, value: str) -> None:
        """Parameters that name something: quoted, and the thing is there."""
        targets: dict[tuple[str, str], tuple[str, object]] = {
            ("mail", "mail"): ("mail", self.package.mails),
            ("pdf", "document"): ("document", self.package.documents),
            ("wait_for", "element"): ("element", self.package.elements),
            ("milestone", "state"): ("state", STATES),
        }
        if (element.operator, name) not in targets or not value.strip():
            return
        what, known = targets[element.operator, name]
        texts = quoted(value)
        if texts is None:
            self._say(
                element,
                "The parameter %(parameter)s is an expression: put the text in quotes, '%(value)s'.",
                f"parameter:{name}",
                parameter=name,
                value=value.strip().strip("'\""),
            )
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
            kinds = PROPERTIES.get(name)
            if kinds is None:
                known = frozenset(PROPERTIES)
                self.complaints.add(unknown(element.file, element.id, name, known, "warning", f"property:{name}"))
            elif kinds and element.kind not in kinds:
                self.complaints.warn(
                    element.file,
                    element.id,
                    "The property %(name)s is read on %(kinds)s alone.",
                    f"property:{name}",
                    name=name,
                    kinds=", ".join(kinds),
                )
        self._due(element)
        for name in FLAGS:
            if element.properties.get(name, "true") not in ("true", "false"):
                self._say(element, "%(name)s must be true or false.", f"property:{name}", name=name)
        self._proof(element)
        if element.properties.get("presentation"):
            name = element.properties["presentation"]
            self._known(element, "property:presentation", "presentation", name, PRESENTATIONS)

    def _due(self, element: Element) -> None:
        """A number of days, or the setting (section.key) that says it."""
        text = element.properties.get("due_bd")
        if text is None or element.whole("due_bd") is not None:
            return
        section, _, key = text.strip().partition(".")
        setting = self.package.settings.get(section, {}).get(key)
        if setting is None or not isinstance(setting.value, int) or isinstance(setting.value, bool):
            message = "%(name)s must be a whole number, or a setting that is one."
            self._say(element, message, "property:due_bd", name="due_bd")

    def _proof(self, element: Element) -> None:
        """Which answers prove the company: a condition over the fields of a form of the body."""
        text = element.properties.get("proves_company")
        if text is None:
            return
        if element.side == "vendor":
            self._say(element, "proves_company: the body proves a company, not a step of the vendor.", PROOF)
        try:
            names = feel.parse(text).names()
        except feel.FeelError as error:
            self._say(element, "proves_company is no condition: %(reason)s", PROOF, reason=error)
            return
        for name in sorted(names):
            self._known(element, PROOF, "field", name, self.fields.get(element.id, {}))

    def _references(self, element: Element) -> None:
        package = self.package
        targets: dict[str, tuple[str, object]] = {
            "group": ("group", package.groups),
            "not_same_as": ("element", package.elements),
            "reviews": ("element", package.elements),
            "invoice": ("fee", package.fees),
            "confirms": ("fee", package.fees),
            "makes": ("document", package.documents),
            "releases": ("download group", package.downloads),
            "cards": ("card set", package.cards),
            "calendar": ("calendar", package.calendars),
            "books": ("calendar", package.calendars),
            "firm": ("calendar", package.calendars),
            "shows_secrets": ("element", package.elements),
            "sends": ("mail", package.mails),
        }
        for place, (what, known) in targets.items():
            for name in element.listed(place):
                if self._known(element, f"property:{place}", what, name, known) and what == "element":
                    self._user_task_meant(element, place, package.elements[name])
        if element.id in element.listed("not_same_as"):
            message = "It may not be done by who did it before: then nobody can do it a second time. Name another task."
            self._say(element, message, "property:not_same_as")
        for name in element.listed("shows"):
            self._shown(element, name)
        if element.kind == "userTask" and element.id in self.fields:
            self._fields(element, self.fields[element.id])

    def _user_task_meant(self, element: Element, place: str, other: Element) -> None:
        if other.kind != "userTask":
            self._say(
                element,
                "%(name)s is no user task, so nobody answers it.",
                f"property:{place}",
                name=other.named,
            )
        elif place == "shows_secrets" and not other.listed("secrets"):
            self._say(
                element,
                "%(name)s keeps no secrets: give it the property secrets.",
                "property:shows_secrets",
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
        by_portal = {route for name, route in PORTAL_ROUTES.items() if element.properties.get(name)}
        for name in element.listed("routes"):
            if name == "typename":
                self._say(element, "No route may be called “typename”: rename the field.", "property:routes")
            elif name not in by_portal:
                self._known(element, "property:routes", "field", name, fields)
        for name in element.listed("secrets"):
            self._known(element, "property:secrets", "field", name, fields)
            if name in element.listed("routes"):
                self._say(element, "“%(name)s” is a secret and cannot be a route.", "property:secrets", name=name)
        for place, wanted in NEEDED_FIELDS.items():
            for name in wanted if element.properties.get(place) else ():
                self._known(element, f"property:{place}", "field", name, fields)

"""Conditions of forms (`conditional.hide`): fields that they read are there, and can be what they are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.catalogue.complaints import Complaints
from app.catalogue.domains import ANY, Domain, Known, Value, Values
from app.catalogue.field_domains import domain_of, options
from app.catalogue.fields import MAX_DEPTH, form_fields, inner_fields
from app.catalogue.model import Package
from app.catalogue.toml import nearest
from app.errors import N_
from app.feel import FeelError
from app.feel import parse as parse_feel
from app.feel.syntax import COMPARISONS, Node

BY_PORTAL = frozenset({"today", "withdrawal", "booked", "online"})  # what every form's condition may read besides
PART = "attribute:conditional.hide"


class FormChecks:
    """Over all forms. `known`: the names that task data can have; None: nobody knows."""

    def __init__(self, package: Package, complaints: Complaints, known: frozenset[str] | None) -> None:
        self.package = package
        self.complaints = complaints
        self.known = known

    def run(self) -> None:
        for element, form in self.package.forms.items():
            fields = form_fields(form)
            self._components(f"forms/{element}.form", form.get("components"), fields, 0)
            self._told_apart(f"forms/{element}.form", form.get("components"))

    def _told_apart(self, file: str, components: object) -> None:
        """Two fields of one name cannot be told apart in what is said of an error, whatever headings they have."""
        first: dict[tuple[str, str], str] = {}
        for key, label, english in _labels(components, 0):
            for language, words in (("ja", label), ("en", english)):
                known = first.setdefault((language, words), key) if words else key
                if known != key:
                    message = N_(
                        "“%(label)s” is the name of another field of this form, too (%(other)s): name each so that "
                        "it is known without the heading above it."
                    )
                    self.complaints.warn(file, "", message, f"field:{key}.label", label=words, other=known)

    def _components(self, file: str, components: object, fields: Mapping[str, Any], depth: int) -> None:
        if not isinstance(components, list) or depth > MAX_DEPTH:
            return
        for component in components:
            if not isinstance(component, dict):
                continue
            conditional = component.get("conditional")
            hide = conditional.get("hide") if isinstance(conditional, dict) else None
            if isinstance(hide, str) and hide.strip():
                where = str(component.get("key") or component.get("path") or component.get("id") or "")
                self._condition(file, where, hide, fields)
            self._components(file, component.get("components"), {**fields, **inner_fields(component)}, depth + 1)

    def _condition(self, file: str, where: str, hide: str, fields: Mapping[str, Any]) -> None:
        try:
            expression = parse_feel(hide)
        except FeelError:
            return  # said by whoever reads forms
        for name in sorted(expression.names() - fields.keys() - BY_PORTAL):
            if self.known is not None and name not in self.known:
                self._missing(file, where, name, frozenset(fields) | self.known)
        for name, value in _compared(expression.node):
            domain = _domain(fields[name]) if name in fields else ANY
            if value[0] in ("text", "bool") and not domain.may_be(value):
                self._never(file, where, name, value, domain)

    def _missing(self, file: str, where: str, name: str, known: frozenset[str]) -> None:
        like = nearest(name, known)
        if like:
            message = N_("The form has no field “%(name)s”: did you mean “%(nearest)s”?")
            self.complaints.say(file, where, message, PART, name=name, nearest=like)
        else:
            message = N_(
                "The form has no field “%(name)s”, and no routing value is called so: this never hides anything."
            )
            self.complaints.say(file, where, message, PART, name=name)

    def _never(self, file: str, where: str, name: str, value: Known, domain: Domain) -> None:
        like = nearest(str(value[1]), frozenset(domain.texts()))
        if like:
            message = N_("“%(name)s” is never %(value)s here: it is one of %(known)s. Did you mean “%(nearest)s”?")
            self.complaints.say(
                file, where, message, PART, name=name, value=Value(value), known=Values(domain), nearest=like
            )
        else:
            message = N_("“%(name)s” is never %(value)s here: it is one of %(known)s.")
            self.complaints.say(file, where, message, PART, name=name, value=Value(value), known=Values(domain))


def _domain(component: Mapping[str, Any]) -> Domain:
    """Of a checklist, what one of its items may be: FEEL looks into lists."""
    if component.get("type") in ("checklist", "taglist"):
        values = options(component)
        return ANY if values is None else Domain(frozenset(("text", value) for value in values), frozenset({"list"}))
    return domain_of(component)


def _compared(node: Node) -> Iterator[tuple[str, Known]]:
    """(name, value) of every comparison of a plain name with a constant."""
    if node[0] in COMPARISONS[:2]:
        left, right = node[1], node[2]
        if right[0] == "name":
            left, right = right, left
        if left[0] == "name" and len(left) == 2:
            yield from ((left[1], value) for value in _constant(right))
    elif node[0] == "in" and node[1][0] == "name" and len(node[1]) == 2:
        for test in node[2:]:
            if test[0] == "is":
                yield from ((node[1][1], value) for value in _constant(test[1]))
    for part in node[1:]:
        if isinstance(part, tuple):
            yield from _compared(part)


def _constant(node: Node) -> Iterator[Known]:
    match node:
        case ("lit", bool() as flag):
            yield ("bool", flag)
        case ("lit", str() as text):
            yield ("text", text)
        case ("num", str() as figure):
            yield ("number", Decimal(figure))
        case ("list", *items):
            for item in items:
                yield from _constant(item)


def _labels(components: object, depth: int) -> Iterator[tuple[str, str, str]]:
    """(key, label, English label) of each field outside lists, whose rows each have their own."""
    if not isinstance(components, list) or depth > MAX_DEPTH:
        return
    for component in components:
        if not isinstance(component, dict):
            continue
        if component.get("type") == "group":
            yield from _labels(component.get("components"), depth + 1)
        elif component.get("key"):
            said = component.get("properties")
            english = said.get("label_en") if isinstance(said, dict) else ""
            yield str(component["key"]), str(component.get("label") or ""), str(english or "")

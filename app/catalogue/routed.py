"""What elements bring into a case's data, and what it may be: routes of forms, tables, results, what events carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.catalogue.check_names import LEFT_TO_SETTLE, UNDONE, WITH_ERROR, WITH_WITHDRAWAL
from app.catalogue.domains import ANY, NOTHING, Domain, join, of_kind, one
from app.catalogue.drawn import Element
from app.catalogue.field_domains import domain_of
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.catalogue.toml import nearest
from app.catalogue.vocabulary import SIDES, THROWS, result_of
from app.feel import Expression
from app.feel.syntax import Node

_ANY_CODE = frozenset({"error", "escalation"})  # whoever catches one without a code catches all of them


def routes(package: Package) -> dict[str, dict[str, Domain]]:
    """To each element the names that it sets when it is done."""
    brought = _brought(package)
    return {
        name: {**dict(routed(package, element)), **brought.get(name, {})} for name, element in package.elements.items()
    }


def _brought(package: Package) -> Mapping[str, dict[str, Domain]]:
    """To each element that catches something the names that may come with it: whatever some thrower lets it carry."""
    carried: dict[tuple[str, str], set[str]] = defaultdict(set)
    for element in package.elements.values():
        if element.trigger is not None and element.kind in THROWS:
            for name in {element.trigger.name, ""}:
                carried[element.trigger.kind, name].update(element.listed("carries"))
    found: dict[str, dict[str, Domain]] = {}
    for element in package.elements.values():
        caught = element.trigger
        if caught is None or element.kind in THROWS or (not caught.name and caught.kind not in _ANY_CODE):
            continue
        found[element.id] = dict.fromkeys(carried[caught.kind, caught.name], ANY)
        if caught.kind == "error":
            found[element.id][WITH_ERROR] = of_kind("dict")
    return found


def routed(package: Package, element: Element) -> Iterator[tuple[str, Domain]]:
    """The names that an element sets when it is done, with what they may be then; but for what events bring."""
    if element.kind == "userTask" and element.id in package.forms:
        fields = form_fields(package.forms[element.id])
        for name in element.listed("routes"):
            yield name, domain_of(fields[name]) if name in fields else ANY
            meant = "" if name in fields else nearest(name, frozenset(fields))
            if meant:  # a wrong name is told once, where it stands
                yield meant, domain_of(fields[meant])
    if element.properties.get("confirms"):
        yield "payment", _texts("settled", "short")
        yield "booking", _texts("held", "lapsed")
    if element.properties.get("books"):
        yield "booking", _texts("held")
    if element.decision in package.decisions:
        decision = package.decisions[element.decision]
        for place, output in enumerate(decision.outputs):
            cells = [rule.outputs[place] for rule in decision.rules]
            yield output.name, _answered(cells, decision.hit_policy)
    if element.result_variable:
        yield element.result_variable, result_of(element.operator)
    if element.message and element.message in (package.withdraw_message, package.declared.give_up_message):
        yield WITH_WITHDRAWAL, _texts(*SIDES)
        yield LEFT_TO_SETTLE, join(one(True), one(False))
    if element.message and element.message == package.declared.undone_message:
        yield UNDONE, of_kind("dict")


def _answered(cells: list[Expression | None], policy: str) -> Domain:
    if policy == "COLLECT":
        return of_kind("list")
    found = one(None)  # no row may apply
    for cell in cells:
        found = join(found, _constant(cell.node) if cell is not None else one(None))
    return found


def _constant(node: Node) -> Domain:
    match node:
        case ("lit", literal):
            return one(literal)
        case ("num", str(figure)):
            return one(Decimal(figure))
        case ("neg", ("num", str(figure))):
            return one(-Decimal(figure))
        case ("+" | "-" | "*" | "/", *_):
            return of_kind("number")
    return ANY


def _texts(*values: str) -> Domain:
    found = NOTHING
    for each in values:
        found = join(found, one(each))
    return found

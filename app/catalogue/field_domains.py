"""What the answer to a field of a form may be, as a domain."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.catalogue.domains import ANY, INFINITE, NOTHING, YES_NO, Domain, Range, join, of_kind, one

_LISTS = frozenset({"checklist", "taglist", "dynamiclist", "filepicker"})
_TEXTS = frozenset({"textfield", "textarea", "datetime"})
_CHOICES = frozenset({"radio", "select"})


def domain_of(component: Mapping[str, Any]) -> Domain:
    """Of one component; null is among its values where it may be left open, or may be hidden."""
    kind = component.get("type")
    if kind == "checkbox":
        found = YES_NO
    elif kind == "number":
        found = of_kind("text") if component.get("serializeToString") else _number(component)
    elif kind in _CHOICES:
        found = _choice(component)
    elif kind in _LISTS:
        found = of_kind("list")
    elif kind in _TEXTS:
        found = of_kind("text")
    else:
        return ANY
    if _left_open(component):
        found = join(join(found, one(None)), one("") if kind in _CHOICES else NOTHING)
    return found


def options(component: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The values of a choice's options; None where they come from elsewhere."""
    values, properties = component.get("values"), component.get("properties")
    elsewhere = component.get("valuesKey") or (isinstance(properties, dict) and properties.get("options"))
    if component.get("type") not in _CHOICES | {"checklist", "taglist"} or elsewhere or not isinstance(values, list):
        return None
    return tuple(value["value"] for value in values if isinstance(value, dict) and isinstance(value.get("value"), str))


def _choice(component: Mapping[str, Any]) -> Domain:
    values = options(component)
    if values is None:
        return of_kind("text")
    found = NOTHING
    for value in values:
        found = join(found, one(value))
    return found


def _number(component: Mapping[str, Any]) -> Domain:
    validate = component.get("validate")
    limits = validate if isinstance(validate, dict) else {}
    low, high = _bound(limits.get("min")), _bound(limits.get("max"))
    whole = component.get("decimalDigits") in (0, "0")
    return Domain(numbers=Range(-INFINITE if low is None else low, INFINITE if high is None else high, whole))


def _bound(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except InvalidOperation:
        return None


def _left_open(component: Mapping[str, Any]) -> bool:
    validate, conditional = component.get("validate"), component.get("conditional")
    required = isinstance(validate, dict) and validate.get("required") in (True, "true")
    hidden = isinstance(conditional, dict) and bool(conditional.get("hide"))
    closed = component.get("readonly") or component.get("disabled") or component.get("hidden")
    return not required or hidden or bool(closed)

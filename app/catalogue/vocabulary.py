"""The closed sets of words that a package may use beside what is declared (app.declarations)."""

from __future__ import annotations

from decimal import Decimal

from app.catalogue.domains import ANY, INFINITE, Domain, Range, of_kind
from app.declarations import CONNECTORS, PROPERTIES, Result
from app.declarations.package import SIDES
from app.declarations.properties import THROWS

__all__ = ["PORTAL_ROUTES", "SIDES", "THROWS", "result_of"]

# What the portal itself routes where an element has the property.
PORTAL_ROUTES = {name: declared.routes for name, declared in PROPERTIES.items() if declared.routes}
_RESULTS = {Result.DICT: of_kind("dict"), Result.COUNT: Domain(numbers=Range(Decimal(0), INFINITE, True))}


def result_of(operator: str) -> Domain:
    """What a service task leaves under its `resultVariable`."""
    connector = CONNECTORS.get(operator)
    return _RESULTS.get(connector.result, ANY) if connector is not None else ANY

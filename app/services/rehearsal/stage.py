"""What scenarios are walked on: a package, compiled, with what stands in for the world outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.catalogue import Package
from app.engine import (
    Engine,
    Program,
)
from app.errors import Named
from app.forms import FormSpec


@dataclass
class Came:
    """What came of one step: ids."""

    mails: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    invoices: list[str] = field(default_factory=list)
    webhooks: list[str] = field(default_factory=list)  # events


@dataclass(frozen=True)
class Stage:
    """What all cases of a rehearsal share."""

    package: Package
    program: Program
    engine: Engine
    forms: Mapping[str, FormSpec]

    def named(self, element: str) -> Named:
        """An element by its name on the diagram."""
        known = self.package.elements.get(element)
        return Named(element, known.name if known else "")

"""What people read of routing values: where a case is corrected or moved, and where a condition is chosen."""

from __future__ import annotations

import ast
from collections.abc import Collection

from app.catalogue import called
from app.catalogue.complaints import Complaints
from app.catalogue.domains import of_kind
from app.catalogue.drawn import Element, codes_of
from app.catalogue.fields import form_fields
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.catalogue.python import names, parsed
from app.catalogue.routed import routes
from app.errors import N_

_UNCALLED = N_(
    "Nothing says what people call the routing value “%(name)s”: add [values.%(name)s] with a title, as for whoever "
    "corrects a case."
)
_FACTS = of_kind("dict")
_ODD = N_("“%(option)s” is no value with what it is called: write it as `held=…`.")


class CalledChecks:
    """Over the routing values that a case may carry."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        part = "values" if self.package.declared.values else ""  # where it is to stand
        for name in sorted(self._set()):
            if not called.of_value(self.package, name):
                self.complaints.warn(FILE, "", _UNCALLED, part, name=name)
        for name, value in self.package.declared.values.items():
            for option in value.options:
                if not option.partition("=")[2].strip():
                    self.complaints.warn(FILE, f"values.{name}", _ODD, "key:options", option=option)

    def _set(self) -> Collection[str]:
        """Those that steps set: by forms, tables, results, the portal and scripts. Not what is a group of facts, as of
        an error that was caught: nobody corrects that."""
        brought = routes(self.package)
        found = set()
        for element in self.package.elements.values():
            wrong = _wrong(self.package, element)
            found |= {name for name, domain in brought[element.id].items() if domain != _FACTS and name not in wrong}
            for code in codes_of(element):
                if code.script:
                    found |= names(parsed(code.text), ast.Store)
        return found


def _wrong(package: Package, element: Element) -> Collection[str]:
    """What a step is to hand on and its form does not have, which is said where it stands."""
    if element.id not in package.forms:
        return ()
    return set(element.listed("routes")) - form_fields(package.forms[element.id]).keys()

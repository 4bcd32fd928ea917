"""Names that cannot be used as they are meant: words of Python or FEEL, functions, names of templates."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator

from app.catalogue.check_names import codes
from app.catalogue.complaints import Complaints
from app.catalogue.drawn import Element
from app.catalogue.model import Package
from app.catalogue.python import FUNCTIONS, names, parsed
from app.errors import N_
from app.feel.parser import RESERVED as OF_FEEL

# What templates call so is the portal's; the routing value of that name is data.<name> there.
OF_TEMPLATES = frozenset({"answers", "case", "company", "data", "documents", "links", "settings", "task", "today"})
_PYTHON = N_("“%(name)s” is a word of Python: no condition and no script can read it. Choose another name.")
_RESERVED = N_("A name that begins with two underscores is reserved: choose another name than “%(name)s”.")
_FUNCTION = N_(
    "“%(name)s” is a function of conditions and scripts: choose another name, or one of the two will be missed."
)
_FEEL = N_(
    "“%(name)s” is a word of FEEL: no condition of a form and no decision table can read it. Choose another name."
)
_TEMPLATE = N_(
    "In mails and PDFs “%(name)s” is the portal's own; this value is data.%(name)s there. Another name is clearer."
)


class WordChecks:
    """Over all names that elements set."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        for element in self.package.elements.values():
            for part, name in _given(element):
                self._name(element.file, element.id, part, name)
        for code in codes(self.package):
            if code.script:  # functions and reserved names are refused there where scripts are run
                stored = names(parsed(code.text), ast.Store) - FUNCTIONS
                for name in sorted(each for each in stored if not each.startswith("__")):
                    self._name(code.file, code.element, code.part, name)
        used = {element.decision for element in self.package.elements.values()}
        for decision in self.package.decisions.values():
            for output in decision.outputs if decision.id in used else ():
                self._name(self.package.file_of(decision.id), decision.id, "", output.name)

    def _name(self, file: str, element: str, part: str, name: str) -> None:
        if keyword.iskeyword(name):
            self.complaints.say(file, element, _PYTHON, part, name=name)
        elif name.startswith("__"):
            self.complaints.say(file, element, _RESERVED, part, name=name)
        elif name in FUNCTIONS:
            self.complaints.warn(file, element, _FUNCTION, part, name=name)
        elif name in OF_FEEL:
            self.complaints.warn(file, element, _FEEL, part, name=name)
        elif name in OF_TEMPLATES:
            self.complaints.warn(file, element, _TEMPLATE, part, name=name)


def _given(element: Element) -> Iterator[tuple[str, str]]:
    for name in element.listed("routes"):
        yield "property:routes", name
    if element.result_variable:
        yield "", element.result_variable
    if element.loop is not None:
        yield from (
            ("loop", name) for name in (element.loop.item, element.loop.output, element.loop.output_item) if name
        )

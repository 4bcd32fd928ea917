"""Names that diagrams, decision tables and templates read, and that nothing in the package ever sets.

Only what no element sets anywhere is reported: whether the way that leads here has passed the element that sets a
name is known when the case runs. Syntax is judged where expressions are run; what cannot be parsed is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from xml.etree.ElementTree import Element as Node

from app.catalogue.complaints import Complaints
from app.catalogue.extensions import BPMN, SPIFF
from app.catalogue.model import Package
from app.catalogue.toml import nearest
from app.catalogue.vocabulary import PORTAL_ROUTES
from app.feel.xml import XmlRefused, read

# What the portal brings into task data by itself.
WITH_WITHDRAWAL = "withdrawal_by"
WITH_PAYMENT = "booking"  # a payment makes a held date firm
WITH_FEE = "fee"  # the decision table of a fee is asked for this one
MAX_CODE = 20_000  # characters
_SCRIPTS = frozenset({f"{BPMN}script", f"{SPIFF}preScript", f"{SPIFF}postScript"})
_EXPRESSIONS = frozenset(
    f"{BPMN}{name}"
    for name in (
        *("conditionExpression", "timeDate", "timeDuration", "timeCycle"),
        *("loopCardinality", "loopCondition", "completionCondition"),
    )
)


_INNER = ("EventDefinition", "LoopCharacteristics", "DataItem")


class NameChecks:
    """Over the whole package: first what is set, then what is read."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints
        self.roots = dict(self._roots())
        self.known = self._set()
        # What a missing table would set is not known: then nothing is said.
        self.sure = all(not each.decision or each.decision in package.decisions for each in package.elements.values())

    def run(self) -> None:
        if not self.sure:
            return
        for file, root in self.roots.items():
            for element, node in _within(root, root.get("id", "")):
                if node.tag in _EXPRESSIONS or node.tag in _SCRIPTS:
                    self._code(file, element, node.text or "")
                elif node.tag == f"{BPMN}loopDataInputRef":
                    self._read(file, element, (node.text or "").strip())
        for each in self.package.elements.values():
            for code in each.parameters.values():
                self._code(each.file, each.id, code)
        self._decisions()

    def _roots(self) -> Iterator[tuple[str, Node]]:
        for file, content in self.package.bpmn.items():
            try:
                yield file, read(content)
            except XmlRefused:  # said when the package was read
                continue

    def _set(self) -> frozenset[str]:
        found: set[str] = {WITH_WITHDRAWAL} if self.package.withdraw_message else set()
        for element in self.package.elements.values():
            found.update(element.listed("routes"))
            found.update(route for name, route in PORTAL_ROUTES.items() if element.properties.get(name))
            if element.properties.get("confirms"):
                found.add(WITH_PAYMENT)
            if element.result_variable:
                found.add(element.result_variable)
            if element.decision in self.package.decisions:
                found.update(output.name for output in self.package.decisions[element.decision].outputs)
        for root in self.roots.values():
            for node in root.iter():
                if node.tag in _SCRIPTS:
                    found.update(_names(node.text or "", ast.Store))
                elif node.tag in (f"{BPMN}inputDataItem", f"{BPMN}outputDataItem"):
                    found.add(node.get("name") or node.get("id") or "")
                elif node.tag == f"{BPMN}loopDataOutputRef":
                    found.add((node.text or "").strip())
        return frozenset(found)

    def _decisions(self) -> None:
        """Tables that elements call read the case's data; those of fees `fee`, too."""
        fees = {fee.decision for fee in self.package.fees.values()}
        called = {element.decision: element for element in self.package.elements.values() if element.decision}
        for name, decision in self.package.decisions.items():
            if name not in fees and name not in called:
                continue
            for read_name in sorted(decision.names() - ({WITH_FEE} if name in fees else set())):
                self._read(self._file(name), name, read_name)

    def _file(self, decision: str) -> str:
        """The .dmn file that holds the decision."""
        mark = f'id="{decision}"'.encode()
        files = (path for path, content in self.package.files.items() if path.endswith(".dmn") and mark in content)
        return next(files, "")

    def _code(self, file: str, element: str, code: str) -> None:
        own = _names(code, ast.Store)  # of loops and comprehensions; what scripts set is known anyway
        for name in sorted(_names(code, ast.Load) - own):
            self._read(file, element, name)

    def _read(self, file: str, element: str, name: str) -> None:
        if not name or name in self.known:
            return
        like = nearest(name, self.known)
        if like:
            self.complaints.say(
                file, element, "Nothing ever sets “%(name)s”: did you mean “%(nearest)s”?", name=name, nearest=like
            )
        else:
            self.complaints.say(
                file,
                element,
                "Nothing ever sets “%(name)s”: route it from a form, set it in a script, or put it in quotes.",
                name=name,
            )


def _within(node: Node, element: str) -> Iterator[tuple[str, Node]]:
    """(id of the innermost element with an id, node), of everything below. The depth is bounded by the reader."""
    for child in node:
        # Expressions and definitions of events may have ids of their own, which nobody sees on the page.
        drawn = child.tag.startswith(BPMN) and not child.tag.endswith(_INNER) and child.tag not in _EXPRESSIONS
        named = child.get("id", "") if drawn else ""
        yield named or element, child
        yield from _within(child, named or element)


def _names(code: str, context: type[ast.expr_context]) -> frozenset[str]:
    """Names that the code reads (ast.Load; what is called does not count) or sets (ast.Store)."""
    if len(code) > MAX_CODE:
        return frozenset()
    try:
        tree = ast.parse(code.strip(" \t").strip("\n"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context) and id(node) not in called
    )

"""Answers that nobody asks for: options of a form that take the default way out of a gateway without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from app.bpmn import Flow
from app.catalogue.check_names import codes
from app.catalogue.complaints import Complaints
from app.catalogue.domains import Domain, State, Values, one
from app.catalogue.drawn import Element
from app.catalogue.following import Following
from app.catalogue.model import Package
from app.catalogue.python import names, parsed
from app.catalogue.tables import named_in
from app.catalogue.verdicts import constants, judged
from app.errors import N_


class OptionChecks:
    """Over all exclusive gateways with a default flow.

    A default flow is for the one answer that is left, or for several that are asked for elsewhere. An answer that is
    neither was added to a form and forgotten in the diagram.
    """

    def __init__(self, package: Package, complaints: Complaints, following: Following) -> None:
        self.package = package
        self.complaints = complaints
        self.following = following

    def run(self) -> None:
        asked = set(self._asked())
        by_default = [
            (gateway, name, texts)
            for gateway in self.package.elements.values()
            if gateway.kind == "exclusiveGateway" and gateway.default and gateway.id in self.following.entry
            and not self._told(gateway)
            for name, texts in self._left_over(gateway)
        ]  # fmt: skip
        alone = {texts[0] for _, _, texts in by_default if len(texts) == 1}
        for gateway, name, texts in by_default:
            forgotten = [text for text in texts if text not in asked and text not in alone]
            if len(texts) > 1 and forgotten:
                self.complaints.warn(
                    gateway.file, gateway.id, N_("%(all)s of “%(name)s” all take the default flow here, and no "
                                                 "condition "
                    "asks for %(forgotten)s. Ask for it, or make sure that this is meant."),
                    all=_texts(texts), name=name, forgotten=_texts(forgotten),
                )  # fmt: skip

    def _told(self, gateway: Element) -> bool:
        """Whether one of its conditions is wrong: then what is left over is no wonder."""
        flows = {flow.id for flow in self.following.out[gateway.id]}
        return any(each.element in flows and each.severity == "error" for each in self.complaints.problems)

    def _left_over(self, gateway: Element) -> Iterator[tuple[str, list[str]]]:
        """The known texts of each name that the gateway reads, with which only the default flow is left."""
        state = self.following.entry[gateway.id]
        flows = [flow for flow in self.following.out[gateway.id] if flow.id != gateway.default]
        for name in sorted({name for flow in flows for name in names(parsed(flow.condition), ast.Load)}):
            domain = state.of(name)
            if not domain.any and "text" not in domain.kinds:
                texts = [text for text in domain.texts() if text and not _taken(flows, state.with_(name, one(text)))]
                yield name, texts

    def _asked(self) -> Iterator[str]:
        """Every text with which something is compared, in diagrams and tables."""
        for code in codes(self.package):
            tree = parsed(code.text)
            for node in ast.walk(tree) if tree is not None else ():
                if isinstance(node, ast.Compare):
                    for part in (node.left, *node.comparators):
                        yield from (str(value) for kind, value in constants(part) or () if kind == "text")
        for decision in self.package.decisions.values():
            for rule in decision.rules:
                for cell in rule.tests:
                    yield from (str(value) for kind, value in named_in(cell) if kind == "text")


def _taken(flows: list[Flow], state: State) -> bool:
    """Whether one of the flows may be taken in this state."""
    return any(judged(flow.condition, state).true is not None for flow in flows if flow.condition)


def _texts(texts: list[str]) -> Values:
    return Values(Domain(frozenset(("text", text) for text in texts)))

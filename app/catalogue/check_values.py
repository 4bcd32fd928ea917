"""What is compared can be: options of forms, rows of tables and scripts against what conditions and scripts ask for.

Goes by `following`, which never leaves out what can happen: so each sentence here is of something that cannot.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from app.bpmn import Flow
from app.catalogue.complaints import Complaints
from app.catalogue.domains import Domain, Known, State, Value, Values
from app.catalogue.drawn import Code, Element, codes_of
from app.catalogue.following import Following
from app.catalogue.judging import worked_out
from app.catalogue.model import Package
from app.catalogue.python import names, parsed
from app.catalogue.toml import nearest
from app.catalogue.verdicts import constants, judged
from app.errors import N_

_MOST_DEAD = 10  # arrows that are looked at one by one
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class ValueChecks:
    """Over all conditions, scripts, times and parameters."""

    def __init__(self, package: Package, complaints: Complaints, following: Following) -> None:
        self.package = package
        self.complaints = complaints
        self.following = following
        self.beyond = following  # as if conditions that can never be true were: for what lies behind them
        self.echoes: frozenset[str] = frozenset()

    def run(self) -> None:
        dead = self.following.dead()
        if dead:
            self.beyond = Following(self.package, {flow.id for flow in dead}, self.following)
            self.echoes = self._echoes(dead)
        for element in self.package.elements.values():
            state = self.state_at(element)
            if state is None:
                continue
            for code in codes_of(element):
                self._code(code, self._state(element, code, state))
            self._loop(element, state)
            if element.kind == "exclusiveGateway":
                self._gateway(element, state)
            else:
                self._side_by_side(element, self.following.after(element, state) or state)

    def state_at(self, element: Element) -> State | None:
        """What may be when a case comes to the element; None where none does."""
        return self.following.entry.get(element.id) or self.beyond.entry.get(element.id)

    def _echoes(self, dead: list[Flow]) -> frozenset[str]:
        """Arrows that are dead only because another one is: told once, where the wrong word stands."""
        found = set()
        for flow in dead[:_MOST_DEAD]:
            others = {other.id for other in dead} - {flow.id}
            if self.beyond.entry[flow.source].names == self.following.entry[flow.source].names:
                continue  # whatever lies behind the others, nothing else comes here
            if others and flow.id in Following(self.package, others, self.following).on:
                found.add(flow.id)
        return frozenset(found) if len(found) < len(dead) else frozenset()

    def _state(self, element: Element, code: Code, state: State) -> State:
        if code.part == "script.before" or code.part == "time":
            return state
        state = self.following.before(element, state)
        if code.part in ("script.after", "loop.condition"):
            state = self.following.after(element, state) or state
            return self.following.within(element, state)
        return self.following.within(element, state)

    def _code(self, code: Code, state: State) -> None:
        tree = parsed(code.text)
        if tree is None:
            return
        own = names(tree, ast.Store)  # a script's own names change while it runs
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                self._compared(code, node, state, own)
        for name in sorted(names(tree, ast.Load) - own):
            self._unset(code, name, state)

    # ---- one comparison

    def _compared(self, code: Code, node: ast.Compare, state: State, own: frozenset[str]) -> None:
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            if isinstance(right, ast.Name) and not isinstance(left, ast.Name):
                left, right = right, left
            if not isinstance(left, ast.Name) or left.id in own:
                continue
            domain, wanted = state.of(left.id), constants(right)
            if wanted is None or domain.any or domain.empty or _only_unset(domain):
                continue
            if isinstance(operator, _ORDERS):
                self._ordered(code, left.id, wanted, domain)
                continue
            for value in wanted:
                if not domain.may_be(value):
                    self._never(code, left.id, value, domain)

    def _never(self, code: Code, name: str, value: Known, domain: Domain) -> None:
        shown, known = Value(value), Values(domain)
        if value[0] == "text" and domain.texts():
            like = nearest(value[1], frozenset(domain.texts()))
            if like:
                self.complaints.say(
                    code.file, code.element,
                    N_("“%(name)s” is never %(value)s here: it is one of %(known)s. Did you mean “%(nearest)s”?"),
                    code.part, name=name, value=shown, known=known, nearest=like,
                )  # fmt: skip
                return
        elif value[0] == "text" and domain.may_be_kind("bool"):
            self.complaints.say(
                code.file, code.element, N_("“%(name)s” is never %(value)s here: it is yes or no. Write "
                                            "%(name)s, or not "
                "%(name)s."), code.part, name=name, value=shown,
            )  # fmt: skip
            return
        self.complaints.say(
            code.file, code.element, N_("“%(name)s” is never %(value)s here: it is one of %(known)s."), code.part,
            name=name, value=shown, known=known,
        )  # fmt: skip

    def _ordered(self, code: Code, name: str, wanted: Iterable[Known], domain: Domain) -> None:
        """Python fails where it is to order a number and a text."""
        for kind, bare in wanted:
            other = {"text": ("number", "bool"), "number": ("text",)}.get(kind, ())
            if other and domain.may_be_kind(*other) and not domain.may_be_kind(kind):
                self.complaints.say(
                    code.file, code.element, N_("“%(name)s” is one of %(known)s, which cannot be less or more than "
                    "%(value)s."), code.part, name=name, known=Values(domain), value=Value((kind, bare)),
                )  # fmt: skip

    def _unset(self, code: Code, name: str, state: State) -> None:
        domain = state.of(name)
        if not domain.unset or not self._set_somewhere(name):
            return
        if _only_unset(domain):
            self.complaints.say(
                code.file, code.element, N_("Nothing has set “%(name)s” when a case comes here: a step that sets "
                                            "it must "
                "come before."), code.part, name=name,
            )  # fmt: skip
        else:
            self.complaints.warn(
                code.file, code.element, N_("On some way that leads here nothing has set “%(name)s”: give it a first "
                "value in a script at the beginning."), code.part, name=name,
            )  # fmt: skip

    def _set_somewhere(self, name: str) -> bool:
        """Else it was named already, as a name that nothing ever sets."""
        return any(name in names_of for names_of in self.following.sets.own.values())

    def _loop(self, element: Element, state: State) -> None:
        loop = element.loop
        if loop is None:
            return
        state = self.following.before(element, state)
        if loop.collection:
            domain = state.of(loop.collection)
            if not domain.any and not domain.may_be_kind("list", "dict") and not _only_unset(domain):
                self.complaints.say(
                    element.file, element.id, N_("It repeats for each of “%(name)s”, which is no list: it is one of "
                    "%(known)s."), "loop", name=loop.collection, known=Values(domain),
                )  # fmt: skip
        elif loop.cardinality:
            domain = worked_out(loop.cardinality, state)
            if not domain.any and not domain.may_be_kind("number") and not domain.unset:
                self.complaints.say(
                    element.file, element.id, N_("How often it repeats is to be a whole number, and here it is one of "
                    "%(known)s."), "loop.times", known=Values(domain),
                )  # fmt: skip

    # ---- gateways

    def _gateway(self, gateway: Element, state: State) -> None:
        left: State | None = state
        for flow in self.following.out[gateway.id]:
            if flow.id == gateway.default or not flow.condition or flow.id in self.echoes:
                continue
            here = left if left is not None else state
            before = len(self.complaints.problems)
            self._code(Code(flow.file, flow.id, "condition", flow.condition), here)
            verdict = judged(flow.condition, here)
            if (left is None or verdict.true is None) and len(self.complaints.problems) == before:
                self._not_taken(flow)
            left = verdict.false if left is not None else None
        if left is None and gateway.default:
            for flow in self.following.out[gateway.id]:
                if flow.id == gateway.default:
                    self._not_taken(flow)

    def _side_by_side(self, element: Element, state: State) -> None:
        """Arrows of which each goes by its own condition, whatever the others do."""
        for flow in self.following.out[element.id]:
            if not flow.condition or flow.id in self.echoes:
                continue
            before = len(self.complaints.problems)
            self._code(Code(flow.file, flow.id, "condition", flow.condition), state)
            if judged(flow.condition, state).true is None and len(self.complaints.problems) == before:
                self._not_taken(flow)

    def _not_taken(self, flow: Flow) -> None:
        self.complaints.warn(
            flow.file,
            flow.id,
            N_("No case can take this arrow, whatever was answered and decided before."),
            "condition",
        )


def _only_unset(domain: Domain) -> bool:
    return domain.unset and not domain.known and not domain.kinds and domain.numbers is None

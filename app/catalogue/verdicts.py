"""Conditions of diagrams judged: the states in which one can be true, and those in which it can be false."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from decimal import Decimal

from app.catalogue.domains import (
    INFINITE,
    Domain,
    Known,
    State,
    join,
    known,
)
from app.catalogue.python import expression

_FLIPPED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq}


@dataclass(frozen=True)
class Verdict:
    """Of a condition: the state in which it is true, and that in which it is false; None where that cannot be."""

    true: State | None
    false: State | None

    @property
    def swapped(self) -> Verdict:
        return Verdict(self.false, self.true)


def judged(code: str, state: State) -> Verdict:
    """What a condition may be in this state. What is no Python, or is not followed, may be both."""
    tree = expression(code)
    return judge(tree, state) if tree is not None else Verdict(state, state)


def judge(node: ast.expr, state: State) -> Verdict:
    match node:
        case ast.Name():
            return _truth(node.id, state)
        case ast.UnaryOp(op=ast.Not()):
            return judge(node.operand, state).swapped
        case ast.BoolOp(op=ast.And()):
            return _both(node.values, state)
        case ast.BoolOp(op=ast.Or()):
            # a or b is not (not a and not b).
            negated: list[ast.expr] = [ast.UnaryOp(ast.Not(), part) for part in node.values]
            return _both(negated, state).swapped
        case ast.Compare(ops=[operator]):
            return _compared(node.left, operator, node.comparators[0], state)
        case ast.Constant():
            return Verdict(state if node.value else None, None if node.value else state)
    return Verdict(state, state)


def _both(parts: list[ast.expr], state: State) -> Verdict:
    true: State | None = state
    false: State | None = None
    for part in parts:
        if true is None:
            break
        verdict = judge(part, true)
        true = verdict.true
        if verdict.false is not None:
            false = verdict.false if false is None else false.joined(verdict.false)
    return Verdict(true, false)


def _truth(name: str, state: State) -> Verdict:
    domain = state.of(name)
    falsy = [each for each in domain.known if not each[1]]
    true, false = domain.without(falsy), Domain(frozenset(falsy), domain.kinds, domain.numbers, domain.unset)
    return Verdict(None if true.empty else state.with_(name, true), None if false.empty else state.with_(name, false))


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr, state: State) -> Verdict:
    if not isinstance(left, ast.Name) and isinstance(right, ast.Name) and type(operator) in _FLIPPED:
        left, operator, right = right, _FLIPPED[type(operator)](), left
    if not isinstance(left, ast.Name):
        return Verdict(state, state)
    wanted = constants(right)
    inside = isinstance(operator, ast.In | ast.NotIn)
    if wanted is None or inside is isinstance(right, ast.Constant | ast.UnaryOp):  # 'a' in 'abc' is another matter
        return Verdict(state, state)
    name, domain = left.id, state.of(left.id)
    if isinstance(operator, ast.Eq | ast.Is | ast.In):
        return _split(name, state, domain.only(wanted), domain.without(wanted))
    if isinstance(operator, ast.NotEq | ast.IsNot | ast.NotIn):
        return _split(name, state, domain.without(wanted), domain.only(wanted))
    if len(wanted) == 1 and wanted[0][0] == "number":
        return _ordered(name, operator, wanted[0][1], state)
    return Verdict(state, state)


def _ordered(name: str, operator: ast.cmpop, bound: Decimal, state: State) -> Verdict:
    domain = state.of(name)
    whole = domain.numbers is None or domain.numbers.whole
    step = Decimal(1) if whole and bound == bound.to_integral_value() else Decimal(0)
    below, above = domain.between(-INFINITE, bound - step), domain.between(bound + step, INFINITE)
    if not step:  # of numbers with a fraction the bound itself is left out
        below, above = (_without_bound(each, bound) for each in (below, above))
    up_to, from_ = domain.between(-INFINITE, bound), domain.between(bound, INFINITE)
    match operator:
        case ast.Lt():
            return _split(name, state, below, from_)
        case ast.LtE():
            return _split(name, state, up_to, above)
        case ast.Gt():
            return _split(name, state, above, up_to)
        case ast.GtE():
            return _split(name, state, from_, below)
    return Verdict(state, state)


def _without_bound(domain: Domain, bound: Decimal) -> Domain:
    point = domain.numbers is not None and domain.numbers.low == domain.numbers.high == bound
    return replace(domain.without([("number", bound)]), numbers=None if point else domain.numbers)


def _split(name: str, state: State, true: Domain, false: Domain) -> Verdict:
    if state.of(name).unset:  # it fails, and whoever looks for that says so: here it goes on
        true = join(true, Domain(unset=True))
    return Verdict(None if true.empty else state.with_(name, true), None if false.empty else state.with_(name, false))


def constants(node: ast.expr) -> tuple[Known, ...] | None:
    """The known values of a constant, or of a list of them; None of anything else."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    found = []
    for part in parts:
        each = known(part.value) if isinstance(part, ast.Constant) else None
        if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub) and isinstance(part.operand, ast.Constant):
            inner = known(part.operand.value)
            each = ("number", -inner[1]) if inner is not None and inner[0] == "number" else None
        if each is None:
            return None
        found.append(each)
    return tuple(found)

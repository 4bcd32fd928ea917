"""Expressions and scripts of a diagram worked out over domains: what may come of them, and what a condition leaves."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from app.catalogue.domains import (
    ANY,
    INFINITE,
    NOTHING,
    YES_NO,
    Domain,
    Known,
    Range,
    State,
    join,
    known,
    of_kind,
    one,
)
from app.catalogue.python import expression, names, parsed

_TEXTS = frozenset({"str", "lower", "upper", "strip", "join", "replace", "format", "title", "lstrip", "rstrip"})
_NUMBERS = frozenset({"len", "count", "find", "index"})
_LISTS = frozenset({"list", "sorted", "split", "keys", "values", "items", "reversed"})
_SET = re.compile(r"([^\W\d]\w*)\s*[-+*/]?=(?!=)")
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
    return _judge(tree, state) if tree is not None else Verdict(state, state)


def worked_out(code: str, state: State) -> Domain:
    """What an expression may come to."""
    tree = expression(code)
    return value(tree, state) if tree is not None else ANY


def run(code: str, state: State) -> State:
    """The state after a script."""
    tree = parsed(code)
    if tree is not None:
        return _block(tree.body, state)
    for name in _SET.findall(code):  # what is no Python is told by itself; what it was to set is taken to be set
        state = state.with_(name, ANY)
    return state


# ---- values


def value(node: ast.expr, state: State) -> Domain:
    """The domain of an expression."""
    match node:
        case ast.Constant():
            return one(node.value)
        case ast.Name():
            return state.of(node.id)
        case ast.IfExp():
            verdict = _judge(node.test, state)
            left = value(node.body, verdict.true) if verdict.true is not None else NOTHING
            right = value(node.orelse, verdict.false) if verdict.false is not None else NOTHING
            return join(left, right)
        case ast.BoolOp():
            found = NOTHING
            for part in node.values:
                found = join(found, value(part, state))
            return found
        case ast.UnaryOp(op=ast.Not()) | ast.Compare():
            verdict = _judge(node, state)
            if verdict.true is None or verdict.false is None:
                return one(verdict.true is not None)
            return YES_NO
        case ast.UnaryOp(op=ast.USub()):
            return _calculated(ast.Sub(), one(0), value(node.operand, state))
        case ast.BinOp():
            return _calculated(node.op, value(node.left, state), value(node.right, state))
        case ast.JoinedStr():
            return of_kind("text")
        case ast.List() | ast.ListComp() | ast.Tuple() | ast.Set():
            return of_kind("list")
        case ast.Dict() | ast.DictComp():
            return of_kind("dict")
        case ast.Call():
            return _called(node, state)
    return ANY


def _called(node: ast.Call, state: State) -> Domain:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in _TEXTS:
        return of_kind("text")
    if name in _NUMBERS:
        return Domain(numbers=Range(Decimal(-1 if name in ("find", "index") else 0), INFINITE, True))
    if name in _LISTS:
        return of_kind("list")
    if name == "dict":
        return of_kind("dict")
    if name in ("bool", "any", "all", "isinstance", "startswith", "endswith"):
        return YES_NO
    if name == "int":
        return Domain(numbers=Range(-INFINITE, INFINITE, True))
    if name in ("min", "max") and len(node.args) > 1:
        found = NOTHING
        for part in node.args:
            found = join(found, value(part, state))
        return found
    return of_kind("number") if name in ("float", "sum", "abs", "round") else ANY


def _calculated(operator: ast.operator, left: Domain, right: Domain) -> Domain:
    low, high = _range(left), _range(right)
    if low is None or high is None:
        texts = isinstance(operator, ast.Add) and not left.any and not right.any
        if texts and not left.may_be_kind("number", "list") and left.may_be_kind("text"):
            return of_kind("text")
        return ANY
    if isinstance(operator, ast.Add):
        return _ranged(low.low + high.low, low.high + high.high, low.whole and high.whole)
    if isinstance(operator, ast.Sub):
        return _ranged(low.low - high.high, low.high - high.low, low.whole and high.whole)
    whole = low.whole and high.whole and isinstance(operator, ast.Mult | ast.FloorDiv | ast.Mod)
    return Domain(numbers=Range(-INFINITE, INFINITE, whole))


def _ranged(low: Decimal, high: Decimal, whole: bool) -> Domain:
    low, high = (-INFINITE if low.is_nan() else low), (INFINITE if high.is_nan() else high)
    return one(low) if low == high else Domain(numbers=Range(low, high, whole))


def _range(domain: Domain) -> Range | None:
    """All its numbers; None where it may be something else, or has none."""
    if domain.kinds or any(kind not in ("number", "none") for kind, _ in domain.known):
        return None
    found = domain.numbers
    for kind, figure in domain.known:
        if kind == "number":
            here = Range(figure, figure, figure == figure.to_integral_value())
            found = join(Domain(numbers=found), Domain(numbers=here)).numbers if found else here
    return found


# ---- conditions


def _judge(node: ast.expr, state: State) -> Verdict:
    match node:
        case ast.Name():
            return _truth(node.id, state)
        case ast.UnaryOp(op=ast.Not()):
            return _judge(node.operand, state).swapped
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
        verdict = _judge(part, true)
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


# ---- scripts


def _block(body: list[ast.stmt], state: State) -> State:
    for statement in body:
        state = _statement(statement, state)
    return state


def _statement(statement: ast.stmt, state: State) -> State:
    match statement:
        case ast.Assign():
            found = value(statement.value, state)
            for target in statement.targets:
                for name in names(target, ast.Store):
                    state = state.with_(name, found if isinstance(target, ast.Name) else ANY)
            return state
        case ast.AugAssign(target=ast.Name(id=name)):
            return state.with_(name, _calculated(statement.op, state.of(name), value(statement.value, state)))
        case ast.If():
            verdict = _judge(statement.test, state)
            left = _block(statement.body, verdict.true) if verdict.true is not None else None
            right = _block(statement.orelse, verdict.false) if verdict.false is not None else None
            if left is None or right is None:
                return left or right or state
            return left.joined(right)
        case ast.For() | ast.While():
            for name in names(statement, ast.Store):
                state = state.with_(name, join(state.of(name), ANY))
            return state
    return state

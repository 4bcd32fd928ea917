"""Expressions and scripts of a diagram worked out over domains: what may come of them, and what a condition leaves."""

from __future__ import annotations

import ast
import re
from decimal import Decimal

from app.catalogue.domains import (
    ANY,
    INFINITE,
    NOTHING,
    YES_NO,
    Domain,
    Range,
    State,
    join,
    of_kind,
    one,
)
from app.catalogue.python import expression, names, parsed
from app.catalogue.verdicts import judge

_TEXTS = frozenset({"str", "lower", "upper", "strip", "join", "replace", "format", "title", "lstrip", "rstrip"})
_NUMBERS = frozenset({"len", "count", "find", "index"})
_LISTS = frozenset({"list", "sorted", "split", "keys", "values", "items", "reversed"})
_SET = re.compile(r"([^\W\d]\w*)\s*[-+*/]?=(?!=)")


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
            verdict = judge(node.test, state)
            left = value(node.body, verdict.true) if verdict.true is not None else NOTHING
            right = value(node.orelse, verdict.false) if verdict.false is not None else NOTHING
            return join(left, right)
        case ast.BoolOp():
            found = NOTHING
            for part in node.values:
                found = join(found, value(part, state))
            return found
        case ast.UnaryOp(op=ast.Not()) | ast.Compare():
            verdict = judge(node, state)
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
            verdict = judge(statement.test, state)
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

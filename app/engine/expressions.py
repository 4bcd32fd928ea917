"""Which Python an analyst may write: an allow-list over the syntax tree, checked before anything runs.

The sandbox is the wall; this is the gate in front of it. What is fed to the sandbox is written anew from the
checked tree, so the two parsers cannot disagree on what was checked.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import lru_cache

from app.engine.reasons import SIGNS, of_python
from app.errors import ScriptError

MAX_EXPRESSION = 4_000  # characters
MAX_SCRIPT = 20_000
MAX_SYNTAX_NODES = 4_000

_FUNCTIONS = """
abs all any bool dict divmod enumerate float int isinstance len list max min range reversed round set sorted
str sum tuple zip
"""
_METHODS_OF_TEXT = """
capitalize casefold center count endswith find index isalnum isalpha isdigit isnumeric isspace join ljust
lower lstrip partition removeprefix removesuffix replace rjust rsplit rstrip split splitlines startswith
strip title upper zfill
"""
_METHODS_OF_COLLECTIONS = """
append clear copy extend get insert items keys pop remove reverse setdefault sort update values
"""
_IN_EXPRESSIONS = """
Expression BoolOp And Or BinOp Add Sub Mult Div FloorDiv Mod Pow BitAnd BitOr BitXor UnaryOp Not USub UAdd
Compare Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn Call keyword IfExp Name Load Store Constant Subscript Slice
List Tuple Dict Set ListComp SetComp DictComp GeneratorExp comprehension JoinedStr FormattedValue Attribute
"""
_IN_SCRIPTS = "Module Assign AugAssign Expr If For While Break Continue Pass"

FUNCTIONS = frozenset(_FUNCTIONS.split())
METHODS = frozenset(_METHODS_OF_TEXT.split() + _METHODS_OF_COLLECTIONS.split())
_EXPRESSION_NODES = tuple(getattr(ast, name) for name in _IN_EXPRESSIONS.split())
_SCRIPT_NODES = (*_EXPRESSION_NODES, *(getattr(ast, name) for name in _IN_SCRIPTS.split()))


@dataclass(frozen=True, slots=True)
class Code:
    """Checked code. `reads` are the names that it may need; `writes` those that it may leave changed."""

    source: str
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def expression(text: str) -> Code:
    """Check one expression. Raises ScriptError with the reason in plain words."""
    tree = _parse(text.strip(), "eval", MAX_EXPRESSION)
    _check(tree, _EXPRESSION_NODES)
    return Code(ast.unparse(tree), _read(tree))


@lru_cache(maxsize=1024)
def script(text: str) -> Code:
    """Check one script. Raises ScriptError with the reason in plain words.

    `writes` are all names that the script mentions but the variables of its loops: a list or dictionary that
    was only read by name may have been changed in place.
    """
    tree = _parse(text.strip("\n"), "exec", MAX_SCRIPT)
    _check(tree, _SCRIPT_NODES)
    bound = _names(tree, ast.Store)
    assigned: set[str] = set()
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            assigned |= _names(target, ast.Store)
    reads = _read(tree) | bound
    loops_only = bound - assigned
    return Code(ast.unparse(tree), reads, reads - loops_only - FUNCTIONS)


def _parse(text: str, mode: str, limit: int) -> ast.AST:
    if not text:
        raise ScriptError("There is nothing to evaluate.")
    if len(text) > limit:
        raise ScriptError("The expression or script is longer than %(limit)s characters.", limit=limit)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # `x is 'a'` is nobody's to read on the terminal
            tree: ast.AST = ast.parse(text, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = of_python(text, getattr(error, "msg", None) or "", one_expression=mode == "eval")
        raise ScriptError(
            "“%(code)s” is not a valid expression or script: %(reason)s", code=_short(text), reason=reason
        ) from None
    return tree


def _check(tree: ast.AST, allowed: tuple[type[ast.AST], ...]) -> None:
    called: set[int] = set()
    for count, node in enumerate(ast.walk(tree)):
        if count > MAX_SYNTAX_NODES:
            raise ScriptError("The expression or script is too long.")
        if not isinstance(node, allowed):
            raise ScriptError("“%(sign)s” may not be used here.", sign=_sign(type(node)))
        if isinstance(node, ast.Call):
            _check_call(node)
            called.add(id(node.func))
        elif isinstance(node, ast.Attribute) and id(node) not in called:
            raise ScriptError("“.%(name)s” may not be used; write data['%(name)s'].", name=node.attr)
        elif isinstance(node, ast.Name):
            _check_name(node)
        elif isinstance(node, ast.Constant) and type(node.value) not in (str, int, float, bool, type(None)):
            raise ScriptError("“%(sign)s” may not be used here.", sign=_sign(type(node.value)))
        elif isinstance(node, ast.comprehension) and node.is_async:
            raise ScriptError("“%(sign)s” may not be used here.", sign="async")


def _check_call(node: ast.Call) -> None:
    # ast.walk meets a call before its parts, so what is called is known by the time its name is looked at.
    if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        return
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        return
    name = getattr(node.func, "id", getattr(node.func, "attr", "this"))
    raise ScriptError("“%(name)s” may not be called here.", name=name)


def _check_name(node: ast.Name) -> None:
    if node.id.startswith("__"):
        raise ScriptError("The name “%(name)s” is reserved.", name=node.id)
    if isinstance(node.ctx, ast.Store) and node.id in FUNCTIONS:
        raise ScriptError("“%(name)s” is a function and may not be given a value.", name=node.id)


def _names(tree: ast.AST, context: type[ast.expr_context]) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context))


def _read(tree: ast.AST) -> frozenset[str]:
    """The names whose values are asked for. A value may be called like a function; what is called is the function."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called
    )


def _sign(kind: type) -> str:
    """How people write what a syntax tree calls by its own word."""
    return SIGNS.get(kind.__name__, kind.__name__)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"

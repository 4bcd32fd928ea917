"""The Jinja sandbox in which analysts' templates run: nothing of Python within reach, and work,
text and numbers bounded.

Jinja's own sandbox stops escapes, not bombs: a nested loop, `"a" * 10**9` or a format width would take the
worker down. So a template gets a stated set of filters and methods, and every loop turn, call, printed value
and joined text is charged to the budget of its rendering.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock
from types import MappingProxyType
from typing import Any

from jinja2 import BaseLoader, ChainableUndefined, Environment, TemplateNotFound, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from app.connectors import filters
from app.text.template_words import LARGE, OPERATOR, RANGE, TOO_LONG, TOO_MUCH

MAX_SOURCE = 400_000  # characters of one template file
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset({"startswith", "endswith", "strip", "lstrip", "rstrip", "upper", "lower", "split", "splitlines"}),
    datetime: frozenset({"year", "month", "day", "hour", "minute", "date", "isoformat", "weekday"}),
    date: frozenset({"year", "month", "day", "isoformat", "weekday"}),
    clock: frozenset({"hour", "minute", "isoformat"}),
}
_MAPPING_METHODS = frozenset({"items", "keys", "values", "get"})
_JINJA_FILTERS = (  # noqa: SIM905 - as a list it would fill a page
    "capitalize count default d dictsort e escape first float groupby int join last length list lower map max min "
    "reject rejectattr round select selectattr sort striptags sum title trim unique upper"
).split()
_OWN_FILTERS = (
    "jdate",
    "jdatetime",
    "edate",
    "edatetime",
    "eyen",
    "wareki",
    "yen",
    "number",
    "lines",
    "postal",
    "blocks",
    "rows",
    "fit",
)
MOST_COMPILED = 500  # templates whose code is kept, of all packages
_compiled: dict[tuple[Any, ...], Any] = {}
FILTERS = frozenset((*_JINJA_FILTERS, *_OWN_FILTERS))  # all that a template may use


@dataclass(slots=True)
class Budget:
    """What one rendering may still use. A turn is a pass of a loop, a call or a template loaded."""

    turns: int = 50_000
    characters: int = 4_000_000
    seconds: float = 5.0
    deadline: float = 0.0

    def start(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def charge(self, turns: int = 0, characters: int = 0) -> None:
        self.turns -= turns
        self.characters -= characters
        if self.turns < 0 or self.characters < 0 or (self.deadline and time.monotonic() > self.deadline):
            raise SecurityError(TOO_MUCH)


current: ContextVar[Budget] = ContextVar("budget")


def _spend(turns: int = 0, characters: int = 0) -> None:
    budget = current.get(None)  # none while constants are folded at compile time: those were bounded by the source
    if budget is not None:
        budget.charge(turns, characters)


def _turns(items: Iterable[Any], weight: int) -> Iterator[Any]:
    for item in items:
        _spend(1, weight)
        yield item


def _joined(parts: list[Any]) -> str:
    texts = [part if isinstance(part, str) else str(part) for part in parts]
    _spend(1, sum(map(len, texts)))
    return "".join(texts)


def _charged(weight: int) -> str:
    _spend(1, weight)
    return ""


def _weight(body: list[nodes.Node]) -> int:
    return sum(len(data.data) for node in body for data in node.find_all(nodes.TemplateData)) + sum(
        len(node.data) for node in body if isinstance(node, nodes.TemplateData)
    )


class _Meter(NodeTransformer):
    """Puts the charges into the parsed template: `~` joins, loop turns, and the fixed text of loops and macros."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja finds it by name
        self.generic_visit(node)
        joined = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(joined, "_joined", [], [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja finds it by name
        weight = nodes.Const(_weight(node.body), lineno=node.lineno)
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_turns", [weight], [], None, None, lineno=node.lineno)
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802 - Jinja finds it by name
        weight = nodes.Const(_weight(node.body), lineno=node.lineno)
        self.generic_visit(node)
        charge = nodes.Filter(weight, "_charged", [], [], None, None, lineno=node.lineno)
        node.body.insert(0, nodes.Output([charge], lineno=node.lineno))
        return node


class _Nothing(ChainableUndefined):
    """Absent at the first level or deeper: prints nothing, is empty, is false."""

    __slots__ = ()


class _Files(BaseLoader):
    """Templates among the files of one package, by their path in it; a header between +++ lines is left out."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - Jinja's signature
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template not in self.files:
            raise TemplateNotFound(template)
        text = self.files[template].decode("utf-8-sig")
        if text.startswith("+++\n"):
            text = text.partition("\n+++\n")[2]
        return text, template, None


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja over the files of one package. `printed` turns each printed value into text (or Markup)."""

    intercepted_binops = frozenset({"+", "*", "%", "**", "//", "/", "-"})

    def __init__(self, files: Mapping[str, bytes], *, autoescape: bool, printed: Callable[[Any], Any]) -> None:
        def finalize(value: Any) -> Any:
            text = printed(value)
            _spend(0, len(text))
            return text

        self._printed = printed
        super().__init__(
            loader=_Files(files),
            autoescape=autoescape,
            undefined=_Nothing,
            finalize=finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            cache_size=50,
        )
        own: dict[str, Callable[..., Any]] = {name: getattr(filters, name) for name in _OWN_FILTERS}
        self.filters = (
            {name: self.filters[name] for name in _JINJA_FILTERS}
            | own
            | {"_turns": _turns, "_joined": _joined, "_charged": _charged}
        )
        self.globals = {"range": _short_range, "dict": dict, "namespace": self.globals["namespace"]}

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, *more: Any) -> Any:
        """The template's code, made once in a process: it depends on nothing but what is part of the key."""
        key = (source, name, filename, more, self.autoescape, self._printed)
        code = _compiled.get(key)
        if code is None:
            code = super().compile(source, name, filename, *more)
            if len(_compiled) >= MOST_COMPILED:
                _compiled.clear()
            _compiled[key] = code
        return code

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_SOURCE:
            raise SecurityError(TOO_LONG)
        tree: nodes.Template = _Meter().visit(super()._parse(source, name, filename))
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        # A case's data may have a key called "items": the data wins over Python's method.
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if attr.startswith("_"):
            return False
        if isinstance(obj, Mapping):
            return attr in _MAPPING_METHODS
        for kind, names in _METHODS.items():
            if isinstance(obj, kind):
                return attr in names
        if isinstance(obj, (Sequence, int, float, bytes, type)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - Jinja's own names
        _spend(1)
        return super().call(__context, __obj, *args, **kwargs)

    def is_safe_callable(self, obj: Any) -> bool:
        named = getattr(obj, "__name__", "")
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, Mapping):
            return named in _MAPPING_METHODS
        if any(isinstance(owner, kind) and named in names for kind, names in _METHODS.items()):
            return True
        jinjas = (
            isinstance(obj, Macro)
            or type(obj).__module__.startswith("jinja2.")
            or (owner is not None and type(owner).__module__.startswith("jinja2."))
        )
        return jinjas or obj in (_short_range, dict, self.globals["namespace"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator == "**" or (operator in "*%" and not numbers):
            raise SecurityError(OPERATOR)
        if isinstance(left, int) and isinstance(right, int) and max(left.bit_length(), right.bit_length()) > 128:
            raise SecurityError(LARGE)
        value = super().call_binop(context, operator, left, right)
        if isinstance(value, Sequence):
            _spend(1, len(value))
        return value

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Any:  # noqa: A002 - Jinja's
        _spend(1)
        return super().get_template(name, parent, globals)


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > 1_000:
        raise SecurityError(RANGE)
    return numbers


def frozen(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The context as templates see it: its first level cannot be replaced."""
    return MappingProxyType(dict(context))

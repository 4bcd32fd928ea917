"""What a parsed template reads: every name, and every a.b.c in full with the line on which it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from app.catalogue.template_names import LISTS, METHODS

# Filters that hand on some of a list's items, each as it is.
_SAME_ITEMS = frozenset(
    {"select", "reject", "selectattr", "rejectattr", "sort", "unique", "list", "reverse", "default", "d"}
)
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """`path`: first the name, then its members; of an item of a list, the list's path and "[]". `line`: in the text."""

    path: Path
    line: int


@dataclass(slots=True)
class Reading:
    """All that one template reads. `asked`: paths that it tests before it goes on, so that it copes without them."""

    uses: list[Use] = field(default_factory=list)
    asked: set[Path] = field(default_factory=set)
    own: set[str] = field(default_factory=set)  # names that it gives to things itself
    filters: list[tuple[str, int]] = field(default_factory=list)
    tests: list[tuple[str, int]] = field(default_factory=list)
    bases: list[tuple[str, int]] = field(default_factory=list)  # templates that it extends, includes or imports
    blocks: list[tuple[str, int]] = field(default_factory=list)
    words: bool = False  # it prints something: a text between tags, or a value


def reading(tree: nodes.Template) -> Reading:
    """What the template reads. Raises RecursionError on one that is nested without end."""
    found = Reading(own=_own_names(tree))
    _Walk(found).node(tree, {})
    return found


def _own_names(tree: nodes.Template) -> set[str]:
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    own.update(macro.name for macro in tree.find_all(nodes.Macro))
    own.update(imported.target for imported in tree.find_all(nodes.Import))
    for imported in tree.find_all(nodes.FromImport):
        own.update(name if isinstance(name, str) else name[1] for name in imported.names)
    return own


class _Walk:
    def __init__(self, found: Reading) -> None:
        self.found = found

    def node(self, node: nodes.Node, items: Mapping[str, Path]) -> None:
        """`items`: names of loops to the path of the item that they stand for."""
        if isinstance(node, nodes.For):
            self._loop(node, items)
            return
        if isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Name):
            self._path(node, items)
            return
        if isinstance(node, nodes.Output):
            self.found.words = self.found.words or any(_printed(part) for part in node.nodes)
        if isinstance(node, nodes.If | nodes.CondExpr):
            self._asked(node.test, items)
        elif isinstance(node, nodes.Or):
            self._asked(node.left, items)
        elif isinstance(node, nodes.Filter):
            self.found.filters.append((node.name, node.lineno))
            if node.name in ("default", "d") and node.node is not None:
                self._asked(node.node, items)
        elif isinstance(node, nodes.Test):
            self.found.tests.append((node.name, node.lineno))
        elif isinstance(node, nodes.Block):
            self.found.blocks.append((node.name, node.lineno))
        elif isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            self._base(node)
        for child in node.iter_child_nodes():
            self.node(child, items)

    def _base(self, node: nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport) -> None:
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            self.found.bases.append((node.template.value, node.lineno))

    def _loop(self, node: nodes.For, items: Mapping[str, Path]) -> None:
        self.node(node.iter, items)
        inner = dict(items)
        for name in node.target.find_all(nodes.Name):
            inner.pop(name.name, None)
        if isinstance(node.target, nodes.Name):
            inner.pop(node.target.name, None)
            over = self._full(_bare(node.iter), items)
            if over and (over[0] in LISTS or over[0] == "answers"):
                inner[node.target.name] = (*over, "[]")
        for part in (node.test, *node.body, *node.else_):
            if part is not None:
                self.node(part, inner)

    def _path(self, node: nodes.Expr, items: Mapping[str, Path]) -> None:
        path = self._full(node, items)
        if path:
            self.found.uses.append(Use(path, node.lineno))
        here: nodes.Node = node
        while isinstance(here, nodes.Getattr | nodes.Getitem):
            if isinstance(here, nodes.Getitem) and not isinstance(here.arg, nodes.Const):
                self.node(here.arg, items)
            here = here.node
        if not isinstance(here, nodes.Name):
            self.node(here, items)

    def _asked(self, node: nodes.Node, items: Mapping[str, Path]) -> None:
        for each in (node, *node.find_all((nodes.Getattr, nodes.Getitem, nodes.Name))):
            if isinstance(each, nodes.Getattr | nodes.Getitem | nodes.Name):
                self.found.asked.add(self._full(each, items))

    def _full(self, node: nodes.Node, items: Mapping[str, Path]) -> Path:
        """The path of a.b.c; () where it begins with a name of the template's own that stands for no item."""
        parts: list[str] = []
        here = node
        while isinstance(here, nodes.Getattr | nodes.Getitem):
            key = here.attr if isinstance(here, nodes.Getattr) else _constant(here.arg)
            parts = [] if key is None or key in METHODS else [key, *parts]
            here = here.node
        if not isinstance(here, nodes.Name) or here.ctx != "load":
            return ()
        if here.name in items:
            return (*items[here.name], *parts)
        return () if here.name in self.found.own else (here.name, *parts)


def _printed(node: nodes.Node) -> bool:
    """Whether people see something of it: a value, or a text that is more than tags and styles."""
    if not isinstance(node, nodes.TemplateData):
        return True
    return bool(re.sub(r"<style.*?</style>|<[^>]*>|&nbsp;|[\s　]", "", node.data, flags=re.DOTALL | re.IGNORECASE))


def _bare(node: nodes.Node) -> nodes.Node:
    """What a loop runs over, without the filters that only leave items out."""
    while isinstance(node, nodes.Filter) and node.name in _SAME_ITEMS and node.node is not None:
        node = node.node
    return node


def _constant(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None


def leading(paths: Iterator[Path] | set[Path], path: Path) -> bool:
    """Whether one of the paths is this one or leads to it."""
    return any(path[: len(each)] == each for each in paths if each)

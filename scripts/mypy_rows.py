"""A plugin of mypy: what a new row is given, or rows are changed to, are columns of its table, and words of their sets.

mypy knows of a row's columns what its class declares (`app/store/database.py`); peewee takes them as keywords of any
name, which mypy lets pass. Here each keyword is looked up in the class, so that nothing is stated twice.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import TypeInfo, Var
from mypy.plugin import MethodContext, Plugin
from mypy.subtypes import is_subtype
from mypy.types import CallableType, Instance, NoneType, Overloaded, Type, TypeType, UnionType, get_proper_type

MODELS, METHODS = "app.store.models.", {"create", "insert", "update"}
WORD = "app.store.words.WordField"


def _table(found: Type) -> TypeInfo | None:
    """The class that an expression is."""
    proper = get_proper_type(found)
    if isinstance(proper, TypeType):
        proper = get_proper_type(proper.item)
    elif isinstance(proper, CallableType | Overloaded) and proper.is_type_obj():
        return proper.type_object()
    return proper.type if isinstance(proper, Instance) else None


def _wrong(table: TypeInfo, name: str, given: Type) -> str:
    """Why this column cannot be given this; empty when it can."""
    column = table.get(name)
    if column is None or not isinstance(column.node, Var):
        return f"{table.name} has no column {name}"
    kind = get_proper_type(column.node.type) if column.node.type is not None else None
    if not isinstance(kind, Instance) or kind.type.fullname != WORD or not kind.args:
        return ""
    allowed = UnionType.make_union([kind.args[0], NoneType()])
    return "" if is_subtype(given, allowed) else f"{table.name}.{name} takes {kind.args[0]}, not {given}"


def _checked(context: MethodContext, table: TypeInfo | None) -> Type:
    if table is not None and table.has_base("peewee.Model"):
        for names, types, places in zip(context.arg_names, context.arg_types, context.args, strict=True):
            for name, given, place in zip(names, types, places, strict=True):
                keyword = name is not None and name not in context.callee_arg_names
                if keyword and (wrong := _wrong(table, str(name), given)):
                    context.api.fail(wrong, place)
    return context.default_return_type


def _method(context: MethodContext) -> Type:
    return _checked(context, _table(context.type))


class Rows(Plugin):
    """What mypy asks for each call."""

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Who checks the methods of a table."""
        taking = fullname.startswith(MODELS) and fullname.rpartition(".")[2] in METHODS
        return _method if taking else None


def plugin(_version: str) -> type[Plugin]:
    """The class that mypy loads from here."""
    return Rows

"""The door: what a request says is made even before any view reads it.

Whatever is posted, asked for or sent as JSON comes without characters that cannot be stored (U+0000, lone surrogates,
controls) or turn a text's direction; an address that holds such, or a number that no row has, leads nowhere (404).
JSON that is nested deeper than anything of ours is 400.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import FileStorage, ImmutableDict, ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items
from werkzeug.routing import IntegerConverter, Map, PathConverter, Rule, UnicodeConverter, ValidationError

from app.text.names import file_name
from app.text.numbers import whole
from app.text.typed import typed
from app.web.frame import multipart

DEEPEST = 50  # JSON within JSON


class Parameters(ImmutableMultiDict[str, Any]):
    """Names and values of a query or a post, made even; files under even names."""

    def __init__(self, mapping: Any = None) -> None:
        items = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__([(typed(name), _even(value)) for name, value in items])


def _even(value: Any) -> Any:
    if isinstance(value, str):
        return typed(value)
    if isinstance(value, FileStorage) and value.filename:
        value.filename = file_name(value.filename)
    return value


class Json(DefaultJSONProvider):
    """Reads JSON (RFC 8259) for `request.get_json`; ValueError, which is 400, for what is none."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value, its texts made even."""
        try:
            return _even_json(super().loads(s, parse_constant=_refuse, **kwargs))
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _even_json(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return typed(value)
    if isinstance(value, list):
        return [_even_json(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {typed(name): _even_json(each, depth + 1) for name, each in value.items()}
    return value


class Asked(Request):
    """A request as the views read it."""

    parameter_storage_class = Parameters
    form_data_parser_class = multipart.Parser


class Whole(IntegerConverter):
    """`<int:…>`: a number that a row can have."""

    def to_python(self, value: str) -> int:
        """The number; no such page for any other."""
        found = whole(value)
        if found is None:
            raise ValidationError
        return found


class Word(UnicodeConverter):
    """`<…>`: a part of an address without what no text holds."""

    def to_python(self, value: str) -> str:
        """The text; no such page where it holds such."""
        return _plain(value)


class Words(PathConverter):
    """`<path:…>`: the same over slashes."""

    def to_python(self, value: str) -> str:
        """The value, as above."""
        return _plain(value)


def _plain(value: str) -> str:
    if typed(value) != value:
        raise ValidationError
    return value


class Addresses(Map):
    """The map of addresses, with our own readings of their parts."""

    default_converters = ImmutableDict(
        {**Map.default_converters, "default": Word, "string": Word, "path": Words, "int": Whole}
    )


class Address(Rule):
    """A rule of the map. Werkzeug compiles two functions of Python for each, to make links by: here each is compiled
    with the first link that needs it, which spares a starting process most of the time that its map takes."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compiled(append_unknown))
            return made[0](rule, **values)

        return build


class Site(Flask):
    """The application behind the door."""

    request_class = Asked
    url_rule_class = Address
    url_map_class = Addresses
    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine, and Flask asks it of each of some thirty a request."""
        return func

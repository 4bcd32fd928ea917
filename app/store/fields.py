"""Columns that hold something else than the database knows: instants, addresses, names of files, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import peewee

from app.store.connections import Sqlite, proxy
from app.text import address
from app.text.jsontext import compact
from app.text.names import file_name


class UtcField(peewee.DateTimeField):
    """An instant: aware UTC in Python, naive UTC in the database (both databases sort and compare it alike)."""

    formats = ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"]  # noqa: RUF012 - peewee's own attribute

    def db_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("an instant needs its time zone")
            return _text(value) if isinstance(proxy.obj, Sqlite) else _naive(value)
        return super().db_value(value)

    def python_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class AddressField(peewee.CharField):
    """A mail address, as `text.address.one` makes it: kept so, and looked for so."""

    def db_value(self, value: Any) -> Any:
        return super().db_value(value if value is None else address.one(str(value)))


class FileNameField(peewee.CharField):
    """What a file is called (`text.names.file_name`): even on the way in, and out where a row is older than that."""

    def db_value(self, value: Any) -> Any:
        return super().db_value(value if value is None else file_name(str(value)))

    def python_value(self, value: Any) -> Any:
        return None if value is None else file_name(str(value))


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


@lru_cache(maxsize=64)
def _text(at: datetime) -> str:
    """As SQLite has it, which knows no instants: a step sends its own a dozen times."""
    return _naive(at).isoformat(" ")


_EMPTY: Mapping[str, Callable[[], Any]] = {"{}": dict, "[]": list}  # most of what is kept as JSON is empty
_NOTHING = {dict: "{}", list: "[]"}


class JsonField(peewee.TextField):
    """JSON as text: the same on both databases, never queried by content."""

    def db_value(self, value: Any) -> Any:
        nothing = _NOTHING.get(value.__class__)
        if nothing is not None and not value:
            return nothing
        return None if value is None else compact(value)

    def python_value(self, value: Any) -> Any:
        if value in _EMPTY:
            return _EMPTY[value]()
        return None if value is None else json.loads(value)

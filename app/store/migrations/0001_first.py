"""The tables as they stood when versions began."""

from __future__ import annotations

from typing import Any


def up(_migrator: Any, _db: Any) -> None:
    """Nothing: these tables were there before steps were counted. `schema` knows them by `first.json`."""

"""What is one cause: the troubles that one thing brought about are listed, told and mended together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

# Facts of an error that say what is behind it. The others (a case, an address, a Message-ID) differ from case to case.
SHARED: Final = (
    "setting",
    "document",
    "calendar",
    "connector",
    "operator",
    "host",
    "code",
    "kind",
    "target",
    "element",
)
DEFECTS: Final = frozenset({"%(kind)s: %(text)s", "%(text)s"})  # no sentences of ours: what a program said
MAIL: Final = "mail"


def rule_of(kind: str, operator: str, params: Mapping[str, Any]) -> str:
    """Under which rule administrators are told of it: what a mail server said of one mail is another thing
    than work that fails."""
    return MAIL if kind == "job" and operator == "mail" and "code" in params else kind


def key_of(kind: str, operator: str, element: str, message: str, params: Mapping[str, Any]) -> str:
    """The same for whatever has the same cause. A job fails by what it is asked to do, wherever that is drawn; a step,
    and what meets a fault of a program, by its place."""
    place = "" if kind == "job" and message not in DEFECTS else element
    facts = [f"{name}={params[name]}" for name in SHARED if name in params]
    return hashlib.sha256("\x1f".join([kind, operator, place, message, *facts]).encode()).hexdigest()[:16]


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them; those that fill no sentence (a table) are left out."""
    return {
        key: value if isinstance(value, str | int | float) else str(value)
        for key, value in params.items()
        if not isinstance(value, Mapping)
    }

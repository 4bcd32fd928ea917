"""The log: lines for people or, with NINTEI_LOG=json, one JSON object each; every line knows of which request, case
and job it tells.

What is known of the work at hand lies in a context variable of its own thread. Numbers and ids alone are put there:
no name, no address, nothing that somebody wrote.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from config import logaway

FACTS: Final = ("request", "case", "job", "user", "route")  # what a line may know besides its words, in this order
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another, read out on the telephone
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_EMPTY: MappingProxyType[str, str] = MappingProxyType({})
_known: ContextVar[MappingProxyType[str, str]] = ContextVar("nintei_known", default=_EMPTY)

_MAIL = re.compile(r"[\w.+'*/=?^`{|}~-]+@(?=[\w-]+(?:\.[\w-]+)*)")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
# Signed texts (of entry links), and whatever a setting, a header or an address calls a secret.
_SIGNED = re.compile(r"[\w-]{16,}\.[\w-]{5,}\.[\w-]{20,}")
_NAMED = re.compile(
    r"(?i)\b(token|password|secret|key|pin|authorization)(['\"]?\s*[=:]\s*['\"]?)(?:bearer\s+)?[^\s&'\",;)]{6,}"
)


def fresh_id() -> str:
    """The name of a request or a round of work: eight letters, read out in two groups."""
    picked = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{picked[:4]}-{picked[4:]}"


def as_id(said: str) -> str:
    """The name that a proxy gave a request, where it is one; else empty."""
    return said if _GIVEN.fullmatch(said) else ""


def value(name: str) -> str:
    """What is known of the work at hand under this name; empty when it is not."""
    return _known.get().get(name, "")


def note(**facts: Any) -> None:
    """From here on lines of this thread know this, too, until the surrounding `about` ends."""
    _known.set(MappingProxyType({**_known.get(), **_texts(facts)}))


@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Lines from within know these facts; nothing that was noted within outlives it."""
    before = _known.set(MappingProxyType({**_known.get(), **_texts(facts)}))
    try:
        yield
    finally:
        _known.reset(before)


def begin(**facts: Any) -> None:
    """A new piece of work on this thread: nothing of the last one is known any more."""
    _known.set(MappingProxyType(_texts(facts)))


def _texts(facts: dict[str, Any]) -> dict[str, str]:
    wrong = facts.keys() - set(FACTS)
    if wrong:
        raise TypeError(f"lines of the log do not tell of {', '.join(sorted(wrong))}")
    return {name: str(each) for name, each in facts.items() if each not in (None, "")}


def clean(text: str) -> str:
    """Without what is nobody's business: local parts of addresses, passwords of URLs, signed texts, secrets."""
    text = _PASSWORD.sub("***@", text)
    text = _MAIL.sub("***@", text)
    text = _SIGNED.sub("***", text)
    return _NAMED.sub(r"\1\2***", text)


class _Known(logging.Filter):
    """Gives each line what is known where it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with what is known of the request."""
        record.known = _known.get()
        return True


class Text(logging.Formatter):
    """For people: the time, the level, who says it, what, and in brackets of which request and case."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The record as one line of text."""
        known = getattr(record, "known", _EMPTY)
        told = " ".join(f"{name}={known[name]}" for name in FACTS if name in known and name != "route")
        line = clean(super().formatMessage(record))
        return f"{line} [{told}]" if told else line

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """The trace, without secrets."""
        return clean(super().formatException(ei))


class Json(logging.Formatter):
    """For machines (RFC 8259), one object a line: time (RFC 3339, UTC), level, logger, message, id (the message before
    anything was put into it: the same for all lines of a kind), process, what is known of the work, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        known = getattr(record, "known", _EMPTY)
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": clean(record.getMessage()),
            "id": clean(str(record.msg)),
            "process": os.getpid(),
        }
        told |= {name: known[name] for name in FACTS if name in known}
        if record.exc_info:
            told["error"] = clean(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def install(level: str, kind: str, stream: Any = None, away: tuple[str, int] | None = None) -> None:
    """From here on everything that is logged goes to the standard error, as `text` or as `json`, and as JSON to the
    server `away` (host, port), where one is named."""
    root = logging.getLogger()
    for each in list(root.handlers):
        root.removeHandler(each)
    _write(logging.StreamHandler(stream or sys.stderr), Json() if kind == "json" else Text())
    if away is not None:
        _write(logaway.Away(*away), Json())
    root.setLevel(getattr(logging, level, logging.INFO))


def _write(handler: logging.Handler, how: logging.Formatter) -> None:
    handler.setFormatter(how)
    handler.addFilter(_Known())
    logging.getLogger().addHandler(handler)

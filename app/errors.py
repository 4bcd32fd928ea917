"""What can go wrong, as facts. One table in `web` turns them into pages, one in `worker` into retries.

`message` is a message id of the catalogues (English source text with `%(name)s` places), `params` fills it:
whoever shows it translates it, so no room needs to know the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class NinteiError(Exception):
    """Base of all our errors: a message id and the facts that fill it."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


class Refused(NinteiError):
    """The request is understood and not allowed as things stand; nothing was changed."""


class NotFound(NinteiError):
    """There is no such thing, or it is not the asker's to know of."""


class Forbidden(NinteiError):
    """The asker's role does not allow this."""


class TooLarge(Refused):
    """What was sent is larger than it may be."""


class Stale(Refused):
    """Someone else was first: the thing has changed since the asker saw it."""


class BadChecksum(Stale):
    """The bytes are not those that were sent; none of them was kept."""


class Busy(Stale):
    """Somebody else is doing just this at the moment."""


class Temporary(NinteiError):
    """It may work later: the job is retried with backoff."""


class Unready(Temporary):
    """The portal cannot work as it is installed, whoever asks: somebody has to do what the sentence says."""


class Permanent(NinteiError):
    """It will not work however often it is tried: the job becomes an incident."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a process package: where (file, element), what, and how to mend it."""

    file: str
    message: str
    element: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    severity: str = "error"  # error | warning

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        """Where and what, in the language into which `translate` turns message ids.

        The parameter `what` names a kind of thing and is a message id itself; an error among them is a reason.
        """
        place = f"{self.file}#{self.element}" if self.element else self.file
        message = translate(self.message)
        params = {name: _said(name, value, translate) for name, value in self.params.items()}
        return f"{place}: {message % params if params else message}"


def _said(name: str, value: Any, translate: Callable[[str], str]) -> Any:
    if isinstance(value, NinteiError):
        return translate(value.message) % value.params
    return translate(value) if name == "what" and isinstance(value, str) else value


class BadPackage(NinteiError):
    """A process package cannot be used; `problems` names every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "The process package cannot be used: %(problems)s", problems="; ".join(str(p) for p in problems[:20])
        )
        self.problems = problems


class ScriptError(NinteiError):
    """An expression or script of a diagram was refused or failed; `element` says where."""

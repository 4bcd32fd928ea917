"""What can go wrong, as facts. One table in `web` turns them into pages, one in `worker` into retries.

`message` is a message id of the catalogues (English source text with `%(name)s` places), `params` fills it:
whoever shows it translates it, so no room needs to know the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a message id that is translated where it is shown (GNU gettext manual, section 4.7)."""
    return message


class NinteiError(Exception):
    """Base of all our errors: a message id and the facts that fill it."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(filled(message, params, str))
        self.message = message
        self.params = params

    def said(self, translate: Callable[[str], str]) -> str:
        """What happened, in the language into which `translate` turns message ids."""
        return filled(self.message, self.params, translate)


class Refused(NinteiError):
    """The request is understood and not allowed as things stand; nothing was changed."""


class NotFound(NinteiError):
    """There is no such thing, or it is not the asker's to know of."""


class Forbidden(NinteiError):
    """The asker's role does not allow this."""


class TooMany(Refused):
    """Tried too often: `params` say in how many `seconds` (and `minutes`), and at which instant (`until`), one more try
    is let in; `by_mail`: whether a mailed link lets the owner of the account in at once."""


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


class BadState(NinteiError):
    """What is stored of a case cannot be read by this program."""


class OutOfReach(Temporary):
    """A server that many things wait for does not answer, or takes none of them: nothing is said about this one, so
    they wait together and one of them is tried for all."""


class Permanent(NinteiError):
    """It will not work however often it is tried: the job becomes an incident."""


@runtime_checkable
class Said(Protocol):
    """A value in `params` that words itself in the reader's language."""

    def said(self, translate: Callable[[str], str]) -> str: ...


@dataclass(frozen=True, slots=True)
class Named:
    """Something of a diagram as people know it: by the name that is written on it, and its id. For `params`."""

    id: str
    name: str = ""

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        """“First review” (first_review), in the language's own marks; the id alone where there is no name. Where
        `translate` knows the package's English, the name is in English."""
        named = self.name and self.name != self.id
        return (
            translate(N_("“%(name)s” (%(id)s)")) % {"name": translate(self.name), "id": self.id} if named else self.id
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message id among the facts: the word of a closed set. For `params`."""

    message: str

    def __str__(self) -> str:
        return self.message

    def said(self, translate: Callable[[str], str]) -> str:
        """In the reader's language."""
        return translate(self.message)


# What of an element (or of a form's component, a table's row …) is wrong: the kind, before a colon, to its words.
PARTS = {
    "attribute": N_("attribute %(of)s"),
    "body": N_("body"),
    "condition": "condition",
    "field": N_("field %(of)s"),
    "header": N_("header, %(of)s"),
    "key": N_("key %(of)s"),
    "lane": "lane",
    "link": N_("link"),
    "loop": N_("repetition"),
    "loop.condition": N_("condition of the repetition"),
    "loop.times": N_("number of repetitions"),
    "parameter": N_("parameter %(of)s"),
    "property": N_("property %(of)s"),
    "row": N_("row %(of)s"),
    "script": N_("script"),
    "script.after": N_("script after it"),
    "script.before": N_("script before it"),
    "step": N_("step %(of)s"),
    "time": N_("time"),
}


SEVERITIES = (N_("error"), N_("warning"))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a process package: where (file, element, part, line), what, and how to mend it.

    `part` is a kind of PARTS, with what it is about behind a colon: condition, property:routes, row:3. Whoever finds a
    problem says file, element and part; `line` (from 1; 0: unknown) and `name` (of the element, as the diagram has it)
    are looked up in one place when all is gathered (`catalogue.located`).
    """

    file: str
    message: str
    element: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    severity: str = "error"  # error | warning
    part: str = ""
    line: int = 0
    name: str = ""

    def __str__(self) -> str:
        return self.said(str)

    @property
    def place(self) -> tuple[str, str, str]:
        """File, element and part."""
        return self.file, self.element, self.part

    def said(self, translate: Callable[[str], str]) -> str:
        """Where and what, in the language into which `translate` turns message ids.

        The parameters `what` and `reason` name a kind of thing and are message ids themselves; an error among them is
        a reason, too. A tuple is a list in words.
        """
        what = filled(self.message, self.params, translate)
        where = self.where(translate)
        return translate(N_("%(where)s: %(what)s")) % {"where": where, "what": what} if where else what

    def where(self, translate: Callable[[str], str]) -> str:
        """File, line, element and part, as far as they are known."""
        file = self.file
        if file and self.line:
            file = translate(N_("%(file)s, line %(line)s")) % {"file": file, "line": self.line}
        place = ""
        for each in (file, Named(self.element, self.name).said(translate), self._part(translate)):
            within = translate(N_("%(place)s, %(within)s")) % {"place": place, "within": each}
            place = within if place and each else place or each
        return place

    def _part(self, translate: Callable[[str], str]) -> str:
        kind, _, of = self.part.partition(":")
        return translate(PARTS[kind]) % {"of": of} if kind in PARTS else self.part


def filled(message: str, params: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    """The message with its facts, in the language of `translate`."""
    words = translate(message)
    return words % {name: _said(name, value, translate) for name, value in params.items()} if params else words


PHRASES = frozenset({"what", "reason", "where"})  # facts that may be message ids themselves


def _said(name: str, value: Any, translate: Callable[[str], str]) -> Any:
    if isinstance(value, Said):  # our errors, names of elements, values of domains
        return value.said(translate)
    if isinstance(value, tuple):
        return translate(", ").join(str(_said(name, each, translate)) for each in value) or translate(N_("none"))
    if isinstance(value, bool):
        return translate(N_("yes")) if value else translate(N_("no"))
    return translate(value) if name in PHRASES and isinstance(value, str) and value else value


class BadPackage(NinteiError):
    """A process package cannot be used; `problems` names every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            N_("The process package cannot be used: %(problems)s"), problems="; ".join(str(p) for p in problems[:20])
        )
        self.problems = problems


class ScriptError(NinteiError):
    """An expression or script of a diagram was refused or failed; `element` says where."""


class StepFailed(NinteiError):
    """The process itself, or our program, failed in a step of a case, and nothing of the step was stored.

    `reason` is what went wrong; `case` the case's row id (0: it would have been a new one); `element` and `title` say
    where; `kind` as incidents have it; `known`: whether it is on record already.
    """

    def __init__(self, reason: NinteiError, case: int, element: str = "", title: str = "", kind: str = "step") -> None:
        super().__init__(
            N_("“%(title)s” could not be carried out: %(reason)s"), title=title or element, reason=str(reason)
        )
        self.reason, self.case, self.element, self.title, self.kind = reason, case, element, title, kind
        self.known = False


def defect(error: BaseException) -> NinteiError:
    """An error that is none of ours as one: its kind and its words."""
    if isinstance(error, NinteiError):
        return error
    return Permanent("%(kind)s: %(text)s", kind=type(error).__name__, text=str(error)[:500])

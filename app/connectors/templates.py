"""Templates of a package, rendered: texts (subjects, names), Markdown (mail bodies), HTML (mail layouts, documents).

`files` is everything that belongs to the package by its path in it (`mail/review-1.md`, `_shared/letter.html`
…): what templates may extend and include. A template that cannot be rendered is `Permanent`: trying again
gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from datetime import time as clock
from typing import Any

from jinja2 import TemplateError
from markupsafe import Markup

from app.connectors.sandbox import FILTERS, Budget, Sandbox, current
from app.errors import N_, Permanent
from app.text.template_words import of_rendering

__all__ = ["FILTERS", "Context", "Files", "render_html", "render_markdown", "render_text"]

Files = Mapping[str, bytes]
Context = Mapping[str, Any]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Every character that Markdown gives a meaning to (CommonMark 0.31, section 2.4: all ASCII punctuation may be
# escaped).
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, clock):
        return f"{value:%H:%M}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _in_html(value: Any) -> Any:
    return value if isinstance(value, Markup) else _CONTROL.sub("", _plain(value))


def _in_markdown(value: Any) -> str:
    # Typed values are text, never Markdown: a company called "[here](http://…)" stays that.
    text = _CONTROL.sub("", _plain(value).replace("\r\n", "\n").replace("\t", " "))
    lines = (line.strip(" ") for line in text.split("\n"))  # no paragraph of its own, no indented code
    return "\n".join(_MARKDOWN.sub(r"\\\1", line) for line in lines if line)


def render_text(source: str, context: Context, files: Files | None = None, *, name: str = "") -> str:
    """A plain text: a subject, a file name, the text part's frame. Nothing is escaped."""
    return _render(Sandbox(files or {}, autoescape=False, printed=_plain), source, context, name)


def render_markdown(source: str, context: Context, files: Files | None = None, *, name: str = "") -> str:
    """Markdown in which every printed value is literal text."""
    return _render(Sandbox(files or {}, autoescape=False, printed=_in_markdown), source, context, name)


def render_html(source: str, context: Context, files: Files | None = None, *, name: str = "") -> str:
    """HTML in which every printed value is escaped, save Markup that a connector made (`certificate.qr`, `content`)."""
    return _render(Sandbox(files or {}, autoescape=True, printed=_in_html), source, context, name)


def _render(environment: Sandbox, source: str, context: Context, name: str) -> str:
    budget = Budget()
    budget.start()
    token = current.set(budget)
    try:
        text = environment.from_string(source).render(context)
    except (
        TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        line, facts = getattr(error, "lineno", None), {"name": name or "?", "reason": of_rendering(error)}
        if line:
            message = N_("The template %(name)s cannot be rendered, line %(line)s: %(reason)s")
            raise Permanent(message, **facts, line=line, said=str(error)[:300]) from error
        raise Permanent(
            "The template %(name)s cannot be rendered: %(reason)s", **facts, said=str(error)[:300]
        ) from error
    finally:
        current.reset(token)
    if len(text) > 4_000_000:
        raise Permanent("The template %(name)s makes too long a text", name=name or "?")
    return text

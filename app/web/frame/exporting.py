"""Rows that a person takes out, as an answer: CSV or Excel, streamed and on record.

return exporting.answer(Sheet(gettext("Payments"), headings, rows, narrowed=...), request.args.get("form", "csv"))

A list that may be long names its maker, which a worker asks again for what is too much for an answer:

exporting.makes(app, "audit", lambda args: Sheet(...))
return exporting.take("audit", Sheet(...), count, form)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask, Response, g, redirect, request, stream_with_context

from app.errors import NotFound
from app.services.exports import large
from app.services.exports import sheet as sheets
from app.services.exports.large import Export
from app.services.exports.sheet import Sheet
from app.services.people import accounts
from app.states import Right
from app.web.frame.current import actor, portal, signed_in
from app.web.frame.sending import disposition

MAKERS = "nintei_exports"  # in app.extensions: by name, what tells a list's rows by the arguments of its address
Make = Callable[[Mapping[str, str]], Sheet]


def makes(app: Flask, name: str, make: Make) -> None:
    """A list says how its rows are told."""
    app.extensions.setdefault(MAKERS, {})[name] = make


def take(name: str, sheet: Sheet, count: int, form: str) -> Any:
    """The sheet at once, or, where it has too many rows for that, the page on which it is made."""
    if count <= large.DIRECT:
        return answer(sheet, form)
    query = request.query_string.decode("ascii", "ignore")
    number = large.ask(portal(), signed_in(), name, query, sheet, sheets.require_form(form))
    return redirect(f"/exports/{number}", 303)


@contextmanager
def asked(app: Flask, row: Export) -> Iterator[Sheet]:
    """What a worker makes: the rows in the name and the language of who asked. Raises NotFound, Forbidden."""
    make: Make | None = app.extensions.get(MAKERS, {}).get(row.maker)
    if make is None:
        raise NotFound("There is no such list")
    with app.test_request_context(f"/?{row.query}", base_url=portal_of(app).settings.base_url):
        who = replace(accounts.actor_of(portal_of(app), row.user_id), language=row.language)
        who.require(Right.EXPORT)
        g.actor, g.lang = who, row.language
        with portal_of(app).connection():
            sheet = make(request.args)
        yield sheet


def portal_of(app: Flask) -> Any:
    """The portal that the pages are of."""
    return app.extensions["nintei"]


def answer(sheet: Sheet, form: str) -> Response:
    """The sheet in this form (csv, xlsx) under its name. Raises NotFound for another form. What is public and asked for
    by nobody is not on record."""
    sheets.require_form(form)
    who = actor()
    if who is not None:
        sheets.note(portal(), who, sheet.title, form, sheet.narrowed)
    content = stream_with_context(sheets.chunks(sheet, form))  # headings and words are told on the way, in its language
    headers = {"Content-Disposition": disposition(sheet.name(portal(), form)), "Cache-Control": "no-store"}
    return Response(content, content_type=sheets.TYPES[form], headers=headers)

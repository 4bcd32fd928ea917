"""Rows that a person takes out, as an answer: CSV or Excel, streamed and on record.

return exporting.answer(Sheet(gettext("Payments"), headings, rows, narrowed=...), request.args.get("form", "csv"))
"""

from __future__ import annotations

from flask import Response, stream_with_context

from app.services.exports import sheet as sheets
from app.services.exports.sheet import Sheet
from app.web.frame.current import actor, portal
from app.web.frame.sending import disposition


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

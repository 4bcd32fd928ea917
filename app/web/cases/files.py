"""Downloads of a case: documents, released files, mails and their attachments, everything at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext

from app.services.mails import undelivered, whose
from app.services.pages import case as caseview
from app.services.pages import casehead
from app.services.papers import downloads
from app.services.papers.documents import Content
from app.services.process import casefile
from app.states import Right
from app.web.cases import head, timeline
from app.web.cases.tabs import MAIL_STATES
from app.web.frame import delivery_words, sending
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in, speaking

pages = Blueprint("case_files", __name__)

# What a browser may show by itself; everything else is saved.
SHOWN = {"application/pdf", "image/png", "image/jpeg", "image/gif"}
# A file that somebody uploaded is shown as if it came from nowhere: no scripts, no cookies, no forms.
SHOWN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; sandbox"
# A mail brings its own look and nothing else; its links open beside the portal.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def answer(content: Content) -> Response:
    """The bytes: shown where the type is harmless and nobody asked to save them, else saved under their name."""
    shown = content.mime in SHOWN and "download" not in request.args
    response = sending.file(content.data, content.mime, content.filename, save=not shown)
    response.headers["Content-Security-Policy"] = SHOWN_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/cases/<number>/documents/<document_id>")
@needs(Right.SEE_CASES)
def document(number: str, document_id: str) -> Response:
    """A document of the case."""
    who = signed_in()
    case, _ = casehead.find(portal(), number, who)
    return answer(downloads.document(portal(), case, document_id, who))


@pages.get("/cases/<number>/files/<path:name>")
@needs(Right.SEE_CASES)
def released(number: str, name: str) -> Response:
    """A file that the process hands out."""
    who = signed_in()
    case, loaded = casehead.find(portal(), number, who)
    return answer(downloads.released_file(portal(), case, loaded, name, who))


@pages.get("/cases/<number>/all.zip")
@needs(Right.SEE_CASES)
def everything(number: str) -> Response:
    """All that one may see of the case."""
    who = signed_in()
    case, loaded = casehead.find(portal(), number, who)
    return answer(downloads.archive(portal(), case, loaded, who))


@pages.get("/cases/<number>/mails/<int:mail_id>")
@needs(Right.SEE_CASES)
def mail(number: str, mail_id: int) -> Any:
    """A mail as it was sent."""
    who = signed_in()
    case, _ = casehead.find(portal(), number, who)
    found = whose.one(portal(), number, mail_id, who)
    return render_template(
        "pages/case/mail.html",
        title=found.subject,
        case=case,
        mail=found,
        state=MAIL_STATES.get(found.state, found.state),
        missed=delivery_words.missed(undelivered.missed(found.deliveries)),
        address=head.address,
    )


@pages.get("/cases/<number>/mails/<int:mail_id>/body")
@needs(Right.SEE_CASES)
def mail_body(number: str, mail_id: int) -> Response:
    """The mail's HTML, for a frame that can do nothing."""
    found = whose.one(portal(), number, mail_id, signed_in())
    html = found.html.replace("<head>", '<head><base target="_blank">', 1)
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@pages.get("/cases/<number>/mails/<int:mail_id>/attachments/<int:index>")
@needs(Right.SEE_CASES)
def attachment(number: str, mail_id: int, index: int) -> Response:
    """A file that went out with a mail; the first is 1."""
    who = signed_in()
    case, _ = casehead.find(portal(), number, who)
    return answer(downloads.attachment(portal(), case, mail_id, index - 1, who))


@pages.get("/cases/<number>/file.pdf")
@needs(Right.SEE_DESKS)
def case_file(number: str) -> Response:
    """The whole case as one PDF, as it was made last."""
    who = signed_in()
    case, loaded = casehead.find(portal(), number, who)
    return answer(downloads.newest(portal(), case, loaded.package.document_for(casefile.PURPOSE), who))


@pages.post("/cases/<number>/file.pdf")
@needs(Right.WORK)
def make_case_file(number: str) -> Any:
    """Have it made as the case stands now."""
    who = signed_in()
    page = caseview.page(portal(), number, who)
    with speaking("ja"):  # the file's language, whoever asks for it
        lines = []
        for row in reversed(page.timeline):
            said = timeline.worded(row, page.titles)
            text = "\n".join(part for part in (said.note, said.quote) if part)
            lines.append({"at": row.at.isoformat(), "title": said.title, "actor": row.actor_name, "text": text})
    casefile.request(portal(), number, lines, who)
    flash(gettext("The case file is being made. It appears below in a few seconds."), "success")
    return redirect(head.address(number, "documents") + "#case-file", 303)

"""What a draft of a form, mail or document comes out as, and which names it may say: for the editors' scripts."""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_babel import force_locale, gettext
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import BadRequest

from app.catalogue import Package
from app.errors import N_, NinteiError
from app.services.designing import names, previews
from app.services.designing.previews import Asked, Previews
from app.services.workspaces import content
from app.states import Right, Side
from app.web.cases.files import MAIL_POLICY
from app.web.days import months
from app.web.designer.api import failed
from app.web.designer.shapes import body
from app.web.frame.access import needs
from app.web.frame.current import language, portal, signed_in
from app.web.frame.problems import sentence, status_of

pages = Blueprint("designer_previews", __name__, url_prefix="/designer/api/workspaces/<int:workspace_id>")
pages.register_error_handler(NinteiError, failed)
MOST = 2 * 1024 * 1024  # characters of a file that is being written
SIDES = {Side.VENDOR.value: N_("Vendor"), Side.OPERATOR.value: N_("Certifying body")}


@pages.get("/names")
@needs(Right.SEE_DESIGN)
def known(workspace_id: int) -> Any:
    """?element=: routing values there; ?file=: what a template may say (app.services.designing.names)."""
    package = content.package(portal(), workspace_id)
    if "file" in request.args:
        return jsonify(names.for_file(package, request.args["file"]))
    return jsonify(names=names.for_element(package, request.args.get("element", "")))


@pages.post("/preview/form")
@needs(Right.DESIGN)
def form(workspace_id: int) -> Any:
    """{path, content, language}: the form as a page of its own, {html, left_out}."""
    said = body()
    asked = _asked(said)
    lang = asked.language
    with force_locale(lang):
        shown = _previews().form(content.package(portal(), workspace_id), asked, lang)
        html = render_template("designer/form.html", form=shown.form, lang=lang, months=months.offered(shown.form))
    return jsonify(html=html, left_out=[each.said(gettext) for each in shown.left_out])


@pages.post("/preview/mail")
@needs(Right.DESIGN)
def mail(workspace_id: int) -> Any:
    """{path, content, case?, language?}: {subject, side, text, attachments, page, token}.

    `page` gives the HTML to a frame.
    """
    package = content.package(portal(), workspace_id)
    shown = _previews().mail(package, _asked(body()), signed_in())
    to = shown.to
    return jsonify(
        subject=shown.subject, side=gettext(SIDES[to]) if to in SIDES else to, text=shown.text,
        attachments=[_titled(package, each) for each in shown.attachments],
        page=f"{request.path}/page", token=generate_csrf(),
    )  # fmt: skip


def _titled(package: Package, attachment: str) -> str:
    """What people call an attachment: a document, a handed-out file and a calendar by their titles."""
    kind, _, name = attachment.partition(":")
    if kind == "file":
        title = package.titles.get(name, name)
    elif kind == "ics":
        title = package.calendars[name].title if name in package.calendars else gettext("Calendar")
    else:
        title = package.documents[kind].title if kind in package.documents else kind
    return package.english.get(title, title) if language() == "en" else title


@pages.post("/preview/mail/page")
@needs(Right.DESIGN)
def mail_page(workspace_id: int) -> Response:
    """The same from a form of the page, as the mail's HTML, for a frame that can do nothing."""
    try:
        shown = _previews().mail(content.package(portal(), workspace_id), _asked(request.form), signed_in())
        answer = Response(shown.html.replace("<head>", '<head><base target="_blank">', 1), mimetype="text/html")
    except NinteiError as error:
        answer = Response(sentence(error), status=status_of(error), mimetype="text/plain")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer


@pages.post("/preview/document")
@needs(Right.DESIGN)
def document(workspace_id: int) -> Any:
    """{path, content, case?}: {title, filename, pdf}, the PDF in base64."""
    page, pdf = _previews().document(content.package(portal(), workspace_id), _asked(body()), signed_in())
    return jsonify(title=page.title, filename=page.filename, pdf=base64.b64encode(pdf).decode())


@pages.get("/preview/cases")
@needs(Right.DESIGN)
def cases(workspace_id: int) -> Any:
    """Cases with which a template may be shown, the newest first."""
    package = content.package(portal(), workspace_id)
    found = previews.cases_of(portal(), package.id, signed_in())
    return jsonify(cases=[{"number": number, "title": title} for number, title in found])


def _asked(said: Any) -> Asked:
    path, text = said.get("path"), said.get("content")
    if not isinstance(path, str) or not isinstance(text, str) or len(text) > MOST:
        raise BadRequest
    lang = said["language"] if said.get("language") in ("ja", "en") else language()
    return Asked(path[:240], text, str(said.get("element") or "")[:200], str(said.get("case") or "")[:40], lang)


def _previews() -> Previews:
    found: Previews = current_app.extensions.setdefault("nintei_previews", None) or Previews(portal())
    current_app.extensions["nintei_previews"] = found
    return found

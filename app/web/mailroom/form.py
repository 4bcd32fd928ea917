"""The body answers for a vendor who answered by mail: the step's form beside the mail, the check, the sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused, Stale
from app.forms import Answer, FieldError, by_section
from app.services.mailroom import behalf
from app.services.pages import mailroom
from app.states import Right
from app.web.frame.access import needs
from app.web.frame.current import language, portal, signed_in
from app.web.frame.problems import sentence, status_of
from app.web.mailroom import pages as inbound
from app.web.tasks import drafts

pages = Blueprint("inbound_form", __name__)


@pages.get("/inbound/<int:mail_id>/answer")
@needs(Right.MAILROOM)
def form(mail_id: int) -> Any:
    """The step's form as the mail fills it; what the mail says in words is typed over."""
    return _form(mail_id)


@pages.post("/inbound/<int:mail_id>/answer")
@needs(Right.MAILROOM)
def check(mail_id: int) -> Any:
    """Keep what was typed; then every answer once more, before it is sent."""
    who, posted = signed_in(), request.form
    try:
        spec = behalf.form_of(portal(), mail_id, who)
    except Refused as error:
        return inbound.draw(mail_id, alert=sentence(error), status=status_of(error))
    raw = spec.read(posted)
    try:
        cleaned, lines, revision = behalf.check(portal(), mail_id, who, raw, drafts.opened(posted))
    except Stale as error:
        return _form(mail_id, raw=raw, alert=error, status=409)
    except Refused as error:
        return inbound.draw(mail_id, alert=sentence(error), status=status_of(error))
    if anchor := spec.pressed(posted):
        return redirect(f"/inbound/{mail_id}/answer#{anchor}", 303)
    if not cleaned.ok:
        return _form(mail_id, raw=raw, errors=cleaned.errors, status=422)
    return _check(mail_id, lines, revision)


@pages.post("/inbound/<int:mail_id>/send")
@needs(Right.MAILROOM)
def send(mail_id: int) -> Any:
    """Send it for the vendor."""
    try:
        behalf.send(portal(), mail_id, signed_in(), drafts.revision_of(request.form))
    except Refused as error:
        return inbound.draw(mail_id, alert=sentence(error), status=status_of(error))
    flash(gettext("The answer was sent on the vendor's behalf. The case goes on."), "success")
    return redirect(f"/inbound/{mail_id}", 303)


def _form(
    mail_id: int,
    *,
    raw: Mapping[str, Any] | None = None,
    errors: tuple[FieldError, ...] = (),
    alert: NinteiError | None = None,
    status: int = 200,
) -> Any:
    who = signed_in()
    try:
        page = behalf.page(portal(), mail_id, who, raw=raw, errors=errors, lang=language())
    except Refused as error:
        return inbound.draw(mail_id, alert=sentence(error), status=status_of(error))
    return render_template(
        "pages/inbound/answer.html",
        page=page,
        form=page.form,
        task=page.task,
        mail=mailroom.look(portal(), mail_id, who),
        file_url=_file_url(mail_id, page),
        alert=sentence(alert) if alert else "",
    ), status


def _check(mail_id: int, lines: list[Answer], revision: int) -> Any:
    page = behalf.page(portal(), mail_id, signed_in(), lang=language())
    return render_template(
        "pages/inbound/check.html",
        page=page,
        task=page.task,
        sections=by_section(lines),
        revision=revision,
        file_url=_file_url(mail_id, page),
        mail=mailroom.look(portal(), mail_id, signed_in()),
    )


def _file_url(mail_id: int, page: behalf.AnswerPage) -> Callable[[Any], str]:
    """A file of the mail, or one that the case had before."""

    def url(ref: Any) -> str:
        number = page.files.get(ref.id)
        if number is not None:
            return f"/inbound/{mail_id}/attachments/{number}"
        return f"/cases/{page.task.case_number}/documents/{ref.id}"

    return url

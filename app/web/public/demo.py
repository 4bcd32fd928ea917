"""Pages of the demo alone: its accounts, the mail that was sent, the components of the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request

from app.services.demo import load
from app.services.pages import outbox
from app.web.frame import sending, signin
from app.web.frame.access import public
from app.web.frame.current import portal

pages = Blueprint("demo", __name__)

# A mail's HTML brings its own style; nothing of it runs, loads from elsewhere, or knows who is signed in.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox"
)


@pages.before_request
def only_in_the_demo() -> None:
    """Outside the demo none of these pages exists."""
    if not portal().settings.demo:
        abort(404)


@pages.get("/accounts")
@public
def accounts() -> Any:
    """Who can sign in."""
    return render_template("pages/demo/accounts.html", accounts=load.accounts_of(portal()))


@pages.post("/accounts")
@public
def become() -> Any:
    """Sign in as one of them by a press."""
    wanted = request.form.get("email", "")
    if wanted not in {each.email for each in load.accounts_of(portal())}:
        abort(404)
    user_id = load.account_id(portal(), wanted)
    signin.sign_in(user_id)
    return redirect(signin.begins(user_id), 303)


@pages.get("/outbox")
@public
def mails() -> Any:
    """The mail that was sent, newest first."""
    wanted = request.args.get("to", "").strip()
    return render_template("pages/demo/outbox.html", mails=outbox.recent(portal(), wanted), to=wanted)


@pages.get("/outbox/<int:mail>")
@public
def one_mail(mail: int) -> Any:
    """The page of one mail of the outbox."""
    return render_template("pages/demo/mail.html", mail=outbox.one(portal(), mail))


@pages.get("/outbox/<int:mail>/html")
@public
def mail_html(mail: int) -> Any:
    """Its HTML, for the frame of the page above. A press on a link leads the whole page there."""
    html = outbox.one(portal(), mail).html
    if "<head>" not in html:
        html = f"<!doctype html><html><head></head><body>{html}</body></html>"
    html = html.replace("<head>", '<head><meta charset="utf-8"><base target="_top">', 1)
    return Response(html, headers={"Content-Security-Policy": MAIL_POLICY})


@pages.get("/outbox/<int:mail>/files/<int:index>")
@public
def mail_file(mail: int, index: int) -> Any:
    """Hand out an attachment of the mail."""
    found = outbox.attachment(portal(), mail, index)
    return sending.file(found.data, found.mime, found.filename)


@pages.get("/styleguide")
@public
def styleguide() -> Any:
    """Every component once, for makers of pages."""
    return render_template("styleguide.html")

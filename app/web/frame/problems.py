"""Our errors as pages: one table says which status each has; the sentence comes from the error itself."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, flash, jsonify, redirect, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.routing import RequestRedirect

from app.errors import (
    N_,
    PHRASES,
    BadChecksum,
    BadPackage,
    Busy,
    Forbidden,
    NinteiError,
    NotFound,
    Permanent,
    Refused,
    Said,
    Stale,
    StepFailed,
    Temporary,
    TooLarge,
    TooMany,
    Unready,
)
from app.services.base import trail
from app.services.base.businessdays import JAPAN
from app.services.base.permit import Held
from app.services.trouble import storage
from app.text.days import long_date
from app.web.frame import again, busy, failures, gate
from app.web.frame.current import actor, language, named, only_asks, portal

watch = logging.getLogger("nintei.security")  # lines for whoever watches for attacks: ids, never names or addresses

STATUS: dict[type[NinteiError], int] = {
    NotFound: 404,
    Forbidden: 403,
    BadChecksum: 460,  # as tus names it
    Busy: 423,
    Stale: 409,
    Held: 409,
    TooLarge: 413,
    TooMany: 429,
    Refused: 422,
    Temporary: 503,
    Permanent: 500,
}
# What the page says first, and what to do.
TITLES = {
    400: N_("The page could not read what was sent"),
    403: N_("You do not have access to this page"),
    404: N_("Page not found"),
    405: N_("Page not found"),
    409: N_("Somebody was faster"),
    413: N_("What was sent is too large"),
    429: N_("Too many attempts in a short time"),
    422: N_("This cannot be done at the moment"),
    500: N_("Something went wrong here"),
    503: N_("This is not working at the moment"),
}


def sentence(error: NinteiError) -> str:
    """The error in the reader's language."""
    if isinstance(error, BadPackage):
        return "\n".join(problem.said(gettext) for problem in error.problems)
    said = gettext(error.message)
    if not error.params:
        return str(said)
    return str(said % {key: _in_words(key, value) for key, value in error.params.items()})


def _in_words(key: str, value: Any) -> Any:
    """Titles of the package come in Japanese, as rows keep them; reasons and what else is a message id of its own in
    the reader's language; an instant of today is its time alone."""
    if isinstance(value, Said):
        return value.said(gettext)
    if isinstance(value, str):
        return gettext(value) if key in PHRASES and value else named(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return long_date(value, language())
    if not isinstance(value, datetime):
        return value
    there = value.astimezone(JAPAN)
    if there.date() == portal().today():
        return f"{there:%H:%M}"
    day = f"{there.day} {there:%b}" if language() == "en" else f"{there.month}月{there.day}日"
    return f"{day} {there:%H:%M}"


def status_of(error: NinteiError) -> int:
    """The HTTP status that answers the error."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def back(error: NinteiError, url: str) -> Any:
    """Say the error on the page that the person came from: what they typed there is kept by that page."""
    if again.wants_json():
        return jsonify(error=sentence(error)), status_of(error)
    flash(sentence(error), "error")
    return redirect(url, 303)


def page(status: int, text: str | list[str], way: tuple[str, str] | None = None) -> Any:
    """The error page. `text`: a paragraph, or several; `way`: (address, words) of what helps."""
    if again.wants_json():
        return jsonify(error=text if isinstance(text, str) else " ".join(text)), status
    title = gettext(TITLES.get(status, TITLES[500]))
    return render_template("pages/problem.html", status=status, title=title, text=text, back=way), status


def above() -> str:
    """The nearest page above an address that takes presses alone; empty when there is none.

    What is wrong is said at the address to which the form was sent. Whoever loads that page again, or comes back to it
    by a bookmark, means the page with the form.
    """
    adapter = current_app.create_url_adapter(request)
    parts = request.path.rstrip("/").split("/")
    while adapter is not None and len(parts) > 2:
        parts.pop()
        path = "/".join(parts)
        try:
            adapter.match(path, method="GET")
        except RequestRedirect as led:
            return led.new_url if led.new_url.startswith(request.host_url) else ""
        except (NoPage, MethodNotAllowed):
            continue
        return path
    return ""


def install(app: Flask) -> None:
    """Register a page for each kind of failure."""

    @app.errorhandler(Unready)
    def unready(error: Unready) -> Any:
        return gate.page(error)

    @app.errorhandler(StepFailed)
    def failed(error: StepFailed) -> Any:
        return failures.page(error, sentence(error.reason))

    @app.errorhandler(NinteiError)
    def ours(error: NinteiError) -> Any:
        if isinstance(error, Forbidden) and (who := actor()) is not None:
            watch.warning(
                "refused: account %s asked for %s %s, which needs %s", who.user_id, request.method, request.endpoint,
                error.params.get("wanted") or "another person",
            )  # fmt: skip
            trail.refused(portal(), who, f"{request.method} {request.path}")
        return page(status_of(error), sentence(error))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Any:
        who = actor()
        watch.warning(
            "without its token: account %s sent %s %s", who.user_id if who else None, request.method, request.endpoint
        )
        return again.page()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        status = error.code or 500
        if status in {301, 302, 303, 307, 308} or request.endpoint == "static":
            return error  # a file of the pages is no page, and asks the database nothing
        if status == 405 and only_asks() and not again.wants_json() and (page_above := above()):
            return redirect(page_above, 303)
        texts = {
            404: gettext("The address is wrong, or the page has moved. Nothing was changed."),
            413: gettext("Send fewer or smaller files at a time. What you typed before is kept in the draft."),
        }
        return page(status, texts.get(status) or gettext("Nothing was changed. Go back and try again."))

    @app.errorhandler(Exception)
    def defect(error: Exception) -> Any:
        if storage.passes(error):
            return busy.page(error)
        app.logger.exception("A page failed: %s", error)
        return page(
            500, gettext("This is our error and has been logged. Anything sent earlier is kept; try again later.")
        )

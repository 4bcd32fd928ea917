"""The page that says "wait": too many wrong passwords, applications or mails asked for."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, make_response, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.errors import TooMany
from app.services.signin import guessing, throttle
from app.services.signin.throttle import Limit
from app.text import address
from app.web.frame import problems
from app.web.frame.asking import place
from app.web.frame.current import actor, portal

LIMITS: dict[str, Limit] = {
    "public.send": throttle.APPLICATION,
    "public.resend": throttle.LINK,
    "account.forgotten": throttle.LINK,
}


def install(app: Flask) -> None:
    """Hold up each post of the ways in; passwords are counted where they are checked (`guessing`)."""
    app.before_request(_before)
    app.register_error_handler(TooMany, too_many)


def _before() -> Any:
    limit = LIMITS.get(request.endpoint or "")
    if request.method != "POST" or limit is None:
        return None
    if actor() is not None and limit is not throttle.APPLICATION:  # that one sends mail to whom one names
        return None
    if limit is throttle.APPLICATION and request.form.get("step") != "send":
        return None  # looking through one's answers again is no new application
    left = throttle.through(portal(), f"from {place()}", limit)
    return too_many(guessing.too_many(left, portal().now())) if left is not None else None


def recipient(email: str) -> Response | None:
    """Hold up the application whose mail goes to an address that got many of them lately; nobody's own."""
    who = actor()
    if who is not None and who.email == email:
        return None
    left = throttle.through(portal(), f"to {address.mailbox(email)}", throttle.RECIPIENT, throttle.RECIPIENT_DAY)
    return too_many(guessing.too_many(left, portal().now())) if left is not None else None


def too_many(error: TooMany) -> Response:
    """429 with how long to wait, in words and for programs (RFC 6585 section 4)."""
    text = problems.sentence(error)
    if request.is_json:
        return wait(make_response(jsonify(error=text), 429), error)
    if not error.params.get("by_mail"):
        return wait(make_response(problems.page(429, text)), error)
    otherwise = gettext("If this is your account, you need not wait: a link that we mail you lets you in at once.")
    way = ("/password", gettext("Set a password (forgotten, or for the first time)"))
    return wait(make_response(problems.page(429, [text, otherwise], way)), error)


def wait(response: Response, error: TooMany) -> Response:
    """The answer with when to try again."""
    response.headers["Retry-After"] = str(error.params["seconds"])
    return response

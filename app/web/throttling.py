"""The page that says "wait": too many wrong passwords, applications or mails asked for from one place."""

from __future__ import annotations

import math
from typing import Any

from flask import Flask, make_response, request
from flask_babel import gettext
from flask_security import current_user, user_authenticated
from werkzeug.wrappers import Response

from app.services import throttle
from app.services.throttle import Limit
from app.text import address
from app.web import problems
from app.web.current import actor, portal

LOGIN = "security.login"
LIMITS: dict[str, Limit] = {
    "public.send": throttle.APPLICATION,
    "public.resend": throttle.LINK,
    "account.forgotten": throttle.LINK,
}


def install(app: Flask) -> None:
    """Hold up before, and count after, each post of the ways in."""
    app.before_request(_before)
    app.after_request(_after)
    user_authenticated.connect(_right, app)


def _before() -> Any:
    if request.method != "POST" or actor() is not None:
        return None
    if request.endpoint == LOGIN:
        left = throttle.wait(portal(), throttle.PASSWORD, *_guessed())
        return too_many(left.total_seconds()) if left is not None else None
    limit = LIMITS.get(request.endpoint or "")
    if limit is None or (limit is throttle.APPLICATION and request.form.get("step") != "send"):
        return None  # looking through one's answers again is no new application
    left = throttle.wait(portal(), limit, _place())
    if left is not None:
        return too_many(left.total_seconds())
    throttle.note(portal(), limit, _place())
    return None


def _after(response: Response) -> Response:
    if request.endpoint != LOGIN or request.method != "POST" or response.status_code == 429:
        return response
    if request.form.get("password") and not current_user.is_authenticated:
        throttle.note(portal(), throttle.PASSWORD, *_guessed())
    return response


def _right(_app: Flask, **_more: Any) -> None:
    """The address's mistyped passwords are forgiven; those of the place are not: it may hold one account of its own."""
    if request.endpoint == LOGIN:
        throttle.forgive(throttle.PASSWORD, _guessed()[0])


def _guessed() -> tuple[str, str]:
    return f"mail {address.one(request.form.get('email', ''))[:254]}", _place()


def _place() -> str:
    return f"from {request.remote_addr or ''}"


def too_many(seconds: float) -> Response:
    """429 with how long to wait, in words and for programs."""
    minutes = max(1, math.ceil(seconds / 60))
    text = gettext(
        "For safety this is closed for a while. Try again in %(minutes)s minutes. "
        "Whoever is signed in already can go on working.",
        minutes=minutes,
    )
    response = make_response(problems.page(429, text))
    response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return response

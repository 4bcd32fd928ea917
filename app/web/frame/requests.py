"""Each request has a name: on every line of the log, in its answer (X-Request-ID), and on the page that says that
something went wrong, so that who asks for help can read it out."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask_security import current_user

from app.web.frame.proxies import REQUEST
from config import logs

HEADER = "X-Request-ID"


def install(app: Flask) -> None:
    """Name each request before anything else looks at it."""
    app.before_request(begin)
    app.after_request(_answer)
    app.jinja_env.globals["request_name"] = lambda: g.get("request_name", "")


def begin() -> None:
    """Its own name, or the one that a trusted proxy gave it."""
    g.request_name = str(request.environ.get(REQUEST, "")) or logs.fresh_id()
    rule = request.url_rule.rule if request.url_rule else ""
    logs.begin(request=g.request_name, route=rule, case=(request.view_args or {}).get("number", ""))


def know_user() -> None:
    """Lines from here on know the number of the account, never its name."""
    if current_user and current_user.is_authenticated:
        logs.note(user=current_user.id)


def _answer(response: Any) -> Any:
    response.headers[HEADER] = g.get("request_name", "")
    return response

"""From where somebody acts, for the audit record: said for each request before anything is done."""

from __future__ import annotations

from flask import Flask, g, request
from flask_security import current_user

from app.services.base import trail
from app.web.frame.asking import place
from config import logs


def install(app: Flask) -> None:
    """Say it once it is known who asks; nobody stands there after the request."""
    app.before_request(_stand)
    app.teardown_request(_leave)


def _stand() -> None:
    known = current_user._get_current_object() if g.get("_login_user") is not None else None
    session = getattr(known, "session_row", None)
    trail.stand(trail.Place(place() if request.remote_addr else "", session, logs.value("request")))


def _leave(_error: BaseException | None) -> None:
    trail.stand(trail.NOWHERE)

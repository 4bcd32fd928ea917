"""How much a request may carry: little, unless its route takes files and its sender is signed in.

Asked twice: by the server when the head of a request has come, so that nobody fills the disk with a body that no page
will read (app/web/server.py), and before a form is read, so that the page says it. The server lets a little more
through than the page, so that people read the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_security import current_user
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.http import parse_cookie, parse_options_header
from werkzeug.routing import RequestRedirect

from app.services.signin import sessions
from app.web.frame import signin

View = TypeVar("View", bound=Callable[..., Any])

MIB = 1 << 20
VISITOR = 1 * MIB
SIGNED_IN = 4 * MIB  # the longest form, every field of it full
MOST_FIELDS = 5000  # in one form (as `MAX_FORM_PARTS` has it for those with files)
FILES = -1  # as many as one form may hold: `UPLOAD_BYTES` of the application
_FORM = "application/x-www-form-urlencoded"
_ROOM = 5 / 4  # of the server's limit above the page's


Token = Callable[[Flask, str], bool]


def takes(most: int = FILES, *, token: Token | None = None) -> Callable[[View], View]:
    """This route takes so many bytes of those who are signed in; `token`: also of programs that have no session, where
    it says yes to the application and the value of their Authorization header."""

    def mark(view: View) -> View:
        view.nintei_takes = (most, token)  # type: ignore[attr-defined]  # read below
        return view

    return mark


def install(app: Flask, upload_mb: int) -> None:
    """Hold every request to it. Before the token of a form is looked for, which reads the form."""
    app.config["UPLOAD_BYTES"] = upload_mb * 26 * MIB
    app.before_request(_hold)


def of_server(app: Flask) -> Callable[[str, str, Mapping[str, str]], int]:
    """For the server: method, path and headers (as CGI names them, without HTTP_) to the most bytes of the body."""
    routes = app.url_map.bind("")
    cookie = str(app.config["SESSION_COOKIE_NAME"])
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    age = int(app.permanent_session_lifetime.total_seconds())
    portal = app.extensions["nintei"]

    def signed_in(headers: Mapping[str, str]) -> bool:
        try:
            said = signer.loads(parse_cookie(headers.get("COOKIE", "")).get(cookie, ""), max_age=age)
        except BadSignature:
            return False
        return sessions.goes_on(portal, str(said.get("_user_id", "")), str(said.get(signin.HELD, "")))

    def most(method: str, path: str, headers: Mapping[str, str]) -> int:
        announced = headers.get("CONTENT_LENGTH", "")
        if announced.isdecimal() and int(announced) < VISITOR:
            return int(VISITOR * _ROOM)
        try:
            endpoint = str(routes.match(path, method)[0])
        except (HTTPException, RequestRedirect):
            return VISITOR
        said_token, kind = headers.get("AUTHORIZATION", ""), headers.get("CONTENT_TYPE", "")
        here = signed_in(headers)
        return int(_most(app, endpoint, here, said_token, parse_options_header(kind)[0]) * _ROOM)

    return most


def _most(app: Flask, endpoint: str | None, signed_in: bool, authorization: str, kind: str) -> int:
    view = app.view_functions.get(endpoint or "")
    most, token = getattr(view, "nintei_takes", (SIGNED_IN, None))
    if not signed_in and not (token and authorization and token(app, authorization)):
        return VISITOR
    if kind.lower() == _FORM:  # holds no file, and is read into the memory as a whole
        return SIGNED_IN
    return int(app.config["UPLOAD_BYTES"] if most == FILES else most)


def _hold() -> None:
    authorization = request.headers.get("Authorization", "")
    here = (request.content_length or 0) >= VISITOR and current_user.is_authenticated
    request.max_content_length = _most(current_app, request.endpoint, here, authorization, request.mimetype)
    if request.mimetype == _FORM and request.get_data(parse_form_data=False).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge

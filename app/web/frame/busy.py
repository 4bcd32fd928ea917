"""While the database or the disk is in trouble that passes: 503, what is kept, and the form to be sent again.

Nothing here looks into the database: no account, no settings, no words of a package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, jsonify, make_response, request
from flask_babel import force_locale, gettext

from app.services.trouble import storage
from app.web.frame import again
from app.web.frame.current import LANGUAGES, portal

RETRY_AFTER = 10  # seconds
PIECE = "application/offset+octet-stream"  # of an upload (tus 1.0.0): its bytes come once

_PASSES = "passes_on"
_View = TypeVar("_View", bound=Callable[..., Any])


def passing_on(view: _View) -> _View:
    """Mark a view that hands the request's body to somebody else: that view alone reads it, and sends it once."""
    view.__dict__[_PASSES] = True
    return view


def begin() -> None:
    """The request begins: what is stored from here on is its doing."""
    g.stored = storage.stored()


def repeated(run: Any) -> Any:
    """Do what was asked for; once more when another step was in its way and nothing was stored."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.mimetype == PIECE or getattr(view, _PASSES, False):
        return run()

    def once() -> Any:
        for file in request.files.values():  # read from the beginning, also by a second try
            file.stream.seek(0)
        return run()

    return storage.again(once)


def page(error: Exception) -> Any:
    """503, instead of what was asked for."""
    why = " ".join(str(error).split())
    current_app.logger.warning("%s %s was answered by 503: %s", request.method, request.path, why)
    wanted = request.args.get("lang") or request.cookies.get("lang") or portal().settings.language
    language = wanted if wanted in LANGUAGES else "ja"
    with force_locale(language):
        response = make_response(_said(language), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _said(language: str) -> Any:
    title = gettext("The portal is busy at the moment")
    partly = storage.stored() != g.get("stored", storage.stored())
    if request.method in {"GET", "HEAD"}:
        text = gettext("Nothing is lost: anything sent or saved earlier is kept. Try again in a moment.")
    elif partly:
        text = gettext(
            "Only part of what you sent may have been saved. Anything saved earlier is kept. Check the page "
            "before sending it again."
        )
    else:
        text = gettext("What you just sent was not saved. Anything saved earlier is kept. Try again in a moment.")
    if again.wants_json():
        return jsonify(error=text)
    typed = again.typed() if request.method == "POST" else None
    # Not render_template: what that adds to every page is read from tables.
    return current_app.jinja_env.get_template("busy.html").render(
        title=title, text=text, lang=language, typed=typed, partly=partly, files=again.files(),
        url=request.full_path.rstrip("?"), asked=request.method in {"GET", "HEAD"},
    )  # fmt: skip

"""While the database is of another version than this program, every page says so and nothing is touched: it may be
brought up, or replaced by a newer program's, under a process that runs."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, current_app, make_response, request
from flask_babel import force_locale, gettext

from app.errors import Unready
from app.services.base import versions
from app.web.frame.current import portal

LOOK_EVERY = 5.0  # seconds for which a version that fits is believed
_KEY = "nintei.version_seen"


def require(app: Flask) -> None:
    """Raise Unready unless the database fits. Inside the request's connection."""
    now = time.monotonic()
    if now - app.extensions.get(_KEY, float("-inf")) < LOOK_EVERY:
        return
    if not versions.fits():
        raise Unready("The portal is being brought up to a new version")
    app.extensions[_KEY] = now


def page(error: Unready) -> Any:
    """503 without a look into the database: no account, no settings, no words of a package."""
    wanted = request.args.get("lang") or request.cookies.get("lang") or portal().settings.language
    with force_locale(wanted if wanted in {"ja", "en"} else "ja"):
        text = gettext(
            "The portal is being brought up to a new version. Nothing is lost: what was sent before is kept. "
            "Try again in a few minutes."
        )
        title = gettext(error.message)
        # Not render_template: what that adds to every page is read from tables.
        template = current_app.jinja_env.get_template("gate.html")
        response = make_response(template.render(title=title, text=text, lang=wanted), 503)
    response.headers["Retry-After"] = "60"
    return response

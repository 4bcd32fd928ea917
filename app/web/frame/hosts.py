"""By which names the portal is asked: its own alone, so that no link, mail or redirect carries a stranger's."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, make_response, request
from flask_babel import gettext

from config import parse

# Watchers ask by the machine's address, not by the portal's name.
ANY_NAME = frozenset({"public.health_check", "watching.ready", "watching.metrics"})
watch = logging.getLogger("nintei.security")
MISDIRECTED = 421  # RFC 9110 section 15.5.20


def install(app: Flask, base_url: str, more: tuple[str, ...]) -> None:
    """Answer only those who ask for the host of `base_url`, for this machine by its own names, or for `more`."""
    known = {str(urlsplit(base_url).hostname or "").lower(), *(each.lower() for each in more)}

    @app.before_request
    def _known() -> Any:
        name = _name(request.host)
        if request.endpoint in ANY_NAME or name in known or (name and parse.loopback(name)):
            return None
        watch.warning("asked under another name: %r", name[:80])
        said = gettext("This portal is at %(address)s. It does not answer under another name.", address=base_url)
        answer = make_response(said + "\n", MISDIRECTED)
        answer.mimetype = "text/plain"
        return answer


def secure(app: Flask, base_url: str) -> None:
    """What browsers hold to from then on, where the address is https."""
    app.after_request(_shut)
    if base_url.startswith("https:"):
        # Nobody but this host sets them, and they never travel in clear (RFC 6265bis section 4.1.3.2).
        app.config.update(SESSION_COOKIE_NAME="__Host-session", REMEMBER_COOKIE_NAME="__Host-remember")
        app.after_request(_always_https)


def _name(host: str) -> str:
    """The name of a Host header (RFC 9110 section 7.2), without its port."""
    return str(urlsplit(f"//{host}").hostname or "").lower() if host else ""


def _always_https(response: Any) -> Any:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")  # RFC 6797
    return response


def _shut(response: Any) -> Any:
    """No window of another site holds one of ours, and no page asks for what a portal has no use for."""
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault(
        "Permissions-Policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), "
        "payment=(), serial=(), usb=()",
    )
    return response

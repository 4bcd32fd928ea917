"""Where a password comes from: the place and the browser of the request at hand."""

from __future__ import annotations

from typing import Any

from flask import request

from app.services.signin import devices, guessing
from app.services.signin.guessing import Asker
from app.web.frame import cookies
from app.web.frame.current import portal


def place() -> str:
    """The network address of who asks, as it is counted."""
    return guessing.place(request.remote_addr)


def asker() -> Asker:
    """From which place and browser the request comes."""
    return Asker(place(), devices.read(portal(), request.cookies.get(devices.COOKIE, "")))


def remember(response: Any, cookie: str) -> Any:
    """The browser keeps that this account was here."""
    return cookies.keep(response, devices.COOKIE, cookie, devices.DAYS)

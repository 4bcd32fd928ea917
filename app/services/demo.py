"""The demo: a body, its staff, vendors with cases at different steps."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.services.portal import Portal
from app.services.releases import settings_of
from app.store import database


def body_name(portal: Portal) -> dict[str, str]:
    """The operating body's settings, from the first package that has them."""
    with database.connection():
        for loaded in portal.releases.all_current():
            found = settings_of(loaded.package).get("body")
            if found:
                return {key: str(value) for key, value in found.items()}
    return {"name": ""}


def load(portal: Portal, work: Callable[[Portal, threading.Event], None], say: Callable[[str], None]) -> None:
    """Load the demo's people and cases, unless they are there."""


def welcome(portal: Portal) -> str:
    """The addresses and accounts, for the terminal."""
    return f"{portal.settings.base_url}"

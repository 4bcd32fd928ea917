"""Cookies of ours beside the session: for this site alone, unread by scripts, over https alone where there is one."""

from __future__ import annotations

from typing import Any

from flask import current_app

DAY = 86_400  # seconds
YEAR = 365  # days


def keep(response: Any, name: str, value: str, days: int = YEAR) -> Any:
    """Have the browser keep it; gives the response."""
    response.set_cookie(
        name, value, max_age=days * DAY, httponly=True, samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip
    return response

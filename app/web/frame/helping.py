"""Where "Help for this page" leads: the words of a manual that are about the very page.

A manual says what it is about by places at its headings, `## Title {#home.tasks #cases}`: an endpoint, or a blueprint
for all of its endpoints that have no place of their own.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from app.services.base.actors import Actor
from app.states import Side
from config import shipped

FOLDER = shipped.ROOT / "docs"
PLACE = re.compile(r"\s*\{((?:\s*#[\w.-]+)+)\s*\}\s*$")
NOBODY = ("applicants", "vendors")
# In which manuals a reader looks, by their role; the first is theirs.
ORDER: dict[str, tuple[str, ...]] = {
    "vendor": ("vendors", "applicants"),
    "operator": ("operators", "analysts", "administrators"),
    "analyst": ("designer", "analysts", "operators", "administrators"),
    "administrator": ("operators", "administrators", "designer", "analysts"),
    "approver": ("designer", "analysts", "operators", "administrators"),
    "auditor": ("administrators", "operators", "analysts", "designer"),
}


def order(who: Actor | None) -> tuple[str, ...]:
    """The manuals of a reader: of their strongest role first."""
    if who is None:
        return NOBODY
    roles = (
        ("administrator", "operator", "analyst", "approver", "auditor") if who.side == Side.OPERATOR else ("vendor",)
    )
    return next((ORDER[role] for role in roles if role in who.roles), ORDER.get(who.side.value, NOBODY))


@lru_cache(maxsize=32)
def places(name: str) -> frozenset[str]:
    """The places that a manual has; its English edition has the same ones, which a test compares."""
    path = FOLDER / f"{name}.md"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = (PLACE.search(line) for line in lines if line.startswith("#"))
    return frozenset(place.lstrip("#") for each in found if each for place in each[1].split())


def place(endpoint: str, manuals: tuple[str, ...]) -> tuple[str, str]:
    """(manual, place in it) for an endpoint: the endpoint's own before its blueprint's; the top of the first manual,
    where none has it."""
    for wanted in (endpoint, endpoint.partition(".")[0]):
        for name in manuals:
            if wanted in places(name):
                return name, wanted
    return manuals[0], ""


def url(who: Actor | None) -> str:
    """The address of the help of the page that is drawn: where a form is sent to has the help of the form."""
    endpoint = request.endpoint or ""
    adapter = current_app.create_url_adapter(request) if request.method not in ("GET", "HEAD") else None
    if adapter is not None:
        with suppress(HTTPException):  # sent to an address that shows no page: its own place counts
            endpoint = adapter.match(request.path, method="GET")[0]
    if request.path.startswith("/admin"):
        endpoint = "admin"
    manual, where = place(endpoint, order(who))
    return f"/help/{manual}#{where}" if where else f"/help/{manual}"

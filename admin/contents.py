"""Releases of processes and their terms: what holds now, which no field says."""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from flask_babel import lazy_gettext as _l

from app.services.packages import termviews
from app.services.packages.termviews import PackageView

STATES = {
    "planned": _l("Set to come into force"), "in_force": _l("In force"), "ended": _l("Over"), "stopped": _l("Stopped"),
}  # fmt: skip


def _history(package_id: str) -> PackageView:
    """All terms of a package, asked for once a page."""
    known = g.setdefault("histories", {})
    if package_id not in known:
        known[package_id] = termviews.history(current_app.extensions["nintei"], package_id)
    found: PackageView = known[package_id]
    return found


def standing(row: Any) -> str:
    """How a term stands today."""
    contents = _history(row.package_id).releases
    return next((str(STATES[term.state]) for each in contents for term in each.terms if term.id == row.id), "")


def _content(row: Any) -> Any:
    return next((each for each in _history(row.package_id).releases if each.number == row.number), None)


def running(row: Any) -> int:
    """How many cases run on a release."""
    found = _content(row)
    return int(found.cases) if found is not None else 0


def since(row: Any) -> Any:
    """Since when a release is in force."""
    found = _content(row)
    return next((term.from_at for term in found.terms if term.state == "in_force"), None) if found else None

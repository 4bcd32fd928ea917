"""Releases of processes and their terms: read only, with what holds now, which no field says."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l

from admin import cells
from admin.view import Records
from app.services.packages import terms
from app.services.packages.terms import PackageView

STATES = {
    "planned": _l("Planned"), "in_force": _l("In force"), "ended": _l("Over"), "stopped": _l("Stopped"),
}  # fmt: skip


class _Told(Records):
    def _history(self, package_id: str) -> PackageView:
        """All terms of a package, asked for once a page."""
        known = g.setdefault("histories", {})
        if package_id not in known:
            known[package_id] = terms.history(self.portal, package_id)
        found: PackageView = known[package_id]
        return found


class Terms(_Told):
    """From when on new cases start on which release."""

    told = (("state", 2),)

    def tell(self, _view: Any, _context: Any, row: Any, _name: str) -> str:
        contents = self._history(row.package_id).releases
        return next(str(STATES[term.state]) for each in contents for term in each.terms if term.id == row.id)


class Contents(_Told):
    """What is kept of packages: since when it holds, and how many cases run on it."""

    told = (("holds", 3), ("running", 4))

    def tell(self, view: Any, _context: Any, row: Any, name: str) -> str:
        found = next(each for each in self._history(row.package_id).releases if each.number == row.number)
        if name == "running":
            return str(found.cases)
        since = next((term.from_at for term in found.terms if term.state == "in_force"), None)
        return cells.instant(view, since, name) if since else "—"

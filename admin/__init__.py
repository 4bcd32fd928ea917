"""Flask-Admin over the records: everything is seen, case data is never changed here, secrets are never shown."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, g
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin.index import Index
from admin.registry import build
from admin.view import READERS
from app.services.base.portal import Portal

PREFIX = "records_"


def add_admin(app: Flask, portal: Portal) -> None:
    """Add the record pages under /admin: administrators, and analysts who only read."""
    app.register_blueprint(Blueprint("records", __name__, template_folder=str(Path(__file__).parent / "templates")))
    views = build(portal, PREFIX)
    admin = Admin(
        app,
        name="Nintei",
        index_view=Index(views),
        theme=Bootstrap4Theme(base_template="layout.html"),
        csp_nonce_generator=lambda: g.csp_nonce,
    )
    for view in views:
        admin.add_view(view)
    for endpoint, function in list(app.view_functions.items()):
        if endpoint.startswith(("admin.", PREFIX)):
            app.view_functions[endpoint] = _for_readers(function)


def _for_readers(function: Any) -> Any:
    """The view with the rule that the web's guard asks for; Flask-Admin's own check (`is_accessible`) stands behind."""

    @wraps(function)
    def view(*args: Any, **values: Any) -> Any:
        return function(*args, **values)

    view.nintei_access = READERS  # type: ignore[attr-defined]  # read by app.web.frame.access
    return view


__all__ = ["add_admin"]

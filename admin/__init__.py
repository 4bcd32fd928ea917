"""Flask-Admin over the records: read as people know them, corrected through services, secrets never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, g
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin import asking
from admin.correcting import Corrections
from admin.index import Index
from admin.registry import build
from admin.view import KIND, MAKER, READERS, WRITERS, Records
from app.errors import NotFound
from app.services.base.portal import Portal
from app.services.exports.sheet import Sheet
from app.states import Right

PREFIX = "records_"
READING = {"GET", "HEAD", "OPTIONS"}


def add_admin(app: Flask, portal: Portal) -> None:
    """Add the record pages under /admin: whoever may see records; what changes them needs more."""
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
    app.extensions.setdefault("nintei_exports", {})[MAKER] = _sheets(views)
    admin.add_view(Corrections(endpoint=f"{PREFIX}correct", url="correct"))
    acting = {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - READING}
    for endpoint, function in list(app.view_functions.items()):
        if endpoint.startswith(("admin.", PREFIX)) and not hasattr(function, "nintei_access"):
            app.view_functions[endpoint] = _named(function, WRITERS if endpoint in acting else READERS)


def _sheets(views: list[Records]) -> Callable[[Mapping[str, str]], Sheet]:
    """What a worker asks again for the rows of a large file (app.web.frame.exporting)."""
    known = {view.kind.name: view for view in views}

    def made(args: Mapping[str, str]) -> Sheet:
        view = known.get(args.get(KIND, ""))
        if view is None or not view.is_accessible():
            raise NotFound("There is no such list")
        return view.sheet(asking.read(view.kind, args))

    return made


def _named(function: Any, rights: tuple[Right, ...]) -> Any:
    """The view with the rights that the web's guard asks for, unless it names others itself (`needs`).

    Flask-Admin's own check (`is_accessible`) stands behind.
    """

    @wraps(function)
    def view(*args: Any, **values: Any) -> Any:
        return function(*args, **values)

    view.nintei_access = rights  # type: ignore[attr-defined]  # read by app.web.frame.access
    return view


__all__ = ["add_admin"]

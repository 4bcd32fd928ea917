"""Settings of the process packages: names, accounts, days. Analysts and administrators change them, on record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.packages import settings
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.proving import proved

pages = Blueprint("package_settings", __name__, url_prefix="/settings")


@pages.get("")
@needs("analyst", "administrator")
def show() -> Any:
    """Every setting with its value."""
    who = signed_in()
    return render_template(
        "pages/desk/settings.html", title=gettext("Settings"), packages=settings.list_settings(portal(), who),
        changes=settings.setting_changes(who),
    )  # fmt: skip


@pages.get("/<package_id>/<name>")
@needs("analyst", "administrator")
def edit(package_id: str, name: str) -> Any:
    """One setting."""
    return _edit(package_id, name)


def _edit(package_id: str, name: str, status: int = 200, alert: str = "", typed: str | None = None) -> Any:
    package, setting = settings.one_setting(portal(), package_id, name, signed_in())
    return render_template(
        "pages/desk/setting.html", title=named(setting.title), package=package,
        setting=setting, value=setting.value if typed is None else typed, alert=alert,
        crumbs=[{"url": "/settings", "label": gettext("Settings")}, {"label": named(setting.title)}],
    ), status  # fmt: skip


@pages.post("/<package_id>/<name>")
@needs("analyst", "administrator")
@proved
def save(package_id: str, name: str) -> Any:
    """Change one setting."""
    value = request.form.get("value", "")
    try:
        settings.set_setting(portal(), package_id, name, value, signed_in())
    except Refused as error:
        return _edit(package_id, name, 422, problems.sentence(error), value)
    flash(gettext("The setting has been changed. It holds from the next mail and document on."), "success")
    return redirect("/settings", 303)

"""Everything that staff own, where it is changed, by whom, and since when it stands so; and changing one value."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.services.settings import changing, elsewhere, groups, proposalviews, values
from app.services.settings.checking import Unfit
from app.states import Right
from app.text.typed import typed
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.proving import proved
from app.web.settings.words import in_field, section_title, shown, value_help, value_title

pages = Blueprint("settings", __name__, url_prefix="/settings")


def crumbs(*further: dict[str, str]) -> list[dict[str, str]]:
    """Where a page below the settings is."""
    return [{"url": "/settings", "label": gettext("All settings")}, *further]


def address(owned: values.Owned, section: values.Section) -> str:
    """Where a section stands open on the index."""
    anchor = f"{owned.package_id}-{section.id.replace(':', 'live-')}"
    return f"/settings?open={anchor}#{anchor}"


def _crumb(owned: values.Owned, section: values.Section) -> dict[str, str]:
    return {"url": address(owned, section), "label": section_title(section)}


def words() -> dict[str, Any]:
    """What templates say values with."""
    return {"section_title": section_title, "value_title": value_title, "value_help": value_help, "shown": shown}


@pages.get("")
@needs(Right.SEE_SETTINGS)
def show() -> Any:
    """The index of the settings."""
    who, asked = signed_in(), typed(request.args.get("q", "")).strip()[:100]
    owned = values.everything(portal(), who)
    found = [
        (each, [(section, rows) for section in each.sections if (rows := _found(section, asked))]) for each in owned
    ]
    parts = portal().releases.spoken().parts
    there = [each for each in elsewhere.PLACES if not each.part or each.part in parts]
    places = [
        (place, [gettext(role) for role in place.who])
        for place in there
        if not asked or elsewhere.matches(place, asked, gettext(place.title), gettext(place.where))
    ]
    waiting = [each for one in owned for each in proposalviews.of_package(portal(), one.package_id, who)]
    return render_template(
        "pages/settings/index.html", title=gettext("All settings"), found=found, places=places, asked=asked,
        opened=request.args.get("open", "")[:200],
        waiting=[each for each in waiting if each.state.value == "open"], decided=waiting[:10],
        may_change=who.has(Right.SETTINGS), may_propose=who.has(Right.PROPOSE_SETTINGS, Right.SETTINGS), **words(),
    )  # fmt: skip


def _found(section: values.Section, asked: str) -> list[values.Value]:
    if not asked:
        return list(section.values)
    return [
        each for each in section.values
        if values.matches(each, asked, section_title(section), value_title(each), value_help(each))
    ]  # fmt: skip


@pages.get("/groups")
@needs(Right.SEE_SETTINGS)
def group_page() -> Any:
    """Groups: who is in each, and what its people may do."""
    return render_template(
        "pages/settings/groups.html", title=gettext("Groups and what they may do"),
        groups=groups.everything(portal(), signed_in()),
        crumbs=crumbs({"label": gettext("Groups and what they may do")}),
    )  # fmt: skip


@pages.get("/<package_id>/<name>")
@needs(Right.SEE_SETTINGS)
def edit(package_id: str, name: str) -> Any:
    """One value: what holds, what is to come, who set it."""
    return _edit(package_id, name)


def _edit(
    package_id: str, name: str, status: int = 200, alert: str = "", said: str | None = None, day: str = ""
) -> Any:
    who = signed_in()
    owned = values.of_package(portal(), package_id, who)
    value = owned.value(name)
    section = next(each for each in owned.sections if value in each.values)
    return render_template(
        "pages/settings/value.html", title=value_title(value), package=owned, section=section, value=value,
        typed=in_field(value, value.value) if said is None else said, day=day or portal().today().isoformat(),
        today=portal().today(), alert=alert, history=values.history(package_id, name, who),
        may_change=who.has(Right.SETTINGS), may_propose=who.has(Right.PROPOSE_SETTINGS, Right.SETTINGS),
        may_stop=who.has(Right.SETTINGS, Right.APPROVE_SETTINGS),
        crumbs=crumbs(_crumb(owned, section), {"label": value_title(value)}),
        trail_url=f"/audit?{urlencode({'thing': 'setting', 'subject': changing.subject_of(value)})}"
        if who.has(Right.SEE_TRAIL) else "",
        **words(),
    ), status  # fmt: skip


@pages.post("/<package_id>/<name>")
@needs(Right.SETTINGS)
@proved
def save(package_id: str, name: str) -> Any:
    """Change one value alone."""
    said, day = request.form.get("value", ""), request.form.get("day", "").strip()
    try:
        wanted = date_of(day)
        changing.change(
            portal(), package_id, name, said, signed_in(), day=wanted, reason=typed(request.form.get("reason", ""))
        )
    except Unfit as error:
        return _edit(package_id, name, 422, problems.sentence(error.fields[name]), said, day)
    except Refused as error:
        return _edit(package_id, name, 422, problems.sentence(error), said, day)
    flash(gettext("The value has been changed. Documents already issued are not affected."), "success")
    return redirect(f"/settings/{package_id}/{name}", 303)


@pages.post("/<package_id>/<name>/stop")
@needs(Right.SETTINGS, Right.APPROVE_SETTINGS)
def stop(package_id: str, name: str) -> Any:
    """What is planned does not come to hold."""
    try:
        day = date_of(request.form.get("day", ""))
        if day is None:
            raise Refused("Nothing is planned for this day any more")
        changing.stop(portal(), package_id, name, day, signed_in())
    except Refused as error:
        return problems.back(error, f"/settings/{package_id}/{name}")
    flash(gettext("The planned value has been cancelled."), "success")
    return redirect(f"/settings/{package_id}/{name}", 303)


def date_of(text: str) -> date | None:
    """The day of a field; none where it is empty. Raises Refused."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("This is not a valid date: use the format 2026-12-01") from None

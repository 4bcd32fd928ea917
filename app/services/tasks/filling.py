"""What a form is filled in with: what its choices offer, what is known already, the days that are settled."""

from __future__ import annotations

from typing import Any

from app.forms import Offered
from app.services.base.permit import Setting
from app.services.base.portal import Portal
from app.services.base.releases import settings_of
from app.services.days import attendance
from app.services.days import bookings as dates
from app.services.days.noun import settled_days
from app.services.register import names
from app.states import CardState, Side
from app.store import bookings, cards, records, work
from app.text.days import written


def choices(portal: Portal, setting: Setting, lang: str = "ja") -> dict[str, list[Offered]]:
    """What the form's fields offer: `calendar` the free days, `wishes` the vendor's first, `cards` those on loan."""
    if setting.element.flag("returns_cards"):
        return {"cards": _on_loan(setting, lang)}
    calendar_id = setting.element.properties.get("calendar") or setting.element.properties.get("books")
    if not calendar_id:
        return {"examiners": _there(setting)} if _asks_who_was_there(setting) else {}
    data = {**(setting.case.data or {}), **(setting.task.data or {})}
    free = dates.free_for(portal, setting.case, setting.loaded, setting.element, data)
    wished = dates.wishes(setting.case, setting.loaded, calendar_id)
    chosen = [day for day in wished if day in free]
    people = attendance.examiners(setting.loaded.package.groups) if setting.element.properties.get("books") else []
    return {
        "examiners": [Offered(each.name, each.name) for each in people],
        "calendar": [Offered(day.isoformat(), written(day, lang)) for day in free],
        "wishes": [Offered(day.isoformat(), written(day, lang), marked=True) for day in chosen]
        + [Offered(day.isoformat(), written(day, lang)) for day in free if day not in chosen],
    }


def _on_loan(setting: Setting, lang: str) -> list[Offered]:
    """The cards that the case has, each with what its set is called."""
    sets = setting.loaded.package.cards.items()
    titles = {key: spec.title_en if lang == "en" else spec.title for key, spec in sets}
    pattern = "%s (%s)" if lang == "en" else "%s（%s）"
    out = [
        (row.serial, titles.get(row.set_id)) for row in cards.of_case(setting.case.id) if row.state == CardState.LENT
    ]
    return [Offered(serial, pattern % (serial, title) if title else serial) for serial, title in out]


def _asks_who_was_there(setting: Setting) -> bool:
    spec = setting.loaded.forms.get(setting.task.element)
    return spec is not None and any(field.options_from == "examiners" for field in spec.inputs())


def _there(setting: Setting) -> list[Offered]:
    """The people of the case's day; where nobody was named, all who may be there."""
    people, row = attendance.examiners(setting.loaded.package.groups), bookings.latest(setting.case.id)
    named = {user.id for user in bookings.people([row.id]).get(row.id, [])} if row is not None else set()
    return [Offered(each.name, each.name) for each in people if each.id in named or not named]


def prefill(setting: Setting, *, days: bool = True) -> dict[str, Any]:
    """What earlier answers say already: the vendor's own last answer, then the same keys of the vendor's other answers.
    `days`: whether the dates of the own answer still hold."""
    spec = setting.loaded.forms[setting.task.element]
    latest = work.latest_answers(setting.case.id)
    known: dict[str, Any] = {}
    for row in sorted(latest.values(), key=lambda answer: answer.at):
        if row.side == Side.VENDOR:
            known.update({key: value for key, value in row.values.items() if value not in (None, "", [])})
    wanted = {field.key: field.type.value for field in spec.inputs()}
    own = latest.get(setting.task.element)
    if own is not None and setting.task.side == Side.VENDOR:
        dated = {field.key for field in spec.inputs() if field.options_from or field.type.value == "datetime"}
        new = set() if days else dated
        found = {key: value for key, value in own.values.items() if key in wanted and key not in new}
        if not days:  # a new round: what the register says counts, not what was asked of it once
            found |= {key: said for key, said in names.known(setting.case.id, setting.loaded).items() if key in wanted}
        return found
    other = {"textarea", "filepicker", "dynamiclist"}
    if setting.task.side == Side.VENDOR:
        other |= {"datetime"}  # the day of another payment or paper is not the one of this
    return {key: known[key] for key, kind in wanted.items() if key in known and kind not in other}


def context(portal: Portal, setting: Setting) -> dict[str, Any]:
    """What conditions and defaults of the form read beyond its own answers."""
    return {
        **setting.case.data,
        **(setting.task.data or {}),
        "today": portal.today(),
        "withdrawal": (setting.case.withdrawal or {}).get("reason", ""),
        "booked": {name: day.isoformat() for name, day in settled_days(setting).items()},
        **_agreement(setting),
    }


def _agreement(setting: Setting) -> dict[str, Any]:
    """Whether the body takes a person's word on the page for a signature on paper, and to what exactly it is
    given: each paper that the element's property `agrees` names, with its digest."""
    ids = setting.element.listed("agrees")
    if not ids:
        return {}
    papers = (records.latest_document(setting.case.id, each) for each in ids)
    lines = [f"{row.title}（{row.filename}） SHA-256 {row.digest}" for row in papers if row is not None]
    allowed = settings_of(setting.loaded.package).get("agreement", {}).get("online") is True
    return {"online": allowed and len(lines) == len(ids), "agreed_documents": "\n".join(lines)}

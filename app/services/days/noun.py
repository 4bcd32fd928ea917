"""What days want of a task: one that is settled, held, made firm by a payment, placed somewhere, or shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.services.base.nouns import Asked, Looked, Noun, Sent, Warned
from app.services.base.permit import Setting
from app.services.days import attendance
from app.services.days import bookings as dates
from app.states import KEPT
from app.store import bookings

BOOKS = "books"


class Days(Noun):
    """Days for exams and audits."""

    def doubted(self, asked: Asked) -> Iterable[Warned]:
        """What clashes with the day that is about to be settled, and what is said to have happened before its day."""
        setting, calendar = asked.setting, asked.setting.element.properties.get(BOOKS)
        clashing = attendance.foreseen(setting.case.id, setting.loaded, calendar, asked.values) if calendar else []
        return [*(Warned(each.message, each.params) for each in clashing), *_too_early(setting, asked.values)]

    def after(self, sent: Sent) -> Mapping[str, Any]:
        """A payment makes the held day firm (`booking`); a settled day is held, with its people and its place."""
        setting, element = sent.setting, sent.setting.element
        case, loaded, calendar = setting.case, setting.loaded, element.properties.get(BOOKS)
        routes: dict[str, Any] = {}
        if element.properties.get("confirms") and sent.routes.get("payment") == "settled":
            routes |= dates.settle(sent.portal, case, loaded)
        if calendar:
            routes |= dates.book(sent.portal, case, loaded, calendar, sent.values, sent.actor, sent.now)
            attendance.settled(case.id, loaded, calendar, sent.values)
        if element.id in loaded.forms:
            dates.placed(case, loaded.forms[element.id], sent.values)
        return routes

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        """`booking`: the case's last day."""
        row = bookings.latest(looked.setting.case.id)
        return {"booking": dates.view(row, looked.setting.loaded) if row is not None else None}


def settled_days(setting: Setting) -> dict[str, date]:
    """The case's settled day in each calendar that the form's dates are filled from."""
    spec = setting.loaded.forms.get(setting.task.element)
    wanted = {field.booked for field in spec.inputs() if field.booked} if spec is not None else set()
    rows = {name: bookings.latest(setting.case.id, name) for name in wanted}
    return {name: row.day for name, row in rows.items() if row is not None and row.state in KEPT}


def _too_early(setting: Setting, values: Mapping[str, Any]) -> list[Warned]:
    """What was to happen on a settled day is said to have happened before it."""
    settled, spec = settled_days(setting), setting.loaded.forms.get(setting.task.element)
    fields = [field for field in spec.inputs() if field.booked in settled] if spec is not None else []
    return [
        Warned(
            "The day entered, %(day)s, is before the fixed day, %(settled)s",
            {"day": date.fromisoformat(str(values[field.key])[:10]), "settled": settled[field.booked]},
        )
        for field in fields
        if values.get(field.key) and str(values[field.key])[:10] < settled[field.booked].isoformat()
    ]

"""A day in a form of the records, read as everywhere else."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, gettext
from wtforms import StringField

from app.text.days import WrongWeekday, long_date, read_date


class DayField(StringField):
    """A day. `data` is a date, or None where none was typed."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; ValueError, with the words for the page, when it is no day."""
        text, self.data = str(valuelist[0]).strip() if valuelist else "", None
        try:
            self.data = read_date(text)
        except WrongWeekday as slip:
            day = long_date(slip.day, str(get_locale() or "ja"))
            raise ValueError(gettext("That day is %(day)s. Correct the day or its weekday", day=day)) from slip
        if text and self.data is None:
            raise ValueError(gettext("Enter a day, for example 2026-11-22"))

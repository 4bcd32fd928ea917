"""Days on which nobody works, and people who are away."""

from __future__ import annotations

from typing import Any

from flask_admin.form import BaseForm
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length

from admin.days import DayField
from admin.people import NEEDED, choices
from admin.view import Records
from app.errors import NinteiError
from app.services.days import month
from app.services.people import staffing


class ClosingDayForm(BaseForm):
    """What a closing day asks for."""

    day = DayField(_l("Day"), [NEEDED])
    title = StringField(_l("Reason for closing"), [NEEDED, Length(max=120)])


class ClosingDays(Records):
    """The body's own closing days."""

    writes = ("create", "edit", "delete")

    def get_form(self) -> Any:
        return ClosingDayForm

    def create_model(self, form: Any) -> Any:
        try:
            month.close(self.portal, form.day.data, form.title.data, self.writer)
        except NinteiError as error:
            return self._refuse(error)
        return self.model.get(day=form.day.data)

    def update_model(self, form: Any, model: Any) -> bool:
        try:
            if form.day.data != model.day:
                month.move(self.portal, model.day, form.day.data, form.title.data, self.writer)
            else:
                month.rename(self.portal, model.day, form.title.data, self.writer)
        except NinteiError as error:
            return self._refuse(error)
        return True

    def delete_model(self, model: Any) -> bool:
        try:
            month.reopen(self.portal, model.day, self.writer)
        except NinteiError as error:
            return self._flash(error)
        return True


class AbsenceForm(BaseForm):
    """What an absence asks for."""

    user = SelectField(_l("Who is away"), [NEEDED], coerce=int)
    delegate = SelectField(_l("Delegate"), [NEEDED], coerce=int)
    first_day = DayField(_l("First day"), [NEEDED])
    last_day = DayField(_l("Last day"), [NEEDED])
    note = StringField(_l("Remark"), [Length(max=500)])

    def __init__(self, formdata: Any = None, obj: Any = None, **values: Any) -> None:
        super().__init__(formdata, obj, **values)
        people = choices({each.id: each.name or each.email for each in staffing.people()})
        self.user.choices, self.delegate.choices = people, people
        if obj is not None and not formdata:
            self.user.data, self.delegate.data = obj.user_id, obj.delegate_id


class Absences(Records):
    """The absences of everybody, which these people may enter for others."""

    writes = ("create", "edit", "delete")

    def get_form(self) -> Any:
        return AbsenceForm

    def _keep(self, form: Any, absence_id: int | None) -> Any:
        wanted = staffing.Away(
            form.user.data, form.delegate.data, form.first_day.data, form.last_day.data, form.note.data or ""
        )
        try:
            return staffing.keep_absence(self.portal, absence_id, wanted, self.writer)
        except NinteiError as error:
            return self._refuse(error)

    def create_model(self, form: Any) -> Any:
        made = self._keep(form, None)
        return self.model.get_by_id(made) if made else False

    def update_model(self, form: Any, model: Any) -> bool:
        return bool(self._keep(form, model.id))

    def delete_model(self, model: Any) -> bool:
        try:
            staffing.drop_absence(self.portal, model.id, self.writer)
        except NinteiError as error:
            return self._flash(error)
        return True

"""Views of the worklist that people have saved."""

from __future__ import annotations

from typing import Any

from flask_admin.form import BaseForm
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from admin.people import NEEDED
from admin.view import Records
from app.errors import NinteiError
from app.services.people import staffing


class ViewForm(BaseForm):
    """The name of a saved view."""

    name = StringField(_l("Name"), [NEEDED, Length(max=80)])


class Views(Records):
    """Saved views of everybody."""

    writes = ("edit", "delete")

    def get_form(self) -> Any:
        return ViewForm

    def update_model(self, form: Any, model: Any) -> bool:
        try:
            staffing.rename_view(self.portal, model.id, form.name.data, self.writer)
        except NinteiError as error:
            return self._refuse(error)
        return True

    def delete_model(self, model: Any) -> bool:
        try:
            staffing.drop_views(self.portal, [model.id], self.writer)
        except NinteiError as error:
            return self._flash(error)
        return True

"""One page for each kind of record, in the portal's own layout and without scripts."""

from __future__ import annotations

from typing import Any

import peewee
from flask import abort, flash, g, has_request_context, redirect, request
from flask_admin.base import expose
from flask_admin.contrib.peewee import ModelView
from flask_admin.contrib.peewee.filters import FilterEqual
from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext

from admin import cells
from admin.codes import words_of
from admin.labels import FIELDS, RECORDS
from app.errors import NinteiError
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import Right
from app.store import search as index
from app.store.database import JsonField
from app.store.models import Case
from app.store.words import WordField
from app.text.numbers import whole

READERS = (Right.SEE_RECORDS,)
WRITERS = (Right.RECORDS,)
# Fields that no page of the records shows, whatever their table; tests look for what they hold.
HIDDEN = frozenset({
    "fs_uniquifier", "blob", "archive", "apply_key", "html", "current_login_ip", "last_login_ip", "permissions",
    "job_key",
})  # fmt: skip
# A table that comes later keeps its secrets by their names.
SUSPECT = ("password", "token", "cipher", "secret", "digest")


def proved(view: Any) -> Any:
    """Changing something by this view asks again who it is (app.web.frame.proving reads it)."""
    view.nintei_proved = "changes"
    return view


def hidden(name: str) -> bool:
    """Whether a field is shown nowhere."""
    return name in HIDDEN or any(each in name for each in SUSPECT)


class Is(FilterEqual):
    """Narrows a list to one value of a field; an empty value narrows nothing."""

    def operation(self) -> Any:
        """How it is called."""
        return lazy_gettext("is")

    def apply(self, query: Any, value: Any) -> Any:
        """The rows that have it; none where it is no word that the field could hold."""
        if isinstance(self.column, WordField) and not self.column.knows(value):
            return query.where(peewee.SQL("1 = 0"))
        return super().apply(query, value)

    def validate(self, value: str) -> bool:
        """Whether there is something to narrow to."""
        return bool(value) and super().validate(value)


class Records(ModelView):
    """A table. Read-only: what may be changed says so (`writes`) and goes through services."""

    list_template = "records/list.html"
    details_template = "records/details.html"
    edit_template = "records/edit.html"
    create_template = "records/edit.html"
    can_view_details = True
    column_display_pk = True
    page_size = 50
    writes: tuple[str, ...] = ()  # create, edit, delete
    told: tuple[tuple[str, int], ...] = ()  # columns that `tell` works out, and their places in the list
    category_label: Any = ""

    def __init__(
        self,
        model: Any,
        portal: Portal,
        endpoint: str,
        *,
        columns: tuple[str, ...],
        choices: tuple[str, ...],
        search: tuple[str, ...],
        without: tuple[str, ...] = (),
    ) -> None:
        self.portal = portal
        fields = [field.name for field in model._meta.sorted_fields]
        shown = [name for name in fields if not hidden(name) and name not in without]
        foreign = [field.name for field in model._meta.sorted_fields if isinstance(field, peewee.ForeignKeyField)]
        self.column_list = [name for name in columns if name in shown] or shown[:8]
        self.column_details_list = shown
        self.column_sortable_list = [name for name in self.column_list if name in fields]
        self.column_searchable_list = [getattr(model, name) for name in search]
        if model._meta.composite_key:  # an index of its own: its rows are nothing that one opens
            self.can_view_details = False
        else:
            self.column_default_sort = [(model._meta.primary_key.name, True)]
        self.column_labels = dict(FIELDS)
        self.column_choices = {name: list(words.items()) for name in shown if (words := words_of(model.__name__, name))}
        self.column_formatters: dict[str, Any] = dict.fromkeys(foreign, cells.other)
        for name, place in self.told:
            self.column_list.insert(place, name)
            self.column_details_list.insert(place, name)
            self.column_formatters[name] = self.tell
        self.column_formatters_detail = self.column_formatters
        self.column_type_formatters = {**cells.FORMATS, str: cells.short}
        self.column_type_formatters_detail = cells.FORMATS
        self._chosen = choices
        self.column_filters = [Is(getattr(model, name), FIELDS[name]) for name in choices]
        super().__init__(
            model, RECORDS.get(model.__name__, model.__name__), endpoint=endpoint, url=endpoint.partition("_")[2]
        )

    # Who may

    @property
    def reader(self) -> Actor | None:
        """Who asks (the web's guard found out)."""
        return g.get("actor") if has_request_context() else None

    @property
    def writer(self) -> Actor:
        """Who changes something."""
        who = self.reader
        if who is None or not who.has(*WRITERS):
            abort(403)
        return who

    def is_accessible(self) -> bool:
        """Who may see records."""
        who = self.reader
        return who is not None and who.has(*READERS)

    def inaccessible_callback(self, _name: str, **_values: Any) -> Any:
        """The sign-in page, or no."""
        return redirect("/login") if self.reader is None else abort(403)

    def _may(self, act: str) -> bool:
        who = self.reader
        return act in self.writes and who is not None and who.has(*WRITERS)

    @property
    def can_create(self) -> bool:
        """Whether the reader may add a record."""
        return self._may("create")

    @property
    def can_edit(self) -> bool:
        """Whether the reader may change a record."""
        return self._may("edit")

    @property
    def can_delete(self) -> bool:
        """Whether the reader may delete a record."""
        return self._may("delete")

    # What is shown

    def tell(self, view: Any, context: Any, row: Any, name: str) -> str:
        """What a column of `told` says of a row."""
        raise NotImplementedError

    def get_form(self) -> Any:
        """Nothing is typed into records that are only read."""
        return BaseForm

    def is_action_allowed(self, _name: str) -> bool:
        """No actions on many records: each change is one that somebody looked at."""
        return False

    def choices_of(self) -> list[dict[str, Any]]:
        """The filters: for each its argument, label, the values that there are, and the chosen one."""
        found = []
        for number, (name, flt) in enumerate(zip(self._chosen, self._filters or [], strict=True)):
            argument = f"flt0_{self.get_filter_arg(number, flt)}"
            field = getattr(self.model, name)
            rows = self.model.select(field).distinct().order_by(field).limit(100).tuples()
            words = words_of(self.model.__name__, name)
            values = [(row[0], words.get(row[0], row[0])) for row in rows if row[0]]
            chosen = next((value for key, value in request.args.items() if key.endswith(argument[4:])), "")
            found.append(
                {
                    "name": argument.replace("flt0", f"flt{number}"),
                    "label": FIELDS[name],
                    "values": values,
                    "value": chosen,
                }
            )
        return found

    def is_text(self, name: str) -> bool:
        """Whether a field holds JSON, which keeps its lines."""
        return isinstance(self.model._meta.fields.get(name), JsonField)

    # What is asked for

    def get_one(self, id: Any) -> Any:  # noqa: A002 - the library's own name
        """The record of this key; none for what no key can be, however long."""
        key = self.model._meta.primary_key
        if isinstance(key, peewee.CompositeKey):
            return None
        while isinstance(key, peewee.ForeignKeyField):  # a row of another's
            key = key.rel_field
        found = whole(id) if isinstance(key, peewee.AutoField) else id
        return super().get_one(found) if found is not None else None

    def get_list(
        self,
        page: int | None,
        sort_column: Any,
        sort_desc: Any,
        search: Any,
        filters: Any,
        execute: bool = True,
        page_size: int | None = None,
    ) -> Any:
        """(how many, one page of them): the last page for a number behind it."""
        size = page_size or self.page_size
        g.records_sought = str(search or "")
        count, query = super().get_list(0, sort_column, sort_desc, None, filters, execute=False, page_size=size)
        g.records_page = max(0, min(page or 0, -(-count // size) - 1))
        query = query.offset(g.records_page * size)
        return count, list(query) if execute else query

    def get_query(self) -> Any:
        """The rows in which every word of the search is said, folded as everywhere; all without one."""
        query, text = super().get_query(), g.get("records_sought", "")
        if not text.strip() or not self._search_fields:
            return query
        if self.model is Case:
            return query.where(index.said_of_case(text))
        return query.where(self.model._meta.primary_key.in_(index.rows_said(self.model, self._search_fields, text)))

    # Changing

    def _refuse(self, error: NinteiError) -> bool:
        """Keep why for the page that is drawn again."""
        g.records_refused = str(gettext(error.message) % error.params if error.params else gettext(error.message))
        return False

    def _flash(self, error: NinteiError) -> bool:
        """Say why on the list that is shown again."""
        self._refuse(error)
        flash(g.records_refused, "error")
        return False

    def render(self, template: str, **values: Any) -> Any:
        """In the portal's layout."""
        values.setdefault("alert", g.get("records_refused", ""))
        if "records_page" in g:
            values["page"] = g.records_page
        return super().render(template, title=self.name, wide=True, **values)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Add a record; 422 when it was refused."""
        return _refused(super().create_view())

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Change a record; 422 when it was refused."""
        return _refused(super().edit_view())

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """There are none."""
        return abort(404)


def _refused(answer: Any) -> Any:
    return (answer, 422) if isinstance(answer, str) and request.method == "POST" else answer

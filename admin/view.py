"""The pages of one kind of record, in the portal's own layout and without scripts: its list, a record, its files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import peewee
from flask import Response, abort, flash, g, has_request_context, redirect, request, stream_with_context
from flask_admin.base import expose
from flask_admin.contrib.peewee import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext

from admin import asking, cells, correcting, life, listing, shown
from admin.kinds import Kind
from admin.proving import named
from admin.proving import proved as proved
from app.errors import NinteiError
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.exports import large
from app.services.exports import sheet as sheets
from app.services.exports.sheet import Sheet
from app.services.people import recordviews
from app.states import Right
from app.text.names import ascii_name
from app.text.numbers import whole

READERS = (Right.SEE_RECORDS,)
WRITERS = (Right.RECORDS,)
EXPORTERS = (Right.EXPORT,)
MAKER, KIND = "records", "kind"  # of large files (app.web.frame.exporting), and what says of which kind they are


class Records(ModelView):
    """A kind of record. Read-only: what may be changed says so (`writes`) and goes through services."""

    edit_template = "records/edit.html"
    create_template = "records/edit.html"
    writes: tuple[str, ...] = ()  # create, edit, delete
    category_label: Any = ""

    def __init__(self, kind: Kind, portal: Portal, endpoint: str, label: Any) -> None:
        self.portal, self.kind, self.category_label = portal, kind, label
        self.column_list = list(kind.columns)
        super().__init__(kind.model, kind.title, endpoint=endpoint, url=kind.name)

    # Who may

    @property
    def reader(self) -> Actor | None:
        """Who asks (the web's guard found out)."""
        return g.get("actor") if has_request_context() else None

    @property
    def writer(self) -> Actor:
        """Who is changing something; 403 for whoever may not."""
        who = self.reader
        if who is None or not who.has(*WRITERS):
            abort(403)
        return who

    def is_accessible(self) -> bool:
        """Whether the visitor may see records at all."""
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

    @property
    def can_take(self) -> bool:
        """Whether the reader may take the list out as a file."""
        return self.reader is not None and self.reader.has(*EXPORTERS)

    def is_action_allowed(self, _name: str) -> bool:
        """No actions on many records: each change is one that somebody looked at."""
        return False

    def get_form(self) -> Any:
        """Nothing is typed into records that are only read."""
        return BaseForm

    # Reading

    @expose("/")
    def index_view(self) -> Any:
        """A page of the list of records."""
        ask = asking.read(self.kind, request.args)
        page, count = listing.page(self.kind, ask), listing.count(self.kind, ask, listing.most(ask))
        return self.render("records/list.html", **shown.of_list(self, ask, page, count), views=self._views(ask))

    def _views(self, ask: asking.Ask) -> list[dict[str, Any]]:
        """The kept views of this list: name, address, whose, whether it is the one that is shown."""
        who = self.reader
        if who is None:
            return []
        rows = recordviews.listed(self.kind.name, who)
        return [
            {"id": row.id, "name": row.name, "url": f"{self.get_url('.index_view')}?{row.query}", "shared": row.shared,
             "whose": "" if row.user_id == who.user_id else row.user.name, "now": row.query == ask.query()}
            for row in rows
        ]  # fmt: skip

    @expose("/details/")
    def details_view(self) -> Any:
        """The page of one record."""
        row = self.get_one(request.args.get("id", ""))
        if row is None:
            flash(gettext("This record no longer exists."), "warning")
            return redirect(self.get_url(".index_view"))
        may_see = self.reader is not None and self.reader.has(Right.SEE_TRAIL)
        return self.render(
            "records/details.html", **shown.of_record(self, row), life=life.of(self.kind, row),
            audit_url=life.address(row) if may_see else "",
        )  # fmt: skip

    @expose("/export/<form>")
    @named(*EXPORTERS)
    def export(self, form: str) -> Any:
        """Exactly what the list shows, as a file."""
        who = self.reader
        if who is None or not who.has(*EXPORTERS):
            abort(403)
        if form not in sheets.TYPES:
            abort(404)
        ask = asking.read(self.kind, request.args)
        sheet = self.sheet(ask)
        if listing.count(self.kind, ask) > large.DIRECT:
            query = urlencode({**dict(ask.pairs()), KIND: self.kind.name})
            return redirect(f"/exports/{large.ask(self.portal, who, MAKER, query, sheet, form)}", 303)
        sheets.note(self.portal, who, sheet.title, form, sheet.narrowed)
        name = sheet.name(self.portal, form)
        said = f"attachment; filename=\"{ascii_name(f'{self.kind.name}.{form}')}\"; filename*=UTF-8''{quote(name)}"
        return Response(
            stream_with_context(sheets.chunks(sheet, form)), content_type=sheets.TYPES[form],
            headers={"Content-Disposition": said, "Cache-Control": "no-store"},
        )  # fmt: skip

    @expose("/views/", methods=("POST",))
    @named(Right.ACCOUNT)  # one's own; `is_accessible` asks for SEE_RECORDS besides
    def keep_view(self) -> Any:
        """Keep the list as it is narrowed, for oneself or for all staff."""
        ask = asking.read(self.kind, request.form)
        shared = request.form.get("shared") == "y"
        try:
            recordviews.keep(
                self.portal, self.kind.name, request.form.get("name", ""), ask.query(), g.actor, shared=shared
            )
            flash(gettext("The view has been saved."), "success")
        except NinteiError as error:
            self._flash(error)
        return redirect(f"{self.get_url('.index_view')}?{ask.query()}", 303)

    @expose("/views/drop/", methods=("POST",))
    @named(Right.ACCOUNT)  # one's own; `is_accessible` asks for SEE_RECORDS besides
    def drop_view(self) -> Any:
        """Forget a view of one's own."""
        try:
            recordviews.drop(self.portal, whole(request.form.get("id", "")) or 0, g.actor)
            flash(gettext("The view has been deleted."), "success")
        except NinteiError as error:
            self._flash(error)
        return redirect(self.get_url(".index_view"), 303)

    def sheet(self, ask: asking.Ask) -> Sheet:
        """The list as rows for a spreadsheet: its columns and the facts that are no long texts."""
        kind = self.kind
        names = tuple(dict.fromkeys((*kind.columns, *(each for each in kind.facts if each not in kind.texts))))
        fields = tuple(each.name for each in kind.model._meta.sorted_fields if not isinstance(each, peewee.BlobField))

        def tell(row: Any) -> list[sheets.Cell]:
            return [cells.plain(shown.value(kind, row, name)) for name in names]

        narrowed = str(gettext(", ")).join(f"{label}: {said}" for _, label, said in shown.chips(kind, ask))
        return Sheet(
            str(kind.title),
            [shown.label(kind, name) for name in names],
            lambda: listing.every(kind, ask, fields, tell),
            narrowed,
            count=lambda: listing.every_one(kind, ask),
        )

    def offered(self, row: Any) -> list[dict[str, str]]:
        """Links to what of the record the reader may correct."""
        return correcting.offered(self.kind, row, self.reader)

    # What is asked for

    def get_one(self, id: Any) -> Any:  # noqa: A002 - the library's own name
        """The record of this key; none for what no key can be, however long."""
        key = self.model._meta.primary_key
        found = whole(id) if isinstance(key, peewee.AutoField) else str(id)[:100]
        return listing.one(self.kind, found) if found is not None else None

    # Changing

    def _refuse(self, error: NinteiError) -> bool:
        """Keep why for the page that is drawn again."""
        g.records_refused = error.said(gettext)
        return False

    def _flash(self, error: NinteiError) -> bool:
        """Say why on the list that is shown again."""
        self._refuse(error)
        flash(g.records_refused, "error")
        return False

    def render(self, template: str, **values: Any) -> Any:
        """In the portal's layout."""
        values.setdefault("alert", g.get("records_refused", ""))
        values.setdefault("title", self.name)
        return super().render(template, wide=True, **values)

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
        """Refuse actions on several records: there are none."""
        return abort(404)


def _refused(answer: Any) -> Any:
    return (answer, 422) if isinstance(answer, str) and request.method == "POST" else answer

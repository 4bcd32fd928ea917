"""The first page of the records: what there is, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, redirect
from flask_admin import AdminIndexView
from flask_admin.base import expose
from flask_babel import gettext, lazy_gettext

from admin import listing
from admin.asking import Ask
from admin.view import READERS, Records


class Index(AdminIndexView):
    """The front page of the administration, `/admin/`: a list of its views."""

    def __init__(self, views: Sequence[Records]) -> None:
        self._views = views
        super().__init__(name=lazy_gettext("Records"))

    def is_accessible(self) -> bool:
        """Who may see records."""
        who = g.get("actor")
        return who is not None and who.has(*READERS)

    def inaccessible_callback(self, _name: str, **_values: Any) -> Any:
        """The sign-in page, or no."""
        return redirect("/login") if g.get("actor") is None else abort(403)

    @expose()
    def index(self) -> Any:
        """The kinds of records by what they are about."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for view in self._views:
            url = view.get_url(f"{view.endpoint}.index_view")
            item = {
                "label": view.name,
                "url": url,
                "count": listing.count(view.kind, Ask()),
                "writes": bool(view.writes),
            }
            groups.setdefault(str(view.category_label), []).append(item)
        return self.render("records/index.html", title=gettext("Records"), groups=groups)

"""What of a record can be corrected: by whoever may, through services, with a reason, after a second look.

A case's and company's data are corrected by the form in which they were said (/cases/…/correction), a case's routing
values where it is mended; here, who a vendor's person is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, g, redirect, request
from flask_admin import BaseView
from flask_admin.base import expose
from flask_babel import gettext

from admin.kinds import Kind
from admin.proving import named, proved
from app.errors import NinteiError, NotFound
from app.services.people import addresses
from app.services.people.addresses import Person
from app.states import Right, Side
from app.store import accounts
from app.store import models as m


def offered(kind: Kind, row: Any, who: Any) -> list[dict[str, str]]:
    """Links to the corrections that the reader may make."""
    if who is None or not who.has(Right.RECORDS):
        return []
    return [found for each in kind.mends if (found := _OFFERS[each](row)) is not None]


def _person(row: m.User) -> dict[str, str] | None:
    if row.side != Side.VENDOR:
        return None
    return {"label": gettext("Correct name or address"), "url": f"/admin/correct/person/{row.id}"}


def _contact(row: m.Case) -> dict[str, str] | None:
    if row.ended or row.company_id is None:
        return None
    return {"label": gettext("Correct company and contact"), "url": f"/cases/{row.number}/correction"}


def _company(row: m.Company) -> dict[str, str] | None:
    """By the newest case of the company that is still open."""
    query = m.Case.select(m.Case.number).where((m.Case.company == row.id) & (m.Case.ended == False))  # noqa: E712
    case = query.order_by(m.Case.id.desc()).first()
    if case is None:
        return None
    return {"label": gettext("Correct the company"), "url": f"/cases/{case.number}/correction"}


_OFFERS: dict[str, Callable[[Any], dict[str, str] | None]] = {
    "person": _person,
    "contact": _contact,
    "company": _company,
}


class Corrections(BaseView):
    """/admin/correct: the pages on which something is corrected."""

    def is_accessible(self) -> bool:
        """Whoever may correct records."""
        who = g.get("actor")
        return who is not None and who.has(Right.RECORDS)

    def inaccessible_callback(self, _name: str, **_values: Any) -> Any:
        """The sign-in page, or no."""
        return redirect("/login") if g.get("actor") is None else abort(403)

    @expose("/")
    @named(Right.RECORDS)
    def index(self) -> Any:
        """Send the bare address on to the front page: a correction belongs to a record."""
        return redirect("/admin/")

    @expose("/person/<int:user_id>", methods=("GET", "POST"))
    @proved
    def person(self, user_id: int) -> Any:
        """A vendor's name and address: typed, looked at once more, corrected."""
        user = accounts.user(user_id)
        if user is None or user.side != Side.VENDOR:
            abort(404)
        said = {
            "name": request.form.get("name", user.name), "email": request.form.get("email", user.email),
            "reason": request.form.get("reason", ""),
        }  # fmt: skip
        if request.method != "POST":
            return self._page(user, said)
        wanted = Person(said["name"], said["email"])
        try:
            if request.form.get("step") == "do":
                addresses.correct(current_app.extensions["nintei"], user_id, wanted, said["reason"], g.actor)
                flash(gettext("Corrected. It is on record with your reason."), "success")
                return redirect(f"/admin/user/details/?id={user_id}", 303)
            _, name, email, _ = addresses.checked(user_id, wanted, said["reason"])
        except (NotFound, NinteiError) as error:
            return self._page(user, said, error=error.said(gettext)), 422
        changes = [
            (gettext("Name"), user.name, name), (gettext("Mail address"), user.email, email),
        ]  # fmt: skip
        back = request.form.get("step") == "back"
        return self._page(user, said, changes=[] if back else [each for each in changes if each[1] != each[2]])

    def _page(self, user: m.User, said: dict[str, str], **values: Any) -> Any:
        return self.render(
            "records/person.html", title=gettext("Correct name or address"), user=user, said=said, **values
        )

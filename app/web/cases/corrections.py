"""変更届 and 承継: asked for on the case, answered by the body on a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import Refused
from app.forms import FieldError
from app.services.cases import corrections, succession
from app.services.pages import case
from app.states import Right, Side
from app.web.cases import head
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import language, portal, signed_in

pages = Blueprint("corrections", __name__)


@pages.get("/cases/<number>/correction")
@needs(Right.COMPANY, Right.RECORDS)
def show(number: str) -> Any:
    """What was said, as a form to be corrected, and what became of earlier requests."""
    return _page(number)


def _page(
    number: str,
    status: int = 200,
    raw: Mapping[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
    error: str = "",
) -> Any:
    who = signed_in()
    found = corrections.page(portal(), number, who)
    values = found.values if raw is None else raw
    return render_template(
        "pages/case/correction.html", title=gettext("Correct company data"), found=found, error=error,
        head=case.page(portal(), number, who).head, here=head.address(number), reason=request.form.get("reason", ""),
        form=found.spec.bind(values, lang=language(), context={"today": portal().today()}, errors=list(errors)),
        of_body=who.side == Side.OPERATOR,
    ), status  # fmt: skip


@pages.post("/cases/<number>/correction")
@needs(Right.COMPANY, Right.RECORDS)
def ask(number: str) -> Any:
    """Send it to the body; of the body, to be looked at once more."""
    who = signed_in()
    spec = corrections.page(portal(), number, who).spec
    raw = spec.read(request.form)
    if spec.pressed(request.form):  # a row, a postal code
        return _page(number, raw=raw)
    try:
        wrong = corrections.ask(portal(), number, raw, request.form.get("reason", ""), who)
    except Refused as error:
        return _page(number, problems.status_of(error), raw, error=problems.sentence(error))
    if wrong is not None:
        return _page(number, 422, raw, wrong.errors)
    if who.side == Side.OPERATOR:
        flash(gettext("Check it once more: nothing changes until it is accepted here."), "success")
        return redirect("/corrections", 303)
    flash(
        gettext("Your correction has been sent to the certifying body. Nothing changes until it has answered."),
        "success",
    )
    return redirect(f"/cases/{number}/correction", 303)


@pages.get("/cases/<number>/succession")
@needs(Right.ACT_ON_CASES)
def succeed(number: str) -> Any:
    """The form for the company that takes the certification over."""
    return _succession(number)


def _succession(
    number: str,
    status: int = 200,
    raw: Mapping[str, Any] | None = None,
    errors: Iterable[FieldError] = (),
    error: str = "",
) -> Any:
    who = signed_in()
    found = succession.page(portal(), number, who)
    values = found.values if raw is None else raw
    return render_template(
        "pages/case/succession.html", title=gettext("Another company takes over the certification"), found=found,
        head=case.page(portal(), number, who).head, here=head.address(number), reason=request.form.get("reason", ""),
        error=error,
        form=found.spec.bind(values, lang=language(), context={"today": portal().today()}, errors=list(errors)),
    ), status  # fmt: skip


@pages.post("/cases/<number>/succession")
@needs(Right.ACT_ON_CASES)
def ask_succession(number: str) -> Any:
    """Send it to the body."""
    who = signed_in()
    spec = succession.page(portal(), number, who).spec
    raw = spec.read(request.form)
    if spec.pressed(request.form):
        return _succession(number, raw=raw)
    try:
        wrong = succession.ask(portal(), number, raw, request.form.get("reason", ""), who)
    except Refused as error:
        return _succession(number, problems.status_of(error), raw, error=problems.sentence(error))
    if wrong is not None:
        return _succession(number, 422, raw, wrong.errors)
    flash(gettext("Sent to the certifying body. Nothing changes until it has answered."), "success")
    return redirect(f"/cases/{number}/succession", 303)


@pages.post("/cases/<number>/correction/<int:correction_id>/back")
@needs(Right.COMPANY, Right.RECORDS)
def take_back(number: str, correction_id: int) -> Any:
    """Not wanted any more."""
    try:
        corrections.take_back(portal(), number, correction_id, signed_in())
    except Refused as error:
        return problems.back(error, f"/cases/{number}/correction")
    flash(gettext("The correction has been withdrawn."), "success")
    return redirect(f"/cases/{number}/correction", 303)


@pages.get("/corrections")
@needs(Right.SEE_DESKS)
def waiting() -> Any:
    """What vendors ask to have corrected."""
    return _waiting()


def _waiting(status: int = 200, failed: int = 0, error: str = "") -> Any:
    return render_template(
        "pages/case/corrections.html", title=gettext("Corrections of company data"), failed=failed, error=error,
        requests=corrections.waiting(portal(), signed_in()), said=request.form.get("answer", ""),
        may_act=signed_in().has(Right.WORK),
    ), status  # fmt: skip


@pages.post("/corrections/<int:correction_id>")
@needs(Right.WORK)
def answer(correction_id: int) -> Any:
    """Accept it, or say why it stays as it is."""
    said, who = request.form.get("answer", ""), signed_in()
    try:
        if request.form.get("action") == "accept":
            corrections.accept(portal(), correction_id, said, who)
            flash(gettext("Corrected. Case, company, register and all future documents use the new data."), "success")
        else:
            corrections.refuse(portal(), correction_id, said, who)
            flash(gettext("Nothing was changed. The vendor is told why."), "success")
    except Refused as error:
        return _waiting(problems.status_of(error), correction_id, problems.sentence(error))
    return redirect("/corrections", 303)


@pages.app_context_processor
def _counts() -> dict[str, Any]:
    return {"correction_count": corrections.count}

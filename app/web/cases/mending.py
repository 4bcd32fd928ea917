"""案件を直す: one case is mended by hand: choose, see what follows, say why, do it; take it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused, ScriptError, StepFailed
from app.services.moves import mending, questions
from app.services.moves.mending import Forecast, Wish
from app.services.pages import case
from app.states import MendKind, Right
from app.text.numbers import whole
from app.web.cases import head as case_head
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("mending", __name__)


@pages.get("/cases/<number>/mend")
@needs(Right.MEND_CASES)
def show(number: str) -> Any:
    """Where the case stands, what can be done, and what would follow from what is chosen in the address."""
    return _page(number, request.args)


def _page(number: str, said: Any, error: NinteiError | None = None) -> Any:
    who = signed_in()
    desk = mending.desk(portal(), number, who)
    wish, shown = _wish(said), None
    if wish is not None:
        try:
            shown = mending.forecast(portal(), number, wish, who)
        except (Refused, ScriptError, StepFailed) as refusal:
            error, wish = error or refusal, None
    return render_template(
        "pages/case/mend.html", title=gettext("Correct the case"),
        head=case.page(portal(), number, who).head, desk=desk,
        wish=wish, shown=shown, what=_sentence(wish, shown, _name(desk, wish)), said=said,
        error=problems.sentence(error) if error else "",
        address=case_head.address,
    ), problems.status_of(error) if error else 200  # fmt: skip


@pages.post("/cases/<number>/mend")
@needs(Right.MEND_CASES)
def mend(number: str) -> Any:
    """Do what was shown."""
    said, wish = request.form, _wish(request.form)
    try:
        if wish is None:
            raise Refused("Choose what to do")
        revision = whole(said.get("revision", "")) or 0
        mending.mend(portal(), number, wish, said.get("reason", ""), revision, signed_in())
    except Refused as error:
        return _page(number, said, error)
    flash(gettext("The case has been corrected. The change and your reason are in its history."), "success")
    return redirect(f"/cases/{number}/mend", 303)


@pages.post("/cases/<number>/mend/undo")
@needs(Right.MEND_CASES)
def undo(number: str) -> Any:
    """Take back what was done last."""
    try:
        mending.undo(portal(), number, signed_in())
    except Refused as error:
        return problems.back(error, f"/cases/{number}/mend")
    flash(gettext("Undone: the case is as it was."), "success")
    return redirect(f"/cases/{number}/mend", 303)


def _name(desk: mending.Desk, wish: Wish | None) -> str:
    return f"{named(desk.titles[wish.name])} ({wish.name})" if wish is not None and wish.name in desk.titles else ""


def _wish(said: Any) -> Wish | None:
    kind = MendKind.of(said.get("kind", ""))
    if kind is None:
        return None
    value = questions.given(said.get("value", "").strip())
    element = "" if kind is MendKind.SKIP else said.get("element", "")  # what is skipped is where the token stands
    return Wish(kind, said.get("task", ""), element, said.get("name", "").strip(), value)


def _plain(value: Any) -> str:
    """A value as it is typed on this page."""
    return "—" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _sentence(wish: Wish | None, shown: Forecast | None, name: str) -> str:
    """What is about to be done. `name`: what people call the routing value, where they do."""
    if wish is None or shown is None:
        return ""
    if wish.kind is MendKind.VALUE:
        return gettext(
            "The routing value %(name)s becomes %(value)s (now: %(before)s).", name=name or wish.name,
            value=_plain(wish.value), before=_plain(shown.before),
        )  # fmt: skip
    title = gettext("Gateway before “%(step)s”", step=named(shown.next)) if shown.next else named(shown.title)
    if wish.kind is MendKind.SKIP:
        return gettext("“%(title)s” is marked as done without an answer.", title=title)
    if wish.kind is MendKind.AGAIN:
        return gettext("“%(title)s” is repeated.", title=title)
    return gettext("The case continues at “%(title)s”.", title=title)

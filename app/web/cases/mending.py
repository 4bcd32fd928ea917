"""案件を直す: one case is mended by hand: choose, see what follows, say why, do it; take it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from app.errors import NinteiError, Refused, ScriptError, StepFailed
from app.services.moves import mending, questions
from app.services.moves.mending import Forecast, Wish
from app.services.moves.routing import Value
from app.services.pages import case
from app.states import MendKind, Right
from app.text.numbers import whole
from app.web.cases import head as case_head
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in

pages = Blueprint("mending", __name__)

MOST = 3  # names of a routing value, and of gateways that go by it, that are shown


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
        wish=wish, shown=shown, what=_sentence(wish, shown, desk), said=said,
        plain=_plain, labelled=_labelled, yes_no=_yes_no, called=_called, most=MOST,
        value=_asked(desk, said) if wish is None else None,
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


def _asked(desk: mending.Desk, said: Any) -> Value | None:
    """The routing value that is to be corrected, before it is said what it becomes."""
    name = said.get("name", "") if said.get("kind") == MendKind.VALUE.value else ""
    return next((each for each in desk.values if each.name == name and each.single), None)


def _wish(said: Any) -> Wish | None:
    kind = MendKind.of(said.get("kind", ""))
    if kind is None or (kind is MendKind.VALUE and "value" not in said):
        return None
    value = questions.given(said.get("value", "").strip())
    element = "" if kind is MendKind.SKIP else said.get("element", "")  # what is skipped is where the token stands
    return Wish(kind, said.get("task", ""), element, said.get("name", "").strip(), value)


def _plain(value: Any) -> str:
    """A value as it is typed on this page."""
    return "—" if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)


def _labelled(value: Any, known: Value | None) -> str:
    """A value with what people call it."""
    plain = _plain(value)
    label = _yes_no(value) if isinstance(value, bool) else named(dict(known.known).get(plain, "")) if known else ""
    return f"{label} ({plain})" if label else plain


def _called(value: Value) -> str:
    return gettext(", ").join(named(title) for title in value.titles[:MOST])


def _yes_no(value: bool) -> str:
    return gettext("Yes") if value else gettext("No")


def _sentence(wish: Wish | None, shown: Forecast | None, desk: mending.Desk) -> str:
    """What is about to be done."""
    if wish is None or shown is None:
        return ""
    if wish.kind is MendKind.VALUE:
        known = next((each for each in desk.values if each.name == wish.name), None)
        return gettext(
            "The routing value %(name)s becomes %(value)s (now: %(before)s).",
            name=f"{_called(known)} ({wish.name})" if known and known.titles else wish.name,
            value=_labelled(wish.value, known), before=_labelled(shown.before, known),
        )  # fmt: skip
    title = gettext("Gateway before “%(step)s”", step=named(shown.next)) if shown.next else named(shown.title)
    if wish.kind is MendKind.SKIP:
        return gettext("“%(title)s” is marked as done without an answer.", title=title)
    if wish.kind is MendKind.AGAIN:
        return gettext("“%(title)s” is repeated.", title=title)
    return gettext("The case continues at “%(title)s”.", title=title)

"""Who may open a page: every route names a right (`app.states.Right`), or says `public`. A route that says
nothing is closed.

`tests/web/frame/test_access.py` walks all routes; `tests/web/frame/test_roles.py` walks them as every role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, jsonify, redirect, request
from flask_babel import gettext

from app.services.base import actors
from app.services.base.actors import Actor
from app.services.signin import factors
from app.states import Right
from app.web.frame import again, proving, signin
from app.web.frame.current import actor, only_asks, portal

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
# What is open to staff who need a second factor and have none yet: setting one up, and nothing else.
SETTING_UP = frozenset({
    "second.first", "second.new_passkey", "second.keep_passkey", "second.code", "second.keep_code", "second.options",
    "account.prove",
})  # fmt: skip
# Views of extensions, which we cannot decorate: blueprint or endpoint to who may open it.
FOREIGN: dict[str, tuple[str, ...]] = {
    "static": (PUBLIC,),
    "security": (PUBLIC,),
}


def public(view: View) -> View:
    """Anybody may open this."""
    view.nintei_access = (PUBLIC,)  # type: ignore[attr-defined]  # read by `guard` and by the access test
    return view


def needs(right: Right, *others: Right) -> Callable[[View], View]:
    """Only accounts with one of these rights: `needs(Right.SEE_CASES)`. A page that acts says the right to act."""

    def mark(view: View) -> View:
        view.nintei_access = (right, *others)  # type: ignore[attr-defined]  # as above
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> tuple[Right | str, ...]:
    """Who may open the endpoint; () when nobody said."""
    view = app.view_functions.get(endpoint)
    found = getattr(view, "nintei_access", None)
    if found is not None:
        return tuple(found)
    return FOREIGN.get(endpoint) or FOREIGN.get(endpoint.partition(".")[0]) or ()


def second_factor_missing(who: Actor) -> bool:
    """Whether this person needs a second factor here and has none yet."""
    return factors.required(portal(), who.side) and not getattr(g.get("_login_user"), "factors", "")


def _set_up() -> Any:
    if again.wants_json():
        return jsonify(error=gettext("Set up a second factor first.")), 403
    return redirect("/account/second", 303)


def guard() -> Any:
    """Before each request: the endpoint's rule."""
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such page: the error page says so
    rule = rule_of(current_app, endpoint)
    if PUBLIC in rule:
        return None
    who = actor()
    if who is None:
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            return jsonify(error="sign in"), 401  # a script asks: the page it is on says so
        if signin.half() is not None and only_asks():
            return redirect(signin.SECOND + "?" + urlencode({"next": request.full_path.rstrip("?")}))
        if only_asks():
            return redirect("/login?" + urlencode({"next": request.full_path.rstrip("?")}))
        return again.page()
    rights = [each for each in rule if isinstance(each, Right)]
    if who.has(*rights):
        if second_factor_missing(who) and endpoint not in SETTING_UP:
            return _set_up()
        return proving.before(current_app.view_functions[endpoint])
    raise actors.refusal(*rights)

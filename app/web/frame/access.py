"""Who may open a page: every route names a right (`app.states.Right`), or says `public`. A route that says nothing is
closed.

`tests/web/frame/test_access.py` walks all routes; `tests/web/frame/test_roles.py` walks them as every role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, jsonify, redirect, request

from app.services.base import actors
from app.states import Right
from app.web.frame import again, proving
from app.web.frame.current import actor, only_asks

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
# Views of extensions, which we cannot decorate: blueprint or endpoint to who may open it.
FOREIGN: dict[str, tuple[str, ...]] = {
    "static": (PUBLIC,),
    "security": (PUBLIC,),
}


def public(view: View) -> View:
    """Anybody may open this."""
    view.nintei_access = (PUBLIC,)  # type: ignore[attr-defined]  # read by `guard` and by the access test
    return view


def needs(*rights: Right | str) -> Callable[[View], View]:
    """Only accounts with one of these rights: `needs(Right.SEE_CASES)`. A page that acts says the right to act."""

    def mark(view: View) -> View:
        view.nintei_access = rights or (SIGNED_IN,)  # type: ignore[attr-defined]  # as above
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> tuple[Right | str, ...]:
    """Who may open the endpoint; () when nobody said."""
    view = app.view_functions.get(endpoint)
    found = getattr(view, "nintei_access", None)
    if found is not None:
        return tuple(found)
    return FOREIGN.get(endpoint) or FOREIGN.get(endpoint.partition(".")[0]) or ()


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
        if only_asks():
            return redirect("/login?" + urlencode({"next": request.full_path.rstrip("?")}))
        return again.page()
    if SIGNED_IN in rule or who.has(*rule):
        return proving.before(current_app.view_functions[endpoint])
    raise actors.refusal(*rule)

"""The portal and the person of the request at hand."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, has_request_context, request
from flask_security import current_user

from app.errors import Forbidden, NotFound
from app.services import people
from app.services.actors import Actor
from app.services.portal import Portal

LANGUAGES = ("ja", "en")


def portal() -> Portal:
    """The open portal."""
    return cast("Portal", current_app.extensions["nintei"])


def actor() -> Actor | None:
    """Who asks; none when nobody is signed in."""
    if "actor" not in g:
        g.actor = None
        if current_user and current_user.is_authenticated:
            try:
                g.actor = people.actor_of(portal(), int(current_user.id))
            except NotFound:
                g.actor = None
    return cast("Actor | None", g.actor)


def signed_in() -> Actor:
    """Who asks; Forbidden when nobody is signed in (the route's rule has seen to it)."""
    found = actor()
    if found is None:
        raise Forbidden("Sign in first")
    return found


def language() -> str:
    """The reader's language: asked for, chosen before, the account's, the browser's, Japanese."""
    if not has_request_context():
        return "ja"
    if "lang" not in g:
        wanted = request.args.get("lang") or request.cookies.get("lang") or ""
        if wanted not in LANGUAGES:
            who = actor()
            wanted = who.language if who else ""
        if wanted not in LANGUAGES:
            wanted = portal().settings.language
        g.lang = wanted
    return cast("str", g.lang)

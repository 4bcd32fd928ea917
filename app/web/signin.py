"""Signing an account in, other than by the sign-in form; and the note of who signed in last when."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from flask_security import login_user, user_authenticated

from app.errors import NotFound
from app.services import people
from app.web.current import portal


def install(app: Flask) -> None:
    """Note each sign-in, by whatever way."""
    user_authenticated.connect(_note, app)


def _note(_app: Flask, user: Any, **_more: Any) -> None:
    people.signed_in(user.id, portal().now())


def sign_in(user_id: int) -> None:
    """Sign this account in, in place of whoever was."""
    user = current_app.extensions["security"].datastore.find_user(id=user_id)
    if user is None or not user.active:
        raise NotFound("There is no such account")
    login_user(user, authn_via=["password"])

"""Signing an account in, other than by the sign-in form."""

from __future__ import annotations

from flask import current_app
from flask_security import login_user

from app.errors import NotFound


def sign_in(user_id: int) -> None:
    """Sign this account in, in place of whoever was."""
    user = current_app.extensions["security"].datastore.find_user(id=user_id)
    if user is None or not user.active:
        raise NotFound("There is no such account")
    login_user(user, authn_via=["password"])

"""Signing an account in, other than by the sign-in form; and the note of who signed in last when."""

from __future__ import annotations

from typing import Any

from flask import Flask, after_this_request, current_app
from flask_security import MailUtil, login_user, user_authenticated
from flask_security.mail_util import EmailValidateException

from app.errors import NotFound
from app.services.people import accounts
from app.services.signin import guessing
from app.text import address
from app.web.frame.asking import asker, remember
from app.web.frame.current import portal


class Addresses(MailUtil):
    """Addresses at the sign-in, in its form and as JSON: read as everywhere else."""

    def normalize(self, email: str) -> str:
        """The address by which somebody is known here; EmailValidateException when it is none."""
        found = address.one(email)
        if not address.fits(found):
            raise EmailValidateException("not a mail address")
        return found

    def validate(self, email: str) -> str:
        """The same: whether a mail arrives there is not asked."""
        return self.normalize(email)


def install(app: Flask) -> None:
    """Note each sign-in, by whatever way."""
    user_authenticated.connect(_note, app)


def _note(_app: Flask, user: Any, **_more: Any) -> None:
    accounts.signed_in(user.id, portal().now())
    cookie = guessing.signed_in(portal(), user, asker())
    after_this_request(lambda response: remember(response, cookie))


def sign_in(user_id: int) -> None:
    """Sign this account in, in place of whoever was."""
    user = current_app.extensions["security"].datastore.find_user(id=user_id)
    if user is None or not user.active:
        raise NotFound("There is no such account")
    login_user(user, authn_via=["password"])

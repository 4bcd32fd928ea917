"""Flask-Security's forms that ask for a password, in whatever way they are sent: each goes through the one check."""

from __future__ import annotations

from typing import Any

from flask_security.forms import LoginForm, VerifyForm

from app.services.signin import guessing
from app.states import PasswordUse
from app.web.frame.asking import asker
from app.web.frame.current import portal

LONGEST = 4000  # characters; the library that compares raises an error above 4096, and nobody's password is so long


def _given(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _looked_at(value: Any) -> str:
    """As much of a password as is compared."""
    return str(value)[:LONGEST]


class SignIn(LoginForm):
    """The sign-in. TooMany leaves it before anything is looked at."""

    def validate(self, **more: Any) -> bool:
        """Whether somebody may come in. What names nobody, or gives no password, is no guess."""
        look = super().validate
        if not _given(self.email.data) or not _given(self.password.data):
            return bool(look(**more))
        self.password.data = _looked_at(self.password.data)
        return guessing.checked(
            portal(), str(self.email.data), asker(), PasswordUse.SIGN_IN, lambda: bool(look(**more))
        )


class Verify(VerifyForm):
    """The password of who is signed in, once more."""

    def validate(self, **more: Any) -> bool:
        """Whether it is theirs."""
        look = super().validate
        if not _given(self.password.data):
            return bool(look(**more))
        self.password.data = _looked_at(self.password.data)
        email = str(self.user.email)
        return guessing.checked(portal(), email, asker(), PasswordUse.VERIFY, lambda: bool(look(**more)))

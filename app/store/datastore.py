"""The accounts as Flask-Security reads and writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_security import PeeweeUserDatastore

from app.store import accounts
from app.store.database import proxy
from app.store.models import Role, User, UserRole


class Accounts(PeeweeUserDatastore):
    """Flask-Security's own, but that who asks for a page is found with roles, and those for whom they
    stand in today, in one statement, and only while their session goes on. `today` gives the day in Japan, `session`
    the session in which is asked; None: the account is not looked up for a request."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(proxy, User, Role, UserRole)
        self._today = today
        self.session: Callable[[], accounts.Asked | None] = lambda: None

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Any:
        """As Flask-Security has it."""
        if kwargs.keys() == {"fs_uniquifier"} and not case_insensitive:
            return accounts.asking(kwargs["fs_uniquifier"], self._today(), self.session())
        return super().find_user(case_insensitive, **kwargs)

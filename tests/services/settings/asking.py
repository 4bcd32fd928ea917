"""Values given as staff give them: alone, or proposed by one and approved by another."""

from __future__ import annotations

from datetime import date

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.settings import changing, proposals, values
from app.states import Account, Side
from app.store import accounts, database
from app.store.models import User

PACKAGE = "ccus_api_certification"


def person(name: str, role: Account) -> Actor:
    """Somebody of the body with this role and an account."""
    email = f"{role.value}-{name}@example.jp"
    with database.transaction():
        user = accounts.by_email(email) or User.create(email=email, name=name, side=Side.OPERATOR, fs_uniquifier=email)
        accounts.add_roles(user, [role.value])
    return Actor(int(user.id), name, Side.OPERATOR, frozenset({role.value}), email=email)


def given(portal: Portal, name: str, value: str, day: date | None = None) -> None:
    """The value holds from the day on, today unless one is said."""
    first, second = person("設定 一郎", Account.ADMINISTRATOR), person("設定 二郎", Account.ADMINISTRATOR)
    owned = values.of_package(portal, PACKAGE, first)
    section = next(each for each in owned.sections if any(value.name == name for value in each.values))
    if not owned.value(name).second:
        changing.change(portal, PACKAGE, name, value, first, day=day)
        return
    number = proposals.propose(portal, PACKAGE, section.id, {name: value}, day or portal.today(), "試験のため", first)
    proposals.approve(portal, number, second)

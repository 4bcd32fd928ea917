"""The first visit of each role: led through the page once, and never again.

An account remembers for which roles it has been led (`user.led`); who is both operator and administrator, or has
begun to act for other companies, is led once for each.
"""

from __future__ import annotations

from app.services.base.actors import Actor
from app.states import Right, Side
from app.store import accounts, database

# In the order in which somebody who has several is led.
ROLES = ("vendor", "agent", "operator", "administrator", "analyst", "approver", "auditor")


def due(actor: Actor, led: str, *, agent: bool = False) -> str:
    """The role for which this person is to be led through the page now; "" for none. `led`: as the account keeps it;
    `agent`: they act for other companies."""
    own = {"agent"} if agent else {"vendor"}
    mine = own if actor.side == Side.VENDOR else set(actor.roles)
    seen = set(led.split(","))
    return next((role for role in ROLES if role in mine and role not in seen), "")


def finish(actor: Actor, role: str) -> None:
    """Remember that they have been led; said twice, it is remembered once."""
    actor.require(Right.ACCOUNT)
    if role not in ROLES or actor.user_id is None:
        return
    with database.transaction():
        accounts.led(actor.user_id, role)

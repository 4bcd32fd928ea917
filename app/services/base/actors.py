"""Who does something: taken from the account by `web`, asked by every service."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.errors import Forbidden, Phrase
from app.states import ACCOUNTS, BODY, Account, Right, Side, holders, rights_of


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at one of the desks, or the system itself. `rights` follow from the roles (`app.states.rights`)."""

    user_id: int | None
    name: str
    side: Side
    roles: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    email: str = ""
    language: str = "ja"
    standing_in_for: tuple[tuple[int, str], ...] = ()  # (user id, name) of absent colleagues
    rights: frozenset[Right] = field(init=False)

    def __post_init__(self) -> None:
        """A person of a company is never more than that, a person of the body never that, whatever the rows say."""
        kept = [role for role in self.roles if (role == Account.VENDOR.value) is (self.side == Side.VENDOR)]
        object.__setattr__(self, "rights", rights_of(kept))

    def has(self, *wanted: Right) -> bool:
        """Whether the actor has one of these rights."""
        return not self.rights.isdisjoint(wanted)

    def require(self, *wanted: Right) -> None:
        """Raise Forbidden, which names the roles that have it, unless the actor has one of these rights."""
        if not self.has(*wanted):
            raise refusal(*wanted)


def refusal(*wanted: Right) -> Forbidden:
    """That the asker lacks these rights. `wanted` of its params is for the log."""
    having = holders(*wanted)
    roles = tuple(Phrase(ACCOUNTS[role]) for role in (*BODY, Account.VENDOR) if role in having)
    return Forbidden(
        "Your account does not have the role that this needs: %(roles)s",
        roles=roles,
        wanted=", ".join(each.value for each in wanted),
    )


SYSTEM = Actor(None, "", Side.SYSTEM)

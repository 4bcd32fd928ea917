"""Who does something: taken from the account by `web`, asked by every service."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at one of the desks, or the system itself."""

    user_id: int | None
    name: str
    side: str  # vendor | operator | system
    roles: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    email: str = ""
    language: str = "ja"
    standing_in_for: tuple[tuple[int, str], ...] = ()  # (user id, name) of absent colleagues

    def has(self, *roles: str) -> bool:
        """Whether the actor has one of these roles."""
        return bool(self.roles.intersection(roles))

    def require(self, *roles: str) -> None:
        """Raise Forbidden unless the actor has one of these roles."""
        if not self.has(*roles):
            raise Forbidden("Your account does not have the role that this needs: %(roles)s", roles=", ".join(roles))


SYSTEM = Actor(None, "", "system")

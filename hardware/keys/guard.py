"""Who keeps the key store's own key while nobody works with it: a secret of the caller's, or a PKCS#11 token.

The key store makes a key of its own (32 random bytes) under which everything in it is wrapped, and hands that one key
to its guard. So a guard has two methods, a token is asked once each time the store is opened, and masters move from one
guard to another without being touched by either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from hardware.crypto import Key, unwrap_key, wrap_key
from hardware.errors import BadKeyStore

KEY_LENGTH: Final = 32
SECRET: Final = "secret"  # noqa: S105 a name
"""Name of the guard that is a secret of the installation."""
TOKEN: Final = "token"  # noqa: S105 a name
"""What the name of a guard that is a token begins with."""


class KeyGuard(Protocol):
    """Keeps one key of 32 bytes."""

    @property
    def name(self) -> str:
        """Stands in the key store, in the clear: `secret`, or `token LABEL/KEY`."""
        ...

    def wrap(self, key: Key) -> bytes:
        """What may lie on a disk."""
        ...

    def unwrap(self, wrapped: bytes) -> Key:
        """The key again. Raises ValueError when that is not authentic, BadToken when the token cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class SecretGuard:
    """A key that the caller has from elsewhere (environment, file): AES-KW (RFC 3394) under it. 32 bytes."""

    kek: Key = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.kek.reveal()) != KEY_LENGTH:
            raise BadKeyStore("The key of the key store has 32 bytes")

    @property
    def name(self) -> str:
        return SECRET

    def wrap(self, key: Key) -> bytes:
        return wrap_key(self.kek.reveal(), key.reveal())

    def unwrap(self, wrapped: bytes) -> Key:
        return Key(unwrap_key(self.kek.reveal(), wrapped))

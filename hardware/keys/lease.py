"""What a desk's agent is given to do one act on one card: that card's own keys and its data, sealed for this desk,
this lease and this chip. Master keys never cross this line.

The agent makes a key pair for each request (X25519, RFC 7748). The sealing key is HKDF-SHA-256 (RFC 5869) over the
shared secret, salted with the SHA-256 of the desk's token, with the lease in its info: who reads the traffic later (a
proxy's log, a crash dump of the server) has neither half of the pair, and who has the pair but not the token gets
nothing either. The body is AES-256-GCM (NIST SP 800-38D) of a JSON text; the lease is its associated data.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hardware.crypto import Key
from hardware.errors import BadKeyFile, UnknownKey
from hardware.facts import Act, Plan, Role
from hardware.profiles import CardKeys
from hardware.profiles.layout import KEY_CONTEXT
from hardware.sight import Expected

_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Lease:
    """Names what the sealed text is for. `uid`: upper-case hex."""

    desk: str
    job: int
    fence: int
    uid: str

    def encode(self) -> bytes:
        return json.dumps([self.desk, self.job, self.fence, self.uid]).encode()


@dataclass(frozen=True, slots=True)
class Errand:
    """One act on one card, with all that it needs."""

    act: Act
    expected: Expected
    plan: Plan | None = field(repr=False)
    keys: dict[tuple[Role, int], Key] = field(repr=False)


class LeasedKeys:
    """CardKeys of one chip: any other gets UnknownKey."""

    def __init__(self, uid: str, keys: dict[tuple[Role, int], Key]) -> None:
        self._uid = bytes.fromhex(uid)
        self._keys = keys

    def card_key(self, role: Role, version: int, uid: bytes, context: bytes) -> Key:  # noqa: ARG002 it is in the key already
        key = self._keys.get((role, version)) if uid == self._uid else None
        if key is None:
            raise UnknownKey(
                "The server gave no %(role)s key of version %(version)d for this card",
                role=role.value,
                version=version,
            )
        return key


class Opener:
    """The agent's half: `public` goes with the request, `open` takes the answer. Made anew for each request."""

    def __init__(self) -> None:
        self._private = X25519PrivateKey.generate()

    @property
    def public(self) -> str:
        return self._private.public_key().public_bytes_raw().hex()

    def open(self, sealed: str, token: str, lease: Lease) -> Errand:
        """Raises BadKeyFile when it is not meant for this desk, lease and chip, or was altered."""
        try:
            raw = bytes.fromhex(sealed)
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(raw[:32]))
            nonce, body = raw[32 : 32 + _NONCE], raw[32 + _NONCE :]
            text = AESGCM(_key(shared, token, lease)).decrypt(nonce, body, lease.encode())
            return _Text.read(json.loads(text))
        except (InvalidTag, ValueError, KeyError, TypeError) as error:
            raise BadKeyFile("What the server sent for this card cannot be opened") from error


def card_keys(keys: CardKeys, uid: str, versions: Iterable[int]) -> dict[tuple[Role, int], Key]:
    """Both keys of one chip in each of these versions. Raises UnknownKey."""
    chip = bytes.fromhex(uid)
    return {
        (role, version): keys.card_key(role, version, chip, KEY_CONTEXT) for version in set(versions) for role in Role
    }


def seal(errand: Errand, public: str, token: str, lease: Lease) -> str:
    """The server's half: hex for the one who holds the private key of `public` and the token."""
    own = X25519PrivateKey.generate()
    shared = own.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    nonce = secrets.token_bytes(_NONCE)
    body = AESGCM(_key(shared, token, lease)).encrypt(nonce, json.dumps(_Text.write(errand)).encode(), lease.encode())
    return (own.public_key().public_bytes_raw() + nonce + body).hex()


def _key(shared: bytes, token: str, lease: Lease) -> bytes:
    salt = sha256(token.encode()).digest()
    return HKDF(hashes.SHA256(), 32, salt, b"nintei card errand " + lease.encode()).derive(shared)


class _Text:
    """The errand as JSON."""

    @staticmethod
    def write(errand: Errand) -> dict[str, Any]:
        plan = errand.plan
        return {
            "act": errand.act.value,
            "expected": [errand.expected.serial, errand.expected.uid, errand.expected.data_tag],
            "plan": plan and [plan.serial, plan.worker_id, plan.test_data.hex(), plan.key_version],
            "keys": [[role.value, version, key.reveal().hex()] for (role, version), key in errand.keys.items()],
        }

    @staticmethod
    def read(raw: dict[str, Any]) -> Errand:
        plan = raw["plan"]
        return Errand(
            Act(raw["act"]),
            Expected(*raw["expected"]),
            plan and Plan(plan[0], plan[1], bytes.fromhex(plan[2]), plan[3]),
            {(Role(role), version): Key(bytes.fromhex(key)) for role, version, key in raw["keys"]},
        )


__all__ = ["Errand", "Lease", "LeasedKeys", "Opener", "card_keys", "seal"]

"""The key store: a file with the master keys, wrapped. Masters go in by a ceremony and never come out;
what comes out is a card's own key.

At rest: each master is wrapped with AES-KW (RFC 3394) under a key that HKDF (RFC 5869) makes from the
key-encryption key (KEK) and the entry's role and version, so entries cannot be swapped; the whole file
carries a CMAC. The KEK (32 bytes) is given by the caller: this module reads no environment and no token.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hardware.crypto import Key, aes_cmac, diversify_an10922, same, unwrap_key, wrap_key
from hardware.errors import BadComponent, BadKeyStore, UnknownKey
from hardware.facts import TRANSPORT_VERSION, Role
from hardware.files import locked, private_folder, write_whole
from hardware.keys.components import Component, combine, new_component
from hardware.profiles.layout import PUBLIC_TRANSPORT_MASTERS

_FORMAT: Final = "nintei-key-store-1"
_KEK_LENGTH: Final = 32


def derive_kek(secret: bytes, purpose: str = "card key store") -> Key:
    """A KEK out of a longer secret of the installation (HKDF-SHA-256)."""
    if len(secret) < 16:
        raise BadKeyStore("The secret for the key store is too short")
    return Key(_hkdf(secret, f"nintei {purpose}"))


@dataclass(frozen=True, slots=True)
class MasterInfo:
    """What may be known of a master key. `kcv` as hex; `custodians`: the two who brought its components."""

    role: Role
    version: int
    kcv: str
    created: datetime
    custodians: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """Where a ceremony stands after a component went in: `master` is there once the second custodian was."""

    role: Role
    version: int
    component_kcv: str
    master: MasterInfo | None = None


class KeyStore:
    """CardKeys backed by a file. Open one per process; writes are whole-file and atomic, the last one wins."""

    def __init__(self, path: Path, kek: Key, content: dict[str, Any]) -> None:
        self._path = path
        self._kek = kek
        self._content = content

    @classmethod
    def create(cls, path: Path, kek: Key, *, transport_masters: dict[Role, Key] | None = None) -> Self:
        """A new, empty store. `transport_masters`: the card maker's keys of blanks; the public ones of
        the test profile unless given.
        """
        _check_kek(kek)
        if path.exists():
            raise BadKeyStore("There is already a key store at %(path)s", path=str(path))
        private_folder(path.parent)
        store = cls(path, kek, {"format": _FORMAT, "masters": [], "pending": []})
        for role in Role:
            master = (transport_masters or {}).get(role) or Key(PUBLIC_TRANSPORT_MASTERS[role])
            store._content["masters"].append(store._entry(role, TRANSPORT_VERSION, master, datetime.now(UTC), ()))
        signer = Ed25519PrivateKey.generate().private_bytes_raw()
        store._content["signer"] = wrap_key(store._entry_key("signer"), signer).hex()
        store._write()
        return store

    @classmethod
    def open(cls, path: Path, kek: Key) -> Self:
        _check_kek(kek)
        try:
            content = json.loads(path.read_text())
        except FileNotFoundError as error:
            raise BadKeyStore("There is no key store at %(path)s", path=str(path)) from error
        except (ValueError, OSError) as error:
            raise BadKeyStore("The key store at %(path)s cannot be read", path=str(path)) from error
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise BadKeyStore("The file at %(path)s is not a key store of this version", path=str(path))
        store = cls(path, kek, content)
        if not same(bytes.fromhex(str(content.get("mac", ""))), store._mac()):
            raise BadKeyStore("The key store at %(path)s was altered, or the key does not fit", path=str(path))
        return store

    @classmethod
    def embedded(cls, folder: Path, kek: Key | None = None) -> Self:
        """For demos and tests: open the store in `folder`, or make one with version 1 of each master from
        two components that nobody keeps. Without `kek` it lies beside the store in a file of mode 0600:
        good against a lost backup of the database, not of the folder.
        """
        private_folder(folder)
        with locked(folder / "keys.lock"):  # web and worker may both be the first
            if kek is None:
                beside = folder / "kek.bin"
                if not beside.exists():
                    write_whole(beside, Key.random(_KEK_LENGTH).reveal())
                kek = Key(beside.read_bytes())
            path = folder / "keys.json"
            if path.exists():
                return cls.open(path, kek)
            store = cls.create(path, kek)
            for role in Role:
                for custodian in ("embedded A", "embedded B"):
                    store.contribute(role, 1, custodian, new_component())
            return store

    def contribute(self, role: Role, version: int, custodian: str, component: Component) -> Contribution:
        """One custodian brings a component of a new master. The second, who must be someone else,
        completes it; until then the first lies wrapped in the store. Raises BadComponent.
        """
        if not 1 <= version <= 255:
            raise BadComponent("A key version is a number from 1 to 255")
        if not custodian.strip():
            raise BadComponent("A component needs the name of who brings it")
        if self._find(role, version) is not None:
            raise BadComponent(
                "There is already a %(role)s master key of version %(version)d",
                role=role.value,
                version=version,
            )
        kcv = component.kcv.hex().upper()
        waiting = next(
            (p for p in self._content["pending"] if (p["role"], p["version"]) == (role.value, version)), None
        )
        if waiting is None:
            wrapped = wrap_key(self._entry_key("pending", role.value, str(version)), component.reveal()).hex()
            self._content["pending"].append(
                {"role": role.value, "version": version, "custodian": custodian, "wrapped": wrapped}
            )
            self._write()
            return Contribution(role, version, kcv)
        if waiting["custodian"] == custodian:
            raise BadComponent(
                "Two different people bring the two components; %(custodian)s has brought the first",
                custodian=custodian,
            )
        first = Component(self._unwrap(waiting["wrapped"], "pending", role.value, str(version)).reveal())
        entry = self._entry(
            role, version, combine(first, component), datetime.now(UTC), (waiting["custodian"], custodian)
        )
        self._content["masters"].append(entry)
        self._content["pending"].remove(waiting)
        self._write()
        return Contribution(role, version, kcv, _info(entry))

    def abandon(self, role: Role, version: int) -> None:
        """Forget a first component whose second never came."""
        pending = self._content["pending"]
        self._content["pending"] = [p for p in pending if (p["role"], p["version"]) != (role.value, version)]
        self._write()

    def masters(self) -> tuple[MasterInfo, ...]:
        """Every master but the transport ones, oldest version first: old versions stay so that old cards
        stay readable.
        """
        return tuple(
            _info(entry)
            for entry in sorted(self._content["masters"], key=lambda e: (e["version"], e["role"]))
            if entry["version"] != TRANSPORT_VERSION
        )

    @property
    def current_version(self) -> int:
        """The newest version of which both masters are there; 0 when none is."""
        versions = [{m.version for m in self.masters() if m.role is role} for role in Role]
        return max(set.intersection(*versions), default=0)

    def card_key(self, role: Role, version: int, uid: bytes, context: bytes) -> Key:
        """The key of one card (AN10922, M = uid ‖ context)."""
        entry = self._find(role, version)
        if entry is None:
            raise UnknownKey("There is no %(role)s key of version %(version)d", role=role.value, version=version)
        master = self._unwrap(entry["wrapped"], "master", role.value, str(version))
        return Key(diversify_an10922(master.reveal(), uid + context))

    def sign(self, message: bytes) -> bytes:
        """Ed25519 (RFC 8032) with the store's own signing key."""
        return self._signer().sign(message)

    @property
    def public_key(self) -> str:
        """The key with which others check what was signed, hex. It is printed on the letters."""
        public: Ed25519PublicKey = self._signer().public_key()
        return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()

    def rekey(self, new_kek: Key) -> None:
        """Wrap everything under another KEK; the old one then opens nothing."""
        _check_kek(new_kek)
        masters = [
            (e, self._unwrap(e["wrapped"], "master", e["role"], str(e["version"]))) for e in self._content["masters"]
        ]
        pending = [
            (e, self._unwrap(e["wrapped"], "pending", e["role"], str(e["version"]))) for e in self._content["pending"]
        ]
        signer = self._unwrap(self._content["signer"], "signer")
        self._kek = new_kek
        for kind, entries in (("master", masters), ("pending", pending)):
            for entry, key in entries:
                entry["wrapped"] = wrap_key(
                    self._entry_key(kind, entry["role"], str(entry["version"])), key.reveal()
                ).hex()
        self._content["signer"] = wrap_key(self._entry_key("signer"), signer.reveal()).hex()
        self._write()

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._unwrap(self._content["signer"], "signer").reveal())

    def _find(self, role: Role, version: int) -> dict[str, Any] | None:
        return next((e for e in self._content["masters"] if (e["role"], e["version"]) == (role.value, version)), None)

    def _entry(
        self, role: Role, version: int, master: Key, created: datetime, custodians: tuple[str, ...]
    ) -> dict[str, Any]:
        return {
            "role": role.value,
            "version": version,
            "kcv": master.kcv.hex().upper(),
            "created": created.isoformat(timespec="seconds"),
            "custodians": list(custodians),
            "wrapped": wrap_key(self._entry_key("master", role.value, str(version)), master.reveal()).hex(),
        }

    def _entry_key(self, *names: str) -> bytes:
        return _hkdf(self._kek.reveal(), " ".join(("nintei key store", *names)))

    def _unwrap(self, wrapped: str, *names: str) -> Key:
        try:
            return Key(unwrap_key(self._entry_key(*names), bytes.fromhex(wrapped)))
        except ValueError as error:
            raise BadKeyStore(
                "The key store at %(path)s was altered, or the key does not fit", path=str(self._path)
            ) from error

    def _mac(self) -> bytes:
        body = json.dumps(
            {name: value for name, value in self._content.items() if name != "mac"}, sort_keys=True
        ).encode()
        return aes_cmac(self._entry_key("mac"), body)

    def _write(self) -> None:
        self._content["mac"] = self._mac().hex()
        write_whole(self._path, json.dumps(self._content, indent=1).encode())


def _info(entry: dict[str, Any]) -> MasterInfo:
    return MasterInfo(
        Role(entry["role"]),
        entry["version"],
        entry["kcv"],
        datetime.fromisoformat(entry["created"]),
        tuple(entry["custodians"]),
    )


def _check_kek(kek: Key) -> None:
    if len(kek.reveal()) != _KEK_LENGTH:
        raise BadKeyStore("The key of the key store has 32 bytes")


def _hkdf(secret: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), _KEK_LENGTH, salt=None, info=info.encode()).derive(secret)

"""The key store: a file with the master keys, wrapped. Masters go in by a ceremony and never come out;
what comes out is a card's own key.

At rest everything is wrapped under the store's own key (`vault`), which its guard keeps (`guard`, `token`); the whole
file carries a CMAC. This module reads no environment: guards are given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hardware.crypto import Key, diversify_an10922
from hardware.errors import BadComponent, BadKeyStore, UnknownKey
from hardware.facts import TRANSPORT_VERSION, Role
from hardware.files import locked, private_folder, write_whole
from hardware.keys import storefile
from hardware.keys.components import Component, combine, new_component
from hardware.keys.guard import KEY_LENGTH, KeyGuard, SecretGuard
from hardware.keys.masters import SAMPLE, Contribution, MasterInfo, Pending, info_of, pending_of
from hardware.keys.vault import Vault, seal, unseal
from hardware.profiles.layout import PUBLIC_TRANSPORT_MASTERS


class KeyStore:
    """CardKeys backed by a file. A change is made alone among all processes: read anew, then written whole."""

    def __init__(self, path: Path, guards: Sequence[KeyGuard], content: dict[str, Any], vault: Vault) -> None:
        self._path = path
        self._guards = tuple(guards)
        self._content = content
        self._vault = vault

    @classmethod
    def create(cls, path: Path, guard: KeyGuard, *, transport_masters: dict[Role, Key] | None = None) -> Self:
        """A new, empty store. `transport_masters`: the card maker's keys of blanks; the public ones of
        the test profile unless given.
        """
        if path.exists():
            raise BadKeyStore("There is already a key store at %(path)s", path=str(path))
        private_folder(path.parent)
        store = cls(path, [guard], {"format": storefile.FORMAT, "masters": [], "pending": []}, Vault.fresh())
        store._put_under(guard)
        for role in Role:
            master = (transport_masters or {}).get(role) or Key(PUBLIC_TRANSPORT_MASTERS[role])
            store._add(role, TRANSPORT_VERSION, master, ())
        signer = Key(Ed25519PrivateKey.generate().private_bytes_raw())
        store._content["signer"] = store._vault.wrap(signer, "signer")
        store._content["sealing"] = store._vault.wrap(Key.random(KEY_LENGTH), "sealing")
        store._write()
        return store

    @classmethod
    def open(cls, path: Path, *guards: KeyGuard) -> Self:
        """The store, with the one of the guards that it names."""
        return cls(path, guards, *storefile.read(path, guards))

    @classmethod
    def at(cls, folder: Path, *guards: KeyGuard, samples: bool = False) -> Self:
        """The store in `folder`. When there is none: a new one under the first guard, empty, or (`samples`) with
        version 1 of each master from two components that nobody keeps. Without a guard, one lies beside the store in a
        file of mode 0600: good against a lost backup of the database, not of the folder.
        """
        private_folder(folder)
        path = folder / "keys.json"
        with locked(folder / "keys.lock"):  # web and worker may both be the first
            if not guards:
                beside = folder / "kek.bin"
                if not beside.exists():
                    write_whole(beside, Key.random(KEY_LENGTH).reveal())
                guards = (SecretGuard(Key(beside.read_bytes())),)
            if path.exists():
                return cls.open(path, *guards)
            store = cls.create(path, guards[0])
            store._guards = guards
            for role in Role if samples else ():
                store._add(role, 1, combine(new_component(), new_component()), SAMPLE)
            store._write()
            return store

    @classmethod
    def embedded(cls, folder: Path, *guards: KeyGuard) -> Self:
        """For demos and tests: masters are there at once."""
        return cls.at(folder, *guards, samples=True)

    def contribute(self, role: Role, version: int, custodian: str, component: Component) -> Contribution:
        """One custodian brings a component of a new master. The second, who must be someone else,
        completes it; until then the first lies wrapped in the store. Raises BadComponent.
        """
        if not 1 <= version <= 255:
            raise BadComponent("A key version is a number from 1 to 255")
        if not custodian.strip():
            raise BadComponent("A component needs the name of who brings it")
        kcv = component.kcv.hex().upper()
        with self._changing():
            if self._find(role, version) is not None:
                raise BadComponent(
                    "There is already a %(role)s master key of version %(version)d",
                    role=role.value,
                    version=version,
                )
            waiting = next((p for p in self._content["pending"] if _is(p, role, version)), None)
            if waiting is None:
                self._content["pending"].append(
                    {
                        "role": role.value,
                        "version": version,
                        "kcv": kcv,
                        "since": datetime.now(UTC).isoformat(timespec="seconds"),
                        "custodian": custodian,
                        "wrapped": self._vault.wrap(component, "pending", role.value, str(version)),
                    }
                )
                return Contribution(role, version, kcv)
            if waiting["custodian"] == custodian:
                raise BadComponent(
                    "Two different people bring the two components; %(custodian)s has brought the first",
                    custodian=custodian,
                )
            first = Component(self._unwrap(waiting["wrapped"], "pending", role.value, str(version)).reveal())
            entry = self._add(role, version, combine(first, component), (waiting["custodian"], custodian))
            self._content["pending"].remove(waiting)
        return Contribution(role, version, kcv, info_of(entry))

    def abandon(self, role: Role, version: int) -> None:
        """Forget a first component whose second never came."""
        with self._changing():
            self._content["pending"] = [p for p in self._content["pending"] if not _is(p, role, version)]

    def pending(self) -> tuple[Pending, ...]:
        """The first components that wait."""
        return tuple(pending_of(entry) for entry in self._content["pending"])

    def masters(self) -> tuple[MasterInfo, ...]:
        """Every master but the transport ones, oldest version first: old versions stay so that
        old cards stay readable.
        """
        return tuple(
            info_of(entry)
            for entry in sorted(self._content["masters"], key=lambda e: (e["version"], e["role"]))
            if entry["version"] != TRANSPORT_VERSION
        )

    @property
    def current_version(self) -> int:
        """The newest version of which both masters are there; 0 when none is."""
        versions = [{m.version for m in self.masters() if m.role is role} for role in Role]
        return max(set.intersection(*versions), default=0)

    @property
    def guard(self) -> str:
        """The name of the guard that keeps the store's key."""
        return str(self._content["guard"]["name"])

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
        public = self._signer().public_key()
        return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()

    def seal(self, text: bytes, purpose: str) -> bytes:
        """Encrypt what belongs to keys and lies elsewhere (letters that wait to be posted). It outlives a move."""
        return seal(self._unwrap(self._content["sealing"], "sealing"), text, purpose)

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """Undo it. Raises BadKeyStore when it was altered, or sealed elsewhere or for another purpose."""
        try:
            return unseal(self._unwrap(self._content["sealing"], "sealing"), sealed, purpose)
        except ValueError as error:
            raise BadKeyStore("What was sealed by this key store cannot be opened") from error

    def move(self, guard: KeyGuard) -> None:
        """Put everything under a new key of the store, kept by this guard; what the old one keeps opens nothing."""
        with self._changing():
            old, self._vault = self._vault, Vault.fresh()
            for kind in ("masters", "pending"):
                for entry in self._content[kind]:
                    names = (kind.removesuffix("s"), entry["role"], str(entry["version"]))
                    entry["wrapped"] = self._vault.wrap(old.unwrap(entry["wrapped"], *names), *names)
            for name in ("signer", "sealing"):
                self._content[name] = self._vault.wrap(old.unwrap(self._content[name], name), name)
            self._guards = (guard, *self._guards)
            self._put_under(guard)

    def _put_under(self, guard: KeyGuard) -> None:
        self._content["guard"] = {"name": guard.name, "wrapped": guard.wrap(self._vault.key).hex()}

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Alone, on what is on the disk now; written when all went well, as it was when not."""
        with locked(self._path.with_name("keys.lock")):
            self._content, self._vault = storefile.read(self._path, self._guards)
            try:
                yield
            except BaseException:
                self._content, self._vault = storefile.read(self._path, self._guards)
                raise
            self._write()

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._unwrap(self._content["signer"], "signer").reveal())

    def _find(self, role: Role, version: int) -> dict[str, Any] | None:
        return next((e for e in self._content["masters"] if _is(e, role, version)), None)

    def _add(self, role: Role, version: int, master: Key, custodians: tuple[str, ...]) -> dict[str, Any]:
        entry = {
            "role": role.value,
            "version": version,
            "kcv": master.kcv.hex().upper(),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "custodians": list(custodians),
            "wrapped": self._vault.wrap(master, "master", role.value, str(version)),
        }
        self._content["masters"].append(entry)
        return entry

    def _unwrap(self, wrapped: str, *names: str) -> Key:
        try:
            return self._vault.unwrap(wrapped, *names)
        except ValueError as error:
            raise storefile.altered(self._path) from error

    def _write(self) -> None:
        storefile.write(self._path, self._content, self._vault)


def _is(entry: dict[str, Any], role: Role, version: int) -> bool:
    return (entry["role"], entry["version"]) == (role.value, version)

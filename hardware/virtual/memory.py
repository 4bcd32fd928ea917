"""What a virtual chip keeps without power, and the sealed file it lies in."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hardware.crypto import Key, diversify_an10922
from hardware.errors import BadResponse
from hardware.facts import TRANSPORT_VERSION, LifeCycle, Role
from hardware.files import write_whole
from hardware.profiles import layout

_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class KeySlot:
    """One key of the card. `tries`: how many wrong attempts are still allowed."""

    key: Key
    version: int = TRANSPORT_VERSION
    tries: int = layout.RETRIES


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything the chip keeps without power."""

    uid: bytes
    transport: dict[Role, Key] = field(repr=False)
    keys: dict[Role, KeySlot] = field(repr=False)
    serial: bytes = b""
    life_cycle: LifeCycle = LifeCycle.BLANK
    files: dict[int, bytes] = field(
        default_factory=lambda: {sfi: bytes(size) for sfi, size in layout.SIZES.items()}, repr=False
    )

    @classmethod
    def blank(cls, uid: bytes, masters: dict[Role, bytes] | None = None) -> Memory:
        """As the maker delivers it, with keys diversified from the batch's transport masters (the public
        ones unless given).
        """
        masters = masters or layout.PUBLIC_TRANSPORT_MASTERS
        transport = {role: Key(diversify_an10922(masters[role], uid + layout.KEY_CONTEXT)) for role in Role}
        return cls(uid, transport, {role: KeySlot(key) for role, key in transport.items()})


def save(path: Path, memory: Memory, seal: Key, *, durable: bool = True) -> None:
    nonce = secrets.token_bytes(_NONCE)
    body = json.dumps(_to_json(memory)).encode()
    write_whole(path, nonce + AESGCM(seal.reveal()).encrypt(nonce, body, memory.uid), durable=durable)


def load(path: Path, seal: Key) -> Memory:
    raw = path.read_bytes()
    try:
        body = AESGCM(seal.reveal()).decrypt(raw[:_NONCE], raw[_NONCE:], bytes.fromhex(path.stem))
    except (InvalidTag, ValueError) as error:
        raise BadResponse(
            "The virtual card %(uid)s cannot be read: altered, or sealed by another rack", uid=path.stem
        ) from error
    return _from_json(json.loads(body))


def _to_json(memory: Memory) -> dict[str, Any]:
    return {
        "uid": memory.uid.hex(),
        "serial": memory.serial.decode("ascii"),
        "life_cycle": memory.life_cycle.value,
        "transport": {role.value: key.reveal().hex() for role, key in memory.transport.items()},
        "keys": {role.value: [slot.key.reveal().hex(), slot.version, slot.tries] for role, slot in memory.keys.items()},
        "files": {str(sfi): content.hex() for sfi, content in memory.files.items()},
    }


def _from_json(raw: dict[str, Any]) -> Memory:
    return Memory(
        uid=bytes.fromhex(raw["uid"]),
        serial=raw["serial"].encode("ascii"),
        life_cycle=LifeCycle(raw["life_cycle"]),
        transport={Role(role): Key(bytes.fromhex(key)) for role, key in raw["transport"].items()},
        keys={
            Role(role): KeySlot(Key(bytes.fromhex(key)), version, tries)
            for role, (key, version, tries) in raw["keys"].items()
        },
        files={int(sfi): bytes.fromhex(content) for sfi, content in raw["files"].items()},
    )

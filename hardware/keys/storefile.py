"""The key store's file: JSON, proven by a CMAC under the store's own key, which the guard that it names keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from hardware.crypto import same
from hardware.errors import BadKeyStore
from hardware.files import write_whole
from hardware.keys.guard import KeyGuard
from hardware.keys.vault import Vault

FORMAT: Final = "nintei-key-store-2"


def read(path: Path, guards: Sequence[KeyGuard]) -> tuple[dict[str, Any], Vault]:
    """What the file holds. Raises BadKeyStore, BadToken."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadKeyStore("There is no key store at %(path)s; `card keys create` makes one", path=str(path)) from error
    except (ValueError, OSError) as error:
        raise BadKeyStore("The key store at %(path)s cannot be read", path=str(path)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadKeyStore("The file at %(path)s is not a key store of this version", path=str(path))
    kept = content.get("guard", {})
    guard = next((each for each in guards if each.name == kept.get("name")), None)
    if guard is None:
        raise BadKeyStore(
            "The key store lies under “%(guard)s”, which the settings do not give", guard=str(kept.get("name"))[:120]
        )
    try:
        vault = Vault(guard.unwrap(bytes.fromhex(kept["wrapped"])))
        right = same(bytes.fromhex(content["mac"]), vault.mac(content))
    except (ValueError, KeyError, TypeError) as error:
        raise altered(path) from error
    if not right:
        raise altered(path)
    return content, vault


def altered(path: Path) -> BadKeyStore:
    """The error of a store that does not prove itself."""
    return BadKeyStore("The key store at %(path)s was altered, or the key does not fit", path=str(path))


def write(path: Path, content: dict[str, Any], vault: Vault) -> None:
    """The whole file at one stroke."""
    content["mac"] = vault.mac(content).hex()
    write_whole(path, json.dumps(content, indent=1).encode())

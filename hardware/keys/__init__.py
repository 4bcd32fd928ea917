"""Keys: masters at rest (`store`) under a secret or a token (`guard`, `token`), made under dual control
(`KeyStore.contribute`), and the vendor's share of them (`keyfile`).
"""

from hardware.keys.components import Component, combine, new_component, parse_component, split
from hardware.keys.guard import KeyGuard, SecretGuard
from hardware.keys.keyfile import (
    ComponentLetter,
    KeyFile,
    KeyFileIssue,
    LentCard,
    VendorKeys,
    make_key_file,
    open_key_file,
)
from hardware.keys.masters import Contribution, MasterInfo, Pending
from hardware.keys.store import KeyStore
from hardware.keys.token import TokenGuard
from hardware.keys.vault import derive_kek, seal, unseal

__all__ = [
    "Component",
    "ComponentLetter",
    "Contribution",
    "KeyFile",
    "KeyFileIssue",
    "KeyGuard",
    "KeyStore",
    "LentCard",
    "MasterInfo",
    "Pending",
    "SecretGuard",
    "TokenGuard",
    "VendorKeys",
    "combine",
    "derive_kek",
    "make_key_file",
    "new_component",
    "open_key_file",
    "parse_component",
    "seal",
    "split",
    "unseal",
]

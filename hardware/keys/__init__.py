"""Keys: masters at rest (`store`), made under dual control (`ceremony`), and the vendor's share of them
(`keyfile`).
"""

from hardware.keys.components import Component, combine, new_component, parse_component, split
from hardware.keys.keyfile import (
    ComponentLetter,
    KeyFile,
    KeyFileIssue,
    LentCard,
    VendorKeys,
    make_key_file,
    open_key_file,
)
from hardware.keys.store import Contribution, KeyStore, MasterInfo, derive_kek

__all__ = [
    "Component",
    "ComponentLetter",
    "Contribution",
    "KeyFile",
    "KeyFileIssue",
    "KeyStore",
    "LentCard",
    "MasterInfo",
    "VendorKeys",
    "combine",
    "derive_kek",
    "make_key_file",
    "new_component",
    "open_key_file",
    "parse_component",
    "split",
]

"""What may be known of master keys, beside the keys themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hardware.facts import Role

SAMPLE: Final = ("embedded A", "embedded B")
"""Custodians of masters that a machine made alone, for demos."""


@dataclass(frozen=True, slots=True)
class MasterInfo:
    """What may be known of a master key. `kcv` as hex; `custodians`: the two who brought its components."""

    role: Role
    version: int
    kcv: str
    created: datetime
    custodians: tuple[str, ...]

    @property
    def is_sample(self) -> bool:
        """Made by a machine alone: not for cards that guard anything."""
        return self.custodians == SAMPLE


@dataclass(frozen=True, slots=True)
class Pending:
    """A first component that waits for the second person."""

    role: Role
    version: int
    kcv: str
    since: datetime
    custodian: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """Where a ceremony stands after a component went in: `master` is there once the second custodian was."""

    role: Role
    version: int
    component_kcv: str
    master: MasterInfo | None = None


def info_of(entry: dict[str, Any]) -> MasterInfo:
    """Of an entry of the store's file."""
    return MasterInfo(
        Role(entry["role"]),
        entry["version"],
        entry["kcv"],
        datetime.fromisoformat(entry["created"]),
        tuple(entry["custodians"]),
    )


def pending_of(entry: dict[str, Any]) -> Pending:
    """Of an entry of the store's file."""
    return Pending(
        Role(entry["role"]),
        entry["version"],
        entry["kcv"],
        datetime.fromisoformat(entry["since"]),
        entry["custodian"],
    )

"""Keys and plans of the card tests. The secrets are constants, so that a search for them in logs and
files finds them if they are there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.crypto import Key, diversify_an10922
from hardware.errors import UnknownKey
from hardware.facts import Plan, Role
from hardware.profiles.layout import PUBLIC_TRANSPORT_MASTERS

WORKER_ID = "91827364509182"
TEST_DATA = bytes(range(1, 251))
PLAN = Plan("TEST-0001", WORKER_ID, TEST_DATA, 1)
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


@dataclass
class FixedKeys:
    """CardKeys from masters in memory: version 0 is public, each other one is a repeated byte."""

    known: tuple[int, ...] = (0, 1, 2)
    given: list[Key] = field(default_factory=list)

    def master(self, role: Role, version: int) -> bytes:
        if version not in self.known:
            raise UnknownKey("There is no %(role)s key of version %(version)d", role=role.value, version=version)
        if version == 0:
            return PUBLIC_TRANSPORT_MASTERS[role]
        return bytes([0xA0 + version if role is Role.ISSUER else 0xB0 + version]) * 16

    def card_key(self, role: Role, version: int, uid: bytes, context: bytes) -> Key:
        key = Key(diversify_an10922(self.master(role, version), uid + context))
        self.given.append(key)
        return key


@pytest.fixture
def keys() -> FixedKeys:
    return FixedKeys()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "card"

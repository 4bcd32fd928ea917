"""Analysts, and a draft of the three-step process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.engine import Engine
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.people import accounts
from app.services.workspaces import making
from tests.services.conftest import PACKAGES, Bench, open_bench


@dataclass
class Desk:
    """A portal with two analysts, and a draft over release 1."""

    bench: Bench
    hanako: Actor
    taro: Actor
    draft: int

    @property
    def portal(self) -> Portal:
        return self.bench.portal


def analyst(portal: Portal, email: str, name: str) -> Actor:
    """A new analyst."""
    return accounts.actor_of(portal, accounts.add_staff(portal, email, name, ["analyst"], "a password for tests"))


def open_desk(bench: Bench) -> Desk:
    """Two analysts and a draft on a small portal."""
    hanako = analyst(bench.portal, "hanako@example.jp", "分析 花子")
    taro = analyst(bench.portal, "taro@example.jp", "分析 太郎")
    package = next(iter(bench.portal.releases.all_current())).package.id
    return Desk(bench, hanako, taro, making.make(bench.portal, package, None, "審査の見直し", hanako))


@pytest.fixture
def desk(small_bench: Bench) -> Desk:
    """On SQLite."""
    return open_desk(small_bench)


@pytest.fixture
def make_desk(tmp_path: Path, engine: Engine) -> Callable[[str], Desk]:
    """On any database."""
    return lambda url: open_desk(open_bench(tmp_path, url, engine, PACKAGES))

"""The web application over a throw-away portal, and browsers without scripts that are signed in to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from app import web
from app.engine import Engine
from app.services.signin import sessions
from app.store import accounts, database, datastore
from app.web.frame.door import Site as Door
from app.web.frame.signin import HELD
from tests.services.conftest import BPMN, PACKAGES, STAFF, Bench, engine, open_bench
from tests.support import loaded
from tests.support.routes import KnownAddresses

__all__ = ["engine"]
Door.url_map_class = KnownAddresses


@dataclass
class Site:
    """A bench with the pages over it. Forms are posted without the token that guards them (test_access has that)."""

    bench: Bench
    app: Flask

    def anybody(self) -> FlaskClient:
        """A browser that is not signed in; it reads Japanese."""
        return self.app.test_client()

    def person(self, email: str) -> FlaskClient:
        """A browser in which the account of this address has signed in."""
        with database.connection():
            user = accounts.by_email(email)
        assert user is not None
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user.fs_uniquifier, True
            session[HELD] = sessions.begin(self.bench.portal.settings, user.id, "127.0.0.1", "a test")
        return client

    def operator(self, number: int = 0) -> FlaskClient:
        """A member of the staff."""
        return self.person(STAFF[number])


class Compiled(FileSystemBytecodeCache):
    """What one test's application has compiled of a page's template serves the others', those of this run's other
    workers and of portals in processes of their own, too."""

    kept: ClassVar[dict[tuple[str, str], CodeType]] = {}

    def __init__(self) -> None:
        super().__init__(str(Path(loaded.here()).parent))

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        super().dump_bytecode(bucket)
        self._keep(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key, bucket.checksum] = bucket.code


def open_site(folder: Path, engine: Engine, packages: Path = BPMN, url: str = "") -> Site:
    """The pages over a new portal in this folder."""
    bench = open_bench(folder, url or f"sqlite:///{folder}/nintei.db", engine, packages)
    app = web.create_app(bench.portal, datastore.Accounts(bench.portal.today))
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=False)
    app.jinja_env.bytecode_cache = Compiled()
    return Site(bench, app)


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    """The CCUS package's pages on SQLite."""
    return open_site(tmp_path, engine)


@pytest.fixture
def small_site(tmp_path: Path, engine: Engine) -> Site:
    """The three-step package's pages on SQLite."""
    return open_site(tmp_path, engine, PACKAGES)


@pytest.fixture
def make_site(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Callable[[str], Site]:
    """A site of its own for each name."""
    return lambda name: open_site(tmp_path_factory.mktemp(name), engine)

"""An S3-compatible storage of one's own: moto's server, over real HTTP, in this process or asked by others.

STORAGE_URL, STORAGE_KEY and STORAGE_SECRET in the environment name another maker's, for a run by hand
(CONTRIBUTING.md).
"""

from __future__ import annotations

import functools
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from app.store.objects.bucket import Access, Bucket, Item

KEY = {
    "files_region": "us-east-1",
    "files_key_id": os.environ.get("STORAGE_KEY", "testing"),
    "files_secret": os.environ.get("STORAGE_SECRET", "only-for-this-test-run"),
}


@functools.cache
def server() -> str:
    """Its address; it lives as long as this process."""
    if given := os.environ.get("STORAGE_URL"):
        return given
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    return f"http://{host}:{port}"


def settings_of_new() -> dict[str, str]:
    """Settings, by field, that name an empty place in a bucket that nobody else has."""
    name = f"nintei-{uuid.uuid4().hex[:12]}"
    found = {"files": f"s3://{name}/portal", "files_endpoint": server(), **KEY}
    Bucket(access(found))._client.create_bucket(Bucket=name)
    return found


def access(settings: dict[str, str]) -> Access:
    return Access(
        settings["files"],
        settings["files_endpoint"],
        settings["files_region"],
        settings["files_key_id"],
        settings["files_secret"],
    )


class Aged(Bucket):
    """A bucket in which a test says how old an object is, until it is written anew."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.ages: dict[str, timedelta] = {}

    def _at(self, item: Item) -> Item:
        return Item(item.name, item.size, item.modified - self.ages.get(item.name, timedelta(0)), item.etag)

    def put(self, name: str, body: Any, **how: Any) -> bool:
        stored = super().put(name, body, **how)
        if stored:
            self.ages.pop(name, None)
        return stored

    def renew(self, name: str) -> bool:
        self.ages.pop(name, None)
        return super().renew(name)

    def look(self, name: str) -> Item | None:
        found = super().look(name)
        return self._at(found) if found else None

    def listed(self, prefix: str) -> Iterator[Item]:
        return map(self._at, super().listed(prefix))

    def names(self) -> list[str]:
        return [item.name for item in super().listed("")]


@contextmanager
def nobody_answers() -> Iterator[dict[str, str]]:
    """Settings of a storage at whose address nobody listens."""
    from tests.support.network import free_port

    yield {"files": "s3://nintei-away/portal", "files_endpoint": f"http://127.0.0.1:{free_port()}", **KEY}

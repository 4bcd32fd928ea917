"""The real PC/SC stack: pcscd, vpcd and pyscard, with virtual cards in it."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from hardware import pcsc
from hardware.errors import NoDaemon
from hardware.pcsc import EventKind
from hardware.virtual import VpcdPlug
from hardware.virtual.vpcd import Resettable
from tests.device.daemon import OPEN_FOLDER, Daemon, namespaces_allowed, new_folder
from tests.hardware.conftest import FixedKeys
from tests.support.needs import require

_folder = new_folder()
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
# libpcsclite reads this once in a process, so it is set before anybody talks to a reader.
os.environ["PCSCLITE_CSOCK_NAME"] = str((_folder if namespaces_allowed() else OPEN_FOLDER) / "pcscd.comm")


@pytest.fixture
def keys() -> FixedKeys:
    return FixedKeys()


@pytest.fixture(scope="session")
def running_daemon() -> Iterator[Daemon]:
    require("pcsc")
    daemon = Daemon(_folder)
    daemon.start()
    yield daemon
    daemon.kill()


@pytest.fixture
def pcscd(running_daemon: Daemon) -> Daemon:
    """A running daemon; a test that killed it gets it back for the next."""
    try:
        pcsc.readers()
    except NoDaemon:
        running_daemon.kill()
        running_daemon.start()
    return running_daemon


@pytest.fixture
def readers(pcscd: Daemon) -> list[str]:
    """Names of the two readers, slot 0 first."""
    return pcsc.readers()


@pytest.fixture
def put(pcscd: Daemon) -> Iterator[Callable[..., VpcdPlug]]:
    """`put(card, slot)` puts a card in and waits until PC/SC has seen it; after the test all are pulled and gone."""
    plugs: list[VpcdPlug] = []

    def insert(card: Resettable, slot: int = 0) -> VpcdPlug:
        plug = insert_and_see(pcscd, card, slot)
        plugs.append(plug)
        return plug

    yield insert
    for plug in plugs:
        plug.pull()
    with suppress(NoDaemon):
        wait_until_empty()


def insert_and_see(pcscd: Daemon, card: Resettable, slot: int = 0) -> VpcdPlug:
    """Put a card in until PC/SC sees it. vpcd misses one that comes within its polling time after another
    broke off in the middle of a command; like a person, we take it out and put it in again.
    """
    reader = pcsc.readers()[slot]
    for _ in range(10):
        plug = pcscd.plug(card, slot)
        if wait_for(EventKind.INSERTED, reader, 2):
            return plug
        plug.pull()
        wait_for(EventKind.REMOVED, reader)
    raise AssertionError(f"{reader}: the card is never seen")


def wait_for(kind: EventKind, reader: str, seconds: float = 20) -> bool:
    """Until the reader is in the state that this event leads to; False when it is not in time."""
    with pcsc.Monitor() as monitor:
        events = monitor.poll(0)
        if kind is EventKind.REMOVED and not any(e.kind is EventKind.INSERTED and e.reader == reader for e in events):
            return True
        while not any(event.kind is kind and event.reader == reader for event in events):
            events = monitor.poll(seconds)
            if not events:
                return False
    return True


def wait_until_empty(*only: str) -> None:
    for reader in only or pcsc.readers():
        assert wait_for(EventKind.REMOVED, reader), f"{reader}: the card is still there"

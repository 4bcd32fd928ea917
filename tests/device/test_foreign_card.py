"""A card that nobody here wrote: the ISO 7816 card of Debian's vsmartcard (vicc)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import pcsc
from hardware.desk import Desk
from hardware.errors import CardRemoved, NoCard, Unsupported
from hardware.facts import Act
from hardware.journal import MemoryJournal
from hardware.pcsc import EventKind
from hardware.sight import Expected
from tests.device.conftest import insert_and_see, wait_for, wait_until_empty
from tests.device.daemon import Daemon
from tests.fakes.card import FakeCard
from tests.hardware.conftest import PLAN, FixedKeys
from tests.support.needs import needs

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc"), needs("vicc")]

MODULES = (
    "/usr/lib/python3/site-packages/virtualsmartcard"  # where Debian puts them, and where its own vicc does not look
)


@pytest.fixture
def foreign(pcscd: Daemon, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    # Without PyCrypto vicc wants a module that Python 3 no longer has; plain reading never uses it.
    (tmp_path / "sha.py").write_text("")
    process = pcscd.run(
        ["/usr/bin/python3", "/usr/bin/vicc", "-t", "iso7816", "-H", "127.0.0.1", "-P", str(pcscd.port)],
        PYTHONPATH=f"{tmp_path}:{MODULES}",
    )
    assert wait_for(EventKind.INSERTED, pcsc.readers()[0])
    yield process
    process.terminate()
    process.wait(10)
    wait_until_empty()


def test_it_is_read_and_not_personalised_and_told_why(
    foreign: subprocess.Popen[bytes], readers: list[str], keys: FixedKeys
) -> None:
    journal = MemoryJournal()
    desk = Desk(pcsc.connector(readers[0]), keys, journal=journal)
    facts = desk.identify()
    assert facts.profile == "ISO 7816 (read only)"
    assert facts.atr.startswith("3B")
    assert facts.uid == ""
    assert facts.details["master_file"] == "present"
    assert not facts.can_personalise
    with pytest.raises(Unsupported) as refused:
        desk.personalise(PLAN)
    assert refused.value.message == facts.reason
    with pytest.raises(Unsupported):
        desk.wipe()
    assert desk.return_check(Expected("TEST-0001"), Act.WIPE).verdict is Act.QUARANTINE
    assert journal.intents == []
    assert foreign.poll() is None, "it lives on"


def test_its_crash_in_the_middle_of_a_command_is_survived(
    foreign: subprocess.Popen[bytes], pcscd: Daemon, readers: list[str], keys: FixedKeys
) -> None:
    transport = pcsc.connect(readers[0])
    with pytest.raises(CardRemoved):
        transport.transmit(bytes.fromhex("FFCA000000"))  # it takes the class byte for secure messaging and dies of it
    transport.close()
    foreign.wait(10)
    wait_for(EventKind.REMOVED, readers[0])
    with pytest.raises(NoCard):
        Desk(pcsc.connector(readers[0]), keys).identify()
    plug = insert_and_see(pcscd, FakeCard())
    assert Desk(pcsc.connector(readers[0]), keys).personalise(PLAN).apdus
    plug.pull()

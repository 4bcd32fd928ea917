"""The end of the chain is signed from time to time, and kept in three places: the database, a file of the data folder
(which every backup takes along), and the log. Every machine signs by itself, and takes into its own file what the
others have signed: who cuts off the newest entries has to reach all of them, on each machine.
"""

from __future__ import annotations

import json
import logging
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.connectors import cms
from app.errors import Refused
from app.services.audit import chaining
from app.services.base import signing
from app.services.base.portal import Portal
from app.store import attempts, database, trail
from app.store.models import TrailHead
from hardware.files import private_folder

log = logging.getLogger("nintei.audit")

FOLDER, FILE = "audit", "heads.jsonl"
EVERY = timedelta(hours=1)
_TAIL = 65_536  # bytes in which the last line is


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at a moment. `seq`: number of the last link; `at`: RFC 3339, UTC."""

    seq: int
    hash: str
    at: str
    signature: str
    machine: str = ""  # that signed it

    @property
    def said(self) -> bytes:
        """What the signature is over."""
        return statement(self.seq, self.hash, self.at)


def statement(seq: int, digest: str, at: str) -> bytes:
    """The text that is signed."""
    return f"Nintei audit record\nentries: {seq}\nsha256: {digest}\nat: {at}\n".encode()


def look(portal: Portal) -> None:
    """Once an hour, sign the end where it has moved: each machine for itself."""
    if attempts.due(f"audit:head:{_machine()}", portal.now(), EVERY):
        sign(portal)


def sign(portal: Portal) -> Head | None:
    """Sign the end of the chain as it is now; none where nothing is on record, or
    nothing was ever released. The same end is signed once."""
    chaining.draw()
    with database.connection():
        seq, digest = trail.end()
        last = trail.last_head()
    key = signing.key(portal) if seq else None
    if key is None:
        return None
    folder = portal.settings.data_dir / FOLDER
    if last is not None and last.seq == seq:
        head = _head(last)
    else:
        at = portal.now()
        written = cms.sign(statement(seq, digest, _text(at)), key).decode()
        head = Head(seq, digest, _text(at), written, _machine())
        with database.transaction():
            trail.add_head(seq, digest, at, written, head.machine)
        log.info("the audit record has %s entries and ends with sha256 %s", seq, digest)
    _take_in(folder, head)
    return head


def _take_in(folder: Path, head: Head) -> None:
    """Into the file of this machine: this end, and those that others have signed since its last line. What they say is
    taken as the database has it; where that is changed later, the line here stays."""
    last = _last(folder / FILE)
    with database.connection():
        others = [_head(row) for row in trail.heads(last) if row.seq < head.seq]
    for each in [*others, head]:
        if each.seq > last and cms.holds(each.said, each.signature.encode()):
            _append(folder, each)


def _last(file: Path) -> int:
    """The number of the last whole line; 0 without one."""
    if not file.exists():
        return 0
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _TAIL))
        lines = stream.read().split(b"\n")[:-1]
    try:
        return int(json.loads(lines[-1])["seq"])
    except (IndexError, ValueError, KeyError, TypeError):
        return 0


def _head(row: TrailHead) -> Head:
    return Head(row.seq, row.hash, _text(row.at), row.signature, row.machine)


def _machine() -> str:
    return platform.node()[:120]


def kept(data_dir: Path) -> dict[int, str]:
    """The ends that the file of the data folder knows: number → hash. Raises Refused for a line that is none."""
    file = data_dir / FOLDER / FILE
    return read(file) if file.exists() else {}


def read(file: Path) -> dict[int, str]:
    """The ends of a file that was kept: number → hash. Half a line at its end was never finished."""
    found: dict[int, str] = {}
    lines = file.read_text(encoding="utf-8").split("\n")
    for number, each in enumerate(lines[:-1], 1):
        try:
            said: Mapping[str, object] = json.loads(each)
            seq, digest = int(str(said["seq"])), str(said["hash"])
            signed = cms.holds(statement(seq, digest, str(said["at"])), str(said["signature"]).encode())
        except (ValueError, KeyError, TypeError):
            signed = ""
        if not signed:
            raise Refused("Line %(line)s of %(file)s is no signed end of the audit record", line=number, file=file.name)
        if found.setdefault(seq, digest) != digest:
            raise Refused(
                "%(file)s has two ends of the audit record with the same number, %(seq)s", file=file.name, seq=seq
            )
    return found


def line(head: Head) -> str:
    """A head as the file has it."""
    said = {"seq": head.seq, "hash": head.hash, "at": head.at, "signature": head.signature}
    return json.dumps({**said, **({"machine": head.machine} if head.machine else {})})


def _append(folder: Path, head: Head) -> None:
    private_folder(folder)
    handle = os.open(folder / FILE, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        end = os.fstat(handle).st_size
        tail = os.pread(handle, _TAIL, max(0, end - _TAIL))
        whole = end - len(tail.rpartition(b"\n")[2])  # half a line, where the power failed, gives way
        os.ftruncate(handle, whole)
        os.pwrite(handle, f"{line(head)}\n".encode(), whole)
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")

"""The end of the chain is signed from time to time, and kept in three places: the database, a file of the data folder
(which every backup takes along), and the log. Who cuts off the newest entries has to reach all of them.
"""

from __future__ import annotations

import json
import logging
import os
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
from hardware.files import private_folder

log = logging.getLogger("nintei.audit")

FOLDER, FILE = "audit", "heads.jsonl"
EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at a moment. `seq`: number of the last link; `at`: RFC 3339, UTC."""

    seq: int
    hash: str
    at: str
    signature: str

    @property
    def said(self) -> bytes:
        """What the signature is over."""
        return statement(self.seq, self.hash, self.at)


def statement(seq: int, digest: str, at: str) -> bytes:
    """The text that is signed."""
    return f"Nintei audit record\nentries: {seq}\nsha256: {digest}\nat: {at}\n".encode()


def look(portal: Portal) -> None:
    """Once an hour, sign the end where it has moved."""
    if attempts.due("audit:head", portal.now(), EVERY):
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
    if last is not None and last.seq == seq:
        return Head(last.seq, last.hash, _text(last.at), last.signature)
    at = portal.now()
    written = cms.sign(statement(seq, digest, _text(at)), key).decode()
    head = Head(seq, digest, _text(at), written)
    with database.transaction():
        trail.add_head(seq, digest, at, written)
    _append(portal.settings.data_dir / FOLDER, head)
    log.info("the audit record has %s entries and ends with sha256 %s", seq, digest)
    return head


def kept(data_dir: Path) -> dict[int, str]:
    """The ends that the file of the data folder knows: number → hash. Raises Refused for a line that is none."""
    file = data_dir / FOLDER / FILE
    return read(file) if file.exists() else {}


def read(file: Path) -> dict[int, str]:
    """The ends of a file that was kept: number → hash. Half a line at its end was never finished."""
    found = {}
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
        found[seq] = digest
    return found


def line(head: Head) -> str:
    """A head as the file has it."""
    return json.dumps({"seq": head.seq, "hash": head.hash, "at": head.at, "signature": head.signature})


def _append(folder: Path, head: Head) -> None:
    private_folder(folder)
    handle = os.open(folder / FILE, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(handle, f"{line(head)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")

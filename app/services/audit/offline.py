"""Whether the evidence of a case is as it was taken. Needs nothing but the file: no portal, no database, no network."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.connectors import cms
from app.errors import Refused
from app.services.audit import evidence, heads
from app.services.base import chain
from app.store.trail import Stored

LONGEST = 64 << 20  # bytes of what is read at once


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to be as it was. `fingerprint`: SHA-256 of the signer's certificate, to be compared."""

    case: str
    taken_at: str
    files: int
    entries: int
    links: int
    fingerprint: str


def verify(file: Path, certificate: bytes | None = None) -> Verified:
    """`certificate`: the one (PEM) that has to have signed it; else the one that lies in it. Raises Refused, which
    names the first thing that is wrong."""
    try:
        with zipfile.ZipFile(file) as bundle:
            return _verify(bundle, certificate)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise Refused("This is no evidence of a case, or it is damaged: %(reason)s", reason=str(error)) from error


def _verify(bundle: zipfile.ZipFile, certificate: bytes | None) -> Verified:
    names = bundle.namelist()
    if len(set(names)) != len(names):
        raise Refused("Two files of the evidence have the same name")
    listed = _read(bundle, evidence.SUMS)
    signer = cms.holds(listed, _read(bundle, evidence.SIGNATURE))
    expected = cms.fingerprint(certificate or _read(bundle, evidence.CERTIFICATE))
    if signer != expected:
        raise Refused("The signature of the evidence does not hold")
    sums = _sums(listed.decode())
    beside = set(names) - sums.keys() - {evidence.SUMS, evidence.SIGNATURE, evidence.CERTIFICATE}
    if beside:
        raise Refused("%(name)s was put in afterwards", name=sorted(beside)[0])
    for name, digest in sums.items():
        if name not in names:
            raise Refused("%(name)s is missing", name=name)
        with bundle.open(name) as part:
            if hashlib.file_digest(part, "sha256").hexdigest() != digest:  # type: ignore[arg-type]  # a file
                raise Refused("%(name)s is not as it was taken", name=name)
    entries, links = _chain(bundle)
    case = json.loads(_read(bundle, "case.json"))
    return Verified(case["number"], case["taken_at"], len(sums), entries, links, signer)


def _chain(bundle: zipfile.ZipFile) -> tuple[int, int]:
    """(entries of the case, links that were followed). Raises Refused."""
    told = {}
    for line in _read(bundle, evidence.ENTRIES).decode().splitlines():
        said = json.loads(line)
        seq, digest = said.pop("seq"), said.pop("hash")
        told[seq] = (digest, chain.mark(chain.canonical(Stored(**said), seq)))
    head = _read(bundle, evidence.HEAD)
    facts = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    last, end = int(facts["entries"]), facts["sha256"]
    signed = cms.holds(head, _read(bundle, f"{evidence.HEAD}.p7s"))
    if not signed or heads.statement(last, end, facts["at"]) != head:
        raise Refused("The signature over the end of the audit record does not hold")
    with bundle.open(evidence.MARKS) as marks:
        count, hashed = _follow(marks, told, last)
    if hashed != end:
        raise Refused("The chain of the audit record does not lead to the end that was signed")
    return len(told), count


def _follow(marks: IO[bytes], told: Mapping[int, tuple[str, str]], last: int) -> tuple[int, str]:
    lines: Iterator[bytes] = iter(marks)
    before = next(lines).decode().split()[1].strip("-")
    count, seq, met = 0, 0, 0
    for line in lines:
        number, mark = line.decode().split()
        if count and int(number) != seq + 1:
            raise Refused("Link %(seq)s of the chain is missing", seq=seq + 1)
        seq, count = int(number), count + 1
        before = chain.joined(before, mark)
        if seq in told:
            met += 1
            if told[seq] != (before, mark):
                raise Refused("Entry %(seq)s of the audit record is not as it was written", seq=seq)
    if met != len(told) or seq != last:
        raise Refused("The chain of the audit record does not lead to the end that was signed")
    return count, before


def _sums(text: str) -> dict[str, str]:
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}


def _read(bundle: zipfile.ZipFile, name: str) -> bytes:
    with bundle.open(name) as part:
        data = part.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise Refused("%(name)s is too large", name=name)
    return data

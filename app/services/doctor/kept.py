"""Looks at what the portal keeps: folder, database, files, keys."""

from __future__ import annotations

import hashlib
import math
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from app.connectors import signature
from app.errors import N_, NinteiError
from app.services.base import signing as signing_key
from app.services.cards import keys
from app.services.doctor.finding import BAD, OK, WARNING, Finding, Patient
from app.services.pages import health
from app.services.process import secrets
from app.store import places, soundness
from app.store.keeping import Files

SOON: Final = timedelta(days=60)  # before a certificate ends
SHOWN: Final = 5  # names of one kind


def database(patient: Patient, topic: str) -> Iterator[Finding]:
    """The database is sound."""
    wrong = soundness.complaints(thorough=patient.thorough)
    if wrong:
        yield Finding(
            topic,
            BAD,
            N_("The database is damaged: %(what)s"),
            {"what": "; ".join(wrong[:SHOWN])},
            N_("Stop the portal, keep the file as it is, and restore the last backup (nintei restore)"),
        )
        return
    yield Finding(topic, OK, N_("It answers, and is sound"))


def files(patient: Patient, topic: str) -> Iterator[Finding]:
    """Each file that a row names is there (thorough: and is what its name says)."""
    blobs = patient.portal.blobs
    if not blobs.reachable():
        yield Finding(
            topic,
            BAD,
            N_("The files cannot be read: %(place)s does not answer"),
            {"place": patient.settings.files or str(patient.settings.data_dir)},
            N_("Look at the storage and at NINTEI_FILES; what is sent meanwhile is refused, and nothing is lost"),
        )
        return
    here = set(blobs.all())
    named = soundness.named_files()
    missing = sorted(named - here)
    if missing:
        yield Finding(
            topic,
            BAD,
            N_("%(count)s files that cases name are missing: %(names)s"),
            {"count": len(missing), "names": ", ".join(missing[:SHOWN])},
            N_("Copy them from a backup into the folder blobs: their names say where they belong"),
        )
    if patient.thorough:
        broken = sorted(name for name in here if _digest(blobs, name) != name)
        if broken:
            yield Finding(
                topic,
                BAD,
                N_("%(count)s files are not what they were: %(names)s"),
                {"count": len(broken), "names": ", ".join(broken[:SHOWN])},
                N_("Copy them from a backup into the folder blobs: their names say where they belong"),
            )
        if broken or missing:
            return
    if not missing:
        yield Finding(
            topic,
            OK,
            N_("%(count)s files, none is missing; %(stray)s more are named by no case, which does no harm"),
            {"count": len(named), "stray": len(here - named)},
        )


def _digest(blobs: Files, name: str) -> str:
    """What the bytes are, whatever their name says; empty when they cannot be read."""
    try:
        with blobs.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it only reads
    except NinteiError:
        return ""


def secret(patient: Patient, topic: str) -> Iterator[Finding]:
    """The keys under which connection information was stored are there."""
    sealed = soundness.a_sealed_secret()
    if sealed and not secrets.opens(patient.portal, sealed):
        yield Finding(
            topic,
            BAD,
            N_("No key of the settings opens the connection information that is stored"),
            cure=N_("Enter the key of that time in NINTEI_SEALING_KEYS, then run `nintei reseal`"),
        )
    else:
        yield Finding(topic, OK, N_("What was stored sealed can be read"))


def signing(patient: Patient, topic: str) -> Iterator[Finding]:
    """The key that signs papers, and how long its certificate lasts."""
    with places.folders(patient.settings).opened("signing") as folder:
        yield from _signing(patient, topic, folder)


def _signing(patient: Patient, topic: str, folder: Path) -> Iterator[Finding]:
    own = patient.settings.signing_key, patient.settings.signing_certificate
    key, certificate = own[0] or folder / "key.pem", own[1] or folder / "certificate.pem"
    if (own[0] is None) != (own[1] is None):
        yield Finding(
            topic,
            BAD,
            N_("Of the body's own certificate and its key one alone is set; the portal signs with its own"),
            cure=N_("Set NINTEI_SIGNING_CERTIFICATE and NINTEI_SIGNING_KEY, or neither"),
        )
        return
    if not key.exists() and not certificate.exists():
        yield Finding(topic, OK, N_("None yet: it is made with the first signed paper"))
        return
    private = key.read_bytes() if own[0] else signature.opened(key, signing_key.sealing(patient.settings))
    ends = signature.valid_until(signature.SigningKey(private, certificate.read_bytes()))
    if ends < patient.portal.now() + SOON:
        yield Finding(
            topic,
            BAD if ends < patient.portal.now() else WARNING,
            N_("The certificate of the signing key ends on %(day)s"),
            {"day": ends.date().isoformat()},
            N_("Ask the authority for a new certificate, and put it where NINTEI_SIGNING_CERTIFICATE says")
            if own[0]
            else N_("Nothing: another key is made with the next signed paper"),
        )
        return
    yield from _private(topic, key)
    yield Finding(topic, OK, N_("It can be read; its certificate ends on %(day)s"), {"day": ends.date().isoformat()})


def cards(patient: Patient, topic: str) -> Iterator[Finding]:
    """The store of the card keys opens."""
    with keys.held(patient.settings) as folder:
        store = folder / "keys" / "keys.json"
    if not store.exists():
        yield Finding(topic, OK, N_("None yet: they are made with the first card"))
        return
    version = keys.store(patient.settings).current_version
    yield from _private(topic, store)
    yield Finding(topic, OK, N_("The key store opens; version %(version)s is in use"), {"version": version})


def _private(topic: str, path: Path) -> Iterator[Finding]:
    """Keys are readable by the portal alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Finding(
            topic,
            BAD,
            N_("%(file)s can be read by others (mode %(mode)s)"),
            {"file": str(path), "mode": f"{mode:03o}"},
            N_("chmod 600 that file; if others use this machine, count the key as known"),
        )


def folder(patient: Patient, topic: str) -> Iterator[Finding]:
    """The data folder can be written to, and has room."""
    folder = patient.settings.data_dir
    unwritable = [path for path in (folder, folder / "blobs") if path.exists() and not os.access(path, os.W_OK)]
    if unwritable:
        yield Finding(
            topic,
            BAD,
            N_("%(folder)s cannot be written to"),
            {"folder": str(unwritable[0])},
            N_("Give the folder to the account under which the portal runs (chown)"),
        )
        return
    disk = health.checks(patient.portal, math.inf, ("disk",))["disk"]
    if not disk["ok"]:
        yield Finding(
            topic,
            BAD,
            N_("Only %(free)s MB are free"),
            {"free": disk.get("free_mb", "?")},
            N_("Make room, or move NINTEI_DATA_DIR to a larger disk; the portal refuses work before the disk is full"),
        )
        return
    room = {"folder": str(folder), "free": disk["free_mb"]}
    yield Finding(topic, OK, N_("%(folder)s can be written to; %(free)s MB are free"), room)

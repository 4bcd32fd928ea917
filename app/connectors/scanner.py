"""Uploads are shown to a ClamAV daemon when one is configured (clamd(8), command INSTREAM)."""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

from app.errors import Temporary

CHUNK = 1 << 16
TIMEOUT = 30.0  # seconds


def scan(url: str, file: Path) -> str:
    """The name of what was found in the file; empty when it is clean. `url`: tcp://host:port or unix:///path.

    Raises Temporary when the daemon does not answer: what could not be scanned is not taken.
    """
    try:
        with _connect(url) as daemon, file.open("rb") as content:
            daemon.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
            daemon.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and (part := daemon.recv(4096)):
                answer += part
    except OSError as error:
        raise Temporary("The virus scanner does not answer; try again in a little while") from error
    said = answer.rstrip(b"\0").decode("utf-8", "replace").removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise Temporary("The virus scanner does not answer; try again in a little while")


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.settimeout(TIMEOUT)
        daemon.connect(parts.path)
        return daemon
    return socket.create_connection((parts.hostname or "", parts.port or 3310), TIMEOUT)

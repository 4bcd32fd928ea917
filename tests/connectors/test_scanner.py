"""What a virus scanner says of an upload."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.connectors.scanner import scan
from app.errors import Temporary

EICAR = b"a sample that the daemon below takes for a virus"


@contextmanager
def daemon(answer: bytes | None = None) -> Iterator[str]:
    """A clamd that knows one virus; with `answer` it says that instead."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with peer, peer.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!I", said.read(4))[0]:
                    content += said.read(length)
                found = b"stream: Sample FOUND\0" if EICAR in content else b"stream: OK\0"
                peer.sendall(found if answer is None else answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def test_a_clean_file_passes(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.4" + b"x" * 300_000)
    with daemon() as url:
        assert scan(url, file) == ""


def test_a_virus_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x" * 70_000 + EICAR)
    with daemon() as url:
        assert scan(url, file) == "Sample"


@pytest.mark.parametrize("answer", [b"stream: size limit exceeded ERROR\0", b""])
def test_what_could_not_be_scanned_is_not_taken(answer: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    with daemon(answer) as url, pytest.raises(Temporary):
        scan(url, file)


def test_a_daemon_that_is_away_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"x")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Temporary):
        scan(f"tcp://127.0.0.1:{port}", file)

"""Strangers against a running portal: a hundred connections that say nothing, and hundreds of megabytes that nobody
asked for. Others are served meanwhile, and the disk is as before."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import server as servers

PACKAGES = Path(__file__).parents[1] / "packages"
SILENT = 120
MEGABYTE = b"x" * 1_000_000
SENDERS, EACH = 4, 150  # 600 MB


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[servers.Server, Path]]:
    folder = tmp_path_factory.mktemp("floods")
    with servers.run_server(folder, packages_dir=str(PACKAGES), packages_write="no") as server:
        yield server, folder


def connected(server: servers.Server) -> socket.socket:
    place = urlsplit(server.url)
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=30)


def served(server: servers.Server) -> bool:
    """Whether somebody else gets a page."""
    with urllib.request.urlopen(f"{server.url}/login", timeout=30) as answer:
        return bool(answer.status == 200)


def held(*folders: Path) -> int:
    """Bytes of the files there."""
    found = 0
    for folder in folders:
        for each in folder.rglob("*"):
            with suppress(OSError):
                found += each.stat().st_size if each.is_file() else 0
    return found


def test_a_hundred_connections_that_say_nothing_keep_nobody_out(running: tuple[servers.Server, Path]) -> None:
    server, _ = running
    with ExitStack() as silent:
        for number in range(SILENT):
            line = silent.enter_context(connected(server))
            if number % 2:
                line.sendall(b"POST /login HTTP/1.1\r\nHost: ")
        assert served(server)
        assert server.answers()
    assert served(server)


def send(server: servers.Server, path: str) -> int:
    """How many megabytes of a form that is too large were taken before the line was closed."""
    place, sent = urlsplit(server.url), 0
    with connected(server) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {EACH * len(MEGABYTE)}\r\n"
        head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        with suppress(OSError):
            line.sendall(head.encode())
            for _ in range(EACH):
                line.sendall(MEGABYTE)
                sent += 1
    return sent


def test_megabytes_of_strangers_are_not_taken_and_leave_nothing(running: tuple[servers.Server, Path]) -> None:
    server, folder = running
    before = held(folder / "data")
    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(send, server, path) for path in ("/login", "/apply", "/apply/resend", "/accounts")]
        assert served(server)
        taken = sum(each.result() for each in senders)
    assert taken < SENDERS * EACH / 10, "the bytes were read"
    assert served(server)
    assert held(folder / "data") - before < 2_000_000


def test_a_length_that_is_announced_is_answered_before_it_comes(running: tuple[servers.Server, Path]) -> None:
    server, _ = running
    with connected(server) as line:
        line.sendall(f"POST /login HTTP/1.1\r\nHost: {urlsplit(server.url).netloc}\r\n".encode())
        line.sendall(b"Content-Length: 1600000000\r\n\r\n")
        assert line.recv(100).startswith((b"HTTP/1.1 413", b"HTTP/1.0 413"))

"""Whoever asks nothing keeps nobody from asking, and nobody brings more than a page will read."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from app.web import visitors
from app.web.server import Server
from tests.support.network import wait_until


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(len(body)).encode()]


def room(_method: str, path: str, headers: Any) -> int:
    return 1000 if path == "/files" and headers.get("COOKIE") == "known" else 10


@contextmanager
def serving() -> Iterator[int]:
    server = Server(app, patience=1, host="127.0.0.1", port=0, threads=2, room=room)
    [(_, port)] = server.places
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield port
    finally:
        server.stop()
        thread.join(30)


def status(port: int, method: str = "GET", path: str = "/", body: Any = None, **headers: str) -> int:
    with ExitStack() as stack:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        stack.callback(asking.close)
        asking.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
        return asking.getresponse().status


def closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\nHost:", b"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"]
)
def test_connections_that_ask_nothing_keep_nobody_from_asking(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(visitors, "PLACES", 8)
    with serving() as port, ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(30)]
        for each in silent:
            each.sendall(said)
        assert [status(port) for _ in range(3)] == [200] * 3
        assert sum(closed(each) for each in silent) >= len(silent) - 8, "the oldest of them gave way"


def test_the_visitor_with_the_most_silent_connections_gives_way_first() -> None:
    def waiting(address: str, since: float) -> Any:
        gone: list[bool] = []
        found = SimpleNamespace(addr=(address, 1), requests=[], total_outbufs_len=0, will_close=False, gone=gone)
        found.last_activity, found.handle_close = since, lambda: gone.append(True)
        return found

    office = [waiting("203.0.113.1", 1.0)]
    flood = [waiting(f"2001:db8:0:1::{number}", 10.0 + number) for number in range(3)]  # one site
    visitors.make_room([*office, *flood])
    assert [bool(each.gone) for each in [*office, *flood]] == [False, True, False, False]
    busy = waiting("203.0.113.2", 0.0)
    busy.requests.append("one")
    visitors.make_room([busy])
    assert not busy.gone, "who is being answered is not cut off"


def test_a_place_is_one_address_or_one_site_of_the_new_protocol() -> None:
    assert visitors.visitor(("192.0.2.7", 1)) == "192.0.2.7"
    assert visitors.visitor(("2001:db8:1:2:3::4", 1, 0, 0)) == visitors.visitor(("2001:db8:1:2:ffff::", 1, 0, 0))
    assert visitors.visitor(("2001:db8:1:3::4", 1, 0, 0)) != visitors.visitor(("2001:db8:1:2::4", 1, 0, 0))
    assert visitors.visitor("localhost") == visitors.visitor("")


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\n", b"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"]
)
def test_a_request_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    with serving() as port, socket.create_connection(("127.0.0.1", port)) as one:
        with monkeypatch.context() as hasty:
            for name in ("HEAD", "IDLE", "PAUSE", "GRACE"):
                hasty.setattr(visitors, name, 0.2)
            one.sendall(said)
            wait_until(lambda: closed(one), 60, "the end of the connection")
        assert status(port) == 200


def test_a_body_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "GRACE", 0.2)
    head = b"POST /files HTTP/1.1\r\nHost: x\r\nCookie: known\r\nContent-Length: 900\r\n\r\n"
    with serving() as port, socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(head)
        for _ in range(300):
            try:
                one.sendall(b"1")
            except ConnectionError:
                break
            time.sleep(0.1)
        else:
            pytest.fail("it was waited for")


def test_a_body_is_refused_from_its_head_when_it_is_more_than_the_page_takes() -> None:
    with serving() as port:
        assert status(port, "POST", "/other", b"x" * 9) == 200
        assert status(port, "POST", "/other", b"x" * 500) == 413
        assert status(port, "POST", "/files", b"x" * 500) == 413, "who is not known"
        assert status(port, "POST", "/files", b"x" * 500, Cookie="known") == 200
        assert status(port, "POST", "/files", iter([b"x" * 500]), **{"Transfer-Encoding": "chunked"}) == 413


def test_what_is_announced_and_refused_is_not_waited_for() -> None:
    with serving() as port, socket.create_connection(("127.0.0.1", port), timeout=30) as one:
        one.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 600000000\r\n\r\n")
        assert b" 413 " in one.recv(1000)

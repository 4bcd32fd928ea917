"""The web server ends without cutting off whom it answers."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from waitress.channel import HTTPChannel

from app.web.server import Server
from tests.support.network import wait_until


class Slow:
    """An application whose answers wait until a test lets them go."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] == "/slow":
            self.asked.release()
            self.go.wait(60)
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(1_000_000 + len(body)))])
        return [b"x" * 1_000_000 + body]


@contextmanager
def serving(app: Slow, patience: float, **more: Any) -> Iterator[tuple[Server, int, threading.Thread]]:
    server = Server(app, patience=patience, host="127.0.0.1", port=0, threads=4, **more)
    [(_, port)] = server.places
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server, port, thread
    finally:
        app.go.set()
        server.stop()
        thread.join(30)
        assert not thread.is_alive()


def ask(port: int, found: list[bytes | Exception], path: str = "/slow") -> threading.Thread:
    def run() -> None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", b"typed", timeout=60) as answer:
                found.append(answer.read())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_request_under_way_is_answered_and_no_new_one_is_taken() -> None:
    app, left, found = Slow(), [], []
    with serving(app, 60, leaving=lambda: left.append(True)) as (server, port, thread):
        asking = ask(port, found)
        assert app.asked.acquire(timeout=30)
        server.stop()
        wait_until(lambda: bool(left), 30, "the word that the server ends")
        with pytest.raises(ConnectionRefusedError):
            http.client.HTTPConnection("127.0.0.1", port, timeout=10).request("GET", "/")
        assert thread.is_alive()
        app.go.set()
        asking.join(60)
        assert found == [b"x" * 1_000_000 + b"typed"], "all of the answer"
        thread.join(30)
        assert not thread.is_alive()


def test_a_connection_on_which_nothing_is_asked_keeps_nobody_waiting() -> None:
    app = Slow()
    with serving(app, 600) as (server, port, thread):
        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        idle.request("GET", "/")
        assert len(idle.getresponse().read()) == 1_000_000
        server.stop()
        thread.join(30)
        assert not thread.is_alive()
        idle.close()


def test_a_request_that_takes_for_ever_is_cut_off_in_the_end() -> None:
    app, found = Slow(), []
    with serving(app, 0.3) as (server, port, thread):
        asking = ask(port, found)
        assert app.asked.acquire(timeout=30)
        server.stop()
        thread.join(30)
        assert not thread.is_alive()
        app.go.set()
        asking.join(60)
        assert isinstance(found[0], Exception)


def test_the_loop_says_that_it_turns() -> None:
    turned = threading.Semaphore(0)
    with serving(Slow(), 1, alive=turned.release):
        assert turned.acquire(timeout=30)
        assert turned.acquire(timeout=30)


def accepted(server: Server) -> int:
    """How many connections it holds."""
    return sum(isinstance(each, HTTPChannel) for each in server._map.values())


@pytest.mark.parametrize("beside", [True, False])
def test_who_holds_connections_leaves_the_next_one_to_whoever_holds_fewer(beside: bool) -> None:
    with ExitStack() as stack:
        server = Server(Slow(), patience=1, host="127.0.0.1", port=0, threads=1, beside=beside)
        stack.callback(lambda: (server.stop(), server.run()))
        [place] = server.places
        stack.enter_context(socket.create_connection(place))
        server._turn(10)
        assert accepted(server) == 1
        stack.enter_context(socket.create_connection(place))
        server._turn(10)
        assert accepted(server) == (1 if beside else 2)
        wait_until(lambda: [server._turn(10), accepted(server) == 2][1], 30, "a connection that nobody else took")

"""waitress, with an end that takes its time: no new connections, the requests under way are answered, then it stops."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import waitress.server
from waitress import wasyncore

from app.web import visitors

log = logging.getLogger("nintei.web")

SOON = 2.0  # seconds in which whoever has just connected will ask
A_CONNECTION = 0.001  # seconds for which a process with one connection more leaves the next to others
LEFT = 0.005  # the longest
ONE_IN = 0.5  # seconds in which one is left so
TURN = 1.0  # seconds after which the loop turns though nothing happens


def sockets(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Sockets bound to each address of the host; `shared`: with others of our processes, among which the kernel divides
    the connections (SO_REUSEPORT, socket(7)). Raises OSError."""
    found: list[socket.socket] = []
    for family, kind, protocol, _, place in dict.fromkeys(
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    ):
        each = socket.socket(family, kind, protocol)
        found.append(each)
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        each.bind(place)
    return found


class Server:
    """`patience`: seconds that requests have to be answered once the server ends. `leaving` is called then: whoever
    keeps requests waiting lets them go. `alive` is called each time the loop turns. `room`: how many bytes a request
    may bring, by method, path and headers. `notice`: seconds that it serves on when it is told to end with notice;
    `going` is called as they begin. `beside`: other processes listen on the same sockets, and whoever holds fewer
    connections takes the next one: browsers and proxies keep theirs, and the kernel wakes the same process first."""

    def __init__(
        self,
        app: Any,
        *,
        patience: float,
        leaving: Callable[[], None] = lambda: None,
        alive: Callable[[], None] = lambda: None,
        notice: float = 0.0,
        going: Callable[[], None] = lambda: None,
        beside: bool = False,
        room: visitors.Room = lambda _method, _path, _headers: 1 << 60,
        **adjustments: Any,
    ) -> None:
        self._map: dict[int, Any] = {}
        limits = {"connection_limit": 4 * visitors.PLACES, "channel_timeout": 1 << 30}  # ours come before
        self._server = waitress.server.create_server(app, map=self._map, **limits, **adjustments)
        self._later = float("-inf")  # until when others come first
        for each in self._listening():
            each.channel_class = visitors.channel(room)
            if beside:
                each.readable = partial(self._is_open, each.readable)
                each.handle_accept = partial(self._let_in, each.handle_accept)
        self._patience = patience
        self._leaving = leaving
        self._alive = alive
        self._notice = notice
        self._going = going
        self._announced = False
        self._stop = threading.Event()

    @property
    def places(self) -> list[tuple[str, int]]:
        """(host, port) of each socket that it listens on."""
        return [(each.effective_host, int(each.effective_port)) for each in self._listening()]

    def stop(self, *, notice: bool = False) -> None:
        """End soon; with `notice`, serve on for that long, so that those who send others here can see it. May be called
        from a signal's handler."""
        self._announced = notice
        self._stop.set()

    def run(self) -> None:
        """Serve until `stop` is called."""
        for host, port in self.places:
            log.info("serving on http://%s:%s", f"[{host}]" if ":" in host else host, port)
        self._serve(lambda: not self._stop.is_set())
        if self._announced and self._notice:
            self._going()
            until = time.monotonic() + self._notice
            self._serve(lambda: self._announced and time.monotonic() < until)
        self._drain()
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._map, ignore_all=True)

    def _serve(self, on: Callable[[], bool]) -> None:
        looked = 0.0
        while on():
            self._turn(TURN)
            if time.monotonic() - looked >= TURN:
                looked = time.monotonic()
                self._weed()

    def _drain(self) -> None:
        deadline = time.monotonic() + self._patience
        for each in self._listening():
            wasyncore.dispatcher.close(each)  # not its own `close`, which lets go of what wakes the loop
        self._leaving()
        while (busy := self._under_way()) and time.monotonic() < deadline:
            self._turn(0.1)
        if busy:
            log.warning("%s requests were not answered within %.0f s and are cut off", len(busy), self._patience)

    def _is_open(self, readable: Callable[[], bool]) -> bool:
        return readable() and time.monotonic() >= self._later

    def _let_in(self, accept: Callable[[], None]) -> None:
        """Take the connection that waits; first leave it a moment to whoever holds fewer."""
        now = time.monotonic()
        held = sum(isinstance(each, waitress.server.HTTPChannel) for each in self._map.values())
        if held and now - self._later > ONE_IN:
            self._later = now + min(held * A_CONNECTION, LEFT)
            return
        self._later = float("-inf")
        accept()

    def _turn(self, seconds: float) -> None:
        if (left := self._later - time.monotonic()) > 0:
            seconds = min(seconds, left + A_CONNECTION)  # poll counts whole milliseconds
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)
        self._alive()

    def _weed(self) -> None:
        """Close the connections of those who keep us waiting."""
        now, wall = time.monotonic(), time.time()
        for each in list(self._map.values()):
            if isinstance(each, waitress.server.HTTPChannel) and visitors.tired(each, now, wall):
                each.handle_close()

    def _listening(self) -> list[Any]:
        return [each for each in list(self._map.values()) if isinstance(each, waitress.server.BaseWSGIServer)]

    def _under_way(self) -> list[Any]:
        """The connections on which something is asked or answered; the others are closed."""
        busy = []
        for each in list(self._map.values()):
            if not isinstance(each, waitress.server.HTTPChannel):
                continue
            asks_soon = each.last_activity <= each.creation_time and time.time() - each.creation_time < SOON
            if each.requests or each.request is not None or each.total_outbufs_len or asks_soon:
                busy.append(each)
            else:
                each.handle_close()
        return busy

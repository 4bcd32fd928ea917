"""What strangers may ask of the server before they have asked anything: a connection for a while, among others.

waitress lets whoever connects first keep a place for two minutes, and for as long as a byte comes now and then; with
all places taken nobody is served. Here a head has to come within seconds and a body at a pace that the slowest line
has; and when all places are taken, whoever waits longest without asking gives theirs up, first of all those who hold
the most. Nobody is refused a place for the address that they come from: a whole office may share one.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from app.services.signin import guessing

log = logging.getLogger("nintei.web")

HEAD = 20.0  # seconds within which the head of a request has come, from when the connection is open for it
IDLE = 75.0  # seconds for which an answered connection is kept for the next request
PAUSE = 60.0  # seconds without a byte after which a body, or the taking of an answer, is given up
PACE = 1024  # bytes a second of a body, on the average
GRACE = 60.0  # seconds after the head for which no pace is asked
PLACES = 256  # connections of one process

Room = Callable[[str, str, Mapping[str, str]], int]


class _Sized:
    """waitress's settings, with another limit for the body of one request."""

    def __init__(self, adj: Any, most: int) -> None:
        self._adj, self.max_request_body_size = adj, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adj, name)


def parser(room: Room) -> type[HTTPRequestParser]:
    """A parser that asks `room`, when the head is there, how many bytes may follow: method, path, headers."""

    class Parser(HTTPRequestParser):
        """Reads one request, and knows since when."""

        def __init__(self, adj: Any) -> None:
            super().__init__(adj)
            self.adj: Any = adj
            self.begun = time.monotonic()

        def parse_header(self, header_plus: bytes) -> None:
            """As waitress does it."""
            super().parse_header(header_plus)
            if self.body_rcv is None:
                return  # nothing follows
            most = min(self.adj.max_request_body_size, room(self.command, self.path, self.headers))
            self.adj = _Sized(self.adj, most)

    return Parser


def channel(room: Room) -> type[HTTPChannel]:
    """A connection whose requests are held to `room`, and which gives way when too many are open."""

    class Channel(HTTPChannel):
        """One connection, of which an address has only so many."""

        parser_class = parser(room)

        def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002
            super().__init__(server, sock, addr, adj, map=map)
            if len(server.active_channels) > PLACES:
                make_room(list(server.active_channels.values()))

    return Channel


def make_room(open_now: list[Any]) -> None:
    """Close the connection that waits longest without having asked, of the visitor who has the most of these."""
    waiting = [each for each in open_now if not each.requests and not each.total_outbufs_len and not each.will_close]
    if not waiting:
        return
    held = Counter(visitor(each.addr) for each in waiting)
    _, count = held.most_common(1)[0]
    first = min((each for each in waiting if held[visitor(each.addr)] == count), key=lambda each: each.last_activity)
    log.info("all %s places are taken: a connection without a request is closed", PLACES)
    first.handle_close()


def visitor(address: Any) -> str:
    """One place on the net, of what a socket calls its other end."""
    return guessing.place(str(address[0] if isinstance(address, tuple) else address))


def tired(each: Any, now: float, wall: float) -> bool:
    """Whether the connection has kept us waiting for too long. `now`: monotonic, `wall`: as the channel counts."""
    quiet = wall - each.last_activity
    if each.total_outbufs_len:
        return bool(quiet > PAUSE)
    if each.requests:
        return False  # it is being answered
    request = each.request
    if request is None:
        return bool(quiet > (IDLE if each.last_activity > each.creation_time else HEAD))
    since = now - request.begun
    if not request.headers_finished:
        return bool(since > HEAD)
    return bool(quiet > PAUSE or (since > GRACE and request.body_bytes_received < PACE * since))

"""Several web processes on one port: whoever is asked, the portal answers; one that dies is not missed."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.cli.supervisor import require_free
from app.errors import Refused
from app.web.server import sockets
from config.settings import MOST_WEB, load, web_processes
from tests.support.network import free_port, wait_until
from tests.support.server import Server


def test_without_a_setting_there_are_as_many_as_cores_and_four_at_the_most() -> None:
    given = {"NINTEI_SECRET_KEY": "only-for-this-test-0123456789-abcdef"}
    assert 1 <= web_processes(load(given)) <= MOST_WEB
    assert web_processes(load({**given, "NINTEI_WEB_PROCESSES": "7"})) == 7


def test_a_port_that_another_program_has_is_named_before_anything_starts() -> None:
    port = free_port()
    (ours,) = sockets("127.0.0.1", port, shared=True)
    with ours:
        ours.listen()
        with pytest.raises(Refused, match=str(port)):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)


def test_processes_of_ours_share_a_port_and_others_do_not() -> None:
    port = free_port()
    (first,), (second,) = sockets("127.0.0.1", port, shared=True), sockets("127.0.0.1", port, shared=True)
    with first, second, pytest.raises(OSError):
        first.listen()
        second.listen()
        sockets("127.0.0.1", port, shared=False)


def answered(server: Server) -> set[int]:
    """The processes that answered forty connections, by the pid at the other end of each."""
    host, port = server.url.removeprefix("http://").split(":")
    found: set[int] = set()
    for _ in range(40):
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        try:
            connection.request("GET", "/login")
            assert connection.getresponse().read()
        except ConnectionError:  # it was given to the one that is killed
            continue
        assert isinstance(connection.sock, socket.socket)
        mine = connection.sock.getsockname()[1]
        for child in psutil.Process(server.pid).children(recursive=True):
            if any(each.raddr and each.raddr.port == mine for each in child.net_connections("tcp")):
                found.add(child.pid)
        connection.close()
    return found


def test_two_processes_answer_and_one_that_is_killed_is_not_missed(
    tmp_path: Path, run_server: Callable[..., Server]
) -> None:
    server = run_server(web_processes="2", workers="0")
    wait_until(lambda: len(answered(server)) == 2, 120, "answers of both")
    first = min(answered(server))
    psutil.Process(first).kill()
    wait_until(lambda: first not in answered(server), 60, "answers of the other")
    wait_until(lambda: len(answered(server)) == 2, 120, "the new one's answers")

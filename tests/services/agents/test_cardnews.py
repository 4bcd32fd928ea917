"""Pages that wait for news of the cards: what is news, who is woken, and how many may wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from app.services.agents import desks, lease, news
from app.services.agents.news import WaitingRoom
from app.services.base.actors import Actor
from app.services.cards import wiping
from app.states import Side
from app.store import database
from tests.services.cardbench import rows, waiting
from tests.services.conftest import Bench
from tests.services.steps import staff
from tests.support.network import wait_until

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))
BLANK = {"card": {"uid": "F0010203040506", "serial": "", "life_cycle": "blank", "profile": "CCUS-TEST v1"}}


def test_a_card_on_a_reader_a_job_and_a_desk_that_is_away_are_news(bench: Bench) -> None:
    walker = waiting(bench)
    portal = walker.portal
    words = [news.word(portal)]

    def new() -> bool:
        words.append(news.word(portal))
        return words[-1] not in words[:-1]

    assert not new(), "nothing happened"
    token = desks.add(portal, "机A", ADMIN)
    assert new(), "a desk more"
    desk = desks.desk_of(token)
    assert desk is not None
    lease.beat(portal, desk, {})
    assert new(), "its computer is there"
    lease.beat(portal, desk, {})
    assert not new(), "it is there still"
    lease.beat(portal, desk, BLANK)
    assert new(), "a card lies on its reader"
    portal.clock.moment += news.HERE  # type: ignore[attr-defined]
    assert not new()
    portal.clock.moment += news.HERE  # type: ignore[attr-defined]
    assert new(), "it has gone"
    bench.drain(portal)
    assert new(), "the worker made the cards"
    with database.transaction():
        row = rows()[0]
        row.state = "returned"
        row.save()
    wiping.wipe(portal, row.serial, staff(walker))
    assert new(), "one is to be wiped"


class Board:
    """What there is to be seen, and how often somebody looked."""

    def __init__(self) -> None:
        self.word, self.looks = "old", 0

    def look(self) -> str:
        self.looks += 1
        return self.word


def staying() -> bool:
    return False


def in_threads(count: int, act: Callable[[], Any]) -> tuple[list[Any], Callable[[], None]]:
    """Start the act so often; what they gave, and how to wait for all."""
    given: list[Any] = []
    threads = [threading.Thread(target=lambda: given.append(act()), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()

    def join() -> None:
        for thread in threads:
            thread.join(30)
        assert len(given) == count

    return given, join


def test_a_page_that_knows_an_old_word_is_answered_at_once() -> None:
    room, board = WaitingRoom(), Board()
    assert room.wait("older", board.look, staying) == ("old", True)


def test_a_ring_wakes_all_that_wait_and_one_look_serves_them() -> None:
    stopped = [0.0]
    room, board = WaitingRoom(clock=lambda: stopped[0]), Board()
    given, join = in_threads(5, lambda: room.wait("old", board.look, staying))
    wait_until(lambda: room.inside == 5, 10, "five waiting")
    assert given == []
    board.word = "new"
    room.ring()
    join()
    assert given == [("new", True)] * 5
    assert board.looks <= 2, "by this clock no time has passed: one look before the ring, one after it"


def test_what_another_process_did_is_seen_without_a_ring() -> None:
    room, board = WaitingRoom(), Board()
    given, join = in_threads(1, lambda: room.wait("old", board.look, staying))
    wait_until(lambda: room.inside == 1, 10, "one waiting")
    board.word = "new"
    join()
    assert given == [("new", True)]


def test_who_finds_no_place_is_told_what_is_there_now() -> None:
    room, board = WaitingRoom(places=1), Board()
    given, join = in_threads(1, lambda: room.wait("old", board.look, staying))
    wait_until(lambda: room.inside == 1, 10, "one waiting")
    assert room.wait("old", board.look, staying) == ("old", False)
    board.word = "new"
    room.ring()
    join()
    assert given == [("new", True)]
    assert room.inside == 0


def test_a_page_that_has_gone_or_waited_long_gives_its_place_back() -> None:
    room, board = WaitingRoom(places=1), Board()
    assert room.wait("old", board.look, lambda: True) == ("old", True)
    assert room.wait("old", board.look, staying, longest=0) == ("old", True)
    assert room.inside == 0

"""Cards of a case that waits for them, and agents with virtual readers, for tests of the card desk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from app.services.cards import keepers, keys, letterpage, stock
from app.services.demo.walker import Walker
from app.store import cards, database, jobrows
from app.store.models import Card, CardEvent, Job
from hardware import VirtualRack
from hardware.agent import Agent, Line, Server, VirtualPlace
from hardware.facts import LifeCycle
from tests.services.conftest import Bench
from tests.services.steps import go, staff, task


def waiting(bench: Bench, desk: str = "") -> Walker:
    """A case whose three test cards are asked for and not made yet."""
    walker = go(bench, until="post_test_cards")
    stock.make(walker.portal, task(walker, "post_test_cards").id, staff(walker), desk)
    return walker


def open_letters(walker: Walker) -> None:
    """Two people open the case's two key letters."""
    step = task(walker, "post_test_cards").id
    pair = [staff(walker, number) for number in (0, 1)]
    keepers.name(walker.portal, step, {number: each.user_id or 0 for number, each in enumerate(pair, 1)}, pair[0])
    for each, letter in zip(pair, letterpage.page(walker.portal, step, pair[0]).letters, strict=True):
        keepers.open_letter(walker.portal, letter.id, each)


def rows() -> list[Card]:
    with database.connection():
        return list(Card.select().order_by(Card.serial))


def events(serial: str) -> list[tuple[str, str]]:
    """(act, phase) of a card's life."""
    with database.connection():
        row = cards.by_serial(serial)
        assert row is not None
        return [(each.act, each.phase) for each in cards.events(row.id)]


def confirmed(act: str = "personalise") -> list[str]:
    """Serials of the confirmed acts, as often as they were confirmed."""
    with database.connection():
        found = (
            CardEvent.select(CardEvent, Card)
            .join(Card)
            .where((CardEvent.act == act) & (CardEvent.phase == "confirmed"))
        )
        return sorted(each.card.serial for each in found)


def card_jobs(*states: str) -> list[Job]:
    with database.connection():
        return jobrows.jobs_like("card", states or ("queued", "running", "incident", "done"))


def rack_of(folder: Path, reader: str = "rack A") -> VirtualRack:
    return VirtualRack(folder / "desk-rack", reader=reader, durable=False)


def make_agent(
    folder: Path, line: Line, token: str, rack: VirtualRack, connect: Callable[..., Any] | None = None
) -> Agent:
    """An agent that beats by itself no more than it must; `connect` goes between it and the rack."""
    place = VirtualPlace(rack, lambda _seconds: None)
    if connect is not None:
        place.connect = connect  # type: ignore[method-assign]
    return Agent(line, token, place, folder, beats=False)


def drain(agent: Agent, most: int = 50) -> int:
    """Rounds until nothing is to be done; gives how many cards were done."""
    for done in range(most):
        if not agent.once():
            return done
    raise AssertionError("the agent never comes to an end")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free loopback port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Nosy:
    """A line to the server that remembers what went over it, and calls `before` and `after` around each request."""

    def __init__(self, inner: Server, hook: Callable[[str], None] = lambda _place: None) -> None:
        self._inner = inner
        self._hook = hook
        self.said: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []

    def post(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self._hook(f"before {what}")
        answer = self._inner.post(what, body)
        self.said.append((what, dict(body), answer))
        self._hook(f"after {what}")
        return answer


def agree(rack: VirtualRack) -> None:
    """The ledger and the chips say the same: what is ready is made, each serial on one chip, each chip in one row."""
    chips = {entry.uid: entry for entry in rack.cards()}
    serials = [entry.serial for entry in chips.values() if entry.serial]
    assert len(serials) == len(set(serials)), "a serial is on two chips"
    bound = [row.uid for row in rows() if row.uid]
    assert len(bound) == len(set(bound)), "a chip is in two rows"
    for row in rows():
        if row.state in {"ready", "lent"}:
            assert chips[row.uid].serial == row.serial
            assert chips[row.uid].life_cycle is LifeCycle.PERSONALISED
    for entry in chips.values():
        if entry.serial:
            assert any((row.uid, row.serial) == (entry.uid, entry.serial) for row in rows()), "a chip nobody knows of"


def key_store(bench: Bench) -> Any:
    """The portal's own keys."""
    return keys.store(bench.portal.settings)

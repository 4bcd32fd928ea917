"""Agents on real pcscd, vpcd and pyscard, against the real server on loopback."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine, Evaluator
from app.services.agents import desks as cardagents
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.cards import wiping
from app.states import Side
from app.store import database
from hardware.agent import Agent, PcscPlace, Server
from hardware.facts import LifeCycle
from hardware.virtual import VpcdPlug
from tests.device.conftest import wait_until_empty
from tests.fakes.card import FakeCard, PulledCard
from tests.services.cardbench import card_jobs, confirmed, rows, served, waiting
from tests.services.steps import staff
from tests.support.needs import needs
from tests.web.conftest import open_site

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc"), needs("pcsc")]

Put = Callable[..., VpcdPlug]
ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    evaluator = Evaluator(workers=1)
    yield Engine(evaluator, zone=JAPAN)
    evaluator.close()


@pytest.fixture
def desks(tmp_path: Path, engine: Engine) -> Iterator[tuple[Any, Callable[[str, str], Agent]]]:
    """A case that waits for three cards, and `desk(name, reader)`."""
    site = open_site(tmp_path / "portal", engine)
    walker = waiting(site.bench)
    site.app.extensions["nintei"] = walker.portal
    agents: list[Agent] = []
    with served(site.app) as url:

        def desk(name: str, reader: str) -> Agent:
            token = cardagents.add(walker.portal, name, ADMIN)
            place = PcscPlace(reader, lambda _seconds: None)
            agents.append(Agent(Server(url, token), token, place, tmp_path / name))
            return agents[-1]

        yield walker, desk
        for each in agents:
            each.close()


def test_cards_laid_on_a_real_reader_are_made_pulled_finished_returned_and_wiped(
    put: Put, readers: list[str], desks: tuple[Any, Callable[[str, str], Agent]]
) -> None:
    walker, desk = desks
    agent = desk("A", readers[0])
    assert not agent.once(), "the reader is empty"

    first = FakeCard()
    plug = put(first)
    agent._look_again |= agent._place.wait(5)
    agent._look_again = True
    assert agent.once()
    assert first.memory.life_cycle is LifeCycle.PERSONALISED
    assert not agent.once(), "it is done; nothing more is done with it"
    plug.pull()
    wait_until_empty()

    # Pulled in the middle: the same chip is finished at another desk.
    second = FakeCard()
    put(PulledCard(second, 11, done=True))
    agent._look_again = True
    agent.once()
    assert second.memory.life_cycle is LifeCycle.PERSONALISING
    assert [row.state for row in rows()].count("ready") == 1
    plug = put(second, 1)
    other = desk("B", readers[1])
    assert other.once()
    assert second.memory.life_cycle is LifeCycle.PERSONALISED
    plug.pull()
    wait_until_empty()
    assert len(confirmed()) == 2

    # It comes back and is wiped.
    uid = first.memory.uid.hex().upper()
    serial = next(row.serial for row in rows() if row.uid == uid)
    with database.transaction():
        row = next(row for row in rows() if row.serial == serial)
        row.state = "returned"
        row.save()
    wiping.wipe(walker.portal, serial, staff(walker))
    put(first)
    agent._look_again = True
    assert agent.once()
    assert first.memory.life_cycle is LifeCycle.WIPED
    assert next(row.state for row in rows() if row.serial == serial) == "wiped"
    assert not card_jobs("incident")


class Told:
    """A line to nowhere that hands on what an agent says it sees: the card's UID, or the code that says why none."""

    def __init__(self) -> None:
        self.seen: queue.Queue[str] = queue.Queue()

    def post(self, what: str, body: Any) -> dict[str, Any]:
        if what == "beat":
            self.seen.put(body["card"]["uid"] if body["card"] else body["code"])
        return {}

    def until(self, wanted: str) -> None:
        while self.seen.get(timeout=20) != wanted:
            pass


def test_what_is_put_on_or_taken_off_is_told_by_itself(put: Put, readers: list[str], tmp_path: Path) -> None:
    line, stop = Told(), threading.Event()
    agent = Agent(line, "token", PcscPlace(readers[0], stop.wait), tmp_path / "agent")
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    try:
        for _ in range(2):
            card = FakeCard()
            line.until("no_card")
            plug = put(card)
            line.until(card.memory.uid.hex().upper())
            plug.pull()
        line.until("no_card")
    finally:
        stop.set()
        thread.join()
        agent.close()


def test_two_agents_at_two_readers_work_at_once(
    put: Put, readers: list[str], desks: tuple[Any, Callable[[str, str], Agent]]
) -> None:
    _, desk = desks
    chips = [FakeCard(), FakeCard()]
    for slot, chip in enumerate(chips):
        put(chip, slot)
    agents = [desk(name, reader) for name, reader in zip("AB", readers, strict=True)]
    errors: list[BaseException] = []

    def work(agent: Agent) -> None:
        try:
            agent.once()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {chip.memory.life_cycle for chip in chips} == {LifeCycle.PERSONALISED}
    assert len({chip.memory.serial for chip in chips}) == 2
    assert len(confirmed()) == 2

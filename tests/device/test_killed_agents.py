"""Agents are killed at random, two hundred times, while they make, check and wipe cards on real readers. The cards lie
outside them, as real ones do. Ledger and card never disagree, and nothing is written twice."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.errors import Refused
from app.services.agents import desks
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import plan, stock, wiping
from app.states import Side
from app.store import cards, database
from hardware.desk import Desk
from hardware.facts import LifeCycle
from hardware.profiles import layout
from hardware.virtual import VpcdPlug
from tests.device.agents import Nursery
from tests.device.conftest import wait_until_empty
from tests.device.daemon import Daemon
from tests.device.test_agent import engine
from tests.fakes.card import FakeCard
from tests.services.cardbench import card_jobs, events, key_store, rows, served
from tests.services.steps import go, staff, task
from tests.support.needs import needs
from tests.support.network import wait_until
from tests.web.conftest import Site, open_site

__all__ = ["engine"]
pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc"), needs("pcsc")]

KILLS = 200
SEED = 20261124
ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))
WRITES = {layout.INS_UPDATE_BINARY, layout.INS_PUT_DATA, layout.INS_PUT_KEY, layout.INS_SET_STATUS, layout.INS_WIPE}
COMPANIES = [
    {"company_name": f"株式会社みほん{name}", "email": f"{name}@example.com", "system_name": f"みほん{name}"}
    for name in ("ko", "otsu")
]
BEGIN = (layout.INS_SET_STATUS, layout.LIFE_CYCLES[LifeCycle.PERSONALISING])
FINISH = (layout.INS_SET_STATUS, layout.LIFE_CYCLES[LifeCycle.PERSONALISED])


class Trap:
    """Does something at a moment that comes: at the n-th APDU, request or answer since it was set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._act: Callable[[], object] | None = None
        self._kind, self._left = "", 0
        self.sprung = threading.Event()

    def set(self, kind: str, count: int) -> None:
        with self._lock:
            self._act, self._kind, self._left = None, kind, count
            self.sprung.clear()

    def aim(self, act: Callable[[], object]) -> None:
        """What it does. It was set before the process was started: what that did meanwhile counts."""
        with self._lock:
            self._act = act
            if self._left <= 0:
                self._spring()

    def passes(self, kind: str) -> None:
        with self._lock:
            if kind == self._kind:
                self._left -= 1
                if self._left <= 0:
                    self._spring()

    def spring(self) -> None:
        """Now, if it was not before."""
        with self._lock:
            self._spring()

    def _spring(self) -> None:
        if self._act is not None:
            self._act()
            self._act, self._kind = None, ""
            self.sprung.set()


class WatchedCard(FakeCard):
    """A card that tells each APDU to the trap, and notes what it let be written."""

    def __init__(self, trap: Trap) -> None:
        super().__init__()
        self._trap = trap
        self.writes: list[tuple[int, int, int]] = []

    def transmit(self, apdu: bytes) -> bytes:
        answer = super().transmit(apdu)
        if len(apdu) > 4 and apdu[0] & 0x04 and apdu[1] in WRITES and answer[-2:] == b"\x90\x00":
            self.writes.append((apdu[1], apdu[2], apdu[3]))
        self._trap.passes("apdu")
        return answer

    @property
    def uid(self) -> str:
        return self.memory.uid.hex().upper()


@dataclass
class Post:
    """One desk: its reader, its card, the agent's process, and the trap for it."""

    name: str
    reader: str
    token: str
    folder: Path
    card: WatchedCard
    plug: VpcdPlug
    trap: Trap
    hits: Counter[str] = field(default_factory=Counter)


class Clerk:
    """Stands between the agents and the application: springs traps at requests, and has the next job ready when one was
    reported: a made card comes back and is to be wiped, a wiped one is to be made anew."""

    def __init__(self, site: Site, portal: Portal, staff: Actor) -> None:
        self._app, self._portal, self._staff = site.app.wsgi_app, portal, staff
        self._one = threading.RLock()
        self.posts: list[Post] = []
        self.closed = False  # no further jobs

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")[2]
        post = next((each for each in self.posts if each.token == token), None)
        if post is None:
            return list(self._app(environ, start))
        post.trap.passes("request")
        if environ["PATH_INFO"] == "/agent/report":
            with self._one:  # nobody else takes the card that was wiped
                answer = list(self._app(environ, start))
                if not self.closed:
                    self.next_job(post)
        else:
            answer = list(self._app(environ, start))
        post.trap.passes("answer")
        return answer

    def next_job(self, post: Post) -> None:
        with database.transaction():
            row = cards.by_uid(post.card.uid)
            assert row is not None
            if row.state == "ready":
                row.state = "returned"
                row.save()
        with self._one, suppress(Refused):  # refused: it is queued already, the report came too late
            if row.state == "returned":
                wiping.wipe(self._portal, row.serial, self._staff)
            elif row.state == "wiped":
                stock.make(self._portal, row.origin, self._staff, post.name)


def state(card: WatchedCard) -> str:
    with database.connection():
        row = cards.by_uid(card.uid)
    return row.state if row is not None else ""


def serial(card: WatchedCard) -> str:
    return card.memory.serial.decode()


def agree(card: WatchedCard) -> None:
    """What the ledger says of a card whose agent is dead is true of the card."""
    with database.connection():
        row = cards.by_uid(card.uid)
    memory = card.memory
    if row is None:
        assert memory.life_cycle is LifeCycle.BLANK, "a card was begun that the ledger does not know"
        assert card.writes == []
        return
    assert memory.serial.decode() in ("", row.serial)
    if row.state == "ready":
        assert memory.life_cycle is LifeCycle.PERSONALISED
    if row.state == "wiped":
        assert memory.life_cycle is LifeCycle.WIPED
    assert row.state != "quarantined"


def nothing_twice(writes: list[tuple[int, int, int]]) -> tuple[int, int]:
    """How often the card was made and how often it was wiped; in between nothing was written to it twice."""
    made = wiped = 0
    since: list[tuple[int, int, int]] = []
    for write in writes:
        if write[0] == layout.INS_WIPE:
            assert since, "wiped twice"
            wiped, since = wiped + 1, []
            continue
        assert write not in since, f"{write} was written twice"
        assert since or write[:2] == BEGIN
        since.append(write)
        made += write[:2] == FINISH
    return made, wiped


@pytest.fixture
def nursery(tmp_path: Path, pcscd: Daemon) -> Iterator[Nursery]:
    found = Nursery(tmp_path / "agents.log")
    yield found
    found.close()


@dataclass
class Stage:
    """Two cases that wait for three cards each, and for each a desk with a reader and a blank on it."""

    site: Site
    url: str
    clerk: Clerk
    nursery: Nursery
    posts: list[Post]

    def start(self, post: Post, *more: str) -> int:
        """An agent at this desk, with the trap aimed at it."""
        pid = self.nursery.start(
            "--folder", str(post.folder), "--reader", post.reader,
            "agent", "--server", self.url, "--token-file", str(post.folder / "token.txt"), *more,
        )  # fmt: skip
        post.trap.aim(lambda: os.kill(pid, signal.SIGKILL))
        return pid

    def finish(self, post: Post) -> None:
        """An agent that does what can be done now, and ends."""
        assert self.end(self.start(post, "--once")) == 0

    def end(self, pid: int) -> int:
        return self.nursery.wait(pid)


@pytest.fixture
def stage(
    tmp_path: Path, engine: Engine, nursery: Nursery, readers: list[str], put: Callable[..., VpcdPlug]
) -> Iterator[Stage]:
    site = open_site(tmp_path / "portal", engine)
    walkers = [go(site.bench, until="post_test_cards", application=each) for each in COMPANIES]
    portal = walkers[0].portal
    site.app.extensions["nintei"] = portal
    clerk = Clerk(site, portal, staff(walkers[0]))
    site.app.wsgi_app = clerk  # type: ignore[method-assign]
    for slot, (name, walker) in enumerate(zip("AB", walkers, strict=True)):
        folder = tmp_path / name
        folder.mkdir()
        token = desks.add(portal, name, ADMIN)
        stock.make(portal, task(walker, "post_test_cards").id, staff(walker), name)
        (folder / "token.txt").write_text(token)
        trap = Trap()
        card = WatchedCard(trap)
        clerk.posts.append(Post(name, readers[slot], token, folder, card, put(card, slot), trap))
    with served(site.app) as url:
        yield Stage(site, url, clerk, nursery, clerk.posts)


def kill_again_and_again(stage: Stage, post: Post, chance: random.Random, times: int) -> None:
    for _ in range(times):
        moment = chance.choice(("apdu", "apdu", "request", "answer", "any"))
        count = chance.randint(1, 70 if moment == "apdu" else 10)
        later = chance.uniform(0, 0.3)
        post.trap.set(moment, count)
        pid = stage.start(post)
        if not post.trap.sprung.wait(later if moment == "any" else 5):
            post.trap.spring()
        assert stage.end(pid) == -signal.SIGKILL, "it ended by itself"
        post.hits[f"{moment}, card {post.card.memory.life_cycle}"] += 1
        agree(post.card)


def test_agents_killed_two_hundred_times_never_write_twice_nor_disagree_with_the_ledger(
    stage: Stage, put: Callable[..., VpcdPlug]
) -> None:
    errors: list[BaseException] = []

    def work(post: Post, seed: int) -> None:
        try:
            kill_again_and_again(stage, post, random.Random(seed), KILLS // len(stage.posts))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(post, SEED + number)) for number, post in enumerate(stage.posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    hits = sum((post.hits for post in stage.posts), Counter())
    assert sum(hits.values()) == KILLS
    for life_cycle in ("personalising", "personalised", "wiped"):
        assert any(life_cycle in moment for moment in hits), hits

    stage.clerk.closed = True
    for post in stage.posts:
        post.trap.set("never", 1)
        while state(post.card) != "ready":
            stage.finish(post)
            if state(post.card) == "wiped":
                stage.clerk.next_job(post)
        agree(post.card)
        made, wiped = nothing_twice(post.card.writes)
        done = Counter(act for act, phase in events(serial(post.card)) if phase == "confirmed")
        assert (made, wiped) == (done["personalise"], done["wipe"])
        assert made > KILLS // 20, "they worked while they were killed"
    made_cards = [post.card for post in stage.posts]
    for _ in range(2):  # those of each case that nobody began yet
        for slot, post in enumerate(stage.posts):
            post.plug.pull()
            wait_until_empty(post.reader)
            post.card = WatchedCard(post.trap)
            post.plug = put(post.card, slot)
            stage.finish(post)
            made_cards.append(post.card)
    assert [row.state for row in rows()] == ["ready"] * 6
    assert {job.state for job in card_jobs("queued", "running", "incident", "done", "cancelled")} == {"done"}
    for card in made_cards:
        Desk(card.connect, key_store(stage.site.bench)).verify(plan.plan_of(serial(card), 1))


def test_an_agent_outlives_the_card_service_and_finishes_its_card(
    stage: Stage, pcscd: Daemon, put: Callable[..., VpcdPlug]
) -> None:
    post = stage.posts[0]
    stage.clerk.closed = True
    post.trap.set("apdu", 15)
    pid = stage.start(post)
    post.trap.aim(lambda: pcscd.kill(signal.SIGKILL))
    assert post.trap.sprung.wait(30)
    assert post.card.memory.life_cycle is LifeCycle.PERSONALISING
    pcscd.start()
    put(post.card)
    wait_until(lambda: state(post.card) == "ready", 30, "the card")
    assert nothing_twice(post.card.writes) == (1, 0)
    os.kill(pid, signal.SIGKILL)
    assert stage.end(pid) == -signal.SIGKILL

"""From the moment a card is put on a reader, or taken off, to the moment when the open desk page says so.

    python -m tests.bench.insert_to_page

Real pcscd, vpcd and pyscard, an agent in a process of its own, the portal by waitress in others, and Chromium. A
monitor beside the agent notes when PC/SC tells the event; the page notes when its text changes. *other process*: the
page waits at one web process while the agent reports to another. *from the hand* includes pcscd, which looks for cards
every 400 ms. Then what pages that wait cost others: the time of a plain request while 0, 20 and 40 of them wait.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from app.main import open_portal
from app.services.agents import desks
from app.services.base.actors import Actor
from app.services.people import accounts
from app.states import Side
from config import settings as config
from hardware import pcsc
from hardware.errors import CardError
from hardware.pcsc import EventKind
from tests.device.daemon import Daemon
from tests.fakes.card import FakeCard
from tests.support import server
from tests.support.browser import browser
from tests.support.needs import lacking
from tests.support.network import free_port, wait_until

ROUNDS = 25
FROM_THE_HAND = "inserted, from the hand"
PASSWORD = "a password for the bench"
PERSON = "desk@nintei.example"
WATCH = """
() => {
  window.seen = [];
  const note = () => window.seen.push([Date.now(), document.querySelector("#desks-live").innerText]);
  new MutationObserver(note).observe(document.querySelector("#desks-live"), {childList: true, subtree: true});
}
"""


def portal(folder: Path, ports: list[int]) -> tuple[list[dict[str, str]], str]:
    """Settings of web processes over one new database with one person and one desk; and the desk's token."""
    secret = "only for this bench, long enough to be one"
    environments = [
        server.settings_for(folder, port, secret_key=secret, card_key=secret[::-1], card_reader="agent")
        for port in ports
    ]
    opened = open_portal(config.load(environments[0]))
    accounts.add_staff(opened, PERSON, "窓口 一", ["operator", "administrator"], PASSWORD)
    token = desks.add(opened, "窓口1", Actor(None, "bench", Side.OPERATOR, frozenset({"administrator"})))
    opened.engine.close()
    return environments, token


@contextmanager
def served(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    url = environment["NINTEI_BASE_URL"]
    process = server.start(["serve"], environment, folder / f"web-{environment['NINTEI_PORT']}.log", url)
    try:
        process.wait_ready()
        yield url
    finally:
        process.stop()


class Events:
    """When PC/SC told what happened at the reader (seconds, as time.time tells)."""

    def __init__(self) -> None:
        self._monitor = pcsc.Monitor()
        self._monitor.poll(0)
        self._times: list[tuple[float, str]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(CardError):  # the daemon ends before we do
            for event in self._monitor.events():
                self._times.append((time.time(), event.kind.value))

    def next(self, kind: EventKind, act: Callable[[], Any]) -> tuple[float, Any]:
        """Do `act`; the time of the event that comes of it, and what the act gave."""
        before = len(self._times)
        given = act()

        def told() -> list[float]:
            return [at for at, what in self._times[before:] if what == kind]

        wait_until(lambda: bool(told()), 10, kind, 0.01)
        return told()[0], given


def measure(page: Any, daemon: Daemon, events: Events, rounds: int) -> dict[str, list[float]]:
    """Milliseconds until the page shows it, from the event (inserted, removed) and from the hand."""
    took: dict[str, list[float]] = {"inserted": [], "removed": [], FROM_THE_HAND: []}
    for _ in range(rounds):
        card = FakeCard()
        uid = card.memory.uid.hex().upper()
        page.evaluate("() => { window.seen.length = 0; }")
        hand = time.time()
        at, plug = events.next(EventKind.INSERTED, lambda card=card: daemon.plug(card))
        shown = seen(page, lambda text, uid=uid: uid in text)
        took["inserted"].append(shown - at * 1000)
        took[FROM_THE_HAND].append(shown - hand * 1000)
        page.evaluate("() => { window.seen.length = 0; }")
        at, _ = events.next(EventKind.REMOVED, plug.pull)
        took["removed"].append(seen(page, lambda text, uid=uid: uid not in text) - at * 1000)
    return took


def seen(page: Any, shows: Callable[[str], bool]) -> float:
    """When the page's text was first so, in milliseconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for at, text in page.evaluate("() => window.seen"):
            if shows(text):
                return float(at)
        time.sleep(0.02)
    raise TimeoutError("the page never shows the card")


def told(name: str, took: list[float], aim: str = "") -> None:
    ranked = sorted(took)
    p95 = ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]
    print(f"  {name}: median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, most {ranked[-1]:.0f} ms{aim}")


def pages(folder: Path) -> None:
    pcscd = Path(tempfile.mkdtemp(prefix="pcscd-"))
    os.environ["PCSCLITE_CSOCK_NAME"] = str(pcscd / "pcscd.comm")
    daemon = Daemon(pcscd)
    environments, token = portal(folder, [free_port(), free_port()])
    (folder / "token.txt").write_text(token)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, pcscd, ignore_errors=True)
        daemon.start()
        stack.callback(daemon.kill)
        urls = [stack.enter_context(served(folder, environment)) for environment in environments]
        events = Events()
        agent = server.start(
            ["card", "agent", "--server", urls[0], "--token-file", str(folder / "token.txt")],
            {**environments[0], "NINTEI_DATA_DIR": str(folder / "desk")},
            folder / "agent.log",
        )
        stack.callback(agent.stop)
        opened = stack.enter_context(browser())
        for name, url in (("one process", urls[0]), ("other process", urls[1])):
            page = opened.new_page()
            sign_in(page, url)
            page.goto(f"{url}/cards")
            page.evaluate(WATCH)
            took = measure(page, daemon, events, ROUNDS)
            for kind, times in took.items():
                told(f"{name}, {kind}", times, "" if kind == FROM_THE_HAND else " (aim 300)")
            if url == urls[0]:
                starve(url, page)
            page.close()


def sign_in(page: Any, url: str) -> None:
    page.goto(f"{url}/login")
    page.fill("#email", PERSON)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_load_state()


def starve(url: str, page: Any) -> None:
    """What a plain request takes while pages wait."""
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())

    def ask(path: str) -> bytes:
        request = urllib.request.Request(f"{url}{path}", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    stop = threading.Event()

    def waits() -> None:
        word = ""
        while not stop.is_set():
            said = json.loads(ask(f"/cards/news?after={word}"))
            word = said["word"]
            stop.wait(said["pause"])

    started = 0
    for count in (0, 20, 40):
        for _ in range(count - started):
            threading.Thread(target=waits, daemon=True).start()
        started = count
        time.sleep(2)
        took = []
        for _ in range(40):
            begin = time.perf_counter()
            ask("/cards")
            took.append((time.perf_counter() - begin) * 1000)
        ranked = sorted(took)
        print(f"  {count} pages wait: /cards in {statistics.median(took):.0f} ms, p95 {ranked[37]:.0f} ms")
    stop.set()


def main() -> None:
    missing = [reason for reason in (lacking("pcsc"), lacking("chromium")) if reason]
    if missing:
        print(f"  not measured: {'; '.join(missing)}")
        return
    with tempfile.TemporaryDirectory() as folder:
        pages(Path(folder))


if __name__ == "__main__":
    main()

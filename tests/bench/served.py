"""Tasks a second that a running portal serves: one and two web processes, SQLite and PostgreSQL.

    python -m tests.bench.served

Each of eight people does one task after the other in five requests (list, form, press, check, sending), as fast as they
are answered, over HTTP. The clients run on the same machine: their own CPU is stated beside what the portal took, and
is what a real browser would spend elsewhere.
"""

from __future__ import annotations

import http.client
import os
import queue
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil

from app.main import open_portal
from app.services.packages import folders, terms
from app.services.people import accounts
from app.store import database
from config import settings as config
from tests.bench import thirty
from tests.bench.service_step import new_case, open_task
from tests.support.network import free_port
from tests.support.postgres import cluster
from tests.support.server import Server, run_server, settings_for

CASES = 240
PEOPLE = 8
WARM = 24  # tasks that are not counted: what a process keeps is not there yet
PASSWORD = "a password for the bench"
COOKIE = re.compile(r"^([^=]+)=([^;]*)")
HIDDEN = re.compile(r'name="(csrf_token|revision)"[^>]*value="([^"]*)"')


class Person:
    """A member of the staff with a connection of their own, and no browser."""

    def __init__(self, url: str, email: str) -> None:
        parts = urlsplit(url)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
        self.cookies: dict[str, str] = {}
        self.hidden: dict[str, str] = {}
        self.ask("GET", "/login")
        answer = self.ask("POST", "/login", email=email, password=PASSWORD)
        assert answer.status in (302, 303), answer.status

    def ask(self, method: str, path: str, **fields: str) -> http.client.HTTPResponse:
        """One request; what its page hides in its form goes with the next."""
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html"}
        body = None
        if method == "POST":
            body = urlencode({**self.hidden, **fields})
            head["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, path, body, head)
        answer = self.line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for given in answer.headers.get_all("Set-Cookie") or ():
            if found := COOKIE.match(given):
                self.cookies[found[1]] = found[2]
        if found_fields := dict(HIDDEN.findall(text)):
            self.hidden = found_fields
        assert answer.status < 400, (method, path, answer.status, text[:400])
        return answer

    def do(self, task: str) -> None:
        """The five requests."""
        self.ask("GET", "/tasks")
        self.ask("GET", f"/tasks/{task}")
        pressed = self.ask("POST", f"/tasks/{task}", action="check", remark="ok")
        assert pressed.status == 303, pressed.status
        self.ask("GET", f"/tasks/{task}/check")
        sent = self.ask("POST", f"/tasks/{task}/check")
        assert sent.status == 303, sent.status


@dataclass
class Served:
    """What came of it: tasks a second, and seconds of a processor that a task took of the portal and of its client."""

    rate: float
    portal: float
    client: float


def settled(folder: Path, url: str) -> tuple[dict[str, str], list[str], list[str]]:
    """A portal with cases in it: its settings, the ids of the open tasks, and who does them."""
    packages = thirty.write(folder / "packages").parent
    environment = settings_for(folder, free_port(), packages_dir=str(packages), database_url=url)
    portal = open_portal(config.load(environment))
    terms.put(portal, folders.read(packages / "thirty"), terms.Act("bench"), None)
    people = [f"bench{number}@example.jp" for number in range(PEOPLE)]
    for email in people:
        accounts.add_staff(portal, email, "Bench", ["operator"], PASSWORD)
    tasks = [open_task(new_case(portal)) for _ in range(CASES)]
    portal.engine.close()
    database.proxy.obj.close_all()
    return environment, tasks, people


def processor(server: Server) -> float:
    """Seconds that the portal's processes have used."""
    root = psutil.Process(server.pid)
    used = [each.cpu_times() for each in (root, *root.children(recursive=True))]
    return sum(each.user + each.system for each in used)


def served(folder: Path, url: str, processes: int) -> Served:
    environment, tasks, emails = settled(folder, url)
    more = {name.removeprefix("NINTEI_").lower(): value for name, value in environment.items()}
    for own in ("data_dir", "port", "base_url"):
        more.pop(own)
    with run_server(folder, **{**more, "web_processes": str(processes)}) as server:
        people = [Person(server.url, email) for email in emails]
        ahead: queue.SimpleQueue[str] = queue.SimpleQueue()

        def work(person: Person) -> None:
            while True:
                try:
                    task = ahead.get_nowait()
                except queue.Empty:
                    return
                person.do(task)

        def all_of(some: list[str]) -> None:
            for task in some:
                ahead.put(task)
            threads = [threading.Thread(target=work, args=(person,)) for person in people]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        all_of(tasks[:WARM])
        before, own, began = processor(server), time.process_time(), time.perf_counter()
        all_of(tasks[WARM:])
        took, count = time.perf_counter() - began, len(tasks) - WARM
        return Served(count / took, (processor(server) - before) / count, (time.process_time() - own) / count)


@contextmanager
def databases(folder: Path) -> Iterator[Iterator[tuple[str, str]]]:
    """The URL of a fresh database of each kind, for one and for two processes."""
    with cluster() as running:
        yield iter(
            [("SQLite", f"sqlite:///{folder}/{n}/data/nintei.db") for n in (1, 2)]
            + [("PostgreSQL", running.new_database()) for _ in (1, 2)]
        )


def main() -> None:
    print(f"  {os.cpu_count()} cores, Python {sys.version.split()[0]}, {PEOPLE} people, {CASES - WARM} tasks")
    print(f"  {'':12} web processes  tasks/s   portal CPU ms a task   clients' CPU ms a task")
    with tempfile.TemporaryDirectory() as place, databases(Path(place)) as urls:
        for number, (name, url) in enumerate(urls):
            folder = Path(place) / str(number % 2 + 1 if name == "SQLite" else f"p{number}")
            (folder / "data").mkdir(parents=True)
            found = served(folder, url, number % 2 + 1)
            print(
                f"  {name:12} {number % 2 + 1:13}  {found.rate:7.1f}   {found.portal * 1000:20.1f}   "
                f"{found.client * 1000:22.1f}"
            )


if __name__ == "__main__":
    main()

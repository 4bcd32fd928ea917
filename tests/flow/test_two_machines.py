"""The demo on two machines with a folder each and none in common: PostgreSQL and a bucket are all that they share. One
is killed with a job in its hands."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from app import catalogue
from app.engine import Engine
from app.services.base.leases import LEASE_SECONDS
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.demo.walker import PASSWORD
from app.services.packages import folders, terms
from app.store import database
from app.store.blobs import Blobs
from config import settings as config
from tests.flow.driver import APPLICATION, Operator, Vendor
from tests.flow.place import SECRET, Clock
from tests.flow.visitor import Visitor
from tests.services.conftest import engine
from tests.support import bucket, demo, needs
from tests.support import server as servers
from tests.support.mail import Mailbox
from tests.support.network import free_port, wait_until
from tests.support.postgres import Postgres

pytestmark = [pytest.mark.postgres, needs.needs("postgres"), pytest.mark.xdist_group("two-machines")]
SATO = "sato@nintei.example"
PACKAGE = "ccus_api_certification"
__all__ = ["engine"]


@dataclass
class Both:
    """Two machines, and what they share."""

    url: str
    clock: Clock
    mail: Mailbox
    silent: socket.socket  # listens where the mail server will be, and says nothing
    machines: list[servers.Server] = field(default_factory=list)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.url)) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[arg-type]  # of this file alone

    def someone(self, machine: int, email: str) -> Operator:
        return Operator(Visitor(self.machines[machine].url), cast("Any", None), self.clock, email)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Postgres) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("machines")
    url, storage = postgres_cluster.new_database(), bucket.settings_of_new()
    silent = socket.create_server(("127.0.0.1", 0))
    mail = Mailbox()
    mail.url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
    found = Both(url, Clock(folder / "clock.txt"), mail, silent)
    packages = demo.short(folder / "packages", {1})  # one case is demo enough here
    common = {
        "packages_dir": str(packages),
        "database_url": url, "mail_url": f"{mail.url}?timeout=290", "secret_key": SECRET, "card_key": SECRET[::-1],
        "clock_file": str(folder / "clock.txt"), "stop_seconds": "5", "plays": "0", "web_threads": "4", **storage,
    }  # fmt: skip
    try:
        for name in ("one", "two"):  # each with a data folder of its own
            settings = servers.settings_for(folder / name, free_port(), **common)
            if (
                found.machines
            ):  # the mark of a demo, and its secrets, as whoever sets up another machine takes them along
                (folder / name / "data").mkdir(parents=True)
                shutil.copy(folder / "one" / "data" / "demo-secrets.toml", folder / name / "data")
            server = servers.start(["run", "--demo"], settings, folder / name / "log", settings["NINTEI_BASE_URL"])
            found.machines.append(server)
            wait_until(partial(_ready, server), 240, f"the start of {name}: {server.said()[-300:]}")
        yield found
    finally:
        for machine in found.machines:
            machine.stop()
        silent.close()
        mail.close()
        postgres_cluster.drop(url)


def _ready(server: servers.Server) -> bool:
    assert server.process.poll() is None, server.said()
    with suppress(OSError):
        return Visitor(server.url).get("/readyz").status == 200
    return False


def family(server: servers.Server) -> set[int]:
    return {server.pid, *(child.pid for child in psutil.Process(server.pid).children(recursive=True))}


def test_what_one_machine_stored_the_other_shows(both: Both) -> None:
    """The demo was loaded by the first, with its papers; a person who signed in there is signed in here."""
    ((number, case_id, document, size),) = both.ask(
        'SELECT c.number, c.id, d.id, d.size FROM "case" c JOIN document d ON d.case_id = c.id '
        "WHERE d.draft = false AND d.mime = 'application/pdf' ORDER BY c.id, d.id LIMIT 1"
    )
    for machine in (0, 1):
        staff = both.someone(machine, SATO)
        staff.sign_in(PASSWORD)
        page = staff.get(f"/cases/{number}/documents/{document}")
        assert (page.status, len(page.content)) == (200, size)
    data = [Path(str(machine.log)).parent / "data" for machine in both.machines]
    assert case_id and not any(list(each.glob("blobs/??/*")) for each in data), "nothing lies in a folder of their own"


@contextmanager
def mails_go_out(both: Both) -> Iterator[None]:
    """Meanwhile the mail server speaks; it is silent again when all has gone out."""
    port = both.silent.getsockname()[1]
    both.silent.close()
    wait_until(lambda: _listens(both.mail), 30, "the mail server's port")
    try:
        yield
        waiting = "SELECT 1 FROM job WHERE operator = 'mail' AND state IN ('queued', 'running')"
        wait_until(lambda: not both.ask(waiting), 120, "the end of all mails")
    finally:
        both.mail.close()
        both.silent = socket.create_server(("127.0.0.1", port))


def test_what_is_put_in_force_holds_from_its_second_on_at_both(both: Both, engine: Engine, tmp_path: Path) -> None:
    """施行日, and an earlier release that is put in force again: no process is told of it, each asks its clock."""
    settings = config.load(
        {"NINTEI_DATA_DIR": str(tmp_path), "NINTEI_SECRET_KEY": SECRET, "NINTEI_DATABASE_URL": both.url}
    )
    database.connect(both.url)
    portal = Portal(settings, both.clock, engine, Releases(engine, both.clock), Blobs(tmp_path / "blobs"), tmp_path)
    first = folders.read(Path(str(both.machines[0].log)).parents[1] / "packages" / PACKAGE)
    files = dict(first.files)
    files["mail/new-message.md"] += "\n今後ともよろしくお願いいたします。\n".encode()
    day = both.clock.now() + timedelta(days=2)
    put = terms.put(portal, catalogue.from_files(files), terms.Act("分析 花子", from_at=day), None)
    assert (put.number, put.term.state) == (2, "planned")

    def begun() -> list[int]:
        """On which release a case begins that is asked for at each machine now."""
        found = []
        for place, machine in enumerate(both.machines):
            email = f"day{both.clock.now().timestamp():.0f}-{place}@vendor.example.jp"
            number = Vendor(Visitor(machine.url), cast("Any", None), both.clock, email).apply(APPLICATION)
            [(release,)] = both.ask(
                'SELECT r.number FROM "case" c JOIN release r ON r.id = c.release_id WHERE c.number = %s', number
            )
            found.append(release)
        return found

    with mails_go_out(both):
        assert begun() == [1, 1]
        both.clock.set(day + timedelta(seconds=1))
        assert begun() == [2, 2]
        back = both.clock.now() + timedelta(hours=1)
        put = terms.put(portal, first, terms.Act("管理 太郎", source=terms.RESTORE, from_at=back), None)
        assert (put.number, put.again, put.term.state) == (1, True, "planned")
        assert begun() == [2, 2]
        both.clock.set(back + timedelta(seconds=1))
        assert begun() == [1, 1]
    for process in (machine.process for machine in both.machines):
        assert process.poll() is None, "nobody was started anew"


def test_one_is_killed_with_a_job_in_its_hands_and_the_other_does_it_within_twice_the_lease(both: Both) -> None:
    vendor = Vendor(Visitor(both.machines[1].url), cast("Any", None), both.clock, "new@vendor.example.jp")
    number = vendor.apply(APPLICATION)
    job = 'SELECT j.id, j.worker FROM job j JOIN "case" c ON c.id = j.case_id WHERE c.number = %s AND j.state = %s'
    wait_until(lambda: bool(both.ask(job, number, "running")), 60, "a worker that waits for the mail server")
    ((job_id, worker),) = both.ask(job, number, "running")
    holder = int(str(worker).rpartition(":")[2])
    dying = next(machine for machine in both.machines if holder in family(machine))
    other = next(machine for machine in both.machines if machine is not dying)
    dying.kill()
    killed = both.clock.now()
    both.silent.close()
    wait_until(lambda: _listens(both.mail), 30, "the mail server's port")

    def done() -> bool:
        if both.clock.now() - killed < timedelta(seconds=2 * LEASE_SECONDS - 20):
            both.clock.ahead(seconds=10)  # the portal's time passes, and nobody has to wait for it
        return bool(both.ask("SELECT 1 FROM job WHERE id = %s AND state = 'done'", job_id))

    wait_until(done, 60, "the job's end")
    ((finished, attempts, by),) = both.ask("SELECT finished_at, attempts, worker FROM job WHERE id = %s", job_id)
    assert finished - killed.replace(tzinfo=None) <= timedelta(seconds=2 * LEASE_SECONDS)
    assert (attempts >= 2, int(str(by).rpartition(":")[2]) in family(other)) == (True, True)
    sent = [mail for mail in both.mail.messages if "new@vendor.example.jp" in str(mail["To"])]
    assert len(sent) == 1
    assert number in str(sent[0]) or re.search(r"/enter/", str(sent[0].get_body(("plain",))))
    assert urlsplit(other.url).port and Visitor(other.url).get("/systems").status == 200


def _listens(mail: Mailbox) -> bool:
    try:
        mail.listen()
    except OSError:  # the port is still in somebody's hands
        return False
    return True

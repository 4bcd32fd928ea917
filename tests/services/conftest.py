"""A portal over a throw-away database, with a mailbox and a printer that take no time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine, Evaluator
from app.services.base import versions
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.cards.making import CardDesk
from app.services.demo.walker import Walker
from app.services.packages import folders, terms
from app.services.people import accounts
from app.services.process import jobs
from app.services.process.outside import Outside
from app.store import database
from app.store.blobs import Blobs
from config import settings as config
from tests.fakes.mailbox import Mailbox
from tests.fakes.printer import FakePrinter
from tests.services import templates, walks

BPMN = Path(__file__).parents[2] / "bpmn"
PACKAGES = Path(__file__).parents[1] / "packages"
SECRET = "a secret of the tests, long enough"
APPLICATION = {
    "company_name": "株式会社みほん建設システム",
    "contact_name": "例 一郎",
    "contact_kana": "レイ イチロウ",
    "email": "ichiro.rei@example.com",
    "phone": "03-1234-5678",
    "system_name": "みほん入退場システム",
    "consent": True,
}


@dataclass
class Bench:
    """One portal and what it did outside."""

    portal: Portal
    mailbox: Mailbox = field(default_factory=Mailbox)
    printer: FakePrinter = field(default_factory=FakePrinter)
    pokes: list[int] = field(default_factory=list)
    walks: Path | None = None  # where walks of this run are kept, for who begins with one
    begun: Any = None  # what the bench was like when it was opened

    def ready(self, folder: Path | None) -> Bench:
        """The same, whose case may begin where another test's has led (tests/services/walks.py)."""
        self.walks, self.begun = folder, None if folder is None else walks.state(self)
        return self

    def hands(self, portal: Portal) -> Outside:
        desk = CardDesk(portal.settings, "virtual")
        return Outside(portal, self.mailbox, self.printer, desk, sign=lambda pdf, *_args, **_more: pdf)  # type: ignore[arg-type]

    def drain(self, portal: Portal | None = None, most: int = 500) -> list[str]:
        """Do every job that is due; gives their states."""
        place = portal or self.portal
        hands, states = self.hands(place), []
        while len(states) < most and (job := jobs.lease(place, "test")) is not None:
            states.append(jobs.perform(place, hands, job))
        return states

    def walker(self, **plan: Any) -> Walker:
        """A case that can be walked along a scenario; its clock starts some days ago and may go anywhere."""
        loaded = self.portal.releases.current("ccus_api_certification")
        application = {**APPLICATION, **plan.pop("application", {})}
        walker = Walker(self.portal, loaded, {"application": application, **plan}, STAFF, self.hands)
        walker.unlimited()
        return walker


STAFF = ["sato@example.jp", "suzuki@example.jp", "tanaka@example.jp"]


class StillClock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def open_bench(folder: Path, url: str, engine: Engine, packages_dir: Path, moment: datetime | None = None) -> Bench:
    """A portal with staff and the packages of the folder, or what is there already; `moment`: the time there."""
    settings = config.load(
        {
            "NINTEI_DATA_DIR": str(folder),
            "NINTEI_DATABASE_URL": url,
            "NINTEI_SECRET_KEY": SECRET,
            "NINTEI_CARD_KEY": SECRET[::-1],
            "NINTEI_PACKAGES_DIR": str(packages_dir),
            "NINTEI_PACKAGES_WRITE": "no",  # it is the repository's own folder
            "NINTEI_RECALL": "no",  # a test that looks at what lies still for a while asks for it
        }
    )
    # What tests share was begun at one time for all of them: who begins at another time begins alone.
    shared = moment is None and packages_dir in (BPMN, PACKAGES)
    there = Path(url.removeprefix("sqlite:///")).exists()
    begun = there or (shared and templates.copy_to(url, packages_dir))
    alone = walks.folder_now() if shared and not there and url == f"sqlite:///{folder}/{walks.DATABASE}" else None
    versions.prepare(database.connect(settings.database_url))
    clock = StillClock() if moment is None else StillClock(moment)
    releases = templates.KnownReleases(engine, clock)
    portal = Portal(settings, clock, engine, releases, Blobs(folder / "blobs"), folder)
    if begun:
        return Bench(portal).ready(alone)
    for each in folders.folders(packages_dir):  # what it must pass before a release has tests of its own
        terms.put(portal, folders.read(each), terms.Act("tests"), None)
    for number, email in enumerate(STAFF, 1):
        accounts.add_staff(portal, email, f"担当 {number}", ["operator"], "a password for tests")
    if shared:
        templates.keep(url, packages_dir)
    return Bench(portal).ready(alone)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    evaluator = Evaluator(workers=1)
    yield Engine(evaluator, zone=JAPAN)
    evaluator.close()


@pytest.fixture
def bench(tmp_path: Path, engine: Engine) -> Bench:
    """The CCUS package on SQLite."""
    return open_bench(tmp_path, f"sqlite:///{tmp_path}/nintei.db", engine, BPMN)


@pytest.fixture
def small_bench(tmp_path: Path, engine: Engine) -> Bench:
    """The three-step package on SQLite."""
    return open_bench(tmp_path, f"sqlite:///{tmp_path}/nintei.db", engine, PACKAGES)


@pytest.fixture
def make_bench(tmp_path: Path, engine: Engine) -> Callable[[str], Bench]:
    """A bench over any database."""
    return lambda url: open_bench(tmp_path, url, engine, BPMN)

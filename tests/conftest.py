"""Fixtures that any test may ask for, and the list of what could not run here."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from app.text.memo import Memo
from tests.services import walks
from tests.support import loaded, mail, network, order, quick, state
from tests.support import server as servers
from tests.support.needs import chromium_path, require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.postgres import Postgres

# The same examples in each run: a red build can be run again. Time is not asserted on a shared machine.
hypothesis.settings.register_profile("nintei", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("nintei")

quick.install()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All workers of a run (pytest-xdist) take the copies of `nintei` that they start from one process."""
    node.workerinput["loaded"] = loaded.here()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        loaded.share(config.workerinput["loaded"])


@pytest.fixture(autouse=True, scope="session")
def _read_once() -> Iterator[None]:
    """What was read of a file of a package is read once in this process, as the designer does it while one draws
    (tests/text/test_memo.py says that it is the same): most tests have the shipped package with one file changed."""
    with Memo(256 * 1024 * 1024).used():
        yield


@pytest.fixture(autouse=True, scope="module")
def _module_alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """No module of tests leaves anything in this process to the next (tests/support/state.py)."""
    with state.kept(), walks.kept_in(walks.of(request)):
        yield


@pytest.fixture(autouse=True)
def _test_alone(_module_alone: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves anything to the next but what their module shares."""
    with state.kept(), walks.kept_in(walks.of(request)):
        yield


@pytest.fixture
def free_port() -> Callable[[], int]:
    return network.free_port


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Postgres]:
    """One throw-away PostgreSQL for each test worker."""
    require("postgres")
    from tests.support.postgres import cluster

    with cluster() as running:
        yield running


@pytest.fixture
def postgres(postgres_cluster: Postgres) -> Iterator[str]:
    """The URL of an empty database."""
    url = postgres_cluster.new_database()
    yield url
    postgres_cluster.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind: what several processes do at once is tried on both."""
    yield f"sqlite:///{tmp_path}/nintei.db" if request.param == "sqlite" else request.getfixturevalue("postgres")
    from app.store import database

    if database.proxy.obj is not None:
        database.proxy.obj.close_all()


@pytest.fixture
def smtp() -> Iterator[mail.Mailbox]:
    """A mail server that keeps what it gets; `smtp.url` is for NINTEI_MAIL_URL."""
    with mail.mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of Debian's browser."""
    require("chromium")
    path = chromium_path()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """One headless browser for each test worker."""
    from tests.support.browser import browser as running

    with running() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without a past, as a reader in Japan sees it; an error in its scripts fails the test."""
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors, f"errors in the page's scripts: {errors}"


@pytest.fixture
def run_server(tmp_path: Path) -> Iterator[Callable[..., servers.Server]]:
    """`run_server("--demo", mail_url=smtp.url)` starts a portal under tmp_path, ready to answer."""
    with ExitStack() as stack:
        yield lambda *arguments, **more: stack.enter_context(servers.run_server(tmp_path, *arguments, **more))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep tests of one `xdist_group` on one worker, and begin with the longest (tests/support/order.py).

    pytest-xdist 3.8 says the group by writing `_nodeid`, which pytest 9.2 no longer reads; without this each worker
    would start the servers of every group.
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        if item.get_closest_marker("xdist_group") is None and _share(item):
            item.add_marker(pytest.mark.xdist_group(f"{order.MODULE}{item.nodeid.partition('::')[0]}"))
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and not item.nodeid.endswith(f"@{mark.args[0]}"):
            item._id = type(item._id).parse(f"{item.nodeid}@{mark.args[0]}")  # type: ignore[attr-defined]  # as above
    items[:] = order.arranged(items)


def pytest_collection_finish() -> None:
    """What is there by now stays till the end: nobody looks through it for garbage, now or later."""
    gc.freeze()


def _share(item: pytest.Item) -> bool:
    """Whether the tests of its module share something that is made once for all of them: then one worker has them all,
    in the order in which they are written."""
    found = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
    return any(definition.scope == "module" for each in found for definition in each)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name each part that was skipped, and why; and which lints failed before the tests (check.py)."""
    parts = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if parts:
        terminalreporter.section("not run here")
        for reason, count in sorted(parts.items()):
            terminalreporter.line(f"{reason} — {count} test{'s' if count > 1 else ''}")
        if os.environ.get("CI") == "true":
            terminalreporter.line("CI=true: nothing may be skipped, so this run has failed.", red=True)
    if lints := os.environ.get("FAILED_LINTS"):
        terminalreporter.section("failed before the tests")
        terminalreporter.line(f"{lints} (make lint)", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    on_worker = hasattr(session.config, "workerinput")
    if on_worker or reporter is None or exitstatus != pytest.ExitCode.OK:
        return
    if os.environ.get("CI") == "true" and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _reason(report: pytest.TestReport) -> str:
    where = report.longrepr
    text = str(where[2]) if isinstance(where, tuple) else str(where)
    return text.removeprefix("Skipped: ")

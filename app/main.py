"""The only wiring: settings become a portal, the portal meets web, admin, worker and command line."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any

import waitress
from flask import Flask

from admin import add_admin
from app import catalogue, web
from app.cli import commands, lifeline, playchild
from app.cli.language import translator
from app.cli.wiring import Wiring
from app.connectors import inbox, mailserver
from app.connectors.mail import Mailer
from app.connectors.pdf import Printer
from app.engine import Engine, Evaluator
from app.errors import Refused
from app.services.agents import news
from app.services.base import versions
from app.services.base.businessdays import JAPAN
from app.services.base.leases import Leased
from app.services.base.portal import Portal
from app.services.base.releases import Releases
from app.services.cards.making import CardDesk
from app.services.demo import fence
from app.services.demo.walker import PASSWORD
from app.services.exports import large
from app.services.exports.large import Export
from app.services.exports.sheet import Sheet
from app.services.mailroom import receive
from app.services.plays.box import Box
from app.services.plays.playclock import PlayClock
from app.services.plays.stage import Stage
from app.services.process.outside import Outside
from app.services.signin import passwords
from app.services.workspaces import gating
from app.store import database, datastore, notices, places
from app.text.memo import Memo
from app.web.cards import desk
from app.web.frame import exporting, sizes
from app.web.frame.proxies import TrustedProxies
from app.web.playing import rewriting
from app.web.playing.mount import Mount
from app.web.public import watching
from app.web.server import Server, sockets
from app.worker import Worker
from app.worker.poke import Bell, Ear, poke
from app.worker.postman import Postman
from config import parse
from config.clock import Clock, SystemClock, clock_for
from config.folders import private
from config.settings import Settings, load, web_processes, with_demo_secrets

log = logging.getLogger("nintei")

PLAYED = 10_000_000  # bytes of files of which a Play remembers what it read in them: the largest package has a tenth
FONTS = Path(__file__).parent / "web" / "static" / "dist" / "fonts"


def open_portal(settings: Settings, clock: Clock | None = None) -> Portal:
    """Open the database (creating the tables of an empty one) and the engine. Raises Unready where the database's
    version is not this program's."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        private(settings.data_dir)
        tempfile.TemporaryFile(dir=settings.data_dir).close()
    except OSError as error:
        raise Refused(
            "The data folder %(folder)s cannot be written to: %(reason)s. NINTEI_DATA_DIR names it",
            folder=settings.data_dir,
            reason=error.strerror or error,
        ) from error
    versions.prepare(database.connect(settings.database_url, threads(settings) + 2))
    if settings.demo:
        fence.require_no_real_accounts(settings)
        settings = with_demo_secrets(settings)
    if clock is None:
        clock = clock_for(settings.clock_file)
    releases = open_releases(clock)
    printer = Printer(FONTS)
    atexit.register(printer.close)
    return Portal(
        settings=settings,
        clock=clock,
        engine=releases.engine,
        releases=releases,
        blobs=places.files(settings),
        fonts=FONTS,
        poke=_poke(settings),
        printer=printer,
        say=translator,
    )


def open_releases(clock: Clock | None = None) -> Releases:
    """The engine, and what checks and loads packages; no table is touched before one asks for a release."""
    evaluator = Evaluator()
    atexit.register(evaluator.close)
    return Releases(Engine(evaluator, zone=JAPAN), clock or SystemClock())


def threads(settings: Settings) -> int:
    """How many requests are answered at once: pages that wait for news take no thread from the others. Each may hold a
    connection of the database."""
    return settings.web_threads + news.PLACES


def make_web(portal: Portal) -> Flask:
    """The web application, with the admin pages."""
    app = web.create_app(portal, datastore.Accounts(portal.today))
    add_admin(app, portal)
    return app


def make_outside(portal: Portal) -> Outside:
    """What the worker does jobs with: mail, documents, cards."""
    settings = portal.settings
    printer = Printer(portal.fonts)
    atexit.register(printer.close)
    return Outside(
        portal,
        Mailer(settings.mail_url),
        printer,
        CardDesk(settings, settings.card_reader),
        own=_own(portal, cache(partial(make_web, portal))),
    )


def _own(portal: Portal, pages: Callable[[], Flask]) -> dict[str, Callable[[Leased], Any]]:
    """What does the jobs of the portal itself, which no diagram asks for: in a Play as in the worker."""
    return {
        gating.OPERATOR: partial(gating.run, portal),
        large.OPERATOR: partial(large.run, portal, partial(_told, pages)),
    }


def _told(pages: Callable[[], Flask], row: Export) -> AbstractContextManager[Sheet]:
    """The rows of a large file, as the pages tell them; the pages are there from the first one on."""
    return exporting.asked(pages(), row)


def run_worker(portal: Portal) -> None:
    """Work until SIGTERM or SIGINT; the job at hand is finished first."""
    ear, stop = _ear(portal.settings), threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        ear.ring()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    if portal.settings.imap_url:
        mailbox = mailserver.mailbox(portal.settings.imap_url)
        Postman(portal, inbox.Inbox(mailbox, receive.largest(portal)), stop).start()
    try:
        Worker(portal, make_outside(portal), ear, stop, lifeline.pulse).run(time.monotonic)
    finally:
        ear.close()


def _poke(settings: Settings) -> Callable[[], None]:
    """What tells the workers that there is work: those of this machine, or on PostgreSQL of all machines."""
    return notices.ring if database.is_postgres() else lambda: poke(settings.data_dir / "bells")


def _ear(settings: Settings) -> Ear:
    """Where a worker hears of it."""
    return notices.Listener() if database.is_postgres() else Bell(settings.data_dir / "bells")


def serve(portal: Portal, handed: Sequence[socket.socket] = ()) -> None:
    """Serve the web application until SIGTERM or SIGINT; requests under way are answered first. `handed`: sockets that
    are listened on already. After SIGTERM `/readyz` says 503 for NINTEI_DRAIN_SECONDS; then nobody is let in."""
    settings = portal.settings
    pages = make_web(portal)
    app: Any = TrustedProxies(pages, settings.trusted_proxies)  # clears what others say of addresses, and notes it
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    if not parse.loopback(settings.host) and settings.base_url.startswith("http:"):
        log.warning(
            "NINTEI_BASE_URL is %s: passwords and papers travel unencrypted to everybody who reaches %s. Put a proxy "
            "with https in front (docs/proxy.md)", settings.base_url, settings.host,
        )  # fmt: skip
    try:
        server = Server(
            app,
            patience=settings.stop_seconds,
            leaving=lambda: desk.close_waiting_room(pages),
            alive=lifeline.pulse,
            sockets=list(handed) or sockets(settings.host, settings.port, shared=False),
            notice=settings.drain_seconds,
            beside=web_processes(settings) > 1,
            going=lambda: pages.extensions.update({watching.LEAVING: True}),
            threads=threads(settings),
            channel_request_lookahead=1,  # tells a waiting page that its browser has gone
            ident="nintei",
            room=sizes.of_server(pages),
            max_request_body_size=settings.upload_max_mb * 33 << 20,
            clear_untrusted_proxy_headers=False,  # TrustedProxies reads and clears them
        )
    except OSError as error:
        raise Refused(
            "Nothing can listen on %(host)s, port %(port)s (%(reason)s): another program may be there already. "
            "NINTEI_PORT chooses another",
            host=settings.host,
            port=settings.port,
            reason=error.strerror or error,
        ) from error
    signal.signal(signal.SIGTERM, lambda *_: server.stop(notice=True))
    signal.signal(signal.SIGINT, lambda *_: server.stop())
    server.run()


def play_hands(settings: Settings, pages: Callable[[], Flask], box: Box) -> Callable[[Portal], Outside]:
    """A Play's hands for one of its portals: they reach nobody outside, and do every job that the worker's do."""
    printer, desk = Printer(FONTS, workers=1), CardDesk(settings, "virtual")
    return lambda at: Outside(at, Mailer(""), printer, desk, caller=box, own=_own(at, pages))


def player() -> playchild.Play:
    """What runs a Play. Each begins with what is done here: all is imported, the password of its people is hashed."""
    passwords.hashed(PASSWORD)
    return play


def play(spec: playchild.Spec) -> None:
    """A Play: the portal of a draft in this process, with settings that are written here and come from nowhere else.
    Raises BadPackage with what keeps the package from running."""
    settings = load(
        {
            "NINTEI_DATA_DIR": str(spec.folder / "var"),
            "NINTEI_PACKAGES_DIR": str(spec.folder),
            "NINTEI_DEMO": "yes",
            "NINTEI_CONFIRM_MINUTES": "1440",  # nobody there has a password to show
            "NINTEI_BASE_URL": rewriting.BASE,
            "NINTEI_LANGUAGE": spec.language,
        }
    )
    clock, box = PlayClock(spec.start), Box()
    portal = open_portal(settings, clock)
    web_of_it = cache(partial(make_web, portal))
    stage = Stage(portal, clock, play_hands(portal.settings, web_of_it, box), box)
    with Memo(PLAYED).used():  # it is read once to be put in force, and again as it is kept
        stage.open(catalogue.from_archive(spec.archive))
    pages = web_of_it()
    threading.Thread(target=stage.run, args=(threading.Event(),), name="play", daemon=True).start()
    mount = Mount(pages, stage, f"/designer/play/{spec.id}", used=lambda: os.utime(spec.folder))
    fresh = spec.listen.with_suffix(".new")
    server = waitress.create_server(mount, unix_socket=str(fresh), unix_socket_perms="600", threads=4)
    fresh.rename(spec.listen)  # whoever sees it finds somebody listening
    server.run()


def main(words: Sequence[str] | None = None) -> None:
    """The command `nintei`, with these words or those that this process was started with."""
    os.umask(0o077)  # whatever it writes is for the user that it runs as
    wiring = Wiring(open_portal, open_releases, serve, run_worker, make_web, main, sockets)
    commands.commands.main(words, "nintei", obj=wiring)

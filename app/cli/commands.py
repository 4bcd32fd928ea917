"""The commands. Each says what it did in one line, and what to do when it could not."""

from __future__ import annotations

import shutil
import socket
from datetime import UTC, datetime
from typing import Any

import click

from app.cli import counting, lifeline, playhost
from app.cli.audit import audit
from app.cli.backup import backup, restore
from app.cli.carddesk import card_desk
from app.cli.cardkeys import card_defaults
from app.cli.cases import case, job
from app.cli.children import copies, programs, successor
from app.cli.contents import diff, export, import_
from app.cli.database import db, say_copy, say_step
from app.cli.doctor import doctor
from app.cli.files import files
from app.cli.keeping import archive, person, retention
from app.cli.language import Complaint, said, speaker
from app.cli.packages import check, tell, tell_found
from app.cli.patience import patiently
from app.cli.releases import release, releases
from app.cli.seals import reseal
from app.cli.supervisor import Supervisor, first, require_free
from app.cli.users import user
from app.cli.wiring import Wiring
from app.errors import BadPackage, NinteiError, Temporary
from app.services.base import versions
from app.services.demo import fence, load
from app.services.packages import folders
from app.services.plays import hosts
from config import logs
from config.machine import COUNTING, bare_environment, handed_sockets
from config.settings import (
    Settings,
    child_environment,
    demo_secrets_of,
    web_processes,
    with_demo_secrets,
)
from hardware.cli import DEFAULTS, card

wired = click.make_pass_decorator(Wiring)
BACKLOG = 1024  # connections that wait until a process takes them


class Group(click.Group):
    """Says our errors as sentences, not as tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and turn what goes wrong into sentences."""
        try:
            return super().invoke(ctx)
        except BadPackage as error:
            say = speaker()
            raise Complaint("\n".join(problem.said(say.words) for problem in error.problems)) from error
        except NinteiError as error:
            raise Complaint(said(error)) from error


def _passing(error: Exception) -> NinteiError:
    """The sentence for trouble of the database or the disk."""
    reason = " ".join(str(error).split())
    return Temporary("The database or the disk does not answer as it should just now: %(reason)s", reason=reason)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def commands(ctx: click.Context) -> None:
    """Nintei (認定): a certification from application to yearly audit.

    Settings come from the environment (NINTEI_…) and from the file that NINTEI_CONFIG names; docs/settings.md
    explains each. A first look: `nintei run --demo`, then http://127.0.0.1:8000.
    """
    ctx.meta[DEFAULTS] = lambda: card_defaults(ctx.ensure_object(Wiring))


def _log(settings: Settings) -> None:
    logs.install(settings.log_level, settings.log, away=settings.log_away)


@commands.command()
@click.option(
    "--demo",
    "with_demo",
    is_flag=True,
    help="Load the demo people and cases of each package, if there are none.",
)
@click.option("--sockets", default="", hidden=True, help="Of whoever this one succeeds.")
@wired
def run(wiring: Wiring, with_demo: bool, sockets: str) -> None:
    """Serve the portal: the web and its worker, until Ctrl-C.

    The database is created when it is missing. An embedded one of an older version is brought up, after a copy was
    written beside it; one on a server waits for `nintei db upgrade`. A process package in NINTEI_PACKAGES_DIR of which
    nothing was ever released is released, if its check and its scenarios let it; after that releasing is an act of its
    own (`nintei release`), and a folder that differs from what is in force is named.

    SIGHUP brings in what is installed now, and the settings of now, without an end to serving (docs/upgrade.md).
    """
    line = lifeline.take() if sockets else None
    if line is not None:
        line.setblocking(False)
    if with_demo:
        wiring.overrides["demo"] = "yes"
    settings = wiring.settings(serves=True)
    _log(settings)
    first(["prepare"], copies(wiring.main, child_environment(settings)))
    listening = _sockets(wiring, settings, sockets)
    places = ",".join(str(each.fileno()) for each in listening)
    keep = [each.fileno() for each in listening]
    if settings.demo:
        settings = with_demo_secrets(settings)
    children = [*[["serve", "--sockets", places]] * web_processes(settings), *[["worker"]] * settings.workers]
    if settings.plays:
        children.append(["playhost", str(hosts.file_of(settings.data_dir)), str(settings.plays)])
    environment = child_environment(settings) | {COUNTING: str(counting.folder(settings.data_dir))}
    start = copies(wiring.main, environment, keep)
    apart = {
        "worker": copies(wiring.main, environment),  # it would keep the door open for whoever has closed it
        "playhost": programs(playhost.LAUNCH, bare_environment()),
    }
    anew = successor([] if sockets else ["--sockets", places], keep)
    patience = settings.stop_seconds + settings.drain_seconds
    supervisor = Supervisor(children, start, patience, apart=apart, successor=anew, line=line, doors=listening)
    raise SystemExit(supervisor.run())


def _sockets(wiring: Wiring, settings: Settings, given: str) -> list[socket.socket]:
    """What all web processes listen on: of whoever this one succeeds, of the service manager, or new ones. They are
    held here, so that nobody who connects is lost while one process ends and another begins."""
    numbers = [int(each) for each in given.split(",")] if given else handed_sockets()
    if numbers:
        return [socket.socket(fileno=number) for number in numbers]
    require_free(settings.host, settings.port)
    found = wiring.sockets(settings.host, settings.port)
    for each in found:
        each.listen(BACKLOG)
    return found


@commands.command(hidden=True)
@wired
def prepare(wiring: Wiring) -> None:
    """Bring everything to where the web and the worker can start; a process of its own, since it opens the portal."""
    settings = wiring.settings(serves=True)
    _log(settings)
    say_copy(versions.bring_up(settings, datetime.now(UTC), say_step))
    portal = wiring.portal(serves=True)
    fence.require_no_demo(portal.settings)
    say = speaker(settings.language)

    def look_at_folders() -> None:
        for found in folders.start(portal, "Nintei"):
            tell_found(found, say)

    patiently(look_at_folders)
    if settings.demo:
        for package, wrong in load.problems(portal):
            tell(package.id, wrong, say)
        load.load(portal, click.echo)
        click.echo(load.welcome(portal))


@commands.command(hidden=True)
@click.option("--sockets", default="", help="Numbers of open files that are listened on already.")
@wired
def serve(wiring: Wiring, sockets: str) -> None:
    """Serve the web alone."""
    _log(wiring.settings(serves=True))
    portal = wiring.portal(serves=True)
    wiring.serve(portal, [socket.socket(fileno=int(each)) for each in sockets.split(",") if each])


@commands.command()
@wired
def worker(wiring: Wiring) -> None:
    """Do jobs (mail, PDF, cards) and wake timers, until Ctrl-C.

    `nintei run` starts workers by itself; on PostgreSQL any number may run on any number of machines.
    """
    _log(wiring.settings(serves=True))
    portal = wiring.portal(serves=True)
    wiring.work(portal)


@commands.command("demo-reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wired
def demo_reset(wiring: Wiring, yes: bool) -> None:
    """Throw the demo's data away; the next `nintei run --demo` starts over."""
    wiring.overrides["demo"] = "yes"
    settings = wiring.settings()
    if not settings.database_url.startswith("sqlite:"):
        raise click.ClickException("demo-reset works on the embedded SQLite database only")
    if not demo_secrets_of(settings).exists() and settings.data_dir.exists():
        raise click.ClickException(f"{settings.data_dir} holds no demo; nothing was deleted")
    if not yes and settings.data_dir.exists():
        click.confirm(f"Delete everything in {settings.data_dir}?", abort=True)
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    click.echo(f"{settings.data_dir} is gone; `make run` starts over")


commands.add_command(user)
commands.add_command(case)
commands.add_command(job)
commands.add_command(audit)
commands.add_command(retention)
commands.add_command(archive)
commands.add_command(person)
commands.add_command(backup)
commands.add_command(restore)
commands.add_command(reseal)
commands.add_command(doctor)
commands.add_command(check)
commands.add_command(release)
commands.add_command(releases)
commands.add_command(diff)
commands.add_command(export)
commands.add_command(import_)
commands.add_command(card)
commands.add_command(card_desk)
commands.add_command(db)
commands.add_command(files)

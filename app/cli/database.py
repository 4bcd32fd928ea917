"""`nintei db`: which version the database is of, and the way up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.language import translator
from app.cli.wiring import Wiring
from app.errors import N_
from app.services.base import versions
from app.services.base.versions import Step
from config.machine import terminal_language

wired = click.make_pass_decorator(Wiring)


@click.group()
def db() -> None:
    """The database: its version, and the way up to that of this program."""


@db.command()
@wired
def status(wiring: Wiring) -> None:
    """Say which version the database is of, and which steps it lacks. Exit code 1 unless this program can use it."""
    say = translator(terminal_language())
    found = versions.status(wiring.settings())
    if found.found == 0:
        click.echo(say(N_("The database is empty: nintei run creates its tables")))
        return
    if found.fits:
        click.echo(say(N_("The database is of version %(found)s, which is this program's")) % {"found": found.found})
        return
    for step in found.pending if found.older else ():
        say_step(step)
    found.require()


@db.command()
@wired
def upgrade(wiring: Wiring) -> None:
    """Bring the database up to the version of this program.

    Stop the portal first; a page that is asked for meanwhile says that it is being brought up. Beside an embedded
    database a copy is written before anything changes. Of a database on a server make a backup yourself: see
    docs/upgrade.md. Interrupted, it goes on where it was.
    """
    say = translator(terminal_language())
    settings = wiring.settings()
    say_copy(versions.upgrade(settings, datetime.now(UTC), say_step))
    click.echo(say(N_("The database is of version %(found)s now")) % {"found": versions.status(settings).found})


def say_step(step: Step) -> None:
    """One step on one line."""
    click.echo(f"  {step.number:4} {translator(terminal_language())(step.title)}")


def say_copy(copy: Path | None) -> None:
    """Where the database of before lies."""
    if copy is not None:
        say = translator(terminal_language())
        click.echo(say(N_("The database as it was before lies in %(file)s")) % {"file": str(copy)})

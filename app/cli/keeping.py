"""`nintei retention`, `nintei archive` and `nintei person`: what goes when its time is over and what is held, closed
cases in one file each, and one person's data."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click

from app.cli.language import lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import N_
from app.services.audit import archiving, keeping, persons
from app.services.base.actors import Actor
from app.states import PERIODS, Kept, Side
from app.text import address

wired = click.make_pass_decorator(Wiring)
ADMINISTRATOR = Actor(None, "nintei", Side.OPERATOR, frozenset({"administrator"}))
KINDS = click.Choice([each.value for each in Kept])


@click.group()
def retention() -> None:
    """What is not kept for ever."""


@retention.command()
@lang_option
@wired
def show(wiring: Wiring) -> None:
    """Say of each kind of records how long it is kept, why, and how much would go now. Nothing is changed."""
    say = speaker()
    for due in keeping.show(wiring.portal(), ADMINISTRATOR):
        period = PERIODS[due.kind]
        click.echo(f"{due.kind.value}: {say(period.words)}")
        click.echo(
            say(
                N_("  kept for %(days)s days; %(count)s are from before %(day)s and would go"),
                days=due.days,
                count=due.count,
                day=due.before.date().isoformat(),
            )
        )
        click.echo(f"  {say(period.why)}")


@retention.command("set")
@click.argument("kind", type=KINDS)
@click.argument("days", type=int)
@wired
def set_days(wiring: Wiring, kind: str, days: int) -> None:
    """Keep a kind of records for so many days."""
    keeping.set_days(wiring.portal(), Kept(kind), days, ADMINISTRATOR)


@retention.command()
@click.confirmation_option(prompt="What is old enough goes for good (nintei retention show). Go on?")
@lang_option
@wired
def run(wiring: Wiring) -> None:
    """Let go what is old enough. Each piece of it is on the audit record."""
    say = speaker()
    for kind, count in keeping.run(wiring.portal(), ADMINISTRATOR).items():
        click.echo(say(N_("%(kind)s: %(count)s went"), kind=kind.value, count=count))


@retention.command()
@click.argument("number")
@click.option("--reason", required=True)
@wired
def hold(wiring: Wiring, number: str, reason: str) -> None:
    """Let nothing go of a case, or of all cases of the company of a corporate number, whatever its age (legal hold)."""
    keeping.hold(wiring.portal(), number, reason, ADMINISTRATOR)


@retention.command("end-hold")
@click.argument("number")
@click.option("--reason", required=True)
@wired
def end_hold(wiring: Wiring, number: str, reason: str) -> None:
    """End a case's hold."""
    keeping.end_hold(wiring.portal(), number, reason, ADMINISTRATOR)


@click.group()
def archive() -> None:
    """Closed cases, each in one signed file."""


@archive.command("show")
@click.option("--days", type=int, default=archiving.AFTER.days, help="Since the case ended.", show_default=True)
@lang_option
@wired
def waiting(wiring: Wiring, days: int) -> None:
    """Say how many cases would be archived. Nothing is changed."""
    count = archiving.waiting(wiring.portal(), ADMINISTRATOR, timedelta(days=days))
    click.echo(speaker()(N_("%(count)s cases wait to be archived"), count=count))


@archive.command("run")
@click.option("--days", type=int, default=archiving.AFTER.days, help="Since the case ended.", show_default=True)
@lang_option
@wired
def make(wiring: Wiring, days: int) -> None:
    """Archive the cases that ended so long ago. Each is read again before it counts, and is on the audit record."""
    count = archiving.run(wiring.portal(), ADMINISTRATOR, timedelta(days=days))
    click.echo(speaker()(N_("%(count)s cases are archived"), count=count))


@archive.command()
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@wired
def take(wiring: Wiring, number: str, file: Path) -> None:
    """Write the archive of a case to FILE; `nintei audit verify-evidence FILE` verifies it."""
    pieces = archiving.whole(wiring.portal(), number, ADMINISTRATOR)
    file.touch(mode=0o600, exist_ok=False)
    with file.open("wb") as out:
        out.writelines(pieces)


@click.group()
def person() -> None:
    """One person's data: take them out, or forget who it is."""


@person.command("export")
@click.argument("email")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@wired
def export(wiring: Wiring, email: str, file: Path) -> None:
    """Write what is kept of a person to FILE, as JSON."""
    found = persons.export(wiring.portal(), address.required(email), ADMINISTRATOR)
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


@person.command()
@click.argument("email")
@click.option("--reason", required=True)
@click.confirmation_option(prompt="Name and address go for good. Go on?")
@lang_option
@wired
def erase(wiring: Wiring, email: str, reason: str) -> None:
    """Forget who a person is. What they did stays, by an account without a name; the audit record still verifies."""
    persons.erase(wiring.portal(), address.required(email), reason, ADMINISTRATOR)
    click.echo(speaker()(N_("Erased; the audit record says so")))

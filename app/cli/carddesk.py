"""`nintei card-desk`: the desks whose computers make cards for this portal."""

from __future__ import annotations

import click

from app.cli.wiring import Wiring
from app.services.agents import desks
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.pages import cardlive
from app.states import Side

ADMINISTRATOR = Actor(None, "nintei", Side.OPERATOR, frozenset({"administrator"}))
wired = click.make_pass_decorator(Wiring)


@click.group("card-desk")
def card_desk() -> None:
    """Desks with a card reader of their own, and their tokens."""


@card_desk.command("add")
@click.argument("name")
@wired
def add(wiring: Wiring, name: str) -> None:
    """Make the token of a desk. It is printed this once: `nintei card-desk add 窓口1 > token.txt`."""
    token = desks.add(wiring.portal(), name, ADMINISTRATOR)
    click.echo(token)
    base = wiring.settings().base_url
    click.echo(f"At that desk: nintei card agent --server {base} --token-file token.txt", err=True)


@card_desk.command("list")
@wired
def listed(wiring: Wiring) -> None:
    """The desks, and when each was last seen."""
    for each in cardlive.desks(wiring.portal(), ADMINISTRATOR):
        seen = f"{each.last_seen.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}" if each.last_seen else "never"
        click.echo(f"{each.name}  {'here' if each.here else 'away'}  last seen {seen}  {each.reader}")


@card_desk.command("revoke")
@click.argument("name")
@wired
def revoke(wiring: Wiring, name: str) -> None:
    """Its token opens nothing any more."""
    desks.revoke(wiring.portal(), name, ADMINISTRATOR)
    click.echo(f"{name}: the token is revoked")

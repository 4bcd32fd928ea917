"""Commands for the rack of virtual cards."""

from __future__ import annotations

import click

from hardware.cli.common import CardDefaults, json_option, say, speaks_plainly
from hardware.virtual import VirtualCard, VirtualRack, VpcdPlug
from hardware.virtual.vpcd import DEFAULT_PORT


@click.group()
def virtual() -> None:
    """Virtual cards, in a rack or plugged into vpcd."""


@virtual.command("list")
@json_option
@click.pass_obj
@speaks_plainly
def list_cards(defaults: CardDefaults, as_json: bool) -> None:
    """Every card of the rack."""
    for entry in defaults.rack().cards():
        say(entry, f"{entry.uid}  {entry.serial or '-':16} {entry.life_cycle.value}", as_json)


@virtual.command()
@click.option("--serial", help="The card with this serial. Default: a blank one.")
@click.option("--uid", help="The card with this UID.")
@json_option
@click.pass_obj
@speaks_plainly
def insert(defaults: CardDefaults, serial: str | None, uid: str | None, as_json: bool) -> None:
    """Put a card on the rack's reader."""
    rack = defaults.rack()
    card = _choose(rack, serial, uid)
    say({"reader": rack.reader, "uid": card.uid}, f"{card.uid} lies on {rack.reader}", as_json)


@virtual.command()
@click.pass_obj
@speaks_plainly
def eject(defaults: CardDefaults) -> None:
    """Take the card off the rack's reader."""
    defaults.rack().eject()


@virtual.command()
@click.option("--serial", help="The card with this serial. Default: a blank one.")
@click.option("--uid", help="The card with this UID.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="vpcd's slot; the second is one up.")
@click.pass_obj
@speaks_plainly
def serve(defaults: CardDefaults, serial: str | None, uid: str | None, host: str, port: int) -> None:
    """Put a card into vpcd's reader until Ctrl-C: it is then a card like any other to PC/SC."""
    card = _choose(defaults.rack(), serial, uid)
    plug = VpcdPlug(card, host, port)
    plug.insert()
    click.echo(f"{card.uid} is in the reader at {host} port {port}; Ctrl-C pulls it", err=True)
    try:
        plug.wait()
    except KeyboardInterrupt:
        plug.pull()


def _choose(rack: VirtualRack, serial: str | None, uid: str | None) -> VirtualCard:
    if serial:
        return rack.insert(serial)
    return rack.insert_uid(uid) if uid else rack.insert_blank()

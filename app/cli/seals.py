"""`nintei reseal`: connection information under another key."""

from __future__ import annotations

import click

from app.cli.wiring import Wiring
from app.services.process import resealing

wired = click.make_pass_decorator(Wiring)


@click.command()
@wired
def reseal(wiring: Wiring) -> None:
    """Seal connection information anew under the first key of NINTEI_SEALING_KEYS.

    To change the key: put the new one first and leave the old one behind it, restart, run this, then take the old one
    away. Exit code 1 when something was sealed under a key that the settings do not have; it stays as it is.
    """
    found = resealing.reseal(wiring.portal(serves=True))
    click.echo(f"{found.done} values are sealed under the first key")
    if found.lost:
        raise click.ClickException(f"{found.lost} values were sealed under a key that is not in NINTEI_SEALING_KEYS")

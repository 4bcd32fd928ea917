"""`nintei files`: where uploaded and made documents lie."""

from __future__ import annotations

import click

from app.cli.language import lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import N_
from app.services.backup import moving

wired = click.make_pass_decorator(Wiring)


@click.group()
def files() -> None:
    """The files of the portal: in the data folder, or in S3-compatible storage (NINTEI_FILES)."""


@files.command()
@click.option("--to", "place", type=click.Choice(["storage", "folder"]), required=True, help="Where they go.")
@lang_option
@wired
def move(wiring: Wiring, place: str) -> None:
    """Copy every file, and the keys beside them, to the storage that NINTEI_FILES names, or back to the data folder.

    The portal may run meanwhile, as it was set up before; stop it, run this once more for what came last, and start it
    with the other setting. What is there already is not copied again, and nothing is deleted where it came from.
    """
    settings, say = wiring.settings(serves=True), speaker()
    done = moving.to_storage(settings) if place == "storage" else moving.to_folder(settings)
    click.echo(
        say(
            N_("%(files)s files were copied, %(known)s were there already; %(keys)s files of keys were copied"),
            files=done.files, known=done.known, keys=done.keys,
        )
    )  # fmt: skip

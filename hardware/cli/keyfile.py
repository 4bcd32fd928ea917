"""The command with which a vendor opens the key file that it was sent."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from hardware.cli.common import CardDefaults, ask_component, json_option, plain, speaks_plainly
from hardware.files import write_whole
from hardware.keys import KeyFile, VendorKeys
from hardware.keys import open_key_file as open_file
from hardware.keys.keyfile import component_kcvs

_PUBLIC_KEY: Final = "Public key on the letter (its first 16 digits do)"


@click.command("open-key-file")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--public-key",
    default="",
    help="Printed on both letters; the first 16 digits are enough.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the keys there, readable by you alone (JSON).",
)
@json_option
@click.pass_obj
@speaks_plainly
def open_key_file(_: CardDefaults, file: Path, public_key: str, out: Path | None, as_json: bool) -> None:
    """Vendors: open the key file you were sent.

    Its signature and date are checked first. Then two people type one component each; nothing is shown, and a
    typing error is said at once. Without --out only serials and check values are listed.
    """
    opened = _open(file, public_key or click.prompt(_PUBLIC_KEY, err=True))
    if out:
        listing = [
            {
                "serial": card.serial,
                "uid": card.uid,
                "role": role.value,
                "version": version,
                "key": key.reveal().hex().upper(),
            }
            for card in opened.cards
            for (role, version), key in card.keys.items()
        ]
        write_whole(
            out,
            json.dumps(
                {"reference": opened.reference, "expires": plain(opened.expires), "keys": listing}, indent=2
            ).encode(),
        )
    if as_json:
        cards = [
            {
                "serial": card.serial,
                "uid": card.uid,
                "keys": [
                    {"role": role.value, "version": version, "kcv": plain(key.kcv)}
                    for (role, version), key in card.keys.items()
                ],
            }
            for card in opened.cards
        ]
        click.echo(
            json.dumps(
                {
                    "vendor": opened.vendor,
                    "reference": opened.reference,
                    "profile": opened.profile,
                    "issued": plain(opened.issued),
                    "expires": plain(opened.expires),
                    "cards": cards,
                },
                ensure_ascii=False,
            )
        )
        return
    click.echo(f"{opened.vendor}, {opened.reference}: {len(opened.cards)} cards, valid until {opened.expires}")
    for card in opened.cards:
        for (role, version), key in card.keys.items():
            click.echo(f"{card.serial}  UID {card.uid}  {role.value} v{version}  KCV {plain(key.kcv)}")
    if out:
        click.echo(f"The keys are in {out}, readable by you alone. Destroy it when the loan ends.")


def ask_vendor_keys(file: Path, public_key: str) -> VendorKeys:
    """Open a key file for one command."""
    return VendorKeys(_open(file, public_key or click.prompt(_PUBLIC_KEY, err=True)))


def _open(file: Path, public_key: str) -> KeyFile:
    text, today = file.read_text(encoding="utf-8"), datetime.now(ZoneInfo("Asia/Tokyo")).date()
    first, second = (
        ask_component(f"Component of letter {number}", kcv)
        for number, kcv in enumerate(component_kcvs(text, public_key, today), 1)
    )
    return open_file(text, first, second, public_key, today)

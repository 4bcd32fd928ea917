"""Commands for keys: the ceremony of a new master, and the vendor's opening of its key file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from hardware.cli.common import CardDefaults, json_option, plain, say, speaks_plainly
from hardware.facts import Role
from hardware.files import write_whole
from hardware.keys import Component, KeyFile, KeyStore, VendorKeys, new_component, parse_component
from hardware.keys import open_key_file as open_file


@click.group()
def keys() -> None:
    """Master keys: made by two people, kept wrapped, never shown."""


@keys.command("list")
@json_option
@click.pass_obj
@speaks_plainly
def list_keys(defaults: CardDefaults, as_json: bool) -> None:
    """Roles, versions and check values."""
    for master in defaults.open_keys().masters():
        made = f"{master.created:%Y-%m-%d}  {' + '.join(master.custodians)}"
        say(master, f"{master.role.value:7} v{master.version}  KCV {master.kcv}  {made}", as_json)


@keys.command("create")
@click.pass_obj
@speaks_plainly
def create_store(defaults: CardDefaults) -> None:
    """Make an empty key store (needs --kek-file)."""
    if defaults.kek is None:
        raise click.UsageError("Give --kek-file: a key store for real use lies under a key of its own")
    store = KeyStore.create(defaults.folder / "keys/keys.json", defaults.kek)
    click.echo(f"Key store made. Its public key, for the letters: {store.public_key}")


@keys.command()
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("version", type=int)
@click.option("--custodian", prompt="Your name", help="Who brings this component.")
@click.option(
    "--new",
    "fresh",
    is_flag=True,
    help="Make the component now and show it once, to be written on its letter.",
)
@json_option
@click.pass_obj
@speaks_plainly
def contribute(defaults: CardDefaults, role: str, version: int, custodian: str, fresh: bool, as_json: bool) -> None:
    """Bring one of the two components of a new master key. Two different people give this command."""
    component = new_component() if fresh else _ask_component("Component")
    result = defaults.open_keys().contribute(Role(role), version, custodian, component)
    if fresh:
        click.echo(f"Write this down; it is not shown again: {component.text}", err=True)
    state = f"master complete, KCV {result.master.kcv}" if result.master else "waiting for the second person"
    say(result, f"{role} v{version}: component KCV {result.component_kcv}, {state}", as_json)


@click.command("open-key-file")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--public-key", prompt="Public key on the letter", help="64 hexadecimal digits, printed on both letters.")
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

    Its signature, date and the two components of the letters are checked.

    Two people type one component each; nothing is shown. Without --out only serials and check values are
    listed.
    """
    opened = _open(file, public_key)
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
    return VendorKeys(_open(file, public_key or click.prompt("Public key on the letter", err=True)))


def _open(file: Path, public_key: str) -> KeyFile:
    first, second = _ask_component("Component of letter 1"), _ask_component("Component of letter 2")
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    return open_file(file.read_text(encoding="utf-8"), first, second, public_key, today)


def _ask_component(what: str) -> Component:
    value = click.prompt(what, hide_input=True, err=True)
    kcv = click.prompt("Its check value (KCV)", err=True)
    return parse_component(value, kcv)

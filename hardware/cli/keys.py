"""Commands for keys: the ceremony of a new master, and the vendor's opening of its key file."""

from __future__ import annotations

from datetime import datetime

import click

from hardware.cli.common import CardDefaults, ask_component, json_option, say, speaks_plainly
from hardware.facts import Role
from hardware.keys import (
    KeyGuard,
    KeyStore,
    MasterInfo,
    Pending,
    TokenGuard,
    new_component,
)
from hardware.keys.guard import SECRET, TOKEN


@click.group()
def keys() -> None:
    """Master keys: made by two people, kept wrapped, never shown."""


@keys.command("list")
@json_option
@click.pass_obj
@speaks_plainly
def list_keys(defaults: CardDefaults, as_json: bool) -> None:
    """Roles, versions and check values."""
    store = defaults.open_keys()
    if not as_json and not store.masters() and not store.pending():
        click.echo("There are no master keys yet: two people make them with `card keys contribute`", err=True)
    for master in store.masters():
        who = "SAMPLE, made by the machine alone" if master.is_sample else " + ".join(master.custodians)
        say(master, _line(master, master.created, who), as_json)
    for first in store.pending():
        say(first, _line(first, first.since, f"{first.custodian}, waits for the second person"), as_json)


@keys.command("create")
@click.pass_obj
@speaks_plainly
def create_store(defaults: CardDefaults) -> None:
    """Make an empty key store (needs --kek-file, or a token)."""
    if not defaults.guards:
        raise click.UsageError("Give --kek-file or --token-module: a key store for real use needs a guard")
    store = KeyStore.create(defaults.folder / "keys/keys.json", defaults.guards[0])
    defaults.record("created", "", "", store.guard)
    click.echo(f"Key store made, under {_guard_words(store.guard)}.")
    click.echo(f"Its public key, for the letters: {store.public_key}")


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
    component = new_component() if fresh else ask_component("Component")
    result = defaults.open_keys().contribute(Role(role), version, custodian, component)
    act = "completed" if result.master else "begun"
    defaults.record(act, f"{role} v{version}", custodian, result.master.kcv if result.master else result.component_kcv)
    if fresh:
        click.echo(f"Write this down; it is not shown again: {component.text}", err=True)
    state = f"master complete, KCV {result.master.kcv}" if result.master else "waiting for the second person"
    say(result, f"{role} v{version}: component KCV {result.component_kcv}, {state}", as_json)


@keys.command()
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("version", type=int)
@click.pass_obj
@speaks_plainly
def abandon(defaults: CardDefaults, role: str, version: int) -> None:
    """Forget a first component whose second never came."""
    defaults.open_keys().abandon(Role(role), version)
    defaults.record("abandoned", f"{role} v{version}", "", "")
    click.echo(f"{role} v{version}: forgotten; two people may begin it anew")


@keys.command()
@json_option
@click.pass_obj
@speaks_plainly
def guard(defaults: CardDefaults, as_json: bool) -> None:
    """Say what keeps the key store's own key, and what else could."""
    store = defaults.open_keys()
    others = [each.name for each in defaults.guards if each.name != store.guard]
    words = f"The key store lies under {_guard_words(store.guard)}."
    if others:
        words += f" It can be moved: {', '.join(map(_guard_words, others))}."
    say({"guard": store.guard, "others": others}, words, as_json)


@keys.command("token-key")
@click.pass_obj
@speaks_plainly
def token_key(defaults: CardDefaults) -> None:
    """Make the key in the PKCS#11 token: AES-256, never to leave it."""
    token = _of_kind(defaults, TOKEN)
    assert isinstance(token, TokenGuard)  # noqa: S101 the only one of this kind
    token.make_key()
    defaults.record("token_key", token.name, "", "")
    click.echo(f"The token {token.token} has a key {token.label}. Now: card keys move token")


@keys.command()
@click.argument("to", type=click.Choice([SECRET, TOKEN]))
@click.pass_obj
@speaks_plainly
def move(defaults: CardDefaults, to: str) -> None:
    """Put the masters under another guard: `token`, or `secret` (the environment's key, or --kek-file).

    Both must be given. What the old one keeps opens the store no more; destroy old copies of the key store.
    """
    store, target = defaults.open_keys(), _of_kind(defaults, to)
    before = store.guard
    if before == target.name:
        raise click.ClickException(f"The key store lies under {_guard_words(before)} already")
    store.move(target)
    KeyStore.open(defaults.folder / "keys/keys.json", target)
    defaults.record("moved", f"{before} → {target.name}", "", "")
    click.echo(f"Moved from {_guard_words(before)} to {_guard_words(target.name)}; opened once more to be sure.")
    click.echo("Destroy copies of the key store from before: the old guard still opens those.")


def _of_kind(defaults: CardDefaults, kind: str) -> KeyGuard:
    found = next((each for each in defaults.guards if each.name.partition(" ")[0] == kind), None)
    if found is None:
        raise click.UsageError(
            "No token is given: --token-module, --token and its PIN (in the portal: NINTEI_CARD_TOKEN_MODULE and so on)"
            if kind == TOKEN
            else "No secret is given: --kek-file (in the portal: NINTEI_CARD_KEY)"
        )
    return found


def _line(key: MasterInfo | Pending, when: datetime, words: str) -> str:
    return f"{key.role.value:7} v{key.version}  KCV {key.kcv}  {when:%Y-%m-%d}  {words}"


def _guard_words(name: str) -> str:
    return "a secret of the installation" if name == SECRET else name

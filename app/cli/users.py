"""Accounts from the command line: `nintei user …`."""

from __future__ import annotations

from typing import IO

import click

from app.cli.passwords import chosen, password_file
from app.cli.wiring import Wiring
from app.services.people import accounts
from app.text import address

wired = click.make_pass_decorator(Wiring)


@click.group()
def user() -> None:
    """Accounts of the body and of vendors."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Shown to colleagues and vendors.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(accounts.ROLES),
    help="May be given several times.",
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="GROUP",
    help="Whose work the account sees as its own: a group of a package.",
)
@password_file
@wired
def user_add(
    wiring: Wiring, email: str, name: str, roles: tuple[str, ...], groups: tuple[str, ...], typed: IO[str] | None
) -> None:
    """Create an account, for instance: nintei user add sato@example.jp --name 佐藤 --role operator --group review."""
    email = address.required(email)
    password = chosen(typed)
    accounts.add_staff(wiring.portal(), email, name, list(roles), password, ",".join(groups))
    click.echo(f"{email} can sign in now")


@user.command("password")
@click.argument("email")
@password_file
@wired
def user_password(wiring: Wiring, email: str, typed: IO[str] | None) -> None:
    """Set a new password; the account's sessions end."""
    email = address.required(email)
    accounts.set_password(wiring.portal(), email, chosen(typed))
    click.echo(f"{email} has a new password")

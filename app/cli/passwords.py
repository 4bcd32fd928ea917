"""Passwords that commands ask for: never as an argument, which everybody on the machine could read (ps)."""

from __future__ import annotations

from typing import IO

import click

password_file = click.option(
    "--password-file",
    "typed",
    type=click.File("r", encoding="utf-8"),
    help="A file whose first line is the password, at least 10 characters; - is the standard input. Asked for when it "
    "is not given.",
)


def chosen(file: IO[str] | None) -> str:
    """The password: of the file, or typed twice."""
    if file is not None:
        return file.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed

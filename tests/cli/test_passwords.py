"""A password is typed, or lies in a file: no command takes it as an argument, which all on the machine can read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.commands import commands
from tests.cli.conftest import Terminal

NEW = ("user", "add", "new@example.jp", "--name", "新人", "--role", "operator")


def every(group: click.Group) -> Iterator[click.Command]:
    for each in group.commands.values():
        yield from every(each) if isinstance(each, click.Group) else [each]


def test_no_command_takes_a_password_as_an_argument() -> None:
    taking = [param for each in every(commands) for param in each.params if not getattr(param, "is_flag", False)]
    found = {option for param in taking for option in param.opts}
    assert "--password-file" in found
    assert not found & {"--password", "--passphrase", "--pin"}


def test_it_is_read_from_the_first_line_of_a_file(terminal: Terminal, tmp_path: Path) -> None:
    terminal.says("release", str(terminal.library))
    file = tmp_path / "password.txt"
    file.write_text("a password for tests\r\nand something else\n")
    assert "can sign in now" in terminal.says(*NEW, "--password-file", str(file))
    file.write_text("short\n")
    assert "10" in terminal.refuses("user", "password", "new@example.jp", "--password-file", str(file))

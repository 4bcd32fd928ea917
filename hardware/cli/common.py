"""What all card commands share: where reader, rack and keys are, how results and errors are said."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import click

from hardware import pcsc
from hardware.crypto import Key
from hardware.desk import Desk
from hardware.errors import (
    N_,
    BadComponent,
    BadKeyFile,
    BadKeyStore,
    BadToken,
    CardError,
    CardMute,
    CardRemoved,
    NoCard,
    NoDaemon,
    NoReader,
    ReaderBusy,
    UnknownKey,
)
from hardware.facts import Progress
from hardware.journal import FileJournal
from hardware.keys import Component, KeyGuard, KeyStore, SecretGuard, TokenGuard, parse_component
from hardware.profiles import CardKeys
from hardware.transport import TRAFFIC, Connect
from hardware.virtual import VirtualRack

P = ParamSpec("P")
R = TypeVar("R")

VIRTUAL: Final = "virtual"
"""Reader name that means the rack of virtual cards."""
ANY: Final = "pcsc"
"""Reader name that means the first that PC/SC knows."""
DEFAULTS: Final = "hardware.cli.defaults"
"""Key of click's `ctx.meta` under which a program that mounts `card` leaves a function that gives its CardDefaults."""

# Exit codes: 1 refused or failed, 2 usage (click), 3 no reader or service, 4 no card or pulled out, 5 keys.
_EXIT: Final[dict[type[CardError], int]] = {
    NoDaemon: 3,
    NoReader: 3,
    ReaderBusy: 3,
    NoCard: 4,
    CardRemoved: 4,
    CardMute: 4,
    BadKeyStore: 5,
    BadToken: 5,
    BadKeyFile: 5,
    UnknownKey: 5,
}
_HINTS: Final[dict[type[CardError], str]] = {
    NoDaemon: "Start it (systemctl start pcscd), or use the virtual cards: --reader virtual",
    NoReader: "Plug a reader in, see `card readers`, or use the virtual cards: --reader virtual",
    NoCard: "Put a card on the reader and try again",
    CardRemoved: "Put the same card back and give the same command again: it carries on where it stopped",
    ReaderBusy: "Close the other program and try again",
}


@dataclass(frozen=True)
class CardDefaults:
    """What a program that mounts `card` knows already; see DEFAULTS. `folder` holds `keys`, `rack` and
    `journal.jsonl`; `guards` keep the key of the key store, the one for new stores first (none: it lies beside the
    store); `translate` renders a message id with its params; `record` is told (act, what, who, text) of each change
    to the keys.
    """

    folder: Path = Path("var/card")
    reader: str = ""
    guards: tuple[KeyGuard, ...] = ()
    translate: Callable[[str, dict[str, Any]], str] = lambda message, params: message % params if params else message
    record: Callable[[str, str, str, str], object] = lambda *_said: None

    def open_keys(self) -> KeyStore:
        return (
            KeyStore.open(self.folder / "keys/keys.json", *self.guards)
            if self.guards
            else KeyStore.embedded(self.folder / "keys")
        )

    def rack(self) -> VirtualRack:
        return VirtualRack(self.folder / "rack")

    @property
    def is_virtual(self) -> bool:
        return self.reader == VIRTUAL

    def reader_name(self) -> str:
        return self.rack().reader if self.is_virtual else self._pcsc_reader()

    def connect(self) -> Connect:
        return self.rack().connect if self.is_virtual else pcsc.connector(self._pcsc_reader())

    def _pcsc_reader(self) -> str:
        return pcsc.only_reader("" if self.reader == ANY else self.reader)

    def proving_desk(self) -> Desk:
        """For cards that were made before. A key store made just now fits none: it would only use up their tries."""
        path = self.folder / "keys/keys.json"
        if not self.is_virtual and not path.exists():
            raise BadKeyStore(
                N_(
                    "There is no key store at %(path)s; a new one would not fit the card: name its folder with --folder"
                ),
                path=str(path),
            )
        return self.desk()

    def desk(self, keys: CardKeys | None = None) -> Desk:
        connect = self.connect()
        return Desk(
            connect,
            self.open_keys() if keys is None else keys,
            journal=FileJournal(self.folder / "journal.jsonl"),
        )


@click.group()
@click.option(
    "--reader",
    "-r",
    envvar="NINTEI_CARD_READER",
    default=None,
    help="Part of the reader's name; “virtual” for the rack of virtual cards. Default: the only reader.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Where keys, virtual cards and the journal are. Default: var/card.",
)
@click.option(
    "--kek-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    help="File with the key of the key store, 64 hexadecimal digits.",
)
@click.option(
    "--token-module",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    help="PKCS#11 library of the token that guards the key store; its PIN is asked for.",
)
@click.option("--token", default="", help="The token's label.")
@click.option("--token-key", default="nintei-card-keys", help="Label of the key in the token.")
@click.option("--traffic", is_flag=True, help="Show APDUs on stderr; keys and personal data are masked.")
@click.pass_context
def card(
    ctx: click.Context,
    reader: str | None,
    folder: Path | None,
    kek_file: Path | None,
    token_module: Path | None,
    token: str,
    token_key: str,
    traffic: bool,
) -> None:
    """Smart cards: look at them, make, check and wipe test cards."""
    defaults = ctx.meta.get(DEFAULTS, CardDefaults)()
    if reader is not None:
        defaults = replace(defaults, reader=reader)
    if folder is not None:
        defaults = replace(defaults, folder=folder)
    if kek_file is not None:
        defaults = replace(defaults, guards=(SecretGuard(read_kek(kek_file)), *defaults.guards))
    if token_module is not None:
        pin = click.prompt("PIN of the token", hide_input=True, err=True)
        guard = TokenGuard(str(token_module), token, token_key, pin)
        defaults = replace(defaults, guards=(guard, *defaults.guards))
    if traffic:
        logging.basicConfig(stream=sys.stderr, format="%(message)s")
        logging.getLogger("hardware.traffic").setLevel(TRAFFIC)
    ctx.obj = defaults


def read_kek(path: Path) -> Key:
    try:
        return Key(bytes.fromhex(path.read_text(encoding="utf-8").strip()))
    except ValueError as error:
        raise click.UsageError(f"{path} does not hold 64 hexadecimal digits") from error


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """`--json`: one JSON object a line on stdout, errors too."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def ask_component(what: str, kcv: str = "") -> Component:
    """Typed without being shown, until its check value fits: that of the letter, or the known one."""
    while True:
        value = click.prompt(what, hide_input=True, err=True)
        try:
            found = parse_component(value, kcv or click.prompt("Check value (KCV)", err=True))
        except BadComponent as error:
            click.echo(f"{error}. Once more, please", err=True)
            continue
        click.echo(f"Check value {plain(found.kcv)}: it fits", err=True)
        return found


def say(result: Any, words: str, as_json: bool) -> None:
    click.echo(json.dumps(plain(result), ensure_ascii=False) if as_json else words)


def plain(value: Any) -> Any:
    """Dataclasses, enums, dates and bytes as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex().upper()
    return value


def speaks_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Say a CardError in words (or JSON), with what to do next, and leave with its exit code."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CardError as error:
            say_error(error, bool(kwargs.get("as_json")))
            raise click.exceptions.Exit(exit_code(error)) from None

    return wrapped


def exit_code(error: CardError) -> int:
    return _EXIT.get(type(error), 1)


def say_error(error: CardError, as_json: bool) -> None:
    defaults = click.get_current_context().ensure_object(CardDefaults)
    words = defaults.translate(error.message, error.params)
    if as_json:
        click.echo(json.dumps({"error": error.code, "message": words, **plain(error.params)}, ensure_ascii=False))
        return
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)  # where a line of progress stood
    click.echo(f"Error: {words}", err=True)
    if hint := _HINTS.get(type(error)):
        click.echo(hint, err=True)


def progress_line(label: str, as_json: bool) -> Callable[[Progress], None]:
    """Steps on stderr, one line that is written over; nothing for machines."""
    shown = sys.stderr.isatty() and not as_json

    def tell(progress: Progress) -> None:
        if shown:
            click.echo(
                f"\r\x1b[K{label} {progress.done}/{progress.total} {progress.step}",
                err=True,
                nl=progress.step == "done",
            )

    return tell

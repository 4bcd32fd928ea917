"""Commands for what lies on the reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from hardware import pcsc
from hardware.cli.batch import Feeder, read_plans
from hardware.cli.common import (
    VIRTUAL,
    CardDefaults,
    exit_code,
    json_option,
    plain,
    progress_line,
    say,
    say_error,
    speaks_plainly,
)
from hardware.cli.keyfile import ask_vendor_keys
from hardware.desk import Desk
from hardware.errors import CardError, UnknownKey
from hardware.facts import Act, CardFacts, Plan, Receipt
from hardware.pcsc import EventKind
from hardware.sight import Expected


@click.command()
@json_option
@click.pass_obj
@speaks_plainly
def readers(defaults: CardDefaults, as_json: bool) -> None:
    """List the readers, and what lies in them."""
    names = [VIRTUAL] if defaults.is_virtual else pcsc.readers()
    if not names and not as_json:
        click.echo("No card reader is connected.")
    for name in names:
        found = _glance(defaults, name)
        say({"reader": name, **found}, f"{name}: {found.get('words', '')}", as_json)


@click.command()
@click.option("--count", type=int, default=0, help="Stop after so many events.")
@json_option
@click.pass_obj
@speaks_plainly
def watch(defaults: CardDefaults, count: int, as_json: bool) -> None:
    """Tell what is put on a reader and taken off, until Ctrl-C."""
    with pcsc.Monitor() as monitor:
        for number, event in enumerate(monitor.events(), 1):
            found = _glance(defaults, event.reader) if event.kind is EventKind.INSERTED else {}
            words = f"{event.kind.value:15} {event.reader} {found.get('words', '')}".rstrip()
            say({"event": event.kind, "reader": event.reader, "atr": event.atr, **found}, words, as_json)
            if number == count:
                return


@click.command()
@json_option
@click.pass_obj
@speaks_plainly
def read(defaults: CardDefaults, as_json: bool) -> None:
    """Tell reader, ATR, UID and profile of any card."""
    facts = Desk(defaults.connect(), _NoKeys()).identify()
    lines = [
        ("Reader", facts.reader),
        ("ATR", facts.atr),
        ("UID", facts.uid or "none"),
        ("Technology", facts.technology),
        ("Profile", facts.profile),
        ("Serial", facts.serial or "none"),
        ("Life cycle", facts.life_cycle.value),
        (
            "Key versions",
            ", ".join(f"{role.value} {version}" for role, version in facts.key_versions.items()) or "none",
        ),
        *((name, value) for name, value in facts.details.items()),
        ("Can be personalised", "yes" if facts.can_personalise else f"no: {facts.reason}"),
    ]
    say(facts, "\n".join(f"{name + ':':21} {value}" for name, value in lines), as_json)


@dataclass
class _NoKeys:
    def card_key(self, *_: object) -> Any:
        raise AssertionError("looking at a card needs no key")


@click.command()
@click.option("--serial", help="One card: its serial.")
@click.option("--worker-id", help="One card: the ID of its holder, 14 digits; asked for without echo when left out.")
@click.option("--test-data", type=click.File("rb"), help="One card: file with up to 256 bytes.")
@click.option(
    "--plan",
    "plan_file",
    type=click.File(encoding="utf-8-sig"),
    help="A batch: CSV with serial, worker_id and test_data (hex); “-” for stdin.",
)
@click.option("--key-version", type=int, default=0, help="Default: the newest in the key store.")
@json_option
@click.pass_obj
@speaks_plainly
def personalise(
    defaults: CardDefaults,
    serial: str | None,
    worker_id: str | None,
    test_data: Any,
    plan_file: Any,
    key_version: int,
    as_json: bool,
) -> None:
    """Make a test card, and prove it.

    A batch asks for the next card each time.

    The same command again carries on after a pulled card or a crash: cards that are done are proven, not written.
    """
    if bool(serial) == bool(plan_file):
        raise click.UsageError("Give --serial for one card or --plan for a batch")
    version = key_version or defaults.open_keys().current_version
    if version == 0:
        raise UnknownKey(
            "The key store has no complete master key yet: two people bring one with `card keys contribute`"
        )
    if plan_file:
        plans = read_plans(plan_file, version)
    else:
        worker_id = worker_id or click.prompt("ID of the holder", hide_input=True)
        plans = [Plan(serial or "", worker_id, test_data.read() if test_data else b"", version)]
    feeder = Feeder(defaults, as_json, batch=len(plans) > 1)
    failed = 0
    for number, plan in enumerate(plans, 1):
        label = f"[{number}/{len(plans)}] {plan.serial}"
        try:
            feeder.next(plan.serial, label)
            receipt = defaults.desk().personalise(plan, progress_line(label, as_json))
        except CardError as error:
            if len(plans) == 1:
                raise
            failed = max(failed, exit_code(error))
            say_error(error, as_json)
            continue
        say(receipt, f"{label}: {_receipt_words(receipt)}", as_json)
    if failed:
        click.echo("Some cards were not made; give the same command again for those.", err=True)
        raise click.exceptions.Exit(failed)


@click.command()
@click.option("--serial", required=True, help="The serial that the card should have.")
@click.option("--uid", default="", help="The UID that it should have.")
@click.option("--data-tag", default="", help="The data tag of its receipt.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Vendors: the key file you were sent.",
)
@click.option("--public-key", default="", help="With --key-file: the public key printed on the letters.")
@json_option
@click.pass_obj
@speaks_plainly
def verify(
    defaults: CardDefaults,
    serial: str,
    uid: str,
    data_tag: str,
    key_file: Path | None,
    public_key: str,
    as_json: bool,
) -> None:
    """Prove that a card is the expected one.

    Serial, UID, keys and data of the card on the reader are compared; nothing is written.
    """
    keys = ask_vendor_keys(key_file, public_key) if key_file else None
    desk = defaults.desk(keys) if keys else defaults.proving_desk()
    receipt = desk.verify(Expected(serial, uid, data_tag))
    say(receipt, f"{serial}: {_receipt_words(receipt)}", as_json)


@click.command()
@click.option("--serial", required=True, help="The serial of the card to wipe: any other card is refused.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
@speaks_plainly
def wipe(defaults: CardDefaults, serial: str, yes: bool, as_json: bool) -> None:
    """Clear a card's data and keys, and prove it. The serial stays."""
    if not yes:
        click.confirm(f"Wipe card {serial}?", abort=True, err=True)
    receipt = defaults.proving_desk().wipe(Expected(serial), progress_line(serial, as_json))
    say(
        receipt,
        f"{serial}: {'was already empty' if receipt.already else 'wiped'} (UID {receipt.uid})",
        as_json,
    )


def _glance(defaults: CardDefaults, reader: str) -> dict[str, Any]:
    """What lies in a reader, in short; an error is part of the answer."""
    connect = defaults.connect() if reader == VIRTUAL else pcsc.connector(reader)
    try:
        facts: CardFacts = Desk(connect, _NoKeys()).identify()
    except CardError as error:
        return {"card": None, "state": error.code, "words": defaults.translate(error.message, error.params)}
    words = f"{facts.profile}, UID {facts.uid or 'none'}, {facts.serial or 'no serial'}, {facts.life_cycle.value}"
    return {"card": plain(facts), "state": "card", "words": words}


def _receipt_words(receipt: Receipt) -> str:
    if receipt.act is Act.VERIFY:
        how = "proven"
    elif receipt.already:
        how = "was made already, proven"
    else:
        how = "resumed and proven" if receipt.resumed else "made and proven"
    kcvs = ", ".join(f"{role.value} KCV {kcv}" for role, kcv in receipt.kcvs.items())
    return f"{how} (UID {receipt.uid}, keys v{receipt.key_version}: {kcvs}, data tag {receipt.data_tag})"

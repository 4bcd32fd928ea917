"""Making many cards in a row: the plan file, and who puts the next card on the reader."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import click

from hardware import pcsc
from hardware.cli.common import CardDefaults
from hardware.facts import Plan
from hardware.pcsc import EventKind


class Feeder:
    """Sees to it that a card lies on the reader: a virtual one is put there, for a real one we ask."""

    def __init__(self, defaults: CardDefaults, as_json: bool, batch: bool) -> None:
        self._defaults = defaults
        self._as_json = as_json
        self._batch = batch
        self._first = True

    def next(self, serial: str, label: str) -> None:
        if self._defaults.is_virtual:
            rack = self._defaults.rack()
            known = any(entry.serial == serial for entry in rack.cards())
            _ = rack.insert(serial) if known else rack.insert_blank()
            return
        if not self._batch:
            return
        name = self._defaults.reader_name()
        with pcsc.Monitor() as monitor:
            present = any(_is(event, name, EventKind.INSERTED) for event in monitor.poll(0))
            if present and not self._first:
                self._ask(label, f"take the card off {name}")
                self._wait(monitor, name, EventKind.REMOVED)
                present = False
            if not present:
                self._ask(label, f"put the next card on {name}")
                self._wait(monitor, name, EventKind.INSERTED)
        self._first = False

    def _ask(self, label: str, what: str) -> None:
        if not self._as_json:
            click.echo(f"{label}: {what}", err=True)

    @staticmethod
    def _wait(monitor: pcsc.Monitor, reader: str, kind: EventKind) -> None:
        events: Iterator[pcsc.CardEvent] = monitor.events()
        next(event for event in events if _is(event, reader, kind))


def _is(event: pcsc.CardEvent, reader: str, kind: EventKind) -> bool:
    return event.reader == reader and event.kind is kind


def read_plans(file: Any, version: int) -> list[Plan]:
    rows = csv.DictReader(file)
    if not {"serial", "worker_id"} <= set(rows.fieldnames or ()):
        raise click.UsageError("The plan needs the columns serial and worker_id (and test_data, hex, if any)")
    plans = []
    for number, row in enumerate(rows, 2):
        try:
            plans.append(
                Plan(
                    row["serial"].strip(),
                    row["worker_id"].strip(),
                    bytes.fromhex(row.get("test_data") or ""),
                    version,
                )
            )
        except (ValueError, AttributeError):
            raise click.UsageError(f"Line {number} of the plan cannot be read") from None
    if not plans:
        raise click.UsageError("The plan names no card")
    return plans

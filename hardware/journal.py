"""What a desk is about to do and what it has seen done. A write to a card is a physical effect: the
intent is stored before the first write, the receipt after reading back; an intent without a receipt
means: look at the card.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hardware.facts import Act, Receipt


@dataclass(frozen=True, slots=True)
class Intent:
    """About to be done to this card. (act, uid, serial) names it: repeating it is the same intent."""

    act: Act
    uid: str
    serial: str
    key_version: int


class Journal(Protocol):
    """Where a desk writes before and after. The portal's lending ledger is one; both calls must have
    stored when they return.
    """

    def intend(self, intent: Intent) -> None: ...

    def confirm(self, intent: Intent, receipt: Receipt) -> None: ...


class NoJournal:
    """For callers that keep their own record around the desk."""

    def intend(self, intent: Intent) -> None:  # noqa: ARG002 says nothing to nobody
        return

    def confirm(self, intent: Intent, receipt: Receipt) -> None:  # noqa: ARG002 says nothing to nobody
        return


@dataclass
class MemoryJournal:
    """Keeps both in memory, in their order."""

    intents: list[Intent] = field(default_factory=list)
    confirmed: list[tuple[Intent, Receipt]] = field(default_factory=list)

    def intend(self, intent: Intent) -> None:
        self.intents.append(intent)

    def confirm(self, intent: Intent, receipt: Receipt) -> None:
        self.confirmed.append((intent, receipt))

    def open(self) -> list[Intent]:
        """Intents whose outcome nobody has seen yet."""
        done = {intent for intent, _ in self.confirmed}
        return [intent for intent in dict.fromkeys(self.intents) if intent not in done]


class FileJournal:
    """One JSON line an entry, on the disk before the call returns. For the command line, where no portal
    keeps a ledger.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def intend(self, intent: Intent) -> None:
        self._append({"what": "intend", **_intent(intent)})

    def confirm(self, intent: Intent, receipt: Receipt) -> None:
        self._append(
            {
                "what": "confirm",
                **_intent(intent),
                "data_tag": receipt.data_tag,
                "at": receipt.at.isoformat(),
                "kcvs": {role.value: kcv for role, kcv in receipt.kcvs.items()},
            }
        )

    def open(self) -> list[Intent]:
        """Intents whose outcome nobody has seen yet. A last line cut short by a power cut counts as not written."""
        pending: dict[Intent, None] = {}
        for entry in self._entries():
            intent = Intent(Act(entry["act"]), entry["uid"], entry["serial"], entry["key_version"])
            if entry["what"] == "intend":
                pending[intent] = None
            else:
                pending.pop(intent, None)
        return list(pending)

    def _entries(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        entries = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(json.loads(line))
            except ValueError:
                continue
        return entries

    def _append(self, entry: dict[str, Any]) -> None:
        with open(self._path, "ab+", buffering=0, opener=_private) as file:
            # A line that a power cut left unfinished must not swallow this one.
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            start = b"" if size == 0 or file.read(1) == b"\n" else b"\n"
            file.write(start + json.dumps(entry).encode() + b"\n")
            os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _intent(intent: Intent) -> dict[str, Any]:
    return {
        "act": intent.act.value,
        "uid": intent.uid,
        "serial": intent.serial,
        "key_version": intent.key_version,
    }

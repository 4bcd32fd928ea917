"""A mail server with moods: drawn by a seed for each letter, written down, and kind once it is told to be."""

from __future__ import annotations

import asyncio
import email
import email.policy
import random
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.network import free_port

TIMEOUT = 2.0  # seconds for which the portal waits for an answer
# What becomes of a letter, and how often in a hundred.
MOODS = {
    "taken": 66, "dropped": 10, "451 4.7.1 try again later": 10, "421 4.3.2 closing": 4,
    "550 5.1.1 no such user here": 2, "hang": 3, "late": 5,
}  # fmt: skip


@dataclass(frozen=True)
class Arrived:
    """A letter that came, whatever was answered: its Message-ID, what mail it is, for which case."""

    message_id: str
    mail_id: str
    case: str


class Server:
    """`url` is for NINTEI_MAIL_URL."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.kind = False
        self.arrived: list[Arrived] = []
        self.moods: Counter[str] = Counter()
        self.refused: set[str] = set()  # Message-IDs that were said no to for good
        port = free_port()
        self.url = f"smtp://127.0.0.1:{port}?timeout={TIMEOUT:g}"
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def _mood(self, message_id: str) -> str:
        with self._lock:
            if self.kind or message_id in self.refused:
                return "taken"  # no letter is refused for good twice: one press sends it
            mood = self._random.choices(list(MOODS), list(MOODS.values()))[0]
            self.moods[mood] += 1
            if mood.startswith("550"):
                self.refused.add(message_id)
            return mood

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        letter = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        found = Arrived(str(letter["Message-ID"]), str(letter["X-Nintei-Mail"]), str(letter["Subject"]).split()[-1])
        mood = self._mood(found.message_id)
        if mood == "hang":
            await asyncio.sleep(3 * TIMEOUT)
            return "451 4.4.2 too slow"
        if mood[0].isdigit():
            return mood
        with self._lock:
            self.arrived.append(found)
        if mood == "dropped":
            server.transport.close()
        if mood == "late":
            await asyncio.sleep(1.5 * TIMEOUT)
        return "250 OK"

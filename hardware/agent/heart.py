"""The beats beside the work."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from hardware.agent.line import TIMEOUT, Line
from hardware.errors import CardError
from hardware.facts import Progress

_BEAT_SECONDS: Final = 20.0  # a third of the server's lease and less
_PROGRESS_SECONDS: Final = 0.25


class Heart:
    """Beats beside the work: keeps the lease and says how far the card is. What goes wrong here harms nothing."""

    def __init__(self, server: Line, seen: dict[str, Any], name: Mapping[str, Any]) -> None:
        self._server, self._seen, self._name = server, seen, name
        self._at = Progress("open", 0, 1)
        self._ended = threading.Event()
        self._changed = threading.Event()
        self._changed.set()
        self._thread = threading.Thread(target=self._beat, name="agent-heart", daemon=True)
        self._thread.start()

    def tell(self, progress: Progress) -> None:
        self._at = progress
        self._changed.set()

    def end(self) -> None:
        self._ended.set()
        self._changed.set()
        self._thread.join(TIMEOUT)

    def _beat(self) -> None:
        while not self._ended.is_set():
            self._changed.clear()
            at = self._at
            doing = {**self._name, "step": at.step, "done": at.done, "total": at.total}
            try:
                self._server.post("beat", {**self._seen, "doing": doing})
            except CardError:
                self._ended.wait(1.0)
            if not self._ended.wait(_PROGRESS_SECONDS):
                self._changed.wait(_BEAT_SECONDS)

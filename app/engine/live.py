"""Cases kept in memory between steps, so that most steps need not restore one."""

from __future__ import annotations

import threading
from collections import OrderedDict

from app.engine.case import Case
from app.engine.program import Program


class LiveCases:
    """At most `room` cases by the token of their last step. Whoever takes one has it alone: it is not in here then.

    A case goes back only after a step that succeeded, under the step's new token; so what a failed step left
    behind, or a step whose transaction was rolled back, is never found again.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._cases: OrderedDict[str, tuple[Program, Case]] = OrderedDict()

    def take(self, token: str, program: Program) -> Case | None:
        """The case of that token, if it is here and of that program."""
        with self._lock:
            held = self._cases.pop(token, None)
        if held is None or held[0] is not program:
            return None
        return held[1]

    def put(self, token: str, program: Program, case: Case) -> None:
        """Keep a case; the one that was used longest ago makes room."""
        if self._room <= 0:
            return
        with self._lock:
            self._cases[token] = (program, case)
            while len(self._cases) > self._room:
                self._cases.popitem(last=False)

    def clear(self) -> None:
        """Forget all cases that are kept."""
        with self._lock:
            self._cases.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._cases)

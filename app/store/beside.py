"""What is done while a thread waits for the disk at the end of its transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class _Acts(threading.local):
    """Of this thread's transaction."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []


class Beside:
    """For a database of peewee: its commits begin other work."""

    acts: _Acts

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.acts = _Acts()
        super().__init__(*args, **kwargs)

    def beside_commit(self, act: Callable[[], None]) -> None:
        """Call `act` right before this transaction is stored, once however often it is asked for; not when the
        transaction is given up. It begins something on another thread, raises nothing and stores nothing."""
        if act not in self.acts.due:
            self.acts.due.append(act)

    def begin(self, *args: Any, **kwargs: Any) -> Any:
        """As peewee has it."""
        self.acts.due.clear()  # of a transaction that was given up
        return super().begin(*args, **kwargs)  # type: ignore[misc]  # peewee's

    def commit(self) -> Any:
        """As peewee has it."""
        for act in self.acts.due:
            act()
        self.acts.due.clear()
        return super().commit()  # type: ignore[misc]  # peewee's

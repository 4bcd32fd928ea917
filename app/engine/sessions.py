"""Sessions of the sandbox's workers: each is used once, and the next one may be at hand before it is asked for.

Leaving a session and opening the next one takes longer than a short script. A step has it done while it waits for the
disk (`Sessions.prepare`), by a thread that mostly waits for the worker. Done at any other time, the two threads would
wait for each other's turn of the interpreter, which costs as much as it saves.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from queue import Empty, SimpleQueue
from typing import Any

import pydantic_monty as monty

log = logging.getLogger("nintei.sandbox")


class _Session:
    """A session that nobody has used."""

    def __init__(self, pool: monty.Monty, options: dict[str, Any]) -> None:
        self._held = pool.checkout(**options)
        self._session = self._held.__enter__()

    def run(self, source: str, inputs: dict[str, Any]) -> Any:
        """The value of the code's last expression. What it prints is dropped."""
        return self._session.feed_run(source, inputs=inputs, print_callback=monty.CollectString(4096))

    def leave(self) -> None:
        """The worker forgets it, and serves the next one."""
        self._held.__exit__(None, None, None)


class Sessions:
    """Those of one pool. Thread-safe. `options`: the limits and the policy of each (`Monty.checkout`); `most`: how many
    workers the pool has; `patience`: seconds for which a call waits for one."""

    def __init__(self, pool: monty.Monty, options: dict[str, Any], most: int, patience: float) -> None:
        self._pool, self._options, self._patience = pool, options, patience
        self._lock = threading.Lock()
        self._free = most  # workers that no session holds: nobody waits in the pool, for what is held here
        self._at_hand: _Session | None = None
        self._used: list[_Session] = []  # that nobody has left yet
        # Who comes first is given the first worker, with the used session on it if there is one.
        self._waiting: deque[SimpleQueue[_Session | None]] = deque()
        self._to_leave: SimpleQueue[_Session | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, source: str, inputs: dict[str, Any], *, anew: bool = False) -> Any:
        """Run the code in a session that nobody has used; with `anew` in one that is opened now. Raises as the library
        does, and TimeoutError."""
        session = self._take(anew=anew)
        try:
            return session.run(source, inputs)
        finally:
            self._give(session)

    def prepare(self) -> None:
        """Leave what was used and open the next session, beside what the caller does."""
        with self._lock:
            used, self._used = self._used, []
            if used and self._thread is None:
                self._thread = threading.Thread(target=self._keep, name="sandbox sessions", daemon=True)
                self._thread.start()
        for session in used:
            self._to_leave.put(session)

    def close(self) -> None:
        """No session is held any more, and the thread has ended. Nobody may be running anything. Idempotent."""
        if self._thread is not None:
            self._to_leave.put(None)
            self._thread.join()
            self._thread = None
        with self._lock:
            held = [each for each in (self._at_hand, *self._used) if each is not None]
            self._at_hand, self._used = None, []
        for session in held:
            _leave(session)
            self._give(None)

    def _take(self, *, anew: bool) -> _Session:
        """A session that nobody has used, and its worker with it."""
        place: SimpleQueue[_Session | None] | None = None
        with self._lock:
            old, self._at_hand = self._at_hand, None
            if old is not None and not anew:
                return old
            if old is None and self._used:
                old = self._used.pop()
            elif old is None and self._free:
                self._free -= 1
            elif old is None:
                place = SimpleQueue()
                self._waiting.append(place)
        if place is not None:
            old = self._wait(place)
        if old is not None:
            _leave(old)
        return self._open()

    def _wait(self, place: SimpleQueue[_Session | None]) -> _Session | None:
        try:
            return place.get(timeout=self._patience)
        except Empty:
            with self._lock:
                if place in self._waiting:
                    self._waiting.remove(place)
                    raise TimeoutError from None
            return place.get()  # given in this very moment

    def _give(self, session: _Session | None) -> None:
        """A worker is there for whoever waits, with the session that was used on it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(session)
            elif session is not None:
                self._used.append(session)
            else:
                self._free += 1

    def _open(self) -> _Session:
        """A session on the worker that the caller has."""
        try:
            return _Session(self._pool, self._options)
        except BaseException:
            self._give(None)
            raise

    def _keep(self) -> None:
        """What the thread does: it needs no worker but the one of the session that it leaves."""
        while (session := self._to_leave.get()) is not None:
            _leave(session)
            if self._at_hand is not None or self._waiting:
                self._give(None)
                continue
            try:
                session = self._open()
            except Exception as error:  # the next call opens one itself, and says what is wrong
                log.info("no session at hand: %s", error)
                continue
            with self._lock:
                if self._at_hand is None and not self._waiting:
                    self._at_hand, session = session, None
            if session is not None:
                self._give(session)


def _leave(session: _Session) -> None:
    """Nothing of it is left; the caller still has its worker."""
    try:
        session.leave()
    except Exception as error:  # the worker has died: the pool starts another
        log.info("a session was not left: %s", error)

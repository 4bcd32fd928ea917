"""Sessions of the sandbox's workers: each is used once, and the next one is at hand before it is asked for.

Opening a session and leaving it takes longer than a short script. Both are done beside the step here, by a thread of
its own that mostly waits for the worker: what the step waits for is its code alone.
"""

from __future__ import annotations

import logging
import threading
from queue import SimpleQueue
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
        self._at_hand: _Session | None = None
        self._asking = 0  # threads that wait for a worker
        self._workers = threading.BoundedSemaphore(most)  # so that nobody waits in the pool, for what we hold
        self._used: SimpleQueue[_Session | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._keep, name="sandbox sessions", daemon=True)
        self._thread.start()

    def run(self, source: str, inputs: dict[str, Any], *, anew: bool = False) -> Any:
        """Run the code in a session that nobody has used; with `anew` in one that is opened now. Raises as the library
        does."""
        session = self._take(anew=anew)
        try:
            return session.run(source, inputs)
        finally:
            self._used.put(session)

    def close(self) -> None:
        """No session is at hand any more, and the thread has ended. Idempotent."""
        self._used.put(None)
        self._thread.join()

    def _take(self, *, anew: bool) -> _Session:
        with self._lock:
            session, self._at_hand = self._at_hand, None
            if session is not None and not anew:
                return session
            self._asking += 1
        if session is not None:
            self._used.put(session)
        try:
            if not self._workers.acquire(timeout=self._patience):
                raise TimeoutError
        finally:
            with self._lock:
                self._asking -= 1
        return self._open()

    def _open(self) -> _Session:
        """A session on the worker that the caller has."""
        try:
            return _Session(self._pool, self._options)
        except BaseException:
            self._workers.release()
            raise

    def _keep(self) -> None:
        """Leave what was used, and have the next one at hand where a worker is free and nobody waits for one: this
        thread alone leaves sessions, so it never waits for one to be left."""
        while (session := self._used.get()) is not None:
            self._leave(session)
            if self._at_hand is None and not self._asking and self._workers.acquire(blocking=False):
                self._prepare()
        with self._lock:
            session, self._at_hand = self._at_hand, None
        if session is not None:
            self._leave(session)

    def _prepare(self) -> None:
        try:
            session = self._open()
        except Exception as error:  # the next call opens one itself, and says what is wrong
            log.info("no session at hand: %s", error)
            return
        with self._lock:
            if not self._asking:
                self._at_hand = session
                return
        self._leave(session)

    def _leave(self, session: _Session) -> None:
        try:
            session.leave()
        except Exception as error:  # its worker has died: the pool starts another
            log.info("a session was not left: %s", error)
        self._workers.release()

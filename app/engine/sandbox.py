"""Where every expression and script of a diagram runs: a pool of worker processes that can do nothing but compute.

Each call gets a fresh session in a worker with limits on time and memory, no clock but a frozen one, no files, no
network, and as input only the names that the code mentions. What comes back is checked to be plain JSON.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import pydantic_monty as monty

from app.engine import expressions, reasons
from app.engine.sessions import Sessions
from app.engine.values import clean, same
from app.errors import N_, ScriptError, Temporary

# The library looks for OpenTelemetry's context at each call. Where there is none, the whole path is searched each time,
# which takes as long as a short script; `None` makes the import fail at once (Python reference, 5.3.1).
if importlib.util.find_spec("opentelemetry") is None:
    sys.modules["opentelemetry.context"] = None  # type: ignore[assignment]

SECONDS = 0.5  # of computing for one expression or script
KILL_SECONDS = 1.2  # when a worker that does not stop by itself is killed
MEMORY = 64 * 2**20  # bytes
QUEUE_SECONDS = 10.0  # how long a call waits for a free worker
CALLS_PER_WORKER = 20_000  # a worker is replaced now and then, whatever it may have leaked

_LIMITS: monty.ResourceLimits = {
    "max_feed_duration_secs": SECONDS,
    "max_memory": MEMORY,
    "max_recursion_depth": 50,
    "max_suspensions": 1_000,  # it asks us for each name that nothing has set, and gets no answer
    "max_total_sleep_secs": 0.0,
}
# Without a policy `sleep` would outlast the limits and the clock would make a replay differ from the first
# run.
_POLICY: monty.OSPolicy = {
    "datetime": datetime(2000, 1, 1),  # noqa: DTZ001 - the sandbox's own frozen wall clock, never compared to ours
    "timezone": "utc",
    "sleep": "zero",
    "process_time": "zero",
    "random_start": {"seed": 0},
}


class Evaluator:
    """Evaluates expressions and scripts of diagrams. Thread-safe; one per process, workers start
    with the first call.

    `workers`: at most so many processes. A process that is forked after the first call may not use it (and says so);
    one that is spawned may.
    """

    def __init__(self, workers: int = 2) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._pool: monty.Monty | None = None
        self._sessions: Sessions | None = None

    def evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        """The value of one expression over `names`, as plain JSON.

        Raises ScriptError when the expression is refused, fails, or exceeds its limits; Temporary when no
        worker is free.
        """
        code = expressions.expression(expression)
        return _checked(self._run(code.source, _inputs(code, names)), N_("The result"))

    def execute(self, script: str, names: Mapping[str, Any]) -> dict[str, Any]:
        """Run one script over `names`; the names that it set or changed, with their values. Raises as `evaluate`."""
        code = expressions.script(script)
        inputs = _inputs(code, names)
        after = _checked(self._run(_capturing(code), inputs), N_("The script's result"))
        return {name: value for name, value in after.items() if name not in inputs or not same(value, inputs[name])}

    def prepare(self) -> None:
        """Have the next call's session at hand, beside what the caller does: while it waits for the disk."""
        with self._lock:
            sessions = self._sessions
        if sessions is not None and _started_by == os.getpid():
            sessions.prepare()

    def close(self) -> None:
        """End the workers. Idempotent; a later call starts new ones."""
        with self._lock:
            pool, sessions = self._pool, self._sessions
            self._pool = self._sessions = None
        if pool is not None and sessions is not None and _started_by == os.getpid():
            sessions.close()
            pool.__exit__(None, None, None)

    def _run(self, source: str, inputs: dict[str, Any]) -> Any:
        try:
            return self._feed(source, inputs)
        except monty.MontyCrashedError as crash:
            if crash.timed_out:
                raise _failed("TimeoutError") from None
            # Code here is pure, so a worker that died under it (or was dead before) may be asked again, once.
        try:
            return self._feed(source, inputs, anew=True)
        except monty.MontyCrashedError:
            raise _failed("MemoryError") from None

    def _feed(self, source: str, inputs: dict[str, Any], *, anew: bool = False) -> Any:
        try:
            return self._sessions_of_this_process().run(source, inputs, anew=anew)
        except TimeoutError:
            raise Temporary("All script workers are busy.") from None
        except monty.MontySyntaxError as error:
            raise _failed(error.display(format="msg")) from None
        except monty.MontyRuntimeError as error:
            raise _failed(error.display(format="type-msg")) from None
        except (monty.MontyConversionError, ValueError, RecursionError) as error:
            raise _failed(str(error)) from None

    def _sessions_of_this_process(self) -> Sessions:
        if _started_by not in (0, os.getpid()):
            # The library's own threads do not survive a fork: a call would wait for ever.
            raise RuntimeError("The script workers were started before this process was forked; use spawn.")
        with self._lock:
            if self._sessions is None:
                self._pool = _start(self._workers)
                self._sessions = Sessions(
                    self._pool, {"limits": _LIMITS, "os_policy": _POLICY}, self._workers, QUEUE_SECONDS
                )
            return self._sessions


_started_by = 0  # the process in which the library first started workers


def _start(workers: int) -> monty.Monty:
    global _started_by
    pool = monty.Monty(
        min_processes=1,
        max_processes=workers,
        checkout_timeout=QUEUE_SECONDS,
        request_timeout=KILL_SECONDS,
        max_checkouts_per_worker=CALLS_PER_WORKER,
    )
    pool.__enter__()
    _started_by = os.getpid()
    return pool


def _inputs(code: expressions.Code, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: names[name] for name in code.reads if name in names}


@lru_cache(maxsize=1024)
def _capturing(code: expressions.Code) -> str:
    """The script, and after it an expression that gathers what it left behind (a name may never have been set)."""
    lines = [code.source, "__left = {}"]
    for name in sorted(code.writes):
        lines += ["try:", f"    __left[{name!r}] = {name}", "except NameError:", "    pass"]
    return "\n".join([*lines, "__left"])


def _checked(value: Any, where: str) -> Any:
    copied = clean(value, where)
    if _unfolds(copied):
        raise ScriptError("%(where)s refers to itself and cannot be stored.", where=where)
    return copied


def _unfolds(value: Any) -> bool:
    """Whether the value held itself: the sandbox then sends the text that Python would print at that place."""
    if type(value) is dict:
        return any(map(_unfolds, value.values()))
    if type(value) is list:
        return any(map(_unfolds, value))
    return value in ("[...]", "{...}")


def _failed(said: str) -> ScriptError:
    """In the reader's words; what the sandbox itself said is kept for whoever looks closer."""
    message, facts = reasons.of_run(said[:300])
    return ScriptError(message, **facts, said=said[:300])

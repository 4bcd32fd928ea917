"""Mails and documents composed in a child process with limits: what an analyst is still writing is tried there.

The sandbox bounds what a template does (see `sandbox`); the child bounds the rest, whatever it may be: Markdown,
filters, memory. A child that asks for too much is ended and replaced, and the portal's own process has not noticed.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.connectors.children import Child
from app.connectors.templates import Context, Files
from app.errors import N_, Permanent

_READ = (".html", ".txt", ".md", ".css")  # what a template may extend or include
_START_SECONDS = 60.0
_ANSWER = 20_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one text: processor and wall-clock seconds; of the child: bytes of memory."""

    cpu_seconds: int = 6
    seconds: float = 9.0
    memory: int = 1 << 29


class Composer:
    """One child at a time, started at the first use and kept. Safe for threads: they wait for each other."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def compose(
        self, kind: str, source: Mapping[str, Any], context: Context, files: Files, **more: Any
    ) -> Mapping[str, Any]:
        """`kind` mail: {subject, text, html} of `letter.compose`; document: {title, filename, html} of `pdf.compose`.
        `source`: the template's parts as those take them. Raises Permanent, Temporary."""
        asked = {
            "kind": kind,
            "source": dict(source),
            "context": dict(context),
            "files": {path: content for path, content in files.items() if path.endswith(_READ)},
            "more": more,
        }
        with self._lock:
            child = self._child if self._child is not None and self._child.alive() else _Child(self.limits)
            self._child = None
            try:
                answer = child.ask(pickle.dumps(asked))
            except BaseException:
                child.close()
                raise
            self._child = child
        if "error" in answer:
            raise Permanent(answer["error"], **answer["params"])
        return answer

    def close(self) -> None:
        """End the child, if one runs."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()


class _Child(Child):
    """The conversation with `composing_child`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        settings = {"cpu_seconds": limits.cpu_seconds, "memory": limits.memory}
        failure = N_("The program that writes texts did not start")
        super().__init__("composing_child", "compose", settings, _START_SECONDS, failure)

    def ask(self, request: bytes) -> dict[str, Any]:
        line = b""
        with self.deadline(self.limits.seconds), contextlib.suppress(BrokenPipeError):
            self.requests.write(len(request).to_bytes(8, "big") + request)
            self.requests.flush()
            line = self.answers.readline(_ANSWER)
        if not line.endswith(b"\n"):
            raise self._died()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _died(self) -> Permanent:
        if self.ended() == -signal.SIGKILL:  # by the deadline
            return Permanent("The text was not written within %(seconds)s seconds", seconds=self.limits.seconds)
        return Permanent("The text cannot be written: it asks for too much work")

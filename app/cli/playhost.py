"""The host of Plays: a process that imports the portal and forks one child for each Play.

It imports when it is first asked for a Play, or when the start of the portal is well over. It knows neither the
portal's settings nor its secrets: what it needs comes with the request, and its environment holds a few harmless names.
Each child gets a folder, a language and a package, nothing else. A child has limits of memory and time, no network
where the system allows that, and ends with its host.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
import socketserver
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from app.cli import lifeline
from app.cli.playchild import Child, Play, Spec, be, idle, log, reasons, view_of
from app.cli.playlimits import LIMITS, Limits, running, used
from app.errors import N_

LAUNCH = (
    "from app.cli import lifeline, playhost; lifeline.hold(); "
    "playhost.main(lambda: __import__('app.main', fromlist=['player']).player())"
)
CALM = 30.0  # seconds after which the start of the portal no longer needs the processors
LOOK = 1.0  # seconds between two looks at the children
REASONS = 50  # Plays of which it is still known why they ended
TOO_MANY = N_("%(most)s Plays run already: end one, or wait until one has ended")
ENDLESS = N_("What the draft does by itself does not come to an end")


class Host:
    """`load()` imports the portal and gives what runs a Play, in a fresh child, until it is told to end;
    `most` run at once, each within `limits`."""

    def __init__(self, folder: Path, most: int, load: Callable[[], Play], limits: Limits = LIMITS) -> None:
        self._folder = folder
        self._most = most
        self._load = load
        self._limits = limits
        self._play: Play | None = None
        self._began = time.monotonic()
        self._children: dict[str, Child] = {}
        self._why: dict[str, list[str]] = {}

    def answer(self, method: str, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """One request, as JSON."""
        self.look()
        if (method, path) == ("POST", "/plays"):
            return self._begin(said)
        play = path.removeprefix("/plays/")
        if method == "DELETE":
            self._end(play)
            return {}
        return self._told(play)

    def _begin(self, said: Mapping[str, Any]) -> dict[str, Any]:
        owner = int(said["owner"])
        for each in [each for each in self._children.values() if each.owner == owner]:
            self._end(each.spec.id)  # one for each person: the newest
        if len(self._children) >= self._most:
            return {"error": TOO_MANY, "params": {"most": self._most}}
        name = secrets.token_urlsafe(12)
        folder = self._folder / name
        folder.mkdir(mode=0o700)
        spec = Spec(
            name, folder, self._folder / f"{name}.sock", base64.b64decode(said["archive"]), str(said["language"]),
            datetime.fromisoformat(str(said["start"])),
        )  # fmt: skip
        play = self._loaded()
        pid = os.fork()
        if pid == 0:
            be(spec, play, self._limits)
        self._children[name] = Child(pid, spec, owner, str(said["title"]), str(said["source"]), time.monotonic())
        return {"id": name}

    def _loaded(self) -> Play:
        if self._play is None:
            self._play = self._load()
        return self._play

    def look(self) -> None:
        """Whose child has ended; who is idle, old or runs for ever."""
        now = time.monotonic()
        if now - self._began > CALM:
            self._loaded()
        for child in list(self._children.values()):
            done, _ = os.waitpid(child.pid, os.WNOHANG)
            if done:
                self._remember(child.spec.id, reasons(child.spec))
                self._gone(child)
            elif now - child.began > self._limits.longest or idle(child.spec) > self._limits.idle:
                self._end(child.spec.id)
            elif self._runs_for_ever(child):
                log.warning("A Play has run for ever and is ended")
                self._end(child.spec.id)
                self._remember(child.spec.id, [ENDLESS])

    def _runs_for_ever(self, child: Child) -> bool:
        """Whether it was never seen at rest while it used so much of a processor: on a machine that has much else to
        do this takes longer, and whoever waits for a processor is not at rest."""
        spent = used(child.pid)
        if not running(child.pid):
            child.rested = spent
        return spent - child.rested > self._limits.busy

    def _remember(self, play: str, why: list[str]) -> None:
        self._why[play] = why
        while len(self._why) > REASONS:
            del self._why[next(iter(self._why))]

    def close(self) -> None:
        """End every Play and remove their folder."""
        for name in list(self._children):
            self._end(name)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _told(self, play: str) -> dict[str, Any]:
        child = self._children.get(play)
        if child is not None:
            state = "ready" if child.spec.listen.exists() else "opening"
            return {**view_of(child), "state": state, "why": []}
        if self._why.get(play):
            return {"id": play, "owner": 0, "title": "", "source": "", "state": "failed", "why": self._why[play]}
        return {}

    def _end(self, play: str) -> None:
        child = self._children.get(play)
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # nothing of it is kept: there is nothing to finish
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)  # it may not have its own group yet
        os.waitpid(child.pid, 0)
        self._gone(child)

    def _gone(self, child: Child) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # what it started
        self._children.pop(child.spec.id, None)
        child.spec.listen.unlink(missing_ok=True)
        shutil.rmtree(child.spec.folder, ignore_errors=True)


def _handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """JSON in, JSON out; one request at a time, in the one thread from which children are forked."""

        timeout = 10

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            said = json.loads(self.rfile.read(length) or b"{}")
            body = json.dumps(host.answer(self.command, self.path, said), ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 - names of http.server

        def address_string(self) -> str:
            return "the portal"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as in http.server
            log.debug(format, *args)

    return Handler


class _Listening(socketserver.UnixStreamServer):
    def handle_error(self, _request: Any, _client_address: Any) -> None:
        log.exception("A request of the portal could not be answered")


def main(load: Callable[[], Play], limits: Limits = LIMITS) -> None:
    """`playhost FILE MOST`: make Plays until SIGTERM; says in FILE at which socket it listens."""
    os.umask(0o077)
    file, most = Path(sys.argv[2]), int(sys.argv[3])
    _sweep(file)
    folder = Path(tempfile.mkdtemp(prefix="nintei-play-"))
    host = Host(folder, most, load, limits)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stop.append(received))
    with _Listening(str(folder / "host.sock"), _handler(host)) as server:
        server.timeout = LOOK
        _say(file, folder / "host.sock")
        while not stop:
            lifeline.pulse()
            server.handle_request()
            host.look()
    host.close()
    file.unlink(missing_ok=True)


def _say(file: Path, listens: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_text(f"{listens}\n", "utf-8")
    fresh.replace(file)


def _sweep(file: Path) -> None:
    """What a host left that was killed."""
    try:
        folder = Path(file.read_text("utf-8").strip()).parent
    except OSError:
        return
    if folder.name.startswith("nintei-play-") and folder.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(folder, ignore_errors=True)

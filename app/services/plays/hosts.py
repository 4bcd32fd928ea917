"""Plays as the portal's pages reach them: the host process that makes them, and the pages of each, over sockets
of this machine."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import NotFound, Refused, Temporary

ID = re.compile(r"[A-Za-z0-9_-]{12,40}")
MOST_BYTES = 20 << 20  # of a request to a Play
HOST_SECONDS, PAGE_SECONDS = 10.0, 60.0
BEGIN_SECONDS = 60.0  # a host that is asked for its first Play imports the whole portal before it answers


@dataclass(frozen=True, slots=True)
class PlayView:
    """One Play. `state`: opening, ready, failed (`why`: what keeps the package from running) or ended."""

    id: str
    owner: int
    title: str
    source: str  # workspace:<id> or release:<package>:<number>
    state: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a page of a Play answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Local(http.client.HTTPConnection):
    """HTTP over a socket of this machine (unix(7))."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("play", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def file_of(data_dir: Path) -> Path:
    """Where the host of this machine says at which socket it listens."""
    return data_dir / "plays" / f"{socket.gethostname()}.host"


class Plays:
    """`data_dir`: the portal's, where the host has left its address."""

    def __init__(self, data_dir: Path) -> None:
        self._file = file_of(data_dir)

    def start(self, owner: int, title: str, source: str, archive: bytes, language: str, now: datetime) -> str:
        """Begin one; gives its id. Raises Refused while as many run as may, Temporary without a host."""
        said = self._host(
            "POST",
            "/plays",
            {
                "owner": owner,
                "title": title,
                "source": source,
                "language": language,
                "start": now.isoformat(),
                "archive": base64.b64encode(archive).decode(),
            },
        )
        if "error" in said:
            raise Refused(str(said["error"]), **said.get("params", {}))
        return str(said["id"])

    def of(self, play: str) -> PlayView:
        """One. Raises NotFound, Temporary."""
        found = self._host("GET", f"/plays/{_id(play)}")
        if "id" not in found:
            raise NotFound("This Play has ended")
        return PlayView(
            found["id"], found["owner"], found["title"], found["source"], found["state"], tuple(found["why"])
        )

    def end(self, play: str) -> None:
        """End it; what was played is gone."""
        self._host("DELETE", f"/plays/{_id(play)}")

    def ask(self, play: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """A request to a page of the Play, and its answer. Raises NotFound, Temporary."""
        place = self._place()
        listens = place.parent / f"{_id(play)}.sock" if place is not None else None
        if listens is None or not listens.exists():
            raise NotFound("This Play has ended")
        line = _Local(listens, PAGE_SECONDS)
        try:
            line.request(method, path, body=body or None, headers=dict(headers))
            answer = line.getresponse()
            return Reply(answer.status, tuple(answer.getheaders()), answer.read())
        except TimeoutError as error:
            raise Temporary("The Play does not answer: it may be busy with what the draft asks of it") from error
        except (OSError, http.client.HTTPException) as error:
            raise NotFound("This Play has ended") from error
        finally:
            line.close()

    def control(self, play: str, method: str, what: str, said: Mapping[str, Any], language: str) -> tuple[int, Any]:
        """What moves the Play (app/web/playing/control.py): status and JSON."""
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        reply = self.ask(play, method, f"/-/{what}", headers, json.dumps(said).encode() if method == "POST" else b"")
        try:
            return reply.status, json.loads(reply.body)
        except ValueError as error:
            raise Temporary("The Play does not answer: it may be busy with what the draft asks of it") from error

    def _host(self, method: str, path: str, said: Mapping[str, Any] | None = None) -> dict[str, Any]:
        place = self._place()
        if place is None:
            if method != "POST":
                raise NotFound("This Play has ended")
            raise Temporary("Trying is not possible just now: its process does not answer")
        line = _Local(place, BEGIN_SECONDS if method == "POST" else HOST_SECONDS)
        try:
            line.request(method, path, body=json.dumps(said).encode() if said is not None else None)
            found: dict[str, Any] = json.loads(line.getresponse().read() or b"{}")
            return found
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Temporary("Trying is not possible just now: its process does not answer") from error
        finally:
            line.close()

    def _place(self) -> Path | None:
        try:
            return Path(self._file.read_text("utf-8").strip())
        except OSError:
            return None


def _id(play: str) -> str:
    if not ID.fullmatch(play):
        raise NotFound("This Play has ended")
    return play

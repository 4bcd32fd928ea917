"""The agent at a card desk: the computer with the reader asks the server for work, does it, and reports.

It only ever calls out, over HTTPS, with a token that belongs to this desk. It has no master key: for each act it gets
the keys of the one card that lies on its reader (`hardware.keys.lease`), and forgets them after it. What it has done
it writes down (`journal.jsonl` before and after each write, `outbox.jsonl` until the server took the report), so the
network may go, the program may be killed, and no card is done twice: it looks at the card first, and the card says
how far it is.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import random
import secrets
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from hardware import pcsc
from hardware.crypto import Key
from hardware.desk import Desk
from hardware.errors import BadKeyFile, CardError, NoCard, NoDaemon, UnknownKey
from hardware.facts import Act, CardFacts, Progress, Receipt, Role
from hardware.files import private_folder, write_whole
from hardware.journal import FileJournal
from hardware.keys.lease import Errand, Lease, LeasedKeys, Opener
from hardware.transport import Transport
from hardware.virtual import VirtualRack

VERSION: Final = "1"
IDLE_SECONDS: Final = 2.0
LONGEST_BACKOFF: Final = 60.0
_TIMEOUT: Final = 15.0
_BEAT_SECONDS: Final = 20.0  # a third of the server's lease and less
_PROGRESS_SECONDS: Final = 0.25
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class ServerAway(CardError):
    """The server cannot be reached, or has trouble of its own: try again."""

    code = "server_away"


class ServerRefused(CardError):
    """The server understood and refused; its sentence is in `params["reason"]`."""

    code = "server_refused"


class TokenRefused(CardError):
    """The token is unknown or was revoked: the agent ends."""

    code = "token_refused"


class Line(Protocol):
    """The way to the server."""

    def post(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """beat, lease or report. Raises ServerAway, ServerRefused, TokenRefused."""
        ...


class Server:
    """`Line` by HTTP. Each thread keeps a connection. Redirects are not followed: a token goes nowhere else."""

    def __init__(self, url: str, token: str, *, plain: bool = False) -> None:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ServerRefused("The server's address must be https://…; it is %(url)s", url=url)
        if parts.scheme == "http" and not plain and parts.hostname not in _LOOPBACK:
            raise ServerRefused("Over %(url)s others would see the token: the address must be https://…", url=url)
        self._parts = parts
        self._path = parts.path.rstrip("/")
        self._token = token
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"Server({self._parts.hostname})"

    def post(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            status, raw = self._send(what, json.dumps(body).encode())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = type(error).__name__
            raise ServerAway("The server cannot be reached (%(reason)s)", reason=reason) from error
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        if status == 401:
            raise TokenRefused("The server does not know this token (any more): ask for a new one")
        if status == 422 and isinstance(answer, dict):
            raise ServerRefused("%(reason)s", reason=str(answer.get("error", ""))[:300])
        if status != 200 or not isinstance(answer, dict):
            raise ServerAway("The server cannot be reached (%(reason)s)", reason=f"HTTP {status}")
        return answer

    def _send(self, what: str, body: bytes) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        for again in (False, True):
            connection = self._connection(fresh=again)
            try:
                connection.request("POST", f"{self._path}/agent/{what}", body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read(1 << 20)
            except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
                self.close()  # a kept connection may have ended meanwhile; every request may be sent twice
                if again:
                    raise
        raise AssertionError("unreachable")

    def _connection(self, *, fresh: bool) -> http.client.HTTPConnection:
        known: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if known is not None and not fresh:
            return known
        host, port = self._parts.hostname or "", self._parts.port
        made = (
            http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
            if self._parts.scheme == "http"
            else http.client.HTTPSConnection(host, port, timeout=_TIMEOUT, context=ssl.create_default_context())
        )
        self._own.connection = made
        return made

    def close(self) -> None:
        """End this thread's connection."""
        known = getattr(self._own, "connection", None)
        if known is not None:
            known.close()
            self._own.connection = None


class Place(Protocol):
    """Where cards are laid: a reader."""

    @property
    def name(self) -> str: ...

    def connect(self) -> Transport: ...

    def feed(self, wanted: Sequence[Mapping[str, str]]) -> bool:
        """Lay a wanted card on, if nobody else does; whether something else may lie there now."""
        ...

    def wait(self, seconds: float) -> bool:
        """Until a card is laid on or taken off, or the time is over; whether one must look again."""
        ...


class VirtualPlace:
    """The rack of virtual cards; its robot lays on what the server waits for."""

    def __init__(self, rack: VirtualRack, sleep: Callable[[float], Any]) -> None:
        self._rack = rack
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._rack.reader

    def connect(self) -> Transport:
        return self._rack.connect()

    def feed(self, wanted: Sequence[Mapping[str, str]]) -> bool:
        known = {entry.uid: entry.serial for entry in self._rack.cards()}
        for each in wanted:
            uid, serial = each["uid"], each["serial"]
            if uid in known:
                self._rack.insert_uid(uid)
            elif not uid and serial in known.values():
                self._rack.insert(serial)
            elif not uid and each["run"] == Act.PERSONALISE:
                self._rack.insert_blank()
            else:
                continue  # that card is elsewhere
            return True
        try:
            self._rack.connect()
        except NoCard:
            return False
        self._rack.eject()
        return True

    def wait(self, seconds: float) -> bool:
        self._sleep(seconds)
        return True


class PcscPlace:
    """A real reader. People lay the cards on it."""

    def __init__(self, reader: str, sleep: Callable[[float], Any]) -> None:
        self._wanted = reader
        self._reader = ""
        self._sleep = sleep
        self._monitor: pcsc.Monitor | None = None

    @property
    def name(self) -> str:
        return self._reader or self._wanted

    def connect(self) -> Transport:
        self._reader = pcsc.only_reader(self._wanted)
        return pcsc.connect(self._reader)

    def feed(self, wanted: Sequence[Mapping[str, str]]) -> bool:  # noqa: ARG002 a person does it
        return False

    def wait(self, seconds: float) -> bool:
        try:
            if self._monitor is None:
                self._monitor = pcsc.Monitor()
                self._monitor.poll(0)
            return bool(self._monitor.poll(seconds))
        except CardError:
            self._forget()
            self._sleep(seconds)
            return True

    def _forget(self) -> None:
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None


class Outbox:
    """Reports that the server has not taken yet: one JSON line each, on the disk before `add` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue  # cut short by a power cut: the card will be looked at instead
        return found

    def add(self, report: Mapping[str, Any]) -> None:
        self._write([*self.all(), dict(report)])

    def drop(self, report: Mapping[str, Any]) -> None:
        self._write([each for each in self.all() if each != report])

    def _write(self, reports: list[dict[str, Any]]) -> None:
        write_whole(self._path, "".join(json.dumps(each) + "\n" for each in reports).encode())


@dataclass(frozen=True, slots=True)
class Sight:
    """What lies on the reader: a card, or the code that says why none can be seen."""

    card: CardFacts | None
    code: str = ""


class Agent:
    """One desk. `folder` is its own: nobody else works in it while it lives. `say` gets a line for the person there."""

    def __init__(
        self,
        server: Line,
        token: str,
        place: Place,
        folder: Path,
        *,
        say: Callable[[str], None] = lambda _line: None,
        beats: bool = True,
    ) -> None:
        self._server = server
        self._token = token
        self._place = place
        self._say = say
        self._beats = beats
        self._instance = secrets.token_hex(4)
        self._folder = private_folder(folder)
        self._lock: int | None = _alone(self._folder / "agent.lock")
        self._journal = FileJournal(self._folder / "journal.jsonl")
        self._outbox = Outbox(self._folder / "outbox.jsonl")
        self._sight = Sight(None)
        self._look_again = True
        self._said = ""
        self.desk = ""

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. Raises TokenRefused; everything else is waited out."""
        for intent in self._journal.open():
            self._tell(f"{intent.serial} (UID {intent.uid}) was begun and not finished: lay it on the reader again")
        failures = 0
        while not stop.is_set():
            try:
                busy = self.once()
                failures = 0
            except ServerAway as error:
                failures += 1
                self._tell(str(error))
                longest = min(LONGEST_BACKOFF, 2.0**failures)
                stop.wait(random.uniform(longest / 2, longest))  # noqa: S311 - spreads load, guards nothing
                continue
            except ServerRefused as error:
                self._tell(str(error))
                busy = False
            if not busy and not stop.is_set():
                self._look_again |= self._place.wait(IDLE_SECONDS)

    def once(self) -> bool:
        """One round; whether a card was done. Raises ServerAway, ServerRefused, TokenRefused."""
        self._flush()
        sight = self._look()
        answer = self._server.post("beat", self._seen(sight))
        self.desk = str(answer.get("desk", ""))
        wanted = answer.get("wanted") or []
        if self._place.feed(wanted):
            self._look_again = True
            sight = self._look()
        if sight.card is None or not sight.card.uid:
            self._invite(sight, wanted)
            return False
        opener = Opener()
        granted = self._server.post("lease", {**_of(sight.card), "public": opener.public})
        job = granted.get("job")
        if not job:
            self._invite(sight, wanted)
            return False
        lease = Lease(self.desk, int(job["id"]), int(job["fence"]), sight.card.uid)
        self._do(job, lease, opener, str(granted["sealed"]))
        self._flush()
        return True

    def _look(self) -> Sight:
        if not self._look_again:
            return self._sight
        try:
            self._sight = Sight(Desk(self._place.connect, _NoKeys()).identify())
            self._look_again = False
        except CardError as error:
            # An empty reader is a fact; anything else is looked at again.
            self._sight, self._look_again = Sight(None, error.code), not isinstance(error, NoCard)
        return self._sight

    def _seen(self, sight: Sight, doing: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {
            "instance": self._instance,
            "version": VERSION,
            "reader": self._place.name[:120],
            "code": sight.code,
            "card": {**_of(sight.card), "profile": sight.card.profile} if sight.card else None,
            "doing": doing,
            "unsent": len(self._outbox.all()),
        }

    def _do(self, job: Mapping[str, Any], lease: Lease, opener: Opener, sealed: str) -> None:
        """Do it, whatever the network does meanwhile, and put the report into the outbox."""
        base = {"job": lease.job, "fence": lease.fence, "code": ""}
        name = {"job": lease.job, "fence": lease.fence, "serial": job["serial"], "run": job["run"]}
        self._tell(f"{job['serial']}: at work, leave the card where it is")
        heart = _Heart(self._server, self._seen(self._sight), name) if self._beats else None
        try:
            errand = opener.open(sealed, self._token, lease)
            report = {**base, **self._act(errand, lease, heart.tell if heart else None)}
        except CardError as error:
            report = {**base, "code": error.code}
            self._tell(f"{job['serial']}: {error}")
        finally:
            self._look_again = True
            if heart:
                heart.end()
        self._outbox.add(report)
        if not report["code"]:
            self._tell(f"{job['serial']}: done, take the card off")

    def _act(self, errand: Errand, lease: Lease, progress: Callable[[Progress], None] | None) -> dict[str, Any]:
        desk = Desk(self._place.connect, LeasedKeys(lease.uid, errand.keys), journal=self._journal)
        if errand.act is Act.PERSONALISE and errand.plan is not None:
            return {"receipt": _receipt(desk.personalise(errand.plan, progress))}
        if errand.act is not Act.RETURN:
            raise BadKeyFile("What the server sent for this card cannot be opened")
        found = desk.return_check(replace(errand.expected, uid=lease.uid), Act.WIPE, progress=progress)
        if found.receipt is None:
            checks = " ".join(f"{each.name}={'ok' if each.ok else each.code or 'failed'}" for each in found.checks)
            return {"code": "check_failed", "checks": checks}
        return {"receipt": _receipt(found.receipt)}

    def _flush(self) -> None:
        """Hand in what was done. `late` means that it counts no more: the next look at the card tells what is true."""
        for report in self._outbox.all():
            try:
                state = self._server.post("report", report).get("state")
            except ServerRefused as error:
                state = str(error)
            if state not in ("done", "queued"):
                self._tell(f"The server took note of a report: {state}")
            self._outbox.drop(report)

    def _invite(self, sight: Sight, wanted: Sequence[Mapping[str, str]]) -> None:
        """Tell the person what to lay on."""
        if sight.card is not None:
            held = sight.card.serial or f"UID {sight.card.uid}" if sight.card.uid else "this card"
            line = f"{held} is {sight.card.life_cycle.value}: nothing is to be done with it"
        elif sight.code not in ("", NoCard.code):
            line = f"The reader: {sight.code.replace('_', ' ')}"
        else:
            line = "The reader is free"
        if wanted:
            first = wanted[0]
            kind = "a blank card" if not first["uid"] and first["run"] == Act.PERSONALISE else f"card {first['serial']}"
            line += f"; {len(wanted)} to do, lay on {kind}"
        self._tell(line)

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(line)


class _Heart:
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
        self._thread.join(_TIMEOUT)

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


class _NoKeys:
    """Looking at a card needs no key."""

    def card_key(self, role: Role, version: int, uid: bytes, context: bytes) -> Key:  # noqa: ARG002 there are none
        raise UnknownKey("Looking at a card needs no key")


def _of(card: CardFacts) -> dict[str, Any]:
    return {
        "uid": card.uid,
        "serial": card.serial,
        "life_cycle": card.life_cycle.value,
        "versions": sorted(set(card.key_versions.values())),
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "uid": receipt.uid,
        "key_version": receipt.key_version,
        "kcvs": {role.value: kcv for role, kcv in receipt.kcvs.items()},
        "data_tag": receipt.data_tag,
    }


def _alone(path: Path) -> int:
    """Nobody else works in this folder while the handle is open."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise NoDaemon("Another agent works in the folder %(path)s", path=str(path.parent)) from error
    return handle

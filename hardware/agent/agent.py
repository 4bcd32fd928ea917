"""One desk's agent: look at the card, ask for its job, do it, report."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from hardware.agent.heart import Heart
from hardware.agent.line import Line, ServerAway, ServerRefused
from hardware.agent.memory import Outbox, alone
from hardware.agent.places import Place
from hardware.crypto import Key
from hardware.desk import Desk
from hardware.errors import BadKeyFile, CardError, NoCard, UnknownKey
from hardware.facts import Act, CardFacts, Progress, Receipt, Role
from hardware.files import private_folder
from hardware.journal import FileJournal
from hardware.keys.lease import Errand, Lease, LeasedKeys, Opener

VERSION: Final = "1"
IDLE_SECONDS: Final = 2.0
LONGEST_BACKOFF: Final = 60.0


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
        self._lock: FileLock | None = alone(self._folder / "agent.lock")
        self._journal = FileJournal(self._folder / "journal.jsonl")
        self._outbox = Outbox(self._folder / "outbox.jsonl")
        self._sight = Sight(None)
        self._look_again = True
        self._said = ""
        self.desk = ""

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            self._lock.release()
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
        heart = Heart(self._server, self._seen(self._sight), name) if self._beats else None
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
            line = "Reader ready"
        if wanted:
            first = wanted[0]
            kind = "a blank card" if not first["uid"] and first["run"] == Act.PERSONALISE else f"card {first['serial']}"
            line += f"; {len(wanted)} to do, lay on {kind}"
        self._tell(line)

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(line)


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

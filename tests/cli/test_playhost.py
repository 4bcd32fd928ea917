"""The host of Plays, with drafts that are nothing but trouble: who has to end is ended, who rests stays."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.cli import playchild, playhost
from app.cli.playchild import Spec
from app.cli.playlimits import Limits
from app.errors import Permanent
from app.services.plays.hosts import Plays, file_of
from config import machine
from tests.support.network import wait_until

SMALL = Limits(busy=0.3, memory=1 << 30)
LONELY = Limits(idle=0.5)
LAUNCH = "from app.cli import playhost; from tests.cli import test_playhost as t; playhost.main(lambda: t.play, t.{})"
WAIT = 120


def play(spec: Spec) -> None:
    """What is done by a draft of this name."""
    ACTS[spec.archive.decode()](spec)


def _opens(spec: Spec) -> None:
    spec.listen.touch()


def _loops(spec: Spec) -> None:
    _opens(spec)
    while True:
        pass


def _rests(spec: Spec) -> None:
    _opens(spec)
    while True:
        signal.pause()


def _breaks(_spec: Spec) -> None:
    raise ValueError("words of a programmer")


def _refuses(_spec: Spec) -> None:
    raise Permanent("The Play does not answer: it may be busy with what the draft asks of it")


ACTS: dict[str, Callable[[Spec], Any]] = {
    "loops": _loops,
    "rests": _rests,
    "takes": lambda _: bytearray(2 << 30),
    "breaks": _breaks,
    "refuses": _refuses,
}


class Host:
    """A host with these limits, and what it says of its Plays."""

    def __init__(self, folder: Path, limits: str) -> None:
        file = file_of(folder)
        command = [sys.executable, "-c", LAUNCH.format(limits), "playhost", str(file), "5"]
        project = Path(playhost.__file__).parents[2]
        self._process = subprocess.Popen(command, env=machine.bare_environment(), cwd=project)
        wait_until(file.exists, WAIT, "the host of Plays")
        self._plays = Plays(folder)
        self._owners = 0

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    def begin(self, draft: str) -> str:
        self._owners += 1
        said = {"owner": self._owners, "title": draft, "source": "workspace:1", "language": "ja"}
        archive = base64.b64encode(draft.encode()).decode()
        start = "2026-11-30T09:00:00+09:00"
        return str(self._plays._host("POST", "/plays", {**said, "start": start, "archive": archive})["id"])

    def told(self, play: str) -> Any:
        return self._plays._host("GET", f"/plays/{play}")

    def why(self, play: str) -> str:
        """Why it ended, as soon as it has."""
        wait_until(lambda: self.told(play).get("state") not in ("opening", "ready"), WAIT, "the end of the Play")
        said = self.told(play)
        return "".join(said["why"]) if said else ""


def test_whoever_never_rests_takes_too_much_or_breaks_is_ended_in_words_and_the_others_stay(tmp_path: Path) -> None:
    with Host(tmp_path, "SMALL") as host:
        rests = host.begin("rests")
        assert host.why(host.begin("loops")) == playhost.ENDLESS
        assert host.why(host.begin("takes")) == playchild.TOO_MUCH
        assert host.why(host.begin("breaks")) == playchild.BROKEN, "an analyst reads no words of a programmer"
        assert "お試しが応答していません" in host.why(host.begin("refuses"))
        assert host.told(rests)["state"] == "ready"


def test_whoever_is_not_asked_for_anything_ends_without_a_word(tmp_path: Path) -> None:
    with Host(tmp_path, "LONELY") as host:
        assert host.why(host.begin("rests")) == ""

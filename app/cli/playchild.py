"""One child of the host of Plays: what it is asked for, how it lives, what it says before it ends."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.cli.language import translator
from app.cli.playlimits import Limits, fence
from app.errors import N_, BadPackage, NinteiError

log = logging.getLogger("nintei.play")
TOO_MUCH = N_("What the draft does by itself takes too much memory")
BROKEN = N_("It could not be set up; the log of the portal says why")


@dataclass(frozen=True, slots=True)
class Spec:
    """One Play, as its child opens it. `folder` is its own and empty; `listen`: its socket."""

    id: str
    folder: Path
    listen: Path
    archive: bytes
    language: str
    start: datetime


@dataclass
class Child:
    pid: int
    spec: Spec
    owner: int
    title: str
    source: str
    began: float
    rested: float = 0.0  # seconds of a processor that it had used when it was last seen at rest


def be(spec: Spec, play: Play, limits: Limits) -> None:
    """The child: never returns."""
    code = 1
    try:
        fence(spec.folder, limits)
        play(spec)
        code = 0
    except BadPackage as error:
        said = translator(spec.language)
        tell(spec, [problem.said(said) for problem in error.problems])
    except NinteiError as error:
        log.exception("A Play could not go on")
        tell(spec, [error.said(translator(spec.language))])
    except MemoryError:
        log.warning("A Play has taken more memory than it may")
        tell(spec, [TOO_MUCH])
    except BaseException:
        log.exception("A Play could not go on")
        tell(spec, [BROKEN])
    finally:
        os._exit(code)


def view_of(child: Child) -> dict[str, Any]:
    return {"id": child.spec.id, "owner": child.owner, "title": child.title, "source": child.source}


def idle(spec: Spec) -> float:
    try:
        return time.time() - spec.folder.stat().st_mtime
    except OSError:
        return 0.0


def tell(spec: Spec, why: list[str]) -> None:
    with contextlib.suppress(OSError):
        spec.listen.with_suffix(".why").write_text(json.dumps(why, ensure_ascii=False), "utf-8")


def reasons(spec: Spec) -> list[str]:
    file = spec.listen.with_suffix(".why")
    try:
        found: list[str] = json.loads(file.read_text("utf-8"))
        return found
    except (OSError, ValueError):
        return []
    finally:
        file.unlink(missing_ok=True)


Play = Callable[[Spec], None]

"""Somebody who applies, follows links, fills in and sends, through the services; in a process that may be killed.

    python -m tests.chaos.stepper NAME ACKNOWLEDGEMENTS SEED MOST_CASES

What was confirmed to them is written down line by line, each before the next thing is done; what is in the file was
promised. When standard input ends, no new cases are begun, and those that are open are walked to their end.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.errors import NinteiError
from app.main import open_portal
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cases import applications, entering, lifecycle
from app.services.people import accounts as people
from app.services.tasks import forms, send
from app.services.tasks.drafts import OpenPage
from app.services.trouble import storage
from app.states import Side
from app.store import accounts, cases, database, entrylinks
from app.store.models import Case, Job, Task
from config.settings import from_environment
from tests.chaos.package import ID

PASSWORD = "correct horse battery staple"
STAFF = "staff@example.jp"
IDLE = 90.0  # seconds without anything to do after which a stepper that is to end does; a busy machine pauses long


class Stepper:
    """One of them. `most`: cases that may be open at once."""

    def __init__(self, portal: Portal, name: str, acknowledged: Path, seed: int, most: int) -> None:
        self._portal = portal
        self._name = f"{name}-{os.getpid()}"
        self._random = random.Random(f"{seed} {os.getpid()}")
        self._most = most
        self._file = acknowledged.open("a", encoding="utf-8")
        self._count = 0

    def run(self, stop: threading.Event) -> None:
        idle_since = time.monotonic()
        while not stop.is_set() or time.monotonic() - idle_since < IDLE:
            try:
                if stop.is_set() and self._is_over():
                    return
                if self._do(begin=not stop.is_set()) or (stop.is_set() and self._press()):
                    idle_since = time.monotonic()
            except NinteiError:  # somebody was faster
                pass
            except Exception as error:
                if not storage.passes(error):
                    self._say("error", text=f"{type(error).__name__}: {error}")
                time.sleep(0.2)

    def _say(self, what: str, **facts: Any) -> None:
        self._file.write(json.dumps({"what": what, "by": self._name, **facts}, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _words(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"

    def _do(self, *, begin: bool) -> bool:
        """One thing; whether there was something to do."""
        with database.connection():
            open_cases = list(Case.select().where(~Case.ended))
            waiting = list(Task.select().where((Task.state == "open") & (Task.element != "request")))
            entered = {row.id for row in open_cases if cases.members(row.id)}
        outside = [row for row in open_cases if row.id not in entered]
        ready = [row for row in waiting if row.case_id in entered]
        if outside and self._random.random() < 0.5:
            self._enter(self._random.choice(outside))
        elif ready:
            self._send(self._random.choice(ready))
        elif begin and len(open_cases) < self._most:
            self._apply()
        else:
            time.sleep(0.1)
            return False
        return True

    def _is_over(self) -> bool:
        with database.connection():
            return not Case.select().where(~Case.ended).exists() and not self._refused()

    def _press(self) -> bool:
        """What staff do about letters that were refused for good; whether there was one."""
        with database.connection():
            refused = self._refused()
        for job in refused:
            database.again(lambda job=job: lifecycle.retry(self._portal, job.id, self._staff()))  # type: ignore[misc]
            self._say("pressed", job=job.key)
        return bool(refused)

    @staticmethod
    def _refused() -> list[Job]:
        return [job for job in Job.select().where(Job.state == "incident") if refused_for_good(job)]

    def _apply(self) -> None:
        text = self._words()
        raw = {"remark": text, "company_name": text, "email": f"{text}@example.com".lower()}
        started = database.again(lambda: applications.apply(self._portal, ID, raw))
        self._say("applied", case=started.number, element="request", text=text)

    def _enter(self, case: Case) -> None:
        with database.connection():
            link = entrylinks.current_link(case.id)
        if link is None:
            return
        user = database.again(lambda: entering.enter(self._portal, link.token, None, PASSWORD))
        self._say("entered", case=case.number, user=user)

    def _send(self, task: Task) -> None:
        who, text = self._actor(task), self._words()
        page = OpenPage(id=text, nth=1)
        revision = database.again(lambda: forms.save_draft(self._portal, task.id, {"remark": text}, who, page))
        database.again(lambda: forms.check(self._portal, task.id, who))
        database.again(lambda: send.send(self._portal, task.id, who, revision))
        self._say("sent", case=task.case_number, element=task.element, task=task.id, text=text)

    def _actor(self, task: Task) -> Actor:
        if task.side != Side.VENDOR:
            return self._staff()
        with database.connection():
            user = cases.members(task.case_id)[0].user_id
        return people.actor_of(self._portal, user)

    def _staff(self) -> Actor:
        with database.connection():
            found = accounts.by_email(STAFF)
        assert found is not None
        return people.actor_of(self._portal, found.id)


def refused_for_good(job: Job) -> bool:
    """Whether the mail server said no to this letter for good: somebody has to look into it, and press."""
    return str(((job.said or {}).get("params") or {}).get("code", "")).startswith("5")


def main(words: Sequence[str]) -> None:
    """Until standard input ends."""
    name, acknowledged, seed, most = words
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    while True:  # one that begins last of all still finishes what is open: the others may be gone
        try:
            portal = open_portal(from_environment(serves=True))
            break
        except Exception as error:
            if not storage.passes(error):
                raise
            time.sleep(0.5)
    Stepper(portal, name, Path(acknowledged), int(seed), int(most)).run(stop)


if __name__ == "__main__":
    main(sys.argv[1:])

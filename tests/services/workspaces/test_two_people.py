"""Two people save the same file a thousand times at the same time: each text that was sent is kept, none is mixed."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from app.services.base.actors import Actor
from app.services.workspaces import content, saving
from app.services.workspaces.views import Saved
from app.store import database
from tests.services.workspaces.conftest import Desk

PATH, EACH = "mail/hello.md", 500
TOGETHER = 100  # so many are sent at the same moment; the others when each comes to it


class Writer(threading.Thread):
    """Writes lines of their own into what they last saw, and settles each clash by a throw of the dice."""

    def __init__(self, desk: Desk, who: Actor, seed: int, gate: threading.Barrier) -> None:
        super().__init__()
        self.gate = gate
        self.desk, self.who, self.dice = desk, who, random.Random(seed)
        self.sent: list[bytes] = []
        self.clashes = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self._write()
        except BaseException as error:  # told by the test
            self.failure = error
            self.gate.abort()

    def _write(self) -> None:
        text, revision = b"", 0
        for number in range(EACH):
            text = b"\n".join([*text.splitlines()[-5:], f"{self.who.name} {number}".encode()])
            self.sent.append(text)
            if number < TOGETHER:
                self.gate.wait()
            found = saving.save(self.desk.portal, self.desk.draft, PATH, text, revision, self.who)
            revision = found.revision
            if not isinstance(found, Saved):
                self.clashes += 1
                if self.dice.random() < 0.5:
                    text = found.theirs or b""


def test_nothing_that_two_people_saved_a_thousand_times_is_lost(either: str, make_desk: Callable[[str], Desk]) -> None:
    desk, gate = make_desk(either), threading.Barrier(2)
    writers = [Writer(desk, desk.hanako, 1, gate), Writer(desk, desk.taro, 2, gate)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert [each.failure for each in writers] == [None, None]
    versions = saving.versions(desk.portal, desk.draft, PATH)
    with database.connection():
        kept = {saving.version(desk.portal, desk.draft, each.id) for each in versions}
    sent = [text for each in writers for text in each.sent]
    assert len(sent) == 2 * EACH and [text for text in sent if text not in kept] == []
    assert sum(each.clashes for each in writers) >= TOGETHER  # of two that have seen the same, one comes too late
    assert content.read(desk.portal, desk.draft, PATH).data in sent
    revisions = [each.revision for each in reversed(versions) if each.kind.value == "saved"]
    assert revisions == list(range(1, len(revisions) + 1))

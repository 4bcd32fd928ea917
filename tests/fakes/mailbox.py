"""A mail server that keeps letters instead of sending them, and refuses on demand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from app.connectors.letter import Letter, guard
from app.connectors.mailreply import Reply
from app.errors import NinteiError, OutOfReach, Permanent, Temporary


class Mailbox:
    """Stands where a `Mailer` stands. `fail_with` queues errors that the next sends raise, one each."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.fail_with: list[NinteiError] = []
        self.refuses: dict[str, Reply] = {}  # recipients whom it does not take
        self.tried = 0
        self.away = False  # nobody listens at its port

    def send(self, letter: Letter, only: Collection[str] = ()) -> dict[str, Reply]:
        guard(letter)
        self.tried += 1
        if self.away:
            raise OutOfReach("The mail server cannot be reached: %(reply)s", code=0, reply="refused", handed=False)
        if self.fail_with:
            raise self.fail_with.pop(0)
        to = tuple(each for each in letter.to if not only or each in only)
        refused = {each: self.refuses[each] for each in to if each in self.refuses}
        if len(refused) == len(to):
            final = all(reply.final for reply in refused.values())
            raise (Permanent if final else Temporary)(
                "refused", code=550 if final else 450, reply="no", handed=False, replies=refused
            )
        self.letters.append(replace(letter, to=tuple(each for each in to if each not in refused)))
        return refused

    def of(self, mail_id: str) -> list[Letter]:
        """The letters of one template, oldest first."""
        return [letter for letter in self.letters if letter.mail_id == mail_id]

    @property
    def ids(self) -> list[str]:
        """Template ids in the order of sending."""
        return [letter.mail_id for letter in self.letters]

"""A mail server that keeps letters instead of sending them, and refuses on demand."""

from __future__ import annotations

from app.connectors.letter import Letter, guard
from app.errors import NinteiError


class Mailbox:
    """Stands where a `Mailer` stands. `fail_with` queues errors that the next sends raise, one each."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.fail_with: list[NinteiError] = []

    def send(self, letter: Letter) -> None:
        guard(letter)
        if self.fail_with:
            raise self.fail_with.pop(0)
        self.letters.append(letter)

    def of(self, mail_id: str) -> list[Letter]:
        """The letters of one template, oldest first."""
        return [letter for letter in self.letters if letter.mail_id == mail_id]

    @property
    def ids(self) -> list[str]:
        """Template ids in the order of sending."""
        return [letter.mail_id for letter in self.letters]

"""What a mail server answers, and what follows from it for the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.connectors.letter import Letter
from app.errors import NinteiError, OutOfReach, Permanent, Temporary

CLOSING = 421  # the server goes away, whatever was asked (RFC 5321 section 3.8)
TOO_LARGE = (552, 523)  # of MAIL FROM with SIZE (RFC 1870 section 6.1; 523 by some servers)
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_MEANS = {550: "5.1.1", 551: "5.1.6", 552: "5.2.2", 553: "5.1.3", 554: "5.7.1", 556: "5.1.10"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said about one recipient or one letter. `code` 0: it hung up without a word."""

    code: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether it said yes."""
        return 200 <= self.code < 300

    @property
    def final(self) -> bool:
        """Whether asking again is no use (RFC 5321 section 4.2.1)."""
        return self.code >= 500

    @property
    def status(self) -> str:
        """As 5.1.1: the code that the server put before its words (RFC 2034 section 4), or what its three digits mean
        of a recipient (RFC 5321 section 4.2.3, RFC 7504); empty where they say too little."""
        found = _STATUS.match(self.text)
        return found.group(1) if found else _MEANS.get(self.code, "")


def away(letter: Letter, code: int, reply: str) -> OutOfReach:
    """What is not about this letter: the server takes none, or cannot be reached (code 0)."""
    facts = {"mail": letter.mail_id, "code": code, "reply": reply, "handed": False}
    if code:
        return OutOfReach("The mail server takes no mail at the moment: %(code)s %(reply)s", **facts)
    return OutOfReach("The mail server cannot be reached: %(reply)s", **facts)


def replies(error: NinteiError) -> dict[str, Reply]:
    """What the server said of each recipient, if that is why nobody has the letter."""
    return dict(error.params.get("replies") or {})


def nobody(letter: Letter, refused: dict[str, Reply]) -> NinteiError:
    """Each recipient was refused; the reply that may change decides whether it is tried again."""
    error = refusal(letter, list(refused), min(refused.values(), key=lambda answer: answer.code))
    error.params["replies"] = refused
    return error


def refusal(letter: Letter, to: Sequence[str], answer: Reply, *, handed: bool = False) -> NinteiError:
    """What the server says of this letter, as ours: the first digit decides (RFC 5321 section 4.2.1)."""
    facts = {
        "mail": letter.mail_id, "to": ", ".join(to), "code": answer.code, "reply": answer.text, "handed": handed,
    }  # fmt: skip
    if answer.final:
        return Permanent("The mail server refused the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)
    if not answer.code:
        return Temporary("The mail server did not answer to the mail %(mail)s to %(to)s: %(reply)s", **facts)
    return Temporary("The mail server did not take the mail %(mail)s to %(to)s: %(code)s %(reply)s", **facts)


def decoded(text: bytes | str) -> str:
    """The words of an answer; what is no UTF-8 is replaced."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text

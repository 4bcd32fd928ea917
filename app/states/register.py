"""Cases, and certificates on the public register."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class Standing(Word):
    """How a case stands before the public. No table of moves: a package's diagram says which follows which."""

    OPEN = "open"
    CERTIFIED = "certified"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    CLOSED = "closed"


class CertificateState(Word):
    """How a certificate stands."""

    VALID = "valid"
    SUSPENDED = "suspended"  # until it is cured
    WITHDRAWN = "withdrawn"
    ENDED = "ended"  # given up by its holder (廃止): no shame in it


CERTIFICATE_MOVES: Final[Moves[CertificateState]] = {
    CertificateState.VALID: {CertificateState.SUSPENDED, CertificateState.WITHDRAWN, CertificateState.ENDED},
    CertificateState.SUSPENDED: {CertificateState.VALID, CertificateState.WITHDRAWN, CertificateState.ENDED},
}

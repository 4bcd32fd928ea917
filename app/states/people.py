"""Who may do what on a case, and who is of a company."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class Side(Word):
    """Of which side somebody or something is: a person, a task, an answer, an element of a diagram."""

    VENDOR = "vendor"
    OPERATOR = "operator"  # the certifying body
    SYSTEM = "system"  # nobody: the portal itself
    UNSAID = ""  # of an element in no lane


class PasswordUse(Word):
    """For what a password, or a code in its place, was given."""

    SIGN_IN = "sign-in"
    VERIFY = "verify"  # asked again while signed in
    CHANGE = "password"  # to change it
    LETTER = "letter"  # to open a key letter or a key
    CODE = "code"  # second factors
    RECOVERY = "recovery"


class Rights(Word):
    """What a vendor's person, or an agent, may do on a case, from least to most."""

    READ = "read"
    ANSWER = "answer"  # but nothing that binds the company
    FULL = "full"


class Role(Word):
    """What somebody is in a company."""

    MANAGER = "manager"
    MEMBER = "member"


class InvitationKind(Word):
    """As what somebody is invited."""

    PERSON = "person"
    AGENT = "agent"


class ClaimState(Word):
    """How an application that names another company's number stands."""

    ASKED = "asked"
    ADMITTED = "admitted"  # it is of the company
    REFUSED = "refused"
    HOLDS = "holds"  # the number is theirs, not the other's
    VOID = "void"  # not asked any more


CLAIM_MOVES: Final[Moves[ClaimState]] = {
    ClaimState.ASKED: {ClaimState.ADMITTED, ClaimState.REFUSED, ClaimState.HOLDS, ClaimState.VOID},
}


class Judge(Word):
    """Who decides on a claim."""

    MANAGERS = "managers"
    BODY = "body"

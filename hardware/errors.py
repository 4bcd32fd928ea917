"""What can go wrong at a card desk, as facts a caller can act on.

`message` is an English message id with `%(name)s` places and `params` fills it, so whoever shows it can translate it;
`code` is stable and meant for machines. No error ever carries a key, card data or an APDU body.
"""

from __future__ import annotations

from typing import Any, ClassVar


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a message id that is translated where it is shown."""
    return message


class CardError(Exception):
    """Base of all errors of this library."""

    code: ClassVar[str] = "card_error"

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


class NoDaemon(CardError):
    """The PC/SC service (pcscd) does not run or does not answer, or pyscard is not installed."""

    code = "no_daemon"


class NoReader(CardError):
    """There is no such reader, or none at all."""

    code = "no_reader"


class ReaderBusy(CardError):
    """Another program holds the card."""

    code = "reader_busy"


class NoCard(CardError):
    """The reader is empty."""

    code = "no_card"


class CardRemoved(CardError):
    """The card was pulled out (or lost power) in the middle. What it kept is unknown: look at
    it before anything else.
    """

    code = "card_removed"


class CardMute(CardError):
    """A card is there but does not answer to reset."""

    code = "card_mute"


class WrongCard(CardError):
    """This is not the card that the caller meant: another serial, another UID."""

    code = "wrong_card"


class Unsupported(CardError):
    """The card's profile does not allow this (for example: it can only be read)."""

    code = "unsupported"


class WrongState(CardError):
    """The card is one of ours but its life cycle does not allow this now; `params["life_cycle"]` says
    where it stands.
    """

    code = "wrong_state"


class StatusError(CardError):
    """The card answered with a status word other than success.

    `sw` is the status word (ISO/IEC 7816-4, 5.6); `retries` the tries left when the card
    told (63Cx), else None.
    """

    code = "status"

    def __init__(self, message: str, *, sw: int, retries: int | None = None, **params: Any) -> None:
        super().__init__(message, sw=f"{sw:04X}", retries=retries, **params)
        self.sw = sw
        self.retries = retries


class AuthenticationFailed(StatusError):
    """The key did not fit. `retries` is the number of tries left."""

    code = "authentication_failed"


class KeyBlocked(StatusError):
    """The key's retry counter is used up: this card can no longer be opened with it."""

    code = "key_blocked"


class ChannelBroken(CardError):
    """A secured message was not authentic (altered, truncated, replayed or out of order); the session is over."""

    code = "channel_broken"


class BadResponse(CardError):
    """The answer is not what the standard or the profile says it must be."""

    code = "bad_response"


class ReadBackDiffers(CardError):
    """What was read back is not what was written; `params["what"]` names it, never its content."""

    code = "read_back_differs"


class UnknownKey(CardError):
    """The key store has no key of this role and version."""

    code = "unknown_key"


class BadKeyStore(CardError):
    """The key store cannot be opened: wrong key, altered or unreadable."""

    code = "bad_key_store"


class BadToken(CardError):
    """The PKCS#11 token that guards the key store cannot be used: not there, PIN refused, no key in it."""

    code = "bad_token"


class BadKeyFile(CardError):
    """A vendor's key file cannot be used: altered, expired, wrong components or unreadable."""

    code = "bad_key_file"


class BadComponent(CardError):
    """A key component is mistyped (its KCV differs), repeated, or not 16 bytes."""

    code = "bad_component"


class BadPlan(CardError):
    """A personalisation plan cannot be written to a card of this profile; `params["field"]` names the field."""

    code = "bad_plan"

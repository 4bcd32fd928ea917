"""pyscard's module, its errors in our words, and the readers that are there.

Loaded when first used, for pyscard is an extra that needs a compiler: a machine without it gets NoDaemon
in plain words.
"""

from __future__ import annotations

from functools import cache
from types import TracebackType
from typing import Any, NoReturn, Self

from hardware.errors import CardError, CardMute, CardRemoved, NoCard, NoDaemon, NoReader, ReaderBusy


@cache
def library() -> Any:
    """pyscard's module, or NoDaemon where it cannot be loaded."""
    try:
        from smartcard import scard
    except ImportError as error:
        raise NoDaemon("Card readers need pyscard, which is not installed here") from error
    return scard


def fail(code: int, doing: str, reader: str = "", *, connecting: bool = False) -> NoReturn:
    """Turn a PC/SC error into ours."""
    scard = library()
    if code in (
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_F_COMM_ERROR,
        scard.SCARD_E_INVALID_HANDLE,
    ):
        raise NoDaemon("The PC/SC service (pcscd) does not run")
    if code in (
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_READER_UNAVAILABLE,
        scard.SCARD_E_NO_READERS_AVAILABLE,
    ):
        raise NoReader("There is no reader %(reader)s", reader=reader)
    if code == scard.SCARD_W_SECURITY_VIOLATION:
        raise NoDaemon("The PC/SC service (pcscd) does not run, or does not let this user in (see its polkit rules)")
    if code == scard.SCARD_E_SHARING_VIOLATION:
        raise ReaderBusy("Another program works with the card in %(reader)s", reader=reader)
    if connecting and code in (scard.SCARD_E_NO_SMARTCARD, scard.SCARD_W_REMOVED_CARD):
        raise NoCard("There is no card in the reader %(reader)s", reader=reader)
    if connecting and code in (
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_E_PROTO_MISMATCH,
    ):
        raise CardMute("The card in %(reader)s does not answer: turn it over or clean it", reader=reader)
    if code in (
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
    ):
        raise CardRemoved("The card was taken from the reader %(reader)s", reader=reader)
    raise CardError(
        "%(doing)s failed: %(reason)s",
        doing=doing,
        reason=scard.SCardGetErrorMessage(code).strip(),
        pcsc=f"{code & 0xFFFFFFFF:08X}",
    )


class Context:
    """A PC/SC resource manager context."""

    def __init__(self) -> None:
        scard = library()
        code, self.handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if code != scard.SCARD_S_SUCCESS:
            fail(code, "Reaching the PC/SC service")

    def readers(self) -> list[str]:
        scard = library()
        code, names = scard.SCardListReaders(self.handle, [])
        if code == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        if code != scard.SCARD_S_SUCCESS:
            fail(code, "Listing the readers")
        return sorted(names)

    def release(self) -> None:
        library().SCardReleaseContext(self.handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def readers() -> list[str]:
    """Names of the readers that are there now; empty when there are none. Raises NoDaemon."""
    with Context() as context:
        return context.readers()


def only_reader(name: str = "") -> str:
    """The reader with that name (or whose name contains it); without a name the only one, or the first.
    Raises NoReader, NoDaemon.
    """
    names = readers()
    if not names:
        raise NoReader("No card reader is connected")
    if name in names:
        return name
    found = next((one for one in names if name.lower() in one.lower()), None)
    if found is None:
        raise NoReader("There is no reader %(reader)s; there are: %(names)s", reader=name, names=", ".join(names))
    return found

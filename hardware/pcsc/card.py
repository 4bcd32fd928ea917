"""One card in one reader, held alone."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

from hardware.errors import CardRemoved
from hardware.pcsc.service import Context, fail, library, only_reader
from hardware.transport import Connect

_BUSY_TRIES: Final = 10
_BUSY_PAUSE: Final = 0.05


class PcscTransport:
    """One card in one reader, held alone until `close`, which resets it so that no session outlives us."""

    def __init__(self, reader: str) -> None:
        scard = library()
        self._reader = reader
        self._context = Context()
        self._card: int | None = None
        try:
            self._card, protocol = self._connect()
            self._pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
            code, _, _, _, atr = scard.SCardStatus(self._card)
            if code != scard.SCARD_S_SUCCESS:
                fail(code, "Reading the card's ATR", reader, connecting=True)
            self._atr = bytes(atr)
        except BaseException:
            self.close()
            raise

    @property
    def reader(self) -> str:
        return self._reader

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        scard = library()
        if self._card is None:
            raise CardRemoved("The card was taken from the reader %(reader)s", reader=self._reader)
        code, answer = scard.SCardTransmit(self._card, self._pci, list(apdu))
        if code != scard.SCARD_S_SUCCESS:
            fail(code, "Talking to the card", self._reader)
        if len(answer) < 2:  # some drivers say so when the card goes away in the middle
            raise CardRemoved("The card in %(reader)s stopped answering", reader=self._reader)
        return bytes(answer)

    def close(self) -> None:
        scard = library()
        if self._card is not None:
            scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD)
            self._card = None
        if self._context.handle is not None:
            self._context.release()
            self._context.handle = None

    def _connect(self) -> tuple[int, int]:
        """Connect alone. A moment's patience: whoever looks at a new card lets it go again at once."""
        scard = library()
        tries = 0
        while True:
            code, card, protocol = scard.SCardConnect(
                self._context.handle,
                self._reader,
                scard.SCARD_SHARE_EXCLUSIVE,
                scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            )
            if code == scard.SCARD_S_SUCCESS:
                return card, protocol
            tries += 1
            if code != scard.SCARD_E_SHARING_VIOLATION or tries == _BUSY_TRIES:
                fail(code, "Opening the card", self._reader, connecting=True)
            time.sleep(_BUSY_PAUSE)


def connect(reader: str) -> PcscTransport:
    """Open the card that lies in this reader now. Raises NoDaemon, NoReader, NoCard, ReaderBusy, CardMute."""
    return PcscTransport(only_reader(reader))


def connector(reader: str) -> Connect:
    """A `Connect` for `Desk`: the card in this reader, whichever it is by then."""
    return partial(connect, reader)

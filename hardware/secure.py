"""Mutual authentication and secure messaging, both ends of it.

Session keys and the layout of secured messages are those of GlobalPlatform SCP03 (Amendment D,
GPC_SPE_014, 6.2) at security level 33 (C-MAC, C-ENC, R-MAC, R-ENC); the handshake is a two-message
exchange in the manner of ISO/IEC 9798-4, 6.2.2, with CMAC as its check function: the host proves itself
first, so a card never answers a stranger.

host → card GET CHALLENGE card → host RND.C (16) host → card MUTUAL AUTHENTICATE RND.H (16) ‖ T.H (16)
card → host T.C (16)

context = RND.H ‖ RND.C; S-ENC, S-MAC, S-RMAC = KDF(K, 04 | 06 | 07, context) T.H = KDF(S-MAC, 01,
context); T.C = KDF(S-MAC, 00, context)

One key K per role serves: SP 800-108 separates its uses by their constants.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hardware.apdu import Command, Response
from hardware.crypto import (
    Key,
    aes_block,
    aes_cbc_decrypt,
    aes_cbc_encrypt,
    aes_cmac,
    pad,
    same,
    scp03_derive,
    unpad,
)
from hardware.errors import ChannelBroken

SM_BIT: Final = 0x04
MAC_LENGTH: Final = 8
RANDOM_LENGTH: Final = 16
MAX_COMMAND_DATA: Final = 224
"""Padded to 240 and with 8 bytes of MAC this is the most that a short APDU carries in whole blocks, in both
directions.
"""

_CARD_TOKEN, _HOST_TOKEN, _S_ENC, _S_MAC, _S_RMAC = 0x00, 0x01, 0x04, 0x06, 0x07


@dataclass(frozen=True, slots=True)
class SessionKeys:
    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    rmac: bytes = field(repr=False)
    host_token: bytes = field(repr=False)
    card_token: bytes = field(repr=False)


def session_keys(key: Key, host_random: bytes, card_random: bytes) -> SessionKeys:
    """What both ends compute from the static key and the two random numbers."""
    secret, context = key.reveal(), host_random + card_random
    mac = scp03_derive(secret, _S_MAC, context)
    return SessionKeys(
        enc=scp03_derive(secret, _S_ENC, context),
        mac=mac,
        rmac=scp03_derive(secret, _S_RMAC, context),
        host_token=scp03_derive(mac, _HOST_TOKEN, context),
        card_token=scp03_derive(mac, _CARD_TOKEN, context),
    )


class _Channel:
    def __init__(self, keys: SessionKeys) -> None:
        self._keys = keys
        self._chain = bytes(16)
        self._counter = 0
        self._open = True

    def _iv(self, answer: bool) -> bytes:
        block = bytearray(self._counter.to_bytes(16, "big"))
        if answer:
            block[0] |= 0x80
        return aes_block(self._keys.enc, bytes(block))

    def _command_mac(self, header: bytes, body: bytes) -> bytes:
        return aes_cmac(self._keys.mac, self._chain + header + bytes((len(body) + MAC_LENGTH,)) + body)

    def _answer_mac(self, body: bytes, sw: int) -> bytes:
        return aes_cmac(self._keys.rmac, self._chain + body + sw.to_bytes(2, "big"))[:MAC_LENGTH]

    def _break(self, why: str) -> ChannelBroken:
        self._open = False
        return ChannelBroken(why)

    def _must_be_open(self) -> None:
        if not self._open:
            raise ChannelBroken("The secure session is over")


class HostChannel(_Channel):
    """The desk's end. One command at a time: `wrap`, transmit, `unwrap`."""

    def wrap(self, command: Command) -> Command:
        self._must_be_open()
        if len(command.data) > MAX_COMMAND_DATA:
            raise ValueError(f"a secured command carries at most {MAX_COMMAND_DATA} bytes")
        self._counter += 1
        header = bytes((command.cla | SM_BIT, command.ins, command.p1, command.p2))
        body = aes_cbc_encrypt(self._keys.enc, self._iv(False), pad(command.data)) if command.data else b""
        self._chain = self._command_mac(header, body)
        return Command(header[0], command.ins, command.p1, command.p2, body + self._chain[:MAC_LENGTH], 0)

    def unwrap(self, response: Response) -> Response:
        """Check and open the card's answer. An error status comes without a MAC and ends the
        session (as in SCP03).
        """
        self._must_be_open()
        if not response.ok:
            self._open = False
            return response
        if len(response.data) < MAC_LENGTH:
            raise self._break("The card's answer carries no authentication code")
        body, mac = response.data[:-MAC_LENGTH], response.data[-MAC_LENGTH:]
        if not same(mac, self._answer_mac(body, response.sw)):
            raise self._break("The card's answer is not authentic")
        return Response(_decrypt(self, body, True), response.sw)


class CardChannel(_Channel):
    """The card's end: `open` what came, `seal` what goes."""

    def open(self, command: Command) -> Command:
        self._must_be_open()
        if not command.cla & SM_BIT or len(command.data) < MAC_LENGTH:
            raise self._break("The command carries no authentication code")
        self._counter += 1
        body, mac = command.data[:-MAC_LENGTH], command.data[-MAC_LENGTH:]
        chain = self._command_mac(command.header, body)
        if not same(mac, chain[:MAC_LENGTH]):
            raise self._break("The command is not authentic")
        self._chain = chain
        return Command(
            command.cla & ~SM_BIT,
            command.ins,
            command.p1,
            command.p2,
            _decrypt(self, body, False),
            command.le,
        )

    def seal(self, response: Response) -> Response:
        if not response.ok:
            self._open = False
            return response
        body = aes_cbc_encrypt(self._keys.enc, self._iv(True), pad(response.data)) if response.data else b""
        return Response(body + self._answer_mac(body, response.sw), response.sw)

    @property
    def alive(self) -> bool:
        return self._open


def _decrypt(channel: _Channel, body: bytes, answer: bool) -> bytes:
    if not body:
        return b""
    try:
        return unpad(aes_cbc_decrypt(channel._keys.enc, channel._iv(answer), body))
    except ValueError as error:  # authentic by its MAC, so this is a faulty peer rather than an attacker
        raise channel._break("A secured message is not padded as it must be") from error

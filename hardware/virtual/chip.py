"""The card's side of `CCUS-TEST v1`: an operating system for one application, small enough to read in one go.

It trusts nobody: every rule that the desk keeps is checked here again. What a chip keeps (`Memory`)
changes only as a whole, through `save`, before the command is answered: power may fail between any two
instructions, and the card is then as it was before or as it is after.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import xor
from typing import Final

from hardware import secure, tlv
from hardware.apdu import OK, Command, Response
from hardware.crypto import Key, same
from hardware.errors import ChannelBroken
from hardware.facts import TRANSPORT_VERSION, LifeCycle, Role
from hardware.profiles import layout
from hardware.virtual.memory import KeySlot, Memory

_HISTORICAL: Final = b"NINTEI-VC1"
_ATR_BODY: Final = bytes((0x80 | len(_HISTORICAL), 0x80, 0x01)) + _HISTORICAL
ATR: Final = b"\x3b" + _ATR_BODY + bytes((reduce(xor, _ATR_BODY),))
"""T=0 and T=1 offered as PC/SC does for contactless cards; check byte over all but the first (ISO/IEC
7816-3, 8.2.5).
"""

_WRONG_LENGTH, _NOT_SATISFIED, _BLOCKED, _CONDITIONS, _SM_WRONG = 0x6700, 0x6982, 0x6983, 0x6985, 0x6988
_BAD_DATA, _NOT_FOUND, _BAD_P1P2, _NO_REFERENCE, _BAD_OFFSET, _NO_INS, _NO_CLA = (
    0x6A80,
    0x6A82,
    0x6A86,
    0x6A88,
    0x6B00,
    0x6D00,
    0x6E00,
)


class _Refuse(Exception):
    def __init__(self, sw: int) -> None:
        self.sw = sw


class Chip:
    """A powered card. `save` is called with the new memory before a command that changes it is answered."""

    def __init__(self, memory: Memory, save: Callable[[Memory], None]) -> None:
        self._memory = memory
        self._save = save
        self.reset()

    @property
    def memory(self) -> Memory:
        return self._memory

    def reset(self) -> None:
        """Power-on or warm reset: no application selected, no session, no challenge."""
        self._selected = False
        self._challenge = b""
        self._channel: secure.CardChannel | None = None
        self._role: Role | None = None

    def transmit(self, apdu: bytes) -> bytes:
        try:
            command = Command.parse(apdu)
        except ValueError:
            self._end_session()
            return Response(b"", _WRONG_LENGTH).encode()
        try:
            return self._answer(command).encode()
        except _Refuse as refusal:
            return Response(b"", refusal.sw).encode()

    def _answer(self, command: Command) -> Response:
        if (command.cla, command.ins) == (
            0xFF,
            layout.INS_GET_UID,
        ):  # a real contactless reader answers this one itself
            return Response(self._memory.uid, OK) if command.p1 == 0 and command.p2 == 0 else Response(b"", _BAD_P1P2)
        if command.cla & secure.SM_BIT:
            return self._secured(command)
        challenge, self._challenge = (
            self._challenge,
            b"",
        )  # a challenge is good for the very next command only
        self._end_session()
        if command.cla not in (0x00, 0x80):
            raise _Refuse(_NO_CLA)
        if command.ins == layout.INS_SELECT:
            return self._select(command)
        if not self._selected:
            raise _Refuse(_NO_INS)
        if command.ins == layout.INS_GET_CHALLENGE:
            return self._get_challenge(command)
        if command.ins == layout.INS_MUTUAL_AUTHENTICATE:
            return self._authenticate(command, challenge)
        if command.ins == layout.INS_READ_BINARY:
            return self._read_info(command)
        known = {
            layout.INS_UPDATE_BINARY,
            layout.INS_PUT_DATA,
            layout.INS_PUT_KEY,
            layout.INS_SET_STATUS,
            layout.INS_WIPE,
        }
        raise _Refuse(_NOT_SATISFIED if command.ins in known else _NO_INS)

    def _secured(self, command: Command) -> Response:
        channel = self._channel
        self._challenge = b""
        if channel is None or not channel.alive:
            raise _Refuse(_SM_WRONG if self._selected else _NO_CLA)
        try:
            plain = channel.open(command)
        except ChannelBroken:
            self._end_session()
            raise _Refuse(_SM_WRONG) from None
        handlers = {
            layout.INS_READ_BINARY: self._read,
            layout.INS_UPDATE_BINARY: self._update,
            layout.INS_PUT_DATA: self._put_data,
            layout.INS_PUT_KEY: self._put_key,
            layout.INS_SET_STATUS: self._set_status,
            layout.INS_WIPE: self._wipe,
        }
        try:
            handler = handlers.get(plain.ins)
            if handler is None:
                raise _Refuse(_NO_INS)
            return channel.seal(Response(handler(plain), OK))
        except _Refuse:
            self._end_session()  # as in SCP03: an error ends the session
            raise

    def _end_session(self) -> None:
        self._channel = None
        self._role = None

    def _keep(self, memory: Memory) -> None:
        self._save(memory)
        self._memory = memory

    # Without a session

    def _select(self, command: Command) -> Response:
        self._selected = command.p1 == 0x04 and command.data == layout.AID
        if not self._selected:
            raise _Refuse(_NOT_FOUND)
        return Response(tlv.encode(0x6F, tlv.encode(0x84, layout.AID)), OK)

    def _get_challenge(self, command: Command) -> Response:
        if command.le not in (secure.RANDOM_LENGTH, 0):
            raise _Refuse(_WRONG_LENGTH)
        self._challenge = secrets.token_bytes(secure.RANDOM_LENGTH)
        return Response(self._challenge, OK)

    def _authenticate(self, command: Command, challenge: bytes) -> Response:
        role = next((role for role, reference in layout.KEY_REFERENCE.items() if reference == command.p2), None)
        if role is None or command.p1 != 0:
            raise _Refuse(_NO_REFERENCE)
        if len(command.data) != secure.RANDOM_LENGTH + 16:
            raise _Refuse(_WRONG_LENGTH)
        if not challenge:
            raise _Refuse(_CONDITIONS)
        slot = self._memory.keys[role]
        if slot.tries == 0:
            raise _Refuse(_BLOCKED)
        # The try is taken before the token is looked at, so that pulling the card cannot win one back.
        self._set_tries(role, slot.tries - 1)
        host_random, token = command.data[: secure.RANDOM_LENGTH], command.data[secure.RANDOM_LENGTH :]
        keys = secure.session_keys(slot.key, host_random, challenge)
        if not same(token, keys.host_token):
            raise _Refuse(0x63C0 | (slot.tries - 1))
        self._set_tries(role, layout.RETRIES)
        self._channel, self._role = secure.CardChannel(keys), role
        return Response(keys.card_token, OK)

    def _set_tries(self, role: Role, tries: int) -> None:
        slots = self._memory.keys
        self._keep(replace(self._memory, keys={**slots, role: replace(slots[role], tries=tries)}))

    def _read_info(self, command: Command) -> Response:
        if command.p1 & 0x80 == 0 or command.p1 & 0x1F not in (layout.SFI_INFO, *layout.SIZES):
            raise _Refuse(_NOT_FOUND)
        if command.p1 & 0x1F != layout.SFI_INFO:
            raise _Refuse(_NOT_SATISFIED)
        memory = self._memory
        info = (
            tlv.encode(layout.TAG_SERIAL, memory.serial)
            + tlv.encode(layout.TAG_VERSION, layout.VERSION)
            + tlv.encode(layout.TAG_LIFE_CYCLE, bytes((layout.LIFE_CYCLES[memory.life_cycle],)))
            + tlv.encode(
                layout.TAG_KEY_VERSIONS,
                bytes((memory.keys[Role.ISSUER].version, memory.keys[Role.READER].version)),
            )
        )
        if command.p2 > len(info):
            raise _Refuse(_BAD_OFFSET)
        return Response(info[command.p2 :], OK)

    # Within a session

    def _need_issuer(self, *states: LifeCycle) -> None:
        if self._role is not Role.ISSUER:
            raise _Refuse(_NOT_SATISFIED)
        if self._memory.life_cycle not in states:
            raise _Refuse(_CONDITIONS)

    def _file(self, command: Command) -> int:
        sfi = command.p1 & 0x1F
        if command.p1 & 0xE0 != 0x80 or sfi not in layout.SIZES:
            raise _Refuse(_NOT_FOUND)
        return sfi

    def _read(self, command: Command) -> bytes:
        content = self._memory.files[self._file(command)]
        if command.p2 >= len(content):
            raise _Refuse(_BAD_OFFSET)
        return content[command.p2 : command.p2 + secure.MAX_COMMAND_DATA]

    def _update(self, command: Command) -> bytes:
        self._need_issuer(LifeCycle.PERSONALISING)
        sfi = self._file(command)
        content = self._memory.files[sfi]
        end = command.p2 + len(command.data)
        if not command.data or end > len(content):
            raise _Refuse(_BAD_OFFSET)
        changed = content[: command.p2] + command.data + content[end:]
        self._keep(replace(self._memory, files={**self._memory.files, sfi: changed}))
        return b""

    def _put_data(self, command: Command) -> bytes:
        self._need_issuer(LifeCycle.PERSONALISING)
        if (command.p1, command.p2) != (0, layout.TAG_SERIAL):
            raise _Refuse(_NO_REFERENCE)
        if not 1 <= len(command.data) <= layout.MAX_SERIAL or not command.data.isascii():
            raise _Refuse(_BAD_DATA)
        self._keep(replace(self._memory, serial=command.data))
        return b""

    def _put_key(self, command: Command) -> bytes:
        self._need_issuer(LifeCycle.PERSONALISING, LifeCycle.PERSONALISED)
        role = next((role for role, reference in layout.KEY_REFERENCE.items() if reference == command.p2), None)
        if role is None:
            raise _Refuse(_NO_REFERENCE)
        if command.p1 == TRANSPORT_VERSION or len(command.data) != 16 + 3:
            raise _Refuse(_BAD_DATA)
        key = Key(command.data[:16])
        if not same(key.kcv, command.data[16:]):
            raise _Refuse(_BAD_DATA)
        self._keep(replace(self._memory, keys={**self._memory.keys, role: KeySlot(key, command.p1)}))
        return key.kcv

    def _set_status(self, command: Command) -> bytes:
        if command.p1 == layout.LIFE_CYCLES[LifeCycle.PERSONALISING]:
            self._need_issuer(LifeCycle.BLANK, LifeCycle.WIPED)
            self._keep(replace(self._memory, life_cycle=LifeCycle.PERSONALISING))
            return b""
        if command.p1 == layout.LIFE_CYCLES[LifeCycle.PERSONALISED]:
            self._need_issuer(LifeCycle.PERSONALISING)
            memory = self._memory
            if not memory.serial or any(slot.version == TRANSPORT_VERSION for slot in memory.keys.values()):
                raise _Refuse(_CONDITIONS)
            self._keep(replace(memory, life_cycle=LifeCycle.PERSONALISED))
            return b""
        raise _Refuse(_BAD_P1P2)

    def _wipe(self, command: Command) -> bytes:
        if command.data or command.p1 or command.p2:
            raise _Refuse(_BAD_P1P2)
        self._need_issuer(LifeCycle.PERSONALISING, LifeCycle.PERSONALISED)
        fresh = {role: KeySlot(key) for role, key in self._memory.transport.items()}
        empty = {sfi: bytes(size) for sfi, size in layout.SIZES.items()}
        self._keep(replace(self._memory, keys=fresh, files=empty, life_cycle=LifeCycle.WIPED))
        return b""

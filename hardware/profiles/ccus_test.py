"""The desk's side of `CCUS-TEST v1` (layout.py has the bytes, docs/cards.md the prose)."""

from __future__ import annotations

import re
import secrets
from typing import Final

from hardware import secure, tlv
from hardware.apdu import Command, exchange, require
from hardware.crypto import Key, aes_cmac, same
from hardware.errors import BadPlan, BadResponse, ChannelBroken, ReadBackDiffers, UnknownKey
from hardware.facts import TRANSPORT_VERSION, LifeCycle, Plan, Role
from hardware.profiles import CardKeys, Contents, Look, Tell, layout
from hardware.transport import Transport

_SERIAL: Final = re.compile(r"[0-9A-Z][0-9A-Z-]{0,15}")
_WORKER: Final = re.compile(r"[0-9]{14}")
_STATES: Final = {code: state for state, code in layout.LIFE_CYCLES.items()}
_NOT_HERE: Final = (0x6A82, 0x6A81, 0x6A86, 0x6A88, 0x6D00, 0x6E00, 0x6985, 0x6999, 0x6700)


class Session:
    """An authenticated session: every command goes secured, both ways."""

    def __init__(self, transport: Transport, channel: secure.HostChannel) -> None:
        self._transport = transport
        self._channel = channel

    def send(self, command: Command, what: str) -> bytes:
        sealed = exchange(self._transport, self._channel.wrap(command))
        return require(self._channel.unwrap(sealed), what)

    def read(self, sfi: int) -> bytes:
        size, data = layout.SIZES[sfi], b""
        while len(data) < size:
            # READ BINARY by SFI reaches offsets 0–255 (ISO/IEC 7816-4, 7.2.3): enough for 256 bytes.
            part = self.send(Command(0x00, layout.INS_READ_BINARY, 0x80 | sfi, len(data)), f"read file {sfi}")
            if not part:
                raise BadResponse("File %(sfi)d ends too early", sfi=sfi)
            data += part
        return data[:size]

    def update(self, sfi: int, data: bytes) -> None:
        for at in range(0, len(data), secure.MAX_COMMAND_DATA):
            part = data[at : at + secure.MAX_COMMAND_DATA]
            self.send(Command(0x00, layout.INS_UPDATE_BINARY, 0x80 | sfi, at, part), f"write file {sfi}")


def authenticate(transport: Transport, role: Role, key: Key) -> Session:
    """Mutual authentication with one key; raises AuthenticationFailed with the tries left, KeyBlocked, ChannelBroken.

    ChannelBroken means that the *card* did not prove that it knows the key.
    """
    card_random = require(
        exchange(transport, Command(0x00, layout.INS_GET_CHALLENGE, 0, 0, le=secure.RANDOM_LENGTH)),
        "get challenge",
    )
    if len(card_random) != secure.RANDOM_LENGTH:
        raise BadResponse("The card's random number has %(length)d bytes", length=len(card_random))
    host_random = secrets.token_bytes(secure.RANDOM_LENGTH)
    keys = secure.session_keys(key, host_random, card_random)
    command = Command(
        0x00, layout.INS_MUTUAL_AUTHENTICATE, 0, layout.KEY_REFERENCE[role], host_random + keys.host_token, 0
    )
    token = require(exchange(transport, command), f"authenticate with the {role} key")
    if not same(token, keys.card_token):
        raise ChannelBroken("The card did not prove that it knows the %(role)s key", role=role.value)
    return Session(transport, secure.HostChannel(keys))


class CcusTest:
    """The CardProfile `CCUS-TEST v1`: which steps write a card."""

    id = layout.PROFILE
    reason = ""
    steps = ("open", "begin", "serial", "worker_id", "test_data", "reader_key", "issuer_key", "finish")

    def look(self, transport: Transport) -> Look | None:
        selected = exchange(transport, Command(0x00, layout.INS_SELECT, 0x04, 0x00, layout.AID, 0))
        if not selected.ok:
            if selected.sw in _NOT_HERE:
                return None
            require(selected, "select the application")
        raw = require(
            exchange(transport, Command(0x00, layout.INS_READ_BINARY, 0x80 | layout.SFI_INFO, 0, le=0)),
            "read card info",
        )
        try:
            info = tlv.decode(raw)
            issuer, reader = info[layout.TAG_KEY_VERSIONS]
            return Look(
                info[layout.TAG_SERIAL].decode("ascii"),
                _STATES[info[layout.TAG_LIFE_CYCLE][0]],
                {Role.ISSUER: issuer, Role.READER: reader},
                {"profile_version": info[layout.TAG_VERSION].hex(".")},
            )
        except (KeyError, ValueError, IndexError) as error:
            raise BadResponse("The card's information file is not readable") from error

    def check(self, plan: Plan) -> None:
        if not _SERIAL.fullmatch(plan.serial):
            raise BadPlan("A serial has 1 to 16 capital letters, digits or hyphens", field="serial")
        if not _WORKER.fullmatch(plan.worker_id):
            raise BadPlan("A worker id has 14 digits", field="worker_id")
        if len(plan.test_data) > layout.SIZES[layout.SFI_TEST_DATA]:
            raise BadPlan("Test data are at most 256 bytes", field="test_data")
        if not 1 <= plan.key_version <= 255:
            raise BadPlan("A key version is a number from 1 to 255", field="key_version")

    def need_keys(self, uid: bytes, version: int, keys: CardKeys) -> None:
        for role in Role:
            keys.card_key(role, version, uid, layout.KEY_CONTEXT)

    def write(self, transport: Transport, uid: bytes, look: Look, plan: Plan, keys: CardKeys, tell: Tell) -> None:
        tell("open")
        session = self._open(transport, uid, look, Role.ISSUER, keys)
        tell("begin")
        fresh = look.life_cycle is not LifeCycle.PERSONALISING
        if fresh:
            session.send(_set_status(LifeCycle.PERSONALISING), "begin personalisation")
        tell("serial")
        if look.serial != plan.serial:
            session.send(
                Command(0x00, layout.INS_PUT_DATA, 0x00, layout.TAG_SERIAL, plan.serial.encode("ascii")),
                "write the serial",
            )
        # On a card that was left half-way only what is missing is written; on a fresh one there is nothing
        # to compare.
        for step, sfi, data in (
            ("worker_id", layout.SFI_WORKER, layout.pack_worker_id(plan.worker_id)),
            ("test_data", layout.SFI_TEST_DATA, _filled(plan.test_data)),
        ):
            tell(step)
            if fresh or session.read(sfi) != data:
                session.update(sfi, data)
        # The issuer key goes last: until then the card opens with the key it had, after it with the new
        # one, and its information file says which.
        for step, role in (("reader_key", Role.READER), ("issuer_key", Role.ISSUER)):
            tell(step)
            if look.key_versions[role] != plan.key_version:
                _put_key(
                    session,
                    role,
                    plan.key_version,
                    keys.card_key(role, plan.key_version, uid, layout.KEY_CONTEXT),
                )
        tell("finish")
        session.send(_set_status(LifeCycle.PERSONALISED), "finish personalisation")

    def read_back(self, transport: Transport, uid: bytes, look: Look, keys: CardKeys, tell: Tell) -> Contents:
        tell("read_data")
        reader_key = keys.card_key(Role.READER, look.key_versions[Role.READER], uid, layout.KEY_CONTEXT)
        session = authenticate(transport, Role.READER, reader_key)
        worker, data = session.read(layout.SFI_WORKER), session.read(layout.SFI_TEST_DATA)
        kcvs = {Role.READER: reader_key.kcv.hex().upper()}
        tell("prove_issuer")
        issuer_key = self._key_if_known(uid, look, keys)
        if issuer_key is not None:
            authenticate(transport, Role.ISSUER, issuer_key)
            kcvs[Role.ISSUER] = issuer_key.kcv.hex().upper()
        try:
            worker_id = layout.unpack_worker_id(worker)
        except ValueError as error:
            raise ReadBackDiffers("The card's %(what)s is not readable", what="worker_id") from error
        return Contents(worker_id, data, _tag(reader_key, look.serial, worker, data), kcvs)

    def expected_tag(self, uid: bytes, plan: Plan, keys: CardKeys, key_version: int) -> str:
        key = keys.card_key(Role.READER, key_version, uid, layout.KEY_CONTEXT)
        return _tag(key, plan.serial, layout.pack_worker_id(plan.worker_id), _filled(plan.test_data))

    def rotate(self, transport: Transport, uid: bytes, look: Look, version: int, keys: CardKeys, tell: Tell) -> None:
        tell("open")
        session = self._open(transport, uid, look, Role.ISSUER, keys)
        for step, role in (("reader_key", Role.READER), ("issuer_key", Role.ISSUER)):
            tell(step)
            if look.key_versions[role] != version:
                _put_key(session, role, version, keys.card_key(role, version, uid, layout.KEY_CONTEXT))

    def wipe(self, transport: Transport, uid: bytes, look: Look, keys: CardKeys, tell: Tell) -> None:
        tell("open")
        session = self._open(transport, uid, look, Role.ISSUER, keys)
        tell("wipe")
        session.send(Command(0x80, layout.INS_WIPE, 0, 0), "wipe")

    def prove_empty(self, transport: Transport, uid: bytes, look: Look, keys: CardKeys, tell: Tell) -> None:
        tell("prove_empty")
        if any(version != TRANSPORT_VERSION for version in look.key_versions.values()):
            raise ReadBackDiffers("The card's %(what)s is not what it must be", what="key_version")
        session = self._open(transport, uid, look, Role.ISSUER, keys)
        for what, sfi in (("worker_id", layout.SFI_WORKER), ("test_data", layout.SFI_TEST_DATA)):
            if any(session.read(sfi)):
                raise ReadBackDiffers("The card's %(what)s is not empty", what=what)

    def _open(self, transport: Transport, uid: bytes, look: Look, role: Role, keys: CardKeys) -> Session:
        return authenticate(transport, role, keys.card_key(role, look.key_versions[role], uid, layout.KEY_CONTEXT))

    def _key_if_known(self, uid: bytes, look: Look, keys: CardKeys) -> Key | None:
        """A vendor's key file holds no issuer key: then only the reader key is proven."""
        try:
            return keys.card_key(Role.ISSUER, look.key_versions[Role.ISSUER], uid, layout.KEY_CONTEXT)
        except UnknownKey:
            return None


def _set_status(state: LifeCycle) -> Command:
    return Command(0x80, layout.INS_SET_STATUS, layout.LIFE_CYCLES[state], 0)


def _put_key(session: Session, role: Role, version: int, key: Key) -> None:
    """The new key and its KCV, encrypted by the session; the card checks the KCV before it takes the key,
    and answers with its own.
    """
    answer = session.send(
        Command(0x80, layout.INS_PUT_KEY, version, layout.KEY_REFERENCE[role], key.reveal() + key.kcv),
        f"put the {role} key",
    )
    if answer != key.kcv:
        raise ReadBackDiffers("The card's %(what)s is not what was written", what=f"{role} key")


def _filled(data: bytes) -> bytes:
    return data.ljust(layout.SIZES[layout.SFI_TEST_DATA], b"\x00")


def _tag(key: Key, serial: str, worker: bytes, data: bytes) -> str:
    """Keyed, so that a stored tag does not let anybody try out the 14 digits."""
    return (
        aes_cmac(key.reveal(), b"nintei data tag" + bytes((len(serial),)) + serial.encode("ascii") + worker + data)
        .hex()
        .upper()
    )

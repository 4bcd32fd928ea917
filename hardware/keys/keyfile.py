"""鍵情報 for a vendor: the reader keys of just the cards that were lent to it, in a signed file that two
people open together.

The file is JSON. Each key is wrapped with AES-KW (RFC 3394) under a wrapping key that is made for this
file alone and kept by nobody: it goes out as two components in two sealed letters. The signature
(Ed25519, RFC 8032) is over the canonical form of all the rest: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hardware.crypto import Key, unwrap_key, wrap_key
from hardware.errors import BadKeyFile, UnknownKey
from hardware.facts import Role
from hardware.keys.components import Component, combine, split
from hardware.profiles import CardKeys
from hardware.profiles.layout import KEY_CONTEXT, PROFILE

_FORMAT: Final = "nintei-key-file-1"
_ENOUGH: Final = 16  # digits of the public key that are typed from a letter
_KEY_ID: Final = {Role.READER: "K1", Role.ISSUER: "K0"}


class Signer(Protocol):
    """Who signs key files: the key store."""

    @property
    def public_key(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


class IssuingKeys(CardKeys, Signer, Protocol):
    """A key source that also signs: what `make_key_file` needs."""


@dataclass(frozen=True, slots=True)
class LentCard:
    """One card of a loan. `uid` as hex."""

    serial: str
    uid: str
    key_version: int


@dataclass(frozen=True, slots=True)
class ComponentLetter:
    """What one sealed letter says. `component` is eight groups of four digits; print it, do not store it."""

    number: int
    component: str = field(repr=False)
    kcv: str
    file_kcv: str
    """KCV of the joined wrapping key, the same on both letters and in the file: shows that letters and file
    belong together.
    """
    public_key: str
    """Checks the file's signature; on paper, so that who alters the file cannot alter this too."""


@dataclass(frozen=True, slots=True)
class KeyFileIssue:
    """A key file and its two letters, which must travel apart from it and from each other."""

    text: str
    letters: tuple[ComponentLetter, ComponentLetter]


@dataclass(frozen=True, slots=True)
class VendorCard:
    serial: str
    uid: str
    keys: dict[tuple[Role, int], Key] = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """An opened key file."""

    vendor: str
    reference: str
    profile: str
    issued: datetime
    expires: date
    cards: tuple[VendorCard, ...]


class VendorKeys:
    """CardKeys of an opened key file: with it a vendor's desk verifies the cards it was lent, and
    can do no more.
    """

    def __init__(self, file: KeyFile) -> None:
        self._cards = {card.uid.upper(): card for card in file.cards}

    def card_key(self, role: Role, version: int, uid: bytes, context: bytes) -> Key:  # noqa: ARG002 it is in the key already
        card = self._cards.get(uid.hex().upper())
        key = card.keys.get((role, version)) if card else None
        if key is None:
            raise UnknownKey(
                "The key file has no %(role)s key of version %(version)d for this card",
                role=role.value,
                version=version,
            )
        return key


def make_key_file(
    cards: Sequence[LentCard],
    keys: IssuingKeys,
    *,
    vendor: str,
    reference: str,
    issued: datetime,
    expires: date,
) -> KeyFileIssue:
    """Wrap the reader key of each card. `reference`: the case or loan it belongs to; `expires`: last day
    on which it may be opened.
    """
    if not cards:
        raise BadKeyFile("A key file needs at least one card")
    wrapping = Key.random()
    manifest: dict[str, Any] = {
        "format": _FORMAT,
        "vendor": vendor,
        "reference": reference,
        "profile": PROFILE,
        "issued": issued.astimezone(UTC).isoformat(timespec="seconds"),
        "expires": expires.isoformat(),
        "wrapping": {"algorithm": "AES-KW (RFC 3394)", "kcv": _hex(wrapping.kcv)},
        "cards": [_card_entry(card, keys, wrapping) for card in cards],
    }
    first, second = split(wrapping)
    manifest["wrapping"]["components"] = [_hex(first.kcv), _hex(second.kcv)]
    manifest["signature"] = {
        "algorithm": "Ed25519",
        "public_key": keys.public_key,
        "value": keys.sign(_canonical(manifest)).hex(),
    }
    letters = tuple(
        ComponentLetter(number, part.text, _hex(part.kcv), _hex(wrapping.kcv), keys.public_key)
        for number, part in enumerate((first, second), 1)
    )
    return KeyFileIssue(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", (letters[0], letters[1]))


def open_key_file(text: str, first: Component, second: Component, public_key: str, today: date) -> KeyFile:
    """Check signature, date and components, and unwrap. `public_key`: from the letter, hex; its first 16 digits do.
    Raises BadKeyFile, BadComponent.
    """
    manifest = _proven(text, public_key, today)
    wrapping = combine(first, second)
    if _hex(wrapping.kcv) != manifest["wrapping"]["kcv"]:
        raise BadKeyFile("These two components do not belong to this key file")
    try:
        opened = tuple(_open_card(card, wrapping) for card in manifest["cards"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeyFile("The key file cannot be read") from error
    issued, expires = datetime.fromisoformat(manifest["issued"]), date.fromisoformat(manifest["expires"])
    return KeyFile(manifest["vendor"], manifest["reference"], manifest["profile"], issued, expires, opened)


def component_kcvs(text: str, public_key: str, today: date) -> tuple[str, str]:
    """The check values of both components, from a file whose signature and date are checked: with them a typing error
    is found before the second person comes. Raises BadKeyFile.
    """
    first, second = _proven(text, public_key, today)["wrapping"]["components"]
    return str(first), str(second)


def _proven(text: str, public_key: str, today: date) -> dict[str, Any]:
    """The manifest, signed by the holder of the public key and not expired."""
    try:
        manifest: dict[str, Any] = json.loads(text)
        if manifest["format"] != _FORMAT:
            raise BadKeyFile("This is not a key file of a version that this program knows")
        signature = bytes.fromhex(manifest["signature"]["value"])
        signed = {name: value for name, value in manifest.items() if name != "signature"}
        whole = _public_key(public_key, str(manifest["signature"]["public_key"]))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(whole)).verify(signature, _canonical(signed))
        expires = date.fromisoformat(manifest["expires"])
    except InvalidSignature as error:
        raise BadKeyFile("The key file was altered, or another body has signed it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeyFile("The key file cannot be read") from error
    if today > expires:
        raise BadKeyFile("The key file expired on %(expires)s", expires=expires.isoformat())
    return manifest


def _public_key(typed: str, written: str) -> str:
    """The whole key. Of what was typed from paper 16 digits (64 bits) are enough: whoever makes up a file must find a
    key pair that begins with them, and still has no component that fits.
    """
    digits = "".join(typed.split()).replace("-", "").lower()
    if len(digits) < _ENOUGH:
        raise BadKeyFile("Type at least the first %(count)d digits of the public key on the letter", count=_ENOUGH)
    if len(digits) < len(written) and written.lower().startswith(digits):
        return written
    return digits if len(digits) == len(written) else "00" * 32


def _card_entry(card: LentCard, keys: CardKeys, wrapping: Key) -> dict[str, Any]:
    key = keys.card_key(Role.READER, card.key_version, bytes.fromhex(card.uid), KEY_CONTEXT)
    return {
        "serial": card.serial,
        "uid": card.uid.upper(),
        "keys": [
            {
                "id": _KEY_ID[Role.READER],
                "role": Role.READER.value,
                "version": card.key_version,
                "kcv": _hex(key.kcv),
                "wrapped": _hex(wrap_key(wrapping.reveal(), key.reveal())),
            }
        ],
    }


def _open_card(entry: dict[str, Any], wrapping: Key) -> VendorCard:
    keys = {}
    for item in entry["keys"]:
        key = Key(unwrap_key(wrapping.reveal(), bytes.fromhex(item["wrapped"])))
        if _hex(key.kcv) != item["kcv"]:
            raise BadKeyFile("The check value of a key of card %(serial)s does not fit", serial=entry["serial"])
        keys[Role(item["role"]), int(item["version"])] = key
    return VendorCard(entry["serial"], entry["uid"], keys)


def _canonical(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _hex(value: bytes) -> str:
    return value.hex().upper()

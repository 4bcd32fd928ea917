"""A PKCS#11 token (an HSM, a smart card, SoftHSM) that guards the key store.

Its AES-256 key is made in the token, sensitive and not extractable: what it encrypted, only it can decrypt. The store's
key is encrypted with AES-GCM (PKCS #11 v2.40, 2.11) where the token offers that, else with AES-CBC-PAD; the store's
own CMAC tells whether what comes back is right. `pkcs11` (python-pkcs11) is imported when a token is first used.

A token locks itself after a few wrong PINs. So a PIN that was refused is not tried a second time by this process.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from hardware.crypto import Key
from hardware.errors import BadToken
from hardware.keys.guard import KEY_LENGTH, TOKEN

_PURPOSE: Final = b"nintei key store"
_NONCE: Final = 12
_BLOCK: Final = 16
_GCM, _CBC = b"\x01", b"\x02"

# Closing a session logs the whole process out of the token: one at a time.
_ALONE = threading.Lock()
_REFUSED: set[bytes] = set()


@dataclass(frozen=True, slots=True)
class TokenGuard:
    """The token `token` of the PKCS#11 `module` (path of its library), and the key `label` in it."""

    module: str
    token: str
    label: str
    pin: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{TOKEN} {self.token}/{self.label}"

    def wrap(self, key: Key) -> bytes:
        pkcs11 = _library()
        with self._session() as session:
            own, iv = self._key(session), secrets.token_bytes(_BLOCK)
            if self._has_gcm(session):
                nonce = iv[:_NONCE]
                sealed = own.encrypt(
                    key.reveal(), mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=pkcs11.GCMParams(nonce, _PURPOSE)
                )
                return bytes(_GCM + nonce + sealed)
            sealed = own.encrypt(key.reveal(), mechanism=pkcs11.Mechanism.AES_CBC_PAD, mechanism_param=iv)
            return bytes(_CBC + iv + sealed)

    def unwrap(self, wrapped: bytes) -> Key:
        pkcs11 = _library()
        kind, body = wrapped[:1], wrapped[1:]
        with self._session() as session:
            own = self._key(session)
            try:
                if kind == _GCM:
                    found = own.decrypt(
                        body[_NONCE:],
                        mechanism=pkcs11.Mechanism.AES_GCM,
                        mechanism_param=pkcs11.GCMParams(body[:_NONCE], _PURPOSE),
                    )
                else:
                    found = own.decrypt(
                        body[_BLOCK:], mechanism=pkcs11.Mechanism.AES_CBC_PAD, mechanism_param=body[:_BLOCK]
                    )
            except (  # what a token says of a text that is not its own; a token that failed says something else
                pkcs11.exceptions.EncryptedDataInvalid,
                pkcs11.exceptions.EncryptedDataLenRange,
                pkcs11.exceptions.ArgumentsBad,
                pkcs11.exceptions.MechanismParamInvalid,
                pkcs11.exceptions.GeneralError,
            ) as error:
                raise ValueError("the wrapped key is not authentic") from error
        if len(found) != KEY_LENGTH:
            raise ValueError("the wrapped key is not authentic")
        return Key(found)

    def make_key(self) -> None:
        """A new AES-256 key in the token, never to leave it. Raises BadToken when there is one of this label."""
        pkcs11 = _library()
        with self._session(write=True) as session:
            if self._find(session):
                raise BadToken("The token has a key %(label)s already", label=self.label)
            session.generate_key(
                pkcs11.KeyType.AES,
                KEY_LENGTH * 8,
                label=self.label,
                id=secrets.token_bytes(8),
                store=True,
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                template={
                    pkcs11.Attribute.SENSITIVE: True,
                    pkcs11.Attribute.EXTRACTABLE: False,
                    pkcs11.Attribute.PRIVATE: True,
                },
            )

    def _has_gcm(self, session: Any) -> bool:
        return _library().Mechanism.AES_GCM in session.token.slot.get_mechanisms()

    def _find(self, session: Any) -> list[Any]:
        pkcs11 = _library()
        wanted = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
            pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.AES,
            pkcs11.Attribute.LABEL: self.label,
        }
        return list(session.get_objects(wanted))

    def _key(self, session: Any) -> Any:
        pkcs11 = _library()
        found = self._find(session)
        if len(found) != 1:
            raise BadToken(
                "The token has no key %(label)s: make it with `card keys token-key`"
                if not found
                else "The token has more than one key %(label)s",
                label=self.label,
            )
        key = found[0]
        if key[pkcs11.Attribute.EXTRACTABLE] or not key[pkcs11.Attribute.SENSITIVE]:
            raise BadToken(
                "The key %(label)s can be read out of the token; make one that cannot, with `card keys token-key`",
                label=self.label,
            )
        return key

    @contextmanager
    def _session(self, *, write: bool = False) -> Iterator[Any]:
        """Logged in, alone, and every trouble of the token said in words."""
        pkcs11 = _library()
        tried = sha256("\0".join((self.module, self.token, self.pin)).encode()).digest()
        with _ALONE:
            if tried in _REFUSED:
                raise BadToken("The token refused this PIN before; it is not tried again, for tokens lock themselves")
            try:
                library = pkcs11.lib(self.module)
            except (pkcs11.PKCS11Error, OSError, RuntimeError) as error:
                raise BadToken("The library %(module)s of the token cannot be loaded", module=self.module) from error
            try:
                token = library.get_token(token_label=self.token)
                with token.open(rw=write, user_pin=self.pin) as session:
                    yield session
            except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as error:
                _REFUSED.add(tried)
                raise BadToken("The token does not take this PIN") from error
            except (pkcs11.PinLocked, pkcs11.PinExpired) as error:
                raise BadToken("The token's PIN is locked or expired: its security officer must set it anew") from error
            except pkcs11.UserPinNotInitialized as error:
                raise BadToken("The token has no PIN yet: its security officer must set one") from error
            except (pkcs11.NoSuchToken, pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised) as error:
                raise BadToken("There is no token %(token)s: is it plugged in?", token=self.token) from error
            except pkcs11.MultipleTokensReturned as error:
                raise BadToken("There is more than one token %(token)s", token=self.token) from error
            except pkcs11.PKCS11Error as error:
                raise BadToken(
                    "The token %(token)s cannot be used (%(error)s)", token=self.token, error=type(error).__name__
                ) from error


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as error:
        raise BadToken("python-pkcs11 is not installed: pip install 'nintei[token]'") from error
    return pkcs11

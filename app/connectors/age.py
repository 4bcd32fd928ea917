"""Files of any length under the age format (https://age-encryption.org/v1), written and read as streams.

The library works on whole streams in one call, so it runs in a thread of its own and meets us at a pipe.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

import pyrage

from app.errors import Refused

MAGIC = b"age-encryption.org/v1"


class Identity:
    """A key pair of age (X25519). `secret` opens what was written for `recipient`."""

    def __init__(self, secret: str = "") -> None:
        try:
            self.key = pyrage.x25519.Identity.from_str(secret.strip()) if secret else pyrage.x25519.Identity.generate()
        except pyrage.IdentityError as error:
            raise Refused("This is no private key of age: it begins with AGE-SECRET-KEY-1") from error

    @property
    def secret(self) -> str:
        """The key's secret half as text: AGE-SECRET-KEY-1…"""
        return str(self.key)

    @property
    def recipient(self) -> str:
        """The key's public half as text: age1…"""
        return str(self.key.to_public())


def identities(text: str) -> list[Identity]:
    """The private keys of a key file as age writes it: one a line, remarks after #. Raises Refused."""
    lines = [line.strip() for line in text.splitlines()]
    found = [Identity(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise Refused("This is no private key of age: it begins with AGE-SECRET-KEY-1")
    return found


def under_passphrase(content: bytes, passphrase: str) -> bytes:
    """A short content under a passphrase (scrypt)."""
    return bytes(pyrage.passphrase.encrypt(content, passphrase))


def by_passphrase(content: bytes, passphrase: str) -> bytes:
    """The content again. Raises Refused for a wrong passphrase."""
    try:
        return bytes(pyrage.passphrase.decrypt(content, passphrase))
    except pyrage.DecryptError as error:
        raise Refused("The passphrase is wrong") from error


@contextmanager
def encrypting(out: BinaryIO, recipients: Sequence[str]) -> Iterator[BinaryIO]:
    """A stream whose bytes land in `out`, for those who have the key of one of the recipients (age1…)."""
    try:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError as error:
        raise Refused("This is no public key of age: it begins with age1") from error
    receiving, sending = os.pipe()
    with _Thread(lambda: _closing(receiving, "rb", lambda pipe: pyrage.encrypt_io(pipe, out, keys))) as work:
        try:
            with os.fdopen(sending, "wb") as stream:
                yield stream
        except BrokenPipeError:  # the other end has given up, and says why
            work.finish()
            raise
    work.finish()


@contextmanager
def decrypting(source: BinaryIO, keys: Sequence[Identity]) -> Iterator[BinaryIO]:
    """The content of an encrypted stream. Reading raises Refused for a key that does not fit and for a file that is
    damaged or not whole."""
    receiving, sending = os.pipe()
    wanted: Any = [each.key for each in keys]
    with (
        _Thread(lambda: _closing(sending, "wb", lambda pipe: pyrage.decrypt_io(source, pipe, wanted))) as work,
        os.fdopen(receiving, "rb") as pipe,
    ):
        stream: Any = io.BufferedReader(_Checked(pipe, work), 1 << 18)
        yield stream


class _Thread(threading.Thread):
    """Runs a function; what it raises is raised by `finish`."""

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = run
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work in the thread, and keep what went wrong."""
        try:
            self._work()
        except BaseException as error:
            self._error = error

    def finish(self) -> None:
        """Wait for the end. Raises Refused for what the library refuses, and OSError."""
        self.join()
        error = self._error
        if isinstance(error, pyrage.DecryptError) or (isinstance(error, OSError) and error.errno is None):
            raise Refused("It cannot be opened with this key, or it is damaged: %(why)s", why=str(error)) from error
        if isinstance(error, pyrage.EncryptError):
            raise OSError(str(error)) from error
        if error is not None:
            raise error

    def __enter__(self) -> _Thread:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.join()


def _closing(handle: int, mode: str, run: Callable[[Any], None]) -> None:
    with suppress(BrokenPipeError), os.fdopen(handle, mode) as pipe:
        run(pipe)


class _Checked(io.RawIOBase):
    """The reading end of the pipe; its end counts only when the writer has ended well."""

    def __init__(self, pipe: BinaryIO, work: _Thread) -> None:
        self._pipe, self._work = pipe, work

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what is there; 0 at the end."""
        data = self._pipe.read(len(buffer))
        if not data:
            self._work.finish()
        buffer[: len(data)] = data
        return len(data)

"""The app on somebody's telephone that makes codes (TOTP, RFC 6238)."""

from __future__ import annotations

import time
from collections.abc import Callable

import pyotp

STEP = 30  # seconds


class CodeApp:
    """Each code that it gives is of the present step or the one after it, and of a later one than the code before.

    A server takes the codes of the present step and of those beside it: a boundary that falls between a code and its
    being read harms neither the present step's nor the next one's. `clock` gives seconds since 1970.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.made = pyotp.TOTP(secret.replace(" ", ""))
        self._clock = clock
        self._step = 0

    def code(self) -> str:
        self._step = max(self._step + 1, self._now())
        while self._step > self._now() + 1:  # a third code within one step is nobody's yet
            time.sleep(0.2)
        return self.made.generate_otp(self._step)

    def _now(self) -> int:
        return int(self._clock()) // STEP

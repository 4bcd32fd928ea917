"""What lies beside the evidence of a case, for whoever has nothing but it. Its words are in `readme.txt`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

COMMAND: Final = (
    "openssl cms -verify -binary -inform PEM -in SHA256SUMS.p7s -content SHA256SUMS "
    "-CAfile certificate.pem -partial_chain -purpose any -out /dev/null && sha256sum -c SHA256SUMS"
)
_WORDS: Final = Path(__file__).with_name("readme.txt")


def text(number: str) -> str:
    """Of the case of this number, in Japanese and English."""
    return _WORDS.read_text(encoding="utf-8") % {"number": number, "command": COMMAND}

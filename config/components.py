"""How old the libraries are that the portal runs on, and how old they may become (docs/components.md)."""

from __future__ import annotations

from datetime import date
from typing import Final

RENEWED: Final = date(2026, 11, 24)  # when all of them were last brought up: scripts/lock.sh --upgrade writes it
FRAME: Final = 92  # days, until they are brought up again at the latest

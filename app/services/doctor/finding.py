"""One look of the doctor: what was looked at, how it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.base.portal import Portal
from config.settings import Settings

OK, WARNING, BAD = "ok", "warning", "bad"


@dataclass(frozen=True)
class Finding:
    """One look: what was looked at, how it is, and what to do. All words are message ids."""

    topic: str
    state: str  # ok | warning | bad
    said: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cure: str = ""


@dataclass(frozen=True)
class Patient:
    """What is looked at."""

    portal: Portal
    thorough: bool = False  # every byte of every file

    @property
    def settings(self) -> Settings:
        return self.portal.settings

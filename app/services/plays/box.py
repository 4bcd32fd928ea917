"""Where a Play's webhooks go: into a box that is looked at. Nobody is called."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.connectors.webhook import Answer, Call, Caller

MOST = 200  # kept


@dataclass(frozen=True, slots=True)
class Called:
    """One webhook that would have been called. `body`: what would have been sent, as JSON that a person reads."""

    at: datetime
    url: str
    event: str
    body: str


class Box(Caller):
    """Takes every call and answers at once by status 200 and nothing else, as a scenario's webhooks do."""

    def __init__(self) -> None:
        super().__init__("")
        self.called: deque[Called] = deque(maxlen=MOST)

    def call(self, call: Call, now: datetime) -> Answer:
        """Keep it. Raises nothing."""
        body: dict[str, Any] = dict(call.body)
        text = json.dumps(body, ensure_ascii=False, indent=2, default=str)
        self.called.append(Called(now, call.url, str(body.get("type", "")), text))
        return Answer(200, None)

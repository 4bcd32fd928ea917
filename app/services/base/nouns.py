"""What a noun wants of every task: cards, key letters, money, days, points, companies each say it once, in their room.

A task knows none of them by name. It walks `tasks.nouns.ALL`: when its answers are looked through (`wrong`,
`doubted`), in the moment it is sent (`before`, `after`, `moved`), and when its page is drawn (`shown`). A noun that has
nothing to do with the task at hand answers with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine import Step
from app.forms import FieldError
from app.services.base.actors import Actor
from app.services.base.permit import Setting
from app.services.base.portal import Portal
from app.store.models import Answer


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the sender should know and may still send."""

    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers that are looked through before they are sent."""

    portal: Portal
    setting: Setting
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """Answers that are being sent: inside the transaction of the step, the case locked, the answer stored.

    `values`: as they are kept, secrets and files put away. `known`: what the caller knows beyond them, as the money of
    a confirmed payment. `routes`: what gateways read; each noun finds there what those before it have added.
    """

    portal: Portal
    setting: Setting
    values: Mapping[str, Any]
    answer: Answer
    actor: Actor
    now: datetime
    behalf: str = ""
    known: object = None
    routes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looks at the task's page. `own`: it is of the reader's own side."""

    portal: Portal
    setting: Setting
    actor: Actor
    own: bool


class Noun:
    """What one noun wants of a task; nothing, where it does not say."""

    def wrong(self, _asked: Asked) -> Iterable[FieldError]:
        """What keeps the answers from being sent, at the field that is to be mended. In a connection."""
        return ()

    def doubted(self, _asked: Asked) -> Iterable[Warned]:
        """What the sender should know first and may send all the same. In a connection."""
        return ()

    def before(self, _asked: Asked) -> None:
        """Raise Refused when the task cannot be finished now. Nothing is stored yet."""

    def after(self, _sent: Sent) -> Mapping[str, Any]:
        """The answer is stored: store what follows from it for this noun; gives what gateways read of that. Raises
        Refused when it cannot be done after all: then nothing of it is stored."""
        return {}

    def moved(self, _sent: Sent, _step: Step) -> None:
        """The case has taken its step: queue what is told of it. In the same transaction."""

    def shown(self, _looked: Looked) -> Mapping[str, Any]:
        """What the page shows of it, by the names that templates call it. In a connection."""
        return {}

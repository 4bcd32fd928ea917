"""The nouns that have a say in every task, in the order in which they are asked (`base.nouns`)."""

from __future__ import annotations

from typing import Any, Final

from app.engine import Step
from app.forms import FieldError
from app.services.base.nouns import Asked, Looked, Noun, Sent, Warned
from app.services.cards.noun import Cards, Letters
from app.services.companies.noun import Companies
from app.services.days.noun import Days
from app.services.money.noun import Money
from app.services.process.noun import Receipts
from app.services.tasks.points import Points

# Money before receipts and days: whether a claim is settled decides what becomes of them.
ALL: Final[list[Noun]] = [Points(), Money(), Receipts(), Days(), Cards(), Letters(), Companies()]


def wrong(asked: Asked) -> tuple[FieldError, ...]:
    """What keeps the answers from being sent."""
    return tuple(error for noun in ALL for error in noun.wrong(asked))


def doubted(asked: Asked) -> list[Warned]:
    """What the sender should know first."""
    return [warned for noun in ALL for warned in noun.doubted(asked)]


def before(asked: Asked) -> None:
    """Raise Refused when a noun does not let the task be finished."""
    for noun in ALL:
        noun.before(asked)


def after(sent: Sent) -> None:
    """All that follows from the answer is stored; `sent.routes` has what gateways read of it."""
    for noun in ALL:
        sent.routes.update(noun.after(sent))


def moved(sent: Sent, step: Step) -> None:
    """What is told of the step is queued."""
    for noun in ALL:
        noun.moved(sent, step)


def shown(looked: Looked) -> dict[str, Any]:
    """What the page shows of all of them, by name."""
    found: dict[str, Any] = {}
    for noun in ALL:
        found |= noun.shown(looked)
    return found

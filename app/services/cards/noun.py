"""What cards and key letters want of a task: cards made, lent and given back, letters opened and destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.forms import FieldError
from app.services.base.nouns import Asked, Looked, Noun, Sent
from app.services.cards import keepers, keyletters, letterpage, loans, stock
from app.states import Side


class Cards(Noun):
    """Cards: made before they are posted, lent by what posts them, accounted for before a case goes on."""

    def wrong(self, asked: Asked) -> Iterable[FieldError]:
        found = loans.wrong(asked.setting, asked.values)
        return [FieldError(found[0], found[1].message, found[1].params)] if found is not None else []

    def before(self, asked: Asked) -> None:
        stock.require(asked.setting)
        loans.require_settled(asked.setting, asked.values)

    def after(self, sent: Sent) -> Mapping[str, Any]:
        stock.completed(sent.setting, sent.actor, sent.now)
        loans.settle(sent.setting, sent.values, sent.actor, sent.now)
        return {}

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        """`cards`: the set that is wanted; `back`: the cards that come back, for the staff."""
        staff = looked.actor.side == Side.OPERATOR
        back = loans.returning(looked.setting, looked.portal.today()) if staff else None
        return {"cards": stock.wanted(looked.setting), "back": back}


class Letters(Noun):
    """Key letters: two people, each of whom opens one; both are destroyed once they are posted."""

    def wrong(self, asked: Asked) -> Iterable[FieldError]:
        found = keyletters.wrong(asked.setting.loaded, asked.values)
        return [FieldError(found[0], found[1].message, found[1].params)] if found is not None else []

    def before(self, asked: Asked) -> None:
        keepers.require(asked.setting)

    def after(self, sent: Sent) -> Mapping[str, Any]:
        keepers.posted(sent.setting, sent.actor, sent.now)
        return {}

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        """`letters`: the two of this step; none when it posts none. `sealed`: the documents of those that are made."""
        return {
            "letters": letterpage.of_task(looked.setting, looked.actor),
            "sealed": letterpage.made(looked.setting),
        }

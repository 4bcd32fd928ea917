"""Cards that are out come back: asked for with a day, sent, taken back, or accounted for.

A case does not end with cards out unless somebody says why. Two steps hold that: the return (property `returns_cards`),
and the settlement of a case that ends early (form field `cards_state`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from app.errors import Refused
from app.services.base import businessdays
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import ledger
from app.services.cards.stock import CardView, view
from app.states import CardState, Mover, Phase, Side
from app.store import cards, work
from app.store.models import Card, Case

if TYPE_CHECKING:
    from app.services.base.permit import Setting

# How a form's answer `cards_state` says what became of the cards of a case.
STATE = "cards_state"
NONE_OUT, ALL_BACK, STILL_OUT = "none", "returned", "outstanding"
NOT_DONE = frozenset({CardState.LENT, CardState.RETURNED})  # not here, or here and not yet checked


@dataclass(frozen=True)
class Returning:
    """The cards of a case whose return is under way."""

    cards: list[CardView]

    @property
    def out(self) -> int:
        """Still with the vendor, or on the way."""
        return sum(1 for card in self.cards if card.state == CardState.LENT)

    @property
    def here(self) -> int:
        """Back, and not yet checked."""
        return sum(1 for card in self.cards if card.state == CardState.RETURNED)

    @property
    def done(self) -> int:
        """Checked and wiped, kept apart, or on record as damaged or lost."""
        return len(self.cards) - self.out - self.here


def returning(setting: Setting, today: date) -> Returning | None:
    """What the step that takes cards back shows to the staff; none for another step."""
    if not setting.element.flag("returns_cards") or setting.element.side != Side.OPERATOR:
        return None
    rows = [row for row in cards.of_case(setting.case.id) if row.lent_on]
    return Returning([view(row, today) for row in rows])


def ask_back(case: int, due: date, now: datetime) -> None:
    """Every loan of the case ends on the day on which its return is due. Inside the step's transaction."""
    for row in _lent(case):
        row.due_back = due
        row.save()
        ledger.write(row, now, "ask_back", Phase.CONFIRMED, text=due.isoformat())


def seen_to(case: Case, loaded: Loaded, today: date, closing: frozenset[date]) -> bool:
    """Whether the step of the return sees to the cards: its own reminders still go out, or the vendor has sent them."""
    rows = [row for row in work.open_tasks(case.id) if loaded.element(row.element).flag("returns_cards")]
    asked = next((row for row in rows if row.side == Side.VENDOR), None)
    if asked is None or asked.due_on is None:
        return bool(rows)
    return today <= businessdays.add_business_days(
        asked.due_on, max(loaded.package.reminders.after_bd, default=0), closing
    )


def count_out(portal: Portal, case: Case, loaded: Loaded, params: Mapping[str, Any], now: datetime) -> int:  # noqa: ARG001 - an operator's arguments
    """How many cards the case has on loan: what the operator `cards_out` answers."""
    return len(_lent(case.id))


def wrong(setting: Setting, values: Mapping[str, Any]) -> tuple[str, Refused] | None:
    """(field, why) when an answer leaves cards unaccounted for; none when all is well."""
    returns = setting.element.flag("returns_cards")
    if returns and setting.element.side == Side.VENDOR:
        return _unsaid(setting, values)
    said = values.get(STATE)
    if not said:
        return None
    if returns and said == ALL_BACK:
        return _not_done(setting)
    still = _serials(_lent(setting.case.id))
    if still and said == NONE_OUT:
        return STATE, Refused(
            "According to the ledger, cards of this case are still out: %(serials)s. Confirm that they were "
            "returned, or say why not",
            serials=still,
        )
    if still and said == STILL_OUT and not str(values.get("cards_note") or "").strip():
        return STATE, Refused("Say why these cards have not been returned: %(serials)s", serials=still)
    return None


def _unsaid(setting: Setting, values: Mapping[str, Any]) -> tuple[str, Refused] | None:
    """The vendor sends every card that it has, or says what became of it."""
    sent = set(values.get("serials") or ())
    kept = _serials(row for row in _lent(setting.case.id) if row.serial not in sent)
    if not kept or str(values.get("lost_or_damaged") or "").strip():
        return None
    return "lost_or_damaged", Refused("Say what happened to the cards you are not sending: %(serials)s", serials=kept)


def _not_done(setting: Setting) -> tuple[str, Refused] | None:
    """The body has every card back, checked and wiped, or kept apart."""
    left = [row for row in cards.of_case(setting.case.id) if row.state in NOT_DONE]
    if not left:
        return None
    return STATE, Refused(
        "Not returned yet, or not checked and wiped yet: %(serials)s. Register their return at the card desk, "
        "or say why they have not been returned",
        serials=_serials(left),
    )


def require_settled(setting: Setting, values: Mapping[str, Any]) -> None:
    """Refuse an answer that leaves cards unaccounted for."""
    found = wrong(setting, values)
    if found is not None:
        raise found[1]


def settle(setting: Setting, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Write down what was said: cards that are back wait to be wiped, and so do those that were never sent."""
    for row in cards.of_case(setting.case.id) if "serials" in values and setting.element.flag("returns_cards") else ():
        if row.serial in (values["serials"] or ()):
            ledger.write(
                row, now, "send_back", Phase.CONFIRMED, by=actor.name, text=str(values.get("tracking_number") or "")
            )
    said = values.get(STATE)
    if said is None:
        return
    for row in cards.of_case(setting.case.id):
        if row.state == CardState.READY or (row.state == CardState.LENT and said == ALL_BACK):
            receive(row, actor, now)
        elif row.state == CardState.LENT:
            why = str(values.get("cards_note") or "")
            ledger.write(row, now, "outstanding", Phase.CONFIRMED, by=actor.name, text=why)


def receive(row: Card, actor: Actor, now: datetime) -> None:
    """The card is back; it waits to be checked and wiped."""
    ledger.move(row, CardState.RETURNED, Mover.FLOW, now)
    ledger.write(row, now, "return", Phase.CONFIRMED, by=actor.name)


def _lent(case: int) -> list[Card]:
    return [row for row in cards.of_case(case) if row.state == CardState.LENT]


def _serials(rows: Any) -> str:
    return ", ".join(row.serial for row in rows)

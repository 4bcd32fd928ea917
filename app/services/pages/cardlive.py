"""What the card pages show live of the desks: who is there, which card lies on the reader, how far it is; and
a task's batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import NotFound
from app.services.agents.news import HERE
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import stock
from app.states import CardState, JobState, Right
from app.store import cards, database, jobrows
from app.store.models import Card, CardDeskRow


@dataclass(frozen=True, slots=True)
class DeskView:
    """A desk as the page shows it."""

    name: str
    here: bool
    last_seen: datetime | None
    reader: str
    code: str  # why no card is seen; "" when one lies there
    uid: str
    serial: str
    state: CardState | None  # the ledger's word for that card; none when it does not know it
    case_number: str
    company_name: str
    wants: str  # personalise | wipe | "" : what is waited for with this very card
    doing: str  # serial of the card that is at work
    step: int
    steps: int
    unsent: int

    @property
    def signal(self) -> str:
        """wait, busy, done, wrong or away: colour, word and sound follow it."""
        if not self.here:
            return "away"
        if self.doing:
            return "busy"
        if self.code not in ("", "no_card") or (
            self.uid and self.state in {CardState.QUARANTINED, CardState.DAMAGED, CardState.LOST}
        ):
            return "wrong"
        return "done" if self.uid and not self.wants and self.state in {CardState.READY, CardState.WIPED} else "wait"


@dataclass(frozen=True, slots=True)
class Batch:
    """The cards of a task, one after the other."""

    task_id: str
    title: str
    case_number: str
    company_name: str
    cards: stock.SetView
    waiting: tuple[str, ...]  # serials that have their chip, begun or wiped: that very card is to be laid on
    desks: tuple[DeskView, ...]


def desks(portal: Portal, actor: Actor) -> tuple[DeskView, ...]:
    """Every desk that has a token."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        runs = {
            str(job.params.get("serial")): str(job.params.get("run") or "")
            for job in jobrows.jobs_like("card", (JobState.QUEUED, JobState.RUNNING))
        }
        return tuple(_desk(row, portal.now(), runs) for row in cards.desks())


def _desk(row: CardDeskRow, now: datetime, runs: dict[str, str]) -> DeskView:
    seen: dict[str, Any] = row.seen or {}
    lying: dict[str, Any] = seen.get("card") or {}
    doing: dict[str, Any] = seen.get("doing") or {}
    known: Card | None = cards.by_uid(str(lying.get("uid") or ""))
    serial = known.serial if known else str(lying.get("serial") or "")
    return DeskView(
        name=row.name,
        here=row.last_seen is not None and now - row.last_seen <= HERE,
        last_seen=row.last_seen,
        reader=str(seen.get("reader") or ""),
        code=str(seen.get("code") or ""),
        uid=str(lying.get("uid") or ""),
        serial=serial,
        state=known.state if known else None,
        case_number=known.case.number if known and known.case else "",
        company_name=known.case.company_name if known and known.case else "",
        wants=runs.get(serial, ""),
        doing=str(doing.get("serial") or ""),
        step=int(doing.get("done") or 0),
        steps=int(doing.get("total") or 0),
        unsent=int(seen.get("unsent") or 0),
    )


def batch(portal: Portal, task_id: str, actor: Actor) -> Batch:
    """The batch page of a task that wants cards."""
    actor.require(Right.SEE_DESKS)
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        need = stock.wanted(setting)
        if need is None:
            raise NotFound("This task asks for no cards")
        begun = tuple(card.serial for card in need.cards if card.state == CardState.MAKING and card.uid)
        return Batch(
            task_id,
            setting.task.title,
            setting.case.number,
            setting.case.company_name,
            need,
            begun,
            desks(portal, actor),
        )

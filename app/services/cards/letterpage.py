"""What a page shows of a task's key letters: how each stands, and why the reader may not open it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.errors import NinteiError, NotFound
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import keyletters
from app.services.cards.keepers import refusal, staff
from app.states import Right, Side, TaskState
from app.store import database, records
from app.store import keyletters as rows_of
from app.store.models import KeyLetter


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter, for its page. `state`: making, sealed, opened, destroyed."""

    id: int
    number: int
    title: str
    recipient: str
    kcv: str
    state: str
    keeper_id: int | None
    keeper: str
    opened_by: str
    opened_at: datetime | None
    openings: int
    destroyed_at: datetime | None
    destroyed_why: str
    refusal: NinteiError | None  # why the reader may not open it


@dataclass(frozen=True)
class Page:
    """The two letters of a task."""

    task_id: str
    title: str
    case_number: str
    company_name: str
    letters: list[LetterView]
    issue: int
    reference: str
    one_recipient: bool  # both letters are for the same person, or one is for nobody
    staff: list[tuple[int, str]]  # who may be named to open one
    task_open: bool
    may_act: bool

    @property
    def opened(self) -> bool:
        """Whether both were opened."""
        return bool(self.letters) and all(each.openings for each in self.letters)

    @property
    def live(self) -> bool:
        """Whether they are not destroyed."""
        return any(each.state != "destroyed" for each in self.letters)


def page(portal: Portal, task_id: str, actor: Actor) -> Page:
    """The letters as they stand, and for each why this person may not open it."""
    actor.require(Right.SEE_CARD_KEYS)
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        rows = rows_of.of_task(task_id)
        if not keyletters.letters_of(setting.loaded, setting.element):
            raise NotFound("This task has no key letters")
        return Page(
            task_id=task_id,
            title=setting.task.title,
            case_number=setting.case.number,
            company_name=setting.case.company_name,
            letters=_views(setting, rows, actor),
            issue=rows[0].issue if rows else 0,
            reference=rows[0].reference if rows else "",
            one_recipient=len(rows) == 2 and keyletters.same_person(rows[0].recipient, rows[1].recipient),
            staff=staff(),
            task_open=setting.task.state == TaskState.OPEN,
            may_act=actor.has(Right.SEE_CARD_KEYS),
        )


def of_task(setting: permit.Setting, actor: Actor) -> list[LetterView] | None:
    """The letters of a task's page, empty before they are begun; None where there are none, or for the other side."""
    if actor.side != Side.OPERATOR or not keyletters.letters_of(setting.loaded, setting.element):
        return None
    return _views(setting, rows_of.of_task(setting.task.id), actor)


def made(setting: permit.Setting) -> set[str]:
    """The documents among them that are made."""
    if not keyletters.letters_of(setting.loaded, setting.element):
        return set()
    return {row.document for row in rows_of.of_task(setting.task.id) if row.paper or row.destroyed_at}


def _views(setting: permit.Setting, rows: list[KeyLetter], actor: Actor) -> list[LetterView]:
    found = []
    for row in rows:
        other = next(each for each in rows if each.id != row.id)
        state = "destroyed" if row.destroyed_at else "opened" if row.openings else "sealed" if row.paper else "making"
        paper = records.document(row.paper) if row.paper else None
        title = paper.title if paper is not None else setting.loaded.package.documents[row.document].title
        found.append(
            LetterView(
                id=row.id,
                number=row.number,
                title=title,
                recipient=row.recipient,
                kcv=row.kcv,
                state=state,
                keeper_id=row.keeper_id,
                keeper=row.keeper_name,
                opened_by=row.opened_by_name,
                opened_at=row.opened_at,
                openings=row.openings,
                destroyed_at=row.destroyed_at,
                destroyed_why=row.destroyed_why,
                refusal=refusal(row, other, actor),
            )
        )
    return found

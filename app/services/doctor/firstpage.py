"""The first page of whoever runs the portal: what is stuck, late and due, and how the portal itself does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.titles import without_item
from app.services.doctor.finding import OK
from app.services.doctor.lines import Line, of_portal
from app.services.pages import attention
from app.services.pages.attention import Cause
from app.states import Right, Side
from app.store import accounts, database, tally

SHOWN: Final = 12  # lines of what is overdue; the others are counted


@dataclass(frozen=True, slots=True)
class Late:
    """Overdue tasks of the body of one step with one person; `person` is empty where nobody has them."""

    element: str
    title: str
    person: str
    count: int


@dataclass(frozen=True, slots=True)
class FirstPage:
    """All of it. Counts of tasks are the body's."""

    causes: Sequence[Cause]
    late: Sequence[Late]
    overdue: int
    today: int  # due today, and not overdue
    week: int  # due within the next seven days, today and overdue apart
    open: int
    lines: Sequence[Line]

    @property
    def wrong(self) -> list[Line]:
        """What somebody should look at, the gravest first."""
        order = {"bad": 0, "warning": 1}
        return sorted((line for line in self.lines if line.state != OK), key=lambda line: order[line.state])

    @property
    def well(self) -> list[Line]:
        """What is as it should be."""
        return [line for line in self.lines if line.state == OK]


def page(portal: Portal, actor: Actor, up: float) -> FirstPage:
    """The page. `up`: seconds since this process began. It reads kept counts and indexes, however many
    cases there are."""
    actor.require(Right.SEE_PORTAL)
    board = attention.board(portal, actor)
    today = portal.today()
    with database.connection():
        names = {user.id: user.name for user in accounts.body()}
        overdue = tally.lanes(Side.OPERATOR, (today - timedelta(days=1)).isoformat())
        until_today = sum(lane.n for lane in tally.lanes(Side.OPERATOR, today.isoformat()))
        until_week = sum(lane.n for lane in tally.lanes(Side.OPERATOR, (today + timedelta(days=7)).isoformat()))
        every = sum(lane.n for lane in tally.lanes(Side.OPERATOR))
    by: Counter[tuple[str, str, str]] = Counter()
    for lane in overdue:
        by[(lane.element, without_item(lane.title), names.get(lane.assignee, ""))] += lane.n
    late = [Late(*key, count) for key, count in sorted(by.items(), key=lambda each: (-each[1], each[0]))]
    total = sum(each.count for each in late)
    return FirstPage(
        board.causes, late, total, until_today - total, until_week - until_today, every, of_portal(portal, up)
    )

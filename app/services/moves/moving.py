"""Moves of many cases: asked for, approved, stopped, taken back; the worker does them (`doing`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import Forbidden, NotFound, Problem, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.moves import questions, sorting
from app.services.moves.kept import WHILE
from app.states import ChangeKind, MovedState, MoveState, Right
from app.store import changes, database, moves, releases, statements
from app.store.models import Move, MoveCase

KIND = ChangeKind.MOVE  # in the record of changes


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """How one case of a move came out."""

    number: str
    company: str
    state: str
    why: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How a move stands. `undo_until`: until when all of it can be taken back, if it can; `answers`: what was answered
    before it was asked for, as a page asks it (`questions.answers`)."""

    id: int
    package_id: str
    target: int
    state: str
    reason: str
    asked_at: datetime
    asked_by: str
    approved_by: str
    counts: Mapping[str, int]
    cases: tuple[CaseOutcome, ...]
    undo_until: datetime | None
    own: bool  # the reader asked for it
    answers: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """How many cases it moves."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those whose turn has come."""
        return self.total - self.counts.get("waiting", 0)


def ask(
    portal: Portal, package_id: str, number: int, chosen: Sequence[str], decisions: Mapping[str, Any], reason: str,
    actor: Actor,
) -> int:  # fmt: skip
    """Have these cases moved; gives the move's id. An administrator's begins at once, an analyst's when a second person
    has approved it. Raises Refused, NotFound, Forbidden."""
    actor.require(Right.MOVE_CASES)
    if not chosen:
        raise Refused("Choose the cases that are to be moved")
    now = portal.now()
    with database.transaction():
        new = sorting.target(portal, package_id, number)
        rows = {row.number: row.id for row in moves.running(package_id, new.release_id)}
        missing = [each for each in chosen if each not in rows]
        if missing:
            raise Refused("The case %(number)s cannot be moved: it has ended, or has moved already", number=missing[0])
        at_once = actor.has(Right.ALONE)
        who = {"approved_at": now, "approved_by": actor.user_id, "approved_name": actor.name} if at_once else {}
        move = moves.create(
            package_id=package_id,
            release=new.release_id,
            state=MoveState.RUNNING if at_once else MoveState.ASKED,
            decisions=dict(decisions),
            reason=reason,
            asked_at=now,
            asked_by=actor.user_id,
            asked_name=actor.name,
            **who,
        )
        moves.add_cases(move, (rows[each] for each in dict.fromkeys(chosen)))
        _record(move, now, actor, "asked", str(len(chosen)), number)
    portal.poke()
    return move.id


def approve(portal: Portal, move_id: int, actor: Actor) -> None:
    """Let an analyst's move begin: not by who asked for it. Raises Refused, Forbidden, NotFound."""
    actor.require(Right.APPROVE_MOVES)
    with database.transaction():
        move, now = _locked(move_id), portal.now()
        if move.state is not MoveState.ASKED:
            raise Refused("This move does not wait for an approval")
        if actor.user_id is None or move.asked_by_id == actor.user_id:
            raise Forbidden("Somebody else has to approve the move: you asked for it")
        move.state, move.approved_at, move.approved_name = MoveState.RUNNING, now, actor.name
        move.approved_by_id = actor.user_id
        statements.save(move)
        _record(move, now, actor, "approved", "", _number(move))
    portal.poke()


def stop(portal: Portal, move_id: int, actor: Actor) -> None:
    """No more cases after the one at hand; what has moved stays moved. Raises Refused, Forbidden, NotFound."""
    actor.require(Right.MOVE_CASES, Right.APPROVE_MOVES)
    with database.transaction():
        move = _locked(move_id)
        if move.state not in (MoveState.RUNNING, MoveState.ASKED):
            raise Refused("There is nothing to stop any more")
        move.state, move.ended_at = MoveState.STOPPED, portal.now()
        statements.save(move)
        _record(move, portal.now(), actor, "stopped", "", _number(move))


def go_on(portal: Portal, move_id: int, actor: Actor) -> None:
    """Go on with a move that was stopped. Raises Refused, Forbidden, NotFound."""
    actor.require(Right.MOVE_CASES)
    with database.transaction():
        move = _locked(move_id)
        if move.state is not MoveState.STOPPED or move.approved_at is None:
            raise Refused("This move was not stopped under way")
        move.state, move.ended_at = MoveState.RUNNING, None
        statements.save(move)
    portal.poke()


def undo(portal: Portal, move_id: int, actor: Actor) -> None:
    """Take the whole move back: each case to which nothing has happened since is as it was, to the byte.

    Raises Refused, Forbidden, NotFound.
    """
    actor.require(Right.MOVE_CASES)
    with database.transaction():
        move, now = _locked(move_id), portal.now()
        if move.state not in (MoveState.DONE, MoveState.STOPPED) or not moves.counts(move.id)[MovedState.MOVED]:
            raise Refused("There is nothing to take back")
        if _until(move) is None or now > (_until(move) or now):
            raise Refused("A move can be taken back for a day; move the cases to the earlier release instead")
        move.state = MoveState.UNDOING
        statements.save(move)
        _record(move, now, actor, "undone", "", _number(move))
    portal.poke()


def status(portal: Portal, move_id: int, actor: Actor) -> Status:
    """How a move stands. Raises NotFound, Forbidden."""
    actor.require(Right.SEE_DESIGN)
    with database.connection():
        move = moves.get(move_id)
        if move is None:
            raise NotFound("There is no such move")
        return _status(portal, move, actor, moves.rows(move.id))


def recent(portal: Portal, package_id: str, actor: Actor) -> list[Status]:
    """The moves of a package, the newest first, without their cases."""
    with database.connection():
        return [_status(portal, move, actor, []) for move in moves.recent(package_id)]


def _record(move: Move, now: datetime, actor: Actor, act: str, what: str, number: int) -> None:
    changes.add(now, actor.user_id, actor.name, KIND, move.package_id, act, what, f"{number} {move.reason}".strip())


def _locked(move_id: int) -> Move:
    move = moves.lock(move_id)
    if move is None:
        raise NotFound("There is no such move")
    return move


def _number(move: Move) -> int:
    row = releases.by_id(move.release_id)
    return row.number if row is not None else 0


def _until(move: Move) -> datetime | None:
    return move.ended_at + WHILE if move.ended_at is not None else None


def _status(portal: Portal, move: Move, actor: Actor, rows: Sequence[MoveCase]) -> Status:
    counts = {state.value: count for state, count in moves.counts(move.id).items()}
    until = _until(move) if move.state in (MoveState.DONE, MoveState.STOPPED) and counts.get("moved") else None
    return Status(
        id=move.id,
        package_id=move.package_id,
        target=_number(move),
        state=move.state.value,
        reason=move.reason,
        asked_at=move.asked_at,
        asked_by=move.asked_name,
        approved_by=move.approved_name,
        counts=counts,
        cases=tuple(_outcome(row) for row in rows),
        undo_until=until if until is not None and portal.now() <= until else None,
        own=actor.user_id is not None and move.asked_by_id == actor.user_id,
        answers=questions.answers(move.decisions),
    )


def _outcome(row: MoveCase) -> CaseOutcome:
    case: Any = row.case
    why = tuple(Problem(file="", **each) for each in row.findings)
    return CaseOutcome(case.number, case.company_name, row.state.value, why)

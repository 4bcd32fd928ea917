"""Moving the cases of a move, and taking them back, one by one in the background.

One transaction a case: locked, sorted once more as it stands then, its new state and rows stored, loaded once and read
before it is committed. So whenever power fails each case is moved or not, and the next round goes on with the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.catalogue import called
from app.engine import Snapshot, Unmovable
from app.errors import N_, NinteiError, Problem, defect
from app.services.base import history
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.moves import aliases, kept, questions, sorting, versions
from app.services.process import standing
from app.states import ChangeKind, EntryKind, MovedState, MoveState, Side
from app.store import cases, changes, database, moves, statements
from app.store.models import Case, Move, MoveCase

log = logging.getLogger("nintei.moves")

SLICE = 20  # cases in one round of the worker: a stop is heeded, and other work gets its turn


def work(portal: Portal) -> int:
    """Move, or take back, some of the cases that wait for it; gives how many. The worker asks again."""
    with database.connection():
        move = moves.under_way()
        if move is None:
            return 0
        back = _who_takes_it_back(move) if move.state is MoveState.UNDOING else None
        waiting = moves.cases_in(move.id, MovedState.MOVED if back else MovedState.WAITING, SLICE)
    for case_id in waiting:
        try:
            with database.reading_once(), database.transaction():
                if not _one(portal, move.id, case_id, back):
                    return 0  # it was stopped meanwhile
        except Exception as error:
            if database.passes(error):
                raise
            _failed(portal, move.id, case_id, error)
    if not waiting:
        with database.transaction():
            _ended(portal, move.id)
    return len(waiting) or 1


def _who_takes_it_back(move: Move) -> Actor:
    """As it stands on record."""
    said = (
        each for each in changes.recent(ChangeKind.MOVE) if (each.subject, each.field) == (move.package_id, "undone")
    )
    one = next(said, None)
    return Actor(one.by_id, one.by_name, Side.OPERATOR) if one is not None else SYSTEM


def _one(portal: Portal, move_id: int, case_id: int, back: Actor | None) -> bool:
    """One case, in a transaction; False where the move goes on no more. `back`: who has it taken back."""
    case = cases.lock(case_id)
    move, row = moves.get(move_id), moves.case_of(move_id, case_id)
    wanted, stands = (MoveState.UNDOING, MovedState.MOVED) if back else (MoveState.RUNNING, MovedState.WAITING)
    if move is None or row is None or move.state is not wanted:
        return False
    if row.state is not stands:
        return True  # another worker was here
    if back:
        _back(portal, move, row, case, back)
    else:
        _move(portal, move, row, case)
    return True


def _move(portal: Portal, move: Move, row: MoveCase, case: Case) -> None:
    now, new = portal.now(), portal.releases.loaded(move.release_id)
    row.at = now
    why, decisions = _against(case, new), questions.of_case(move.decisions, case.number)
    if not why:
        old = portal.releases.loaded(case.release_id)
        why = [each.problem for each in sorting.rows(case, old, new, decisions)]
    if not why:
        stood, (blob, token), had = kept.before(case, kept.MOVED), cases.state(case.id), set(case.data)
        try:
            others = put(portal, case, (old, new), Snapshot(blob, token), decisions, now)
        except Unmovable as error:
            why = [each.problem for each in sorting.named(error.findings, old, new)]
    if why:
        row.state, row.findings = MovedState.LEFT, [_plain(each) for each in why]
        statements.save(row)
        return
    row.before = {"stood": stood, "made": kept.made(case, stood), "called": others}
    row.blob, row.token, row.revision, row.state = blob, token, case.revision, MovedState.MOVED
    statements.save(row)
    given = [each for each in questions.values(decisions).items() if each[0] in case.data.keys() - had]
    by = Actor(move.approved_by_id, move.approved_name, Side.OPERATOR)
    data = {"move": move.id, "reason": move.reason, "values": [_called(new, *each) for each in given]}
    history.note(case.id, now, EntryKind.VERSION, by=by, title=str(new.number), text="moved", data=data)


def put(
    portal: Portal, case: Case, releases: tuple[Loaded, Loaded], stands: Snapshot, decisions: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The case from one release upon the other. Its new state has been loaded and reported by the engine before any of
    it is stored, so that what is stored can be read. Gives what is called otherwise now (`moves.call`). Raises
    Unmovable, with nothing changed, BadState, ScriptError."""
    old, new = releases
    one, other = versions.version(old), versions.version(new)
    step = portal.engine.moved(one, other, stands, decisions, now)
    elsewhere = {
        (process, element): to.removeprefix("to:")
        for key, to in decisions.items()
        if isinstance(to, str) and to.startswith("to:")
        for kind, process, element, _ in [key.split(":", 3)]
        if kind == "gone"
    }
    standing.put(portal, case, old, new, step, now, lambda process, each: elsewhere.get((process, each), each))
    return moves.call(case.id, aliases.of(old, new, decisions))


def _against(case: Case, new: Loaded) -> list[Problem]:
    """Why the case is not even looked at now."""
    if case.ended:
        return [Problem("", N_("The case has ended."))]
    if case.release_id == new.release_id:
        return [Problem("", N_("The case is on this release already."))]
    if moves.busy([case.id]):
        return [Problem("", N_("A job of the case is at work, or waits for somebody to see to it."))]
    return []


def _back(portal: Portal, move: Move, row: MoveCase, case: Case, by: Actor) -> None:
    now = portal.now()
    row.at = now
    same = case.revision == row.revision and not case.ended and not moves.busy([case.id])
    kept_ones = row.before
    if same:
        same = row.blob is not None and kept.put_back(
            case, kept_ones["stood"], kept_ones["made"], bytes(row.blob), row.token, now
        )
    if same:
        moves.call_back(kept_ones.get("called", {}))
    row.state = MovedState.BACK if same else MovedState.GONE_ON
    statements.save(row)
    if same:
        number = portal.releases.loaded(case.release_id).number
        history.note(case.id, now, EntryKind.VERSION, by=by, title=str(number), text="back", data={"move": move.id})


def _failed(portal: Portal, move_id: int, case_id: int, error: Exception) -> None:
    known = error if isinstance(error, NinteiError) else defect(error)
    log.error("case %s of move %s: %s", case_id, move_id, error, exc_info=not isinstance(error, NinteiError))
    with database.transaction():
        row = moves.case_of(move_id, case_id)
        if row is None:
            return
        failed = MovedState.FAILED if row.state is MovedState.WAITING else MovedState.GONE_ON
        row.state, row.at = failed, portal.now()
        row.findings = [{"message": known.message, "params": {k: str(v) for k, v in known.params.items()}}]
        statements.save(row)


def _ended(portal: Portal, move_id: int) -> None:
    move = moves.lock(move_id)
    if move is None:
        return
    ends = {MoveState.RUNNING: MoveState.DONE, MoveState.UNDOING: MoveState.UNDONE}.get(move.state)
    if ends is not None:
        moves.end(move, ends, portal.now())


def _called(loaded: Loaded, name: str, value: Any) -> tuple[str, Any]:
    """A routing value that was given, as people call it and what it is."""
    titles = called.of_value(loaded.package, name)
    return titles[0] if titles else name, called.said(loaded.package, name, value)


def _plain(problem: Problem) -> dict[str, Any]:
    return {"message": problem.message, "params": {name: str(value) for name, value in problem.params.items()}}

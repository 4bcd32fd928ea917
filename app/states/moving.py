"""How running cases are moved to another release, and how one case is mended."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class MoveState(Word):
    """How a move of many cases stands."""

    ASKED = "asked"  # an analyst's: a second person has to approve it
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


MOVE_MOVES: Final[Moves[MoveState]] = {
    MoveState.ASKED: {MoveState.RUNNING, MoveState.STOPPED},
    MoveState.RUNNING: {MoveState.STOPPED, MoveState.DONE},
    MoveState.STOPPED: {MoveState.RUNNING, MoveState.UNDOING},
    MoveState.DONE: {MoveState.UNDOING},
    MoveState.UNDOING: {MoveState.UNDONE},
}


class MovedState(Word):
    """How one case of a move stands."""

    WAITING = "waiting"
    MOVED = "moved"
    LEFT = "left"  # it does not move as things stood when its turn came
    FAILED = "failed"
    BACK = "back"  # the move was taken back
    GONE_ON = "gone_on"  # something has followed, so it was not taken back


MOVED_MOVES: Final[Moves[MovedState]] = {
    MovedState.WAITING: {MovedState.MOVED, MovedState.LEFT, MovedState.FAILED},
    MovedState.MOVED: {MovedState.BACK, MovedState.GONE_ON},
}


class MendKind(Word):
    """What was done to one case by hand."""

    PLACE = "place"  # a token was moved to another step
    AGAIN = "again"  # a step is done once more
    SKIP = "skip"
    VALUE = "value"  # a routing value was corrected

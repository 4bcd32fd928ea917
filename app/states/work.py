"""What waits to be done: tasks, jobs, points of a review."""

from __future__ import annotations

from typing import Final

from app.states.word import Moves, Word


class TaskState(Word):
    """How a person's task stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"  # its token went another way


TASK_MOVES: Final[Moves[TaskState]] = {
    TaskState.OPEN: {TaskState.DONE, TaskState.CANCELLED},
    TaskState.DONE: {TaskState.OPEN},  # the decision is taken back
    TaskState.CANCELLED: {TaskState.OPEN},  # what was done to the case by hand is taken back
}


class TaskKind(Word):
    """What is waited for."""

    USER = "user"  # a person's answer to a form
    RECEIVE = "receive"  # a message


class Turn(Word):
    """Whose turn it is in a case."""

    VENDOR = "vendor"
    OPERATOR = "operator"
    BOTH = "both"
    NOBODY = ""  # only time has to pass


class JobState(Word):
    """How a job of the worker, or of a card desk, stands."""

    QUEUED = "queued"
    RUNNING = "running"  # somebody holds it under a lease
    PARKED = "parked"  # another element has to be completed first
    DONE = "done"
    INCIDENT = "incident"  # failed for good: a person is needed
    LATE = "late"  # done, but the case had moved on
    CANCELLED = "cancelled"


JOB_MOVES: Final[Moves[JobState]] = {
    JobState.QUEUED: {
        JobState.RUNNING,
        JobState.DONE,  # its card has gone another way meanwhile
        JobState.INCIDENT,  # held up when a backup was restored
        JobState.CANCELLED,
        JobState.PARKED,  # the step that let it go is taken back
    },
    JobState.RUNNING: {JobState.QUEUED, JobState.DONE, JobState.LATE, JobState.INCIDENT, JobState.CANCELLED},
    JobState.PARKED: {JobState.QUEUED, JobState.CANCELLED},
    JobState.INCIDENT: {JobState.QUEUED, JobState.CANCELLED},
    # The step that cancelled it is taken back.
    JobState.CANCELLED: {JobState.QUEUED, JobState.PARKED, JobState.INCIDENT},
}


class CommentState(Word):
    """How a reviewer's point stands."""

    DRAFT = "draft"  # seen by the staff alone
    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    DROPPED = "dropped"  # never sent: a decision went another way, or a colleague took it off; on record for the staff


COMMENT_MOVES: Final[Moves[CommentState]] = {
    CommentState.DRAFT: {CommentState.OPEN, CommentState.DROPPED},
    CommentState.OPEN: {CommentState.ANSWERED, CommentState.RESOLVED},
    CommentState.ANSWERED: {CommentState.OPEN, CommentState.RESOLVED},
}

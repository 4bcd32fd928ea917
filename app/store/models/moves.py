"""Running cases moved to another release, and cases mended by hand: what was decided, and how each stood before."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, ForeignKeyField, IntegerField, TextField

from app.states import MOVE_MOVES, MOVED_MOVES, MendKind, MovedState, MoveState
from app.store.database import Row
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case
from app.store.models.releases import Release
from app.store.words import WordField


class Move(Row):
    """Cases of one package, to one release."""

    package_id = CharField(max_length=80, index=True)
    release = ForeignKeyField(Release, backref="moves")
    release_id: int
    state = WordField(MoveState, moves=MOVE_MOVES, max_length=10, default=MoveState.ASKED, index=True)
    decisions: Any = JsonField(default=dict)  # by what is asked
    reason = TextField(default="")
    asked_at = UtcField()
    asked_by = ForeignKeyField(User, null=True)
    asked_by_id: int | None
    asked_name = CharField(max_length=120, default="")
    approved_at = UtcField(null=True)
    approved_by = ForeignKeyField(User, null=True, backref="moves_approved")
    approved_by_id: int | None
    approved_name = CharField(max_length=120, default="")
    ended_at = UtcField(null=True)


class MoveCase(Row):
    """One case of a move."""

    move = ForeignKeyField(Move, backref="cases", on_delete="CASCADE", index=False)
    move_id: int
    case = ForeignKeyField(Case, backref="moves", on_delete="CASCADE")
    case_id: int
    state = WordField(MovedState, moves=MOVED_MOVES, max_length=10, default=MovedState.WAITING)
    findings: Any = JsonField(default=list)  # why it was left, as {message, params}
    before: Any = JsonField(default=dict)  # the rows as they were
    blob = BlobField(null=True)  # the engine's state before
    token = CharField(max_length=40, default="")
    revision = IntegerField(default=0)  # of the case, after the move
    at = UtcField(null=True)

    class Meta:
        table_name = "move_case"
        indexes = ((("move", "state"), False), (("move", "case"), True))


class Mend(Row):
    """Something that was done to one case by hand."""

    case = ForeignKeyField(Case, backref="mends", on_delete="CASCADE")
    case_id: int
    kind = WordField(MendKind, max_length=10)
    element = CharField(max_length=120, default="")
    detail: Any = JsonField(default=dict)
    reason = TextField()
    at = UtcField()
    by = ForeignKeyField(User, null=True)
    by_id: int | None
    by_name = CharField(max_length=120, default="")
    before: Any = JsonField(default=dict)
    made: Any = JsonField(default=dict)  # what the step brought: jobs, tasks, visits
    blob = BlobField(null=True)
    token = CharField(max_length=40, default="")
    revision = IntegerField(default=0)
    undone_at = UtcField(null=True)
    undone_by = CharField(max_length=120, default="")

"""What may still be changed after it was decided: a step that can be taken back, a date, who is there on the day."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from app.states import REQUEST_MOVES, RequestKind, RequestState
from app.store.database import Row, Table
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case
from app.store.models.records import Booking
from app.store.words import WordField


class Undo(Table):
    """The last step of a case, while it was a decision of the staff and nothing has followed: how things were before.

    One row for each case; the next step of the case, whoever takes it, clears it.
    """

    case = ForeignKeyField(Case, primary_key=True, backref="undo_row", on_delete="CASCADE")
    case_id: int
    task_id = CharField(max_length=40)
    by = ForeignKeyField(User, null=True, index=False)
    by_id: int | None
    at = UtcField()
    revision = IntegerField()  # of the case, right after the step
    blob = BlobField()  # the engine's state before the step, and its token
    token = CharField(max_length=40)
    before: Any = JsonField(default=dict)  # the rows that the step changed, as they were (services.recall)
    made: Any = JsonField(default=dict)  # what the step brought: tasks, jobs, visits


class Ending(Table):
    """How a case stood before the body ended it: it can be opened again from there."""

    case = ForeignKeyField(Case, primary_key=True, backref="ending_row", on_delete="CASCADE")
    case_id: int
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    blob = BlobField()  # the engine's state, and its token
    token = CharField(max_length=40)
    before: Any = JsonField(default=dict)  # the rows that the ending changed, as they were (services.moves.kept)


class Correction(Row):
    """変更届: a vendor wants data of the company or the system corrected after they were sent; the body answers."""

    case = ForeignKeyField(Case, backref="corrections", on_delete="CASCADE", index=False)
    case_id: int
    values: Any = JsonField(default=dict, column_name="wanted")  # key of the form's field → what is right
    before: Any = JsonField(default=dict, column_name="stood")  # the same keys, as they stood when it was asked
    reason = TextField(default="")
    state = WordField(RequestState, moves=REQUEST_MOVES, max_length=10, default=RequestState.ASKED, index=True)
    asked_at = UtcField()
    asked_by = ForeignKeyField(User, null=True)
    asked_by_id: int | None
    asked_by_name = CharField(max_length=120, default="")
    answer = TextField(default="")  # what the body said
    answered_at = UtcField(null=True)
    answered_by_name = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("case", "state"), False),)


class DateRequest(Row):
    """The vendor asks for another day, or for none, after the day was settled; an operator answers."""

    case = ForeignKeyField(Case, backref="date_requests", on_delete="CASCADE", index=False)
    case_id: int
    booking = ForeignKeyField(Booking, backref="requests", on_delete="CASCADE")
    booking_id: int
    kind = WordField(RequestKind, max_length=10)
    wishes: Any = JsonField(default=list)  # days, ISO, the best first
    reason = TextField(default="")
    state = WordField(RequestState, moves=REQUEST_MOVES, max_length=10, default=RequestState.ASKED, index=True)
    asked_at = UtcField()
    asked_by = ForeignKeyField(User, null=True)
    asked_by_id: int | None
    asked_by_name = CharField(max_length=120, default="")
    answer = TextField(default="")  # what the body said
    day = DateField(null=True)  # that the body gave instead
    answered_at = UtcField(null=True)
    answered_by_name = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("case", "state"), False),)


class BookingPerson(Row):
    """A member of the staff who is there on a day: an examiner or auditor."""

    booking = ForeignKeyField(Booking, backref="people", on_delete="CASCADE", index=False)
    booking_id: int
    user = ForeignKeyField(User, backref="dates", on_delete="CASCADE")
    user_id: int

    class Meta:
        indexes = ((("booking", "user"), True),)

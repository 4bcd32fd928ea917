"""What waits to be done: people's tasks with drafts and answers, jobs of the worker, timers."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateField, FloatField, ForeignKeyField, IntegerField, TextField

from app.states import COMMENT_MOVES, JOB_MOVES, TASK_MOVES, CommentState, JobState, Side, TaskKind, TaskState
from app.store.database import Row, Table
from app.store.fields import JsonField, UtcField
from app.store.models.accounts import User
from app.store.models.cases import Case
from app.store.words import WordField


class Answer(Row):
    """What a person sent with a task. A new answer of the same element does not replace the old one."""

    case = ForeignKeyField(Case, backref="answers", on_delete="CASCADE", index=False)
    case_id: int
    element = CharField(max_length=120)
    values: Any = JsonField(default=dict)
    at = UtcField()
    by = ForeignKeyField(User, null=True, index=False)
    by_id: int | None
    by_name = CharField(max_length=120, default="")
    side = WordField(Side, max_length=10)

    class Meta:
        indexes = ((("case", "element", "at"), False),)


class Task(Table):
    """A user task on which a token stands, or stood."""

    id = CharField(max_length=40, primary_key=True)  # the engine's task id
    case = ForeignKeyField(Case, backref="tasks", on_delete="CASCADE", index=False)
    case_id: int
    element = CharField(max_length=120)
    process = CharField(max_length=120)
    title = CharField(max_length=300)
    side = WordField(Side, max_length=10)
    grp = CharField(max_length=40, default="")
    kind = WordField(TaskKind, max_length=10, default=TaskKind.USER)
    message = CharField(max_length=80, default="")
    presentation = CharField(max_length=10, default="")
    state = WordField(TaskState, moves=TASK_MOVES, max_length=10, default=TaskState.OPEN)
    opened_at = UtcField(index=True)
    due_on = DateField(null=True)
    assignee = ForeignKeyField(User, null=True, backref="assigned", index=False)
    assignee_id: int | None
    held_since = UtcField(null=True)  # since when it is the assignee's
    closed_at = UtcField(null=True)
    closed_by = ForeignKeyField(User, null=True, backref="closed", index=False)
    closed_by_id: int | None
    closed_by_name = CharField(max_length=120, default="")
    on_behalf_of = CharField(max_length=120, default="")  # 代理
    answer = ForeignKeyField(Answer, null=True)
    answer_id: int | None
    data: Any = JsonField(default=dict)
    # Copies for the worklist, so that it reads one table.
    case_number = CharField(max_length=20, default="")
    company_name = CharField(max_length=200, default="")
    system_name = CharField(max_length=200, default="")

    class Meta:
        # Those of the worklist are in models/lists.py.
        indexes = ((("case", "state"), False), (("title", "opened_at"), False))


class Draft(Table):
    """What is typed and not yet sent. `revision` and `page` keep two windows from overwriting each other."""

    task = ForeignKeyField(Task, primary_key=True, backref="draft_row", on_delete="CASCADE")
    task_id: str
    values: Any = JsonField(default=dict)
    checked = BooleanField(default=False)  # passed the form's checks: the check page may send it
    revision = IntegerField(default=0)
    saved_at = UtcField()
    saved_by = ForeignKeyField(User, null=True)  # whose draft it is: the last who typed into it
    saved_by_id: int | None
    kept_by = ForeignKeyField(User, null=True, backref="drafts_kept")  # who saved it last, files from a mail too
    kept_by_id: int | None
    page = CharField(max_length=40, default="")  # the opened page that saved it last; empty: none
    nth = IntegerField(default=0)  # the how-manieth save of that page it was
    aside: Any = JsonField(default=dict)  # what a colleague had typed before: {by, name, at, values}; {}: nothing


class Reminder(Row):
    """A reminder that went out: once for each task and day count."""

    task = ForeignKeyField(Task, on_delete="CASCADE", index=False)
    task_id: str
    kind = CharField(max_length=20)
    sent_at = UtcField()

    class Meta:
        indexes = ((("task", "kind"), True),)


class Job(Row):
    """Something to do outside after its step was stored. This table is the truth; a worker leases from it."""

    key = CharField(max_length=160, unique=True)  # idempotency key
    case = ForeignKeyField(Case, null=True, backref="jobs", on_delete="CASCADE", index=False)
    case_id: int | None
    task_id = CharField(max_length=40, default="")  # the engine task that waits for it; empty: nobody waits
    element = CharField(max_length=120, default="")
    operator = CharField(max_length=40)
    params: Any = JsonField(default=dict)
    data: Any = JsonField(default=dict)  # routing values where the token stood
    state = WordField(JobState, moves=JOB_MOVES, max_length=10, default=JobState.QUEUED)
    attempts = IntegerField(default=0)
    tried_since = UtcField(null=True)  # its first failure since somebody last set it going
    handed = BooleanField(default=False)  # something of it may have left the house
    run_at = UtcField()
    lease_until = UtcField(null=True)
    fence = IntegerField(default=0)  # grows with every lease: a result under an old fence does not count
    worker = CharField(max_length=80, default="")
    error = TextField(default="")
    said: Any = JsonField(default=dict)  # the same as {message, params}, for readers of other languages
    created_at = UtcField()
    finished_at = UtcField(null=True)
    request = CharField(max_length=64, default="")  # the request, or the round of work, that asked for it: for the log

    class Meta:
        indexes = ((("state", "run_at"), False), (("case", "state"), False))


class TimerRow(Row):
    """A waiting timer of a case; the case is woken only when one is due."""

    case = ForeignKeyField(Case, backref="timers", on_delete="CASCADE")
    case_id: int
    task_id = CharField(max_length=40)
    element = CharField(max_length=120)
    due_at = UtcField(index=True)

    class Meta:
        table_name = "timer"


class Comment(Row):
    """補正: a point that a reviewer pinned to a field or a page of a document, and its answer."""

    case = ForeignKeyField(Case, backref="comments", on_delete="CASCADE", index=False)
    case_id: int
    review_element = CharField(max_length=120)
    review_task = CharField(max_length=40)
    element = CharField(max_length=120)
    field = CharField(max_length=160, default="")
    document_id = CharField(max_length=40, default="")
    page = IntegerField(null=True)
    x = FloatField(null=True)  # the spot on the page, in parts of its width from the left
    y = FloatField(null=True)  # and of its height from the top
    where = CharField(max_length=300, default="", column_name="place")
    text = TextField()
    at = UtcField()
    by_name = CharField(max_length=120, default="")
    by_user = IntegerField(null=True)  # the account of who wrote it
    state = WordField(CommentState, moves=COMMENT_MOVES, max_length=10, default=CommentState.DRAFT)
    reply = TextField(default="")
    replied_at = UtcField(null=True)
    replied_by = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("case", "state"), False),)

"""What long lists read instead of counting and searching: counts of open tasks, the words of cases, failed tries."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from app.states import Side
from app.store.database import Row, Table
from app.store.fields import UtcField
from app.store.models.cases import Case
from app.store.models.work import Task
from app.store.words import WordField

NO_DAY = "9999-12-31"  # a task that is due on no day stands behind those that are
# The day by which lists are put in order; written as in the indexes, or they would not serve.
DUE = f"COALESCE(due_on, '{NO_DAY}')"


class TaskChange(Row):
    """An open task more (1) or less (-1) of a kind: written by triggers with the task, until upkeep adds it up.

    Rows are only ever added, so that two steps never wait for each other's counts, and a step writes one page more.
    """

    side = WordField(Side, max_length=10)
    due_key = CharField(max_length=10)  # the day; NO_DAY when there is none
    grp = CharField(max_length=40)
    element = CharField(max_length=120)
    title = CharField(max_length=300)
    assignee = IntegerField()  # 0: nobody
    n = IntegerField()


class TaskTally(Table):
    """Open tasks of a kind, but for what stands in `TaskChange`."""

    side = WordField(Side, max_length=10)
    due_key = CharField(max_length=10)  # empty: whatever the day
    grp = CharField(max_length=40)
    element = CharField(max_length=120)
    title = CharField(max_length=300)
    assignee = IntegerField()
    n = IntegerField()

    class Meta:
        primary_key = CompositeKey("side", "due_key", "grp", "element", "title", "assignee")


class CaseText(Table):
    """What a case is found by, folded (`text.fold`), in lines; changed with the case. `fold`: by which rules."""

    case = ForeignKeyField(Case, primary_key=True, on_delete="CASCADE")
    case_id: int
    text = TextField()
    fold = CharField(max_length=20, null=True, index=True)


class CaseGram(Table):
    """Three letters that stand beside each other in a case's text, as one number (`store.search`)."""

    gram = BigIntegerField()
    case = ForeignKeyField(Case, on_delete="CASCADE", index=False)
    case_id: int

    class Meta:
        primary_key = CompositeKey("gram", "case")  # on SQLite without row ids (`store.schema`)


class Attempt(Row):
    """Tries of something that may be tried so often only, until they are forgotten."""

    key = CharField(max_length=120)
    at = UtcField()
    until = UtcField(index=True)

    class Meta:
        indexes = ((("key", "until"), False),)


def _index(name: str, columns: str, more: str = "") -> None:
    Task.add_index(SQL(f"CREATE INDEX IF NOT EXISTS {name} ON task ({columns}) WHERE state = 'open'{more}"))


# Open tasks alone, in the order of each list; the columns behind the order answer the filters without the row.
_index("worklist_due", f"side, ({DUE}), id, assignee_id, grp, element, due_on")
_index("worklist_person", f"side, assignee_id, ({DUE}), id, grp, element, due_on")
_index("worklist_element", f"side, element, ({DUE}), id, assignee_id, grp, due_on")
_index("worklist_opened", "side, opened_at, id, assignee_id, grp, element, due_on")
_index("worklist_company", f"side, company_name, ({DUE}), id, assignee_id, grp, element, due_on")
_index("worklist_presented", f"side, presentation, ({DUE}), id", " AND presentation <> ''")

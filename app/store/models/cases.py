"""Cases, their states, and everything that happened to them."""

from __future__ import annotations

from typing import Any

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from app.states import Audience, EntryKind, Rights, Side, Standing, Turn
from app.store.database import Row, Table
from app.store.fields import AddressField, JsonField, UtcField
from app.store.models.accounts import Company, User
from app.store.models.releases import Release
from app.store.words import WordField


class Case(Row):
    """One application and all that follows from it."""

    number = CharField(max_length=20, unique=True)
    package_id = CharField(max_length=80, index=True)
    release = ForeignKeyField(Release, backref="cases")
    release_id: int
    company = ForeignKeyField(Company, null=True, backref="cases")
    company_id: int | None
    company_name = CharField(max_length=200, default="", index=True)
    contact_name = CharField(max_length=120, default="")
    email = AddressField(max_length=254, index=True)  # where mails to the vendor go
    language = CharField(
        max_length=5, default=""
    )  # in which the application was read; the account's, once there is one
    system_name = CharField(max_length=200, default="", index=True)
    state = WordField(Standing, max_length=12, default=Standing.OPEN)
    turn = WordField(Turn, max_length=10, default=Turn.NOBODY)
    turn_since = UtcField()
    stage = CharField(max_length=80, default="")
    revision = IntegerField(default=0)
    data: Any = JsonField(default=dict)  # the process's routing values, for reading
    messages: Any = JsonField(default=list)  # names of the messages the case can take now
    running: Any = JsonField(default=list)  # engine task ids of the service tasks under way
    timer_count = IntegerField(default=0)  # waiting timers
    apply_key = CharField(max_length=64, null=True, unique=True)  # recognises the same application sent twice
    withdrawal: Any = JsonField(null=True)
    undelivered = IntegerField(
        default=0
    )  # mails to the vendor that reached nobody and wait for somebody to see to them
    ended = BooleanField(default=False)
    created_at = UtcField(index=True)
    changed_at = UtcField(index=True)

    class Meta:
        indexes = (
            (("state", "changed_at"), False),
            (("state", "created_at"), False),
            (("ended", "changed_at"), False),
            (("ended", "turn", "undelivered"), False),
        )


# Cases that are not over, as the index has them: SQLite takes no index for "NOT ended".
UNDER_WAY: Any = Case.ended == False  # noqa: E712 - a condition of the database


class Member(Row):
    """A vendor's person who has to do with a case, and what they may do there. Whoever has no row sees nothing of it;
    what a company or a mandate gives is written here (services.access)."""

    case = ForeignKeyField(Case, backref="members", on_delete="CASCADE", index=False)
    case_id: int
    user = ForeignKeyField(User, backref="memberships", on_delete="CASCADE")
    user_id: int
    rights = WordField(Rights, max_length=10, default=Rights.FULL)
    mails = BooleanField(default=True)  # the case's mails go to them
    mandate_id = IntegerField(null=True)  # of an agent: the Mandate by which they act
    added_at = UtcField()
    added_by = CharField(max_length=120, default="")

    class Meta:
        indexes = ((("case", "user"), True),)


class CaseState(Table):
    """The engine's state of a case: a blob that only the engine reads."""

    case = ForeignKeyField(Case, primary_key=True, backref="state_row", on_delete="CASCADE")
    case_id: int
    blob = BlobField()
    token = CharField(max_length=40)

    class Meta:
        table_name = "case_snapshot"  # `case_state` is the name of an index


class Entry(Row):
    """One thing that happened to a case: its timeline, never changed."""

    case = ForeignKeyField(Case, backref="entries", on_delete="CASCADE", index=False)
    case_id: int
    at = UtcField()
    kind = WordField(EntryKind, max_length=40)
    element = CharField(max_length=120, default="")
    title = CharField(max_length=300, default="")
    text = TextField(default="")
    actor = ForeignKeyField(User, null=True, index=False)
    actor_id: int | None
    actor_name = CharField(max_length=120, default="")
    actor_side = WordField(Side, max_length=10, default=Side.SYSTEM)
    audience = WordField(Audience, max_length=10, default=Audience.BOTH)
    data: Any = JsonField(default=dict)

    class Meta:
        indexes = ((("case", "at"), False), (("case", "kind"), False))


class Visit(Row):
    """How often a token passed an element: what the diagram draws as the done path."""

    case = ForeignKeyField(Case, on_delete="CASCADE", index=False)
    case_id: int
    element = CharField(max_length=120)
    process = CharField(max_length=120)
    entered = IntegerField(default=0)
    completed = IntegerField(default=0)
    cancelled = IntegerField(default=0)
    first_at = UtcField()
    last_at = UtcField()

    class Meta:
        indexes = ((("case", "element", "process"), True),)

    @property
    def stands(self) -> bool:
        """Whether a token is there now."""
        return bool(self.entered > self.completed + self.cancelled)


class Clock(Row):
    """One guideline (目安) of a case: business days used while it was the side's own turn."""

    case = ForeignKeyField(Case, backref="clocks", on_delete="CASCADE", index=False)
    case_id: int
    guideline = CharField(max_length=80)
    title = CharField(max_length=200)
    limit_days = IntegerField()
    side = WordField(Side, max_length=10)
    started_on = DateField()
    used = FloatField(default=0)  # business days of finished runs
    running_since = DateField(null=True)  # empty while it stands still
    ended_on = DateField(null=True)

    class Meta:
        indexes = ((("case", "guideline"), False),)


class EntryLink(Row):
    """A signed link with which an applicant first enters; it proves the mail address."""

    token = CharField(max_length=64, unique=True)
    case = ForeignKeyField(Case, backref="links", on_delete="CASCADE")
    case_id: int
    email = AddressField(max_length=254)
    expires_at = UtcField()
    used_at = UtcField(null=True)
    void = BooleanField(default=False)


class Counter(Table):
    """Numbers that are handed out once: cases of a year, invoices, certificates."""

    name = CharField(max_length=80, primary_key=True)
    value = IntegerField(default=0)

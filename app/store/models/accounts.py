"""People: companies, accounts, roles, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_security import RoleMixin, UserMixin
from peewee import SQL, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from app.states import Side
from app.store.database import Row
from app.store.fields import AddressField, UtcField
from app.store.words import WordField


class Company(Row):
    """A vendor company as its people share it here.

    Whoever typed a 法人番号 has a company of their own, provisional until the body has seen that the number is theirs:
    several may name one number, and know nothing of each other. Of the proved ones there is one for each number.
    """

    corporate_number = CharField(max_length=13, null=True, index=True)  # none: the body found that it is not theirs
    name = CharField(max_length=200)
    kana = CharField(max_length=200, default="")
    created_at = UtcField()
    proved_at = UtcField(null=True)  # none: provisional
    proved_by = CharField(max_length=120, default="")
    proved_task = CharField(max_length=40, default="")  # the review that proved it; empty: something else did


Company.add_index(
    SQL(
        "CREATE UNIQUE INDEX IF NOT EXISTS company_proved_number ON company (corporate_number) "
        "WHERE proved_at IS NOT NULL"
    )
)


class Role(RoleMixin, Row):
    """operator, analyst, administrator, vendor."""

    name = CharField(max_length=40, unique=True)
    description = TextField(null=True)
    permissions: Any = TextField(null=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What is read together with the account that asks for a page."""

    roles: Sequence[Role]
    standing_in_for: tuple[tuple[int, str], ...]  # (account, name) of those who are away today


class _Asks:
    known: Known | None = None  # of the account that asks for a page
    session_row: int | None = None  # the session in which it asks
    session_seen: Any = None  # when that was last used
    session_proved: Any = None  # when the person last showed there that it is they


class User(UserMixin, _Asks, Row):
    """An account. `side` says which desk it works at."""

    email = AddressField(max_length=254, unique=True)
    password = CharField(max_length=255, null=True)
    name = CharField(max_length=120, default="")
    active = BooleanField(default=True)
    fs_uniquifier = CharField(max_length=64, unique=True)
    side = WordField(Side, max_length=10)
    groups = CharField(max_length=200, default="")  # comma-separated: review, accounting, cards, exam, office
    language = CharField(max_length=5, default="ja")
    feed_token = CharField(max_length=64, null=True, unique=True)  # of the calendar feed
    shortcuts = BooleanField(default=True)  # single keys (J, K, X) act in lists
    columns = CharField(max_length=60, default="clock,person")  # comma-separated: optional ones of the worklist
    daily = BooleanField(default=False)  # the day's work by mail, in the morning
    led = CharField(max_length=100, default="")  # comma-separated: the roles that were led through the page
    factors = CharField(max_length=40, default="")  # comma-separated: passkey, code; what is asked besides the password
    confirmed_at = UtcField(null=True)
    last_login_at = UtcField(null=True)
    current_login_at = UtcField(null=True)
    last_login_ip = CharField(max_length=64, null=True)
    current_login_ip = CharField(max_length=64, null=True)
    login_count: Any = IntegerField(null=True)
    create_datetime = UtcField(null=True)
    update_datetime = UtcField(null=True)

    class Meta:
        indexes = ((("side", "name"), False),)

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]  # the mixin declares an attribute; ours is read from the link
        """The account's roles (Flask-Security reads them here)."""
        if self.known is not None:
            return list(self.known.roles)
        return list(Role.select().join(UserRole).where(UserRole.user == self.id))


class UserRole(Row):
    """Which roles an account has."""

    user = ForeignKeyField(User, backref="roles_link", on_delete="CASCADE", index=False)
    user_id: int
    role = ForeignKeyField(Role, backref="users_link", on_delete="CASCADE")
    role_id: int

    class Meta:
        indexes = ((("user", "role"), True),)


class Absence(Row):
    """While `user` is away, `delegate` may do what is theirs; everything so done is traced as 代理."""

    user = ForeignKeyField(User, backref="absences", on_delete="CASCADE")
    user_id: int
    delegate = ForeignKeyField(User, backref="delegations", on_delete="CASCADE")
    delegate_id: int
    first_day = DateField(index=True)
    last_day = DateField(index=True)
    note = TextField(default="")


class SavedView(Row):
    """A worklist filter that a person keeps."""

    user = ForeignKeyField(User, backref="views", on_delete="CASCADE", index=False)
    user_id: int
    name = CharField(max_length=80)
    query = TextField()

    class Meta:
        indexes = ((("user", "name"), True),)


class RecordView(Row):
    """A list of records as somebody keeps it: narrowed and in order."""

    user = ForeignKeyField(User, backref="record_views", on_delete="CASCADE", index=False)
    user_id: int
    place = CharField(max_length=40, index=True)  # which list: the name of its table
    name = CharField(max_length=80)
    query = TextField()  # of its address
    shared = BooleanField(default=False)  # with all staff
    at = UtcField()

    class Meta:
        table_name = "record_view"
        indexes = ((("user", "place", "name"), True),)

"""Accounts, absences and saved views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import JOIN

from app.states import Account, Side
from app.store import seldom
from app.store.composed import Composed
from app.store.database import lock_name, proxy
from app.store.models import Absence, RecordView, Role, SavedView, Session, User, UserRole
from app.store.models.accounts import Known
from app.text import address


def _asked_with(uniquifier: Any, day: Any, same_day: Any) -> Any:
    away: Any = User.alias()
    role: Any = Role
    stands_in = (Absence.delegate == User.id) & (Absence.first_day <= day) & (Absence.last_day >= same_day)
    beside = (
        role.id.alias("its_role"), role.name.alias("role_name"), role.permissions.alias("role_permissions"),
        away.id.alias("away_id"), away.name.alias("away_name"), seldom.stamp().alias("stamp"),
    )  # fmt: skip
    query = User.select(User, *beside).join(UserRole, JOIN.LEFT_OUTER).join(Role, JOIN.LEFT_OUTER).switch(User)
    query = query.join(Absence, JOIN.LEFT_OUTER, on=stands_in).join(away, JOIN.LEFT_OUTER, on=(Absence.user == away.id))
    return query.where(User.fs_uniquifier == uniquifier).order_by(Role.id, Absence.id)


def _asked_in_session(uniquifier: Any, day: Any, same_day: Any, key: Any, at: Any, since: Any) -> Any:
    goes_on = (
        (Session.key == key)
        & Session.ended_at.is_null()
        & ~Session.half
        & (Session.until > at)
        & (Session.seen_at >= since)
    )
    query = _asked_with(uniquifier, day, same_day)
    query = query.switch(User).join(Session, on=(Session.user == User.id) & goes_on)
    return query.select_extend(
        Session.id.alias("session_row"),
        Session.seen_at.alias("session_seen"),
        Session.proved_at.alias("session_proved"),
    )


def any_at_all() -> bool:
    """Whether there is an account."""
    return bool(User.select().exists())


@dataclass(frozen=True, slots=True)
class Asked:
    """A session in which somebody asks: its key, the time now, and since when it must have been used."""

    key: str
    at: datetime
    since: datetime


_asking = Composed[User](_asked_with)
_asking_in_session = Composed[User](_asked_in_session)


def asking(uniquifier: str, day: date, asked: Asked | None = None) -> User | None:
    """The account of this session, with its roles and those for whom it stands in on this day. `asked`: only while that
    session goes on; then `session_…` of the account say which it is, when it was last used and last proved."""
    rows: list[Any] = list(
        _asking_in_session.rows(uniquifier, day, day, asked.key, asked.at, asked.since)
        if asked
        else _asking.rows(uniquifier, day, day)
    )
    if not rows:
        return None
    roles = {
        row.its_role: Role(id=row.its_role, name=row.role_name, permissions=row.role_permissions)
        for row in rows
        if row.its_role is not None
    }
    away = {row.away_id: row.away_name for row in rows if row.away_id is not None}
    found: User = rows[0]
    proxy.obj.memory.stamp = rows[0].stamp if proxy.obj.memory.found is not None else None
    if asked:  # under another name a column comes as the database has it
        found.session_seen = Session.seen_at.python_value(found.session_seen)
        found.session_proved = Session.proved_at.python_value(found.session_proved)
    found.known = Known(tuple(roles.values()), tuple(away.items()))
    return found


def user(user_id: int) -> User | None:
    """The account of this row id."""
    return User.get_or_none(User.id == user_id)


def by_ids(ids: Iterable[int]) -> dict[int, User]:
    """The accounts of these row ids."""
    wanted, column = list(ids), User._meta.fields["id"]
    return {row.id: row for row in User.select().where(column.in_(wanted))} if wanted else {}


def end_sessions(user_id: int, uniquifier: str) -> None:
    """Every session of the account ends: those that are begun from here on belong to another `uniquifier`."""
    User.update(fs_uniquifier=uniquifier).where(User.id == user_id).execute()


def set_language(user_id: int, language: str) -> None:
    """Keep it, where it is another than before."""
    User.update(language=language).where((User.id == user_id) & (User.language != language)).execute()


def led(user_id: int, role: str) -> None:
    """Keep that they were led through the page in this role."""
    account = User.get_or_none(User.id == user_id)
    known = account.led.split(",") if account is not None and account.led else []
    if account is not None and role not in known:
        User.update(led=",".join([*known, role])).where(User.id == user_id).execute()


def by_email(email: str) -> User | None:
    """The account of this address, however it is typed."""
    return User.get_or_none(User.email == address.one(email))


def by_feed_token(token: str) -> User | None:
    """The person whose calendar feed this is."""
    return User.get_or_none(User.feed_token == token)


def hold(email: str) -> User | None:
    """The account of this address, and nobody else makes or looks for one until this transaction ends. Taken before a
    case is locked."""
    lock_name(f"account:{address.one(email)}")
    return by_email(email)


def add_roles(account: User, names: Sequence[str]) -> None:
    """Give the account these roles; roles come into being as they are named."""
    for name in names:
        Role.insert(name=name).on_conflict_ignore().execute()
        role = Role.get(Role.name == name)
        UserRole.insert(user=account, role=role).on_conflict_ignore().execute()


def set_roles(account: User, names: Sequence[str]) -> None:
    """The account has these roles and no other."""
    keep = Role.select(Role.id).where(Role.name.in_(list(names)))
    UserRole.delete().where((UserRole.user == account.id) & UserRole.role.not_in(keep)).execute()
    add_roles(account, names)


def role_names(user_id: int) -> frozenset[str]:
    """The names of the account's roles."""
    return frozenset(row.name for row in User(id=user_id).roles)


_staff = Composed[User](
    lambda role: (
        User.select()
        .join(UserRole)
        .join(Role)
        .where((User.side == Side.OPERATOR) & User.active & (Role.name == role))
        .order_by(User.name)
    )
)


def staff(*, role: str = "operator") -> list[User]:
    """Active staff with this role, by name."""
    return _staff.rows(role)


def daily() -> list[User]:
    """Active staff who want the day's work by mail."""
    return list(User.select().where((User.side == Side.OPERATOR) & User.active & User.daily).order_by(User.id))


def having(roles: Iterable[Account]) -> list[User]:
    """Active staff with one of these roles, by name."""
    found = {row.id: row for role in roles for row in _staff.rows(role.value)}
    return sorted(found.values(), key=lambda row: (row.name, row.id))


def body() -> list[User]:
    """Every active account of the operating body, by name."""
    return list(User.select().where((User.side == Side.OPERATOR) & User.active).order_by(User.name, User.email))


def vendors() -> list[User]:
    """The accounts of all vendors, by address."""
    return list(User.select().where(User.side == Side.VENDOR).order_by(User.email))


_stood_in_for = Composed[Absence](
    lambda delegate, begun, over: (
        Absence.select(Absence, User)
        .join(User, on=(Absence.user == User.id))
        .where((Absence.delegate == delegate) & (Absence.first_day <= begun) & (Absence.last_day >= over))
    )
)


def stands_in_for(user_id: int, day: date) -> list[User]:
    """Whom this person stands in for today."""
    return [row.user for row in _stood_in_for.rows(user_id, day, day)]


def absences(user_id: int) -> list[Absence]:
    """The person's absences, the next one first."""
    return list(Absence.select().where(Absence.user == user_id).order_by(Absence.first_day.desc()))


def absence(absence_id: int) -> Absence | None:
    """The absence of this row id."""
    return Absence.get_or_none(Absence.id == absence_id)


def view(view_id: int) -> SavedView | None:
    """The saved view of this row id."""
    return SavedView.get_or_none(SavedView.id == view_id)


_views = Composed[SavedView](lambda user: SavedView.select().where(SavedView.user == user).order_by(SavedView.name))


def views(user_id: int) -> list[SavedView]:
    """The person's saved views."""
    return _views.rows(user_id)


def record_views(place: str, user_id: int) -> list[RecordView]:
    """A person's own views of a list of records, and those that are shared, by name."""
    query = RecordView.select(RecordView, User).join(User).where(RecordView.place == place)
    return list(query.where((RecordView.user == user_id) | RecordView.shared).order_by(RecordView.name, RecordView.id))


def record_view(view_id: int) -> RecordView | None:
    """A view of a list of records."""
    return RecordView.get_or_none(RecordView.id == view_id)


def keep_record_view(user_id: int, place: str, name: str, query: str, shared: bool, at: datetime) -> str:
    """Keep it under its name; gives what stood under that name before. Inside a transaction."""
    mine = (RecordView.user == user_id) & (RecordView.place == place) & (RecordView.name == name)
    before = RecordView.select(RecordView.query).where(mine).first()
    row = RecordView.insert(user=user_id, place=place, name=name, query=query, shared=shared, at=at)
    kept = {RecordView.query: query, RecordView.shared: shared, RecordView.at: at}
    row.on_conflict(conflict_target=[RecordView.user, RecordView.place, RecordView.name], update=kept).execute()
    return str(before.query) if before is not None else ""

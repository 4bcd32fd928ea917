"""Cases: their rows, states, timelines and members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

from peewee import SQL, NodeList, fn

from app.errors import NotFound
from app.states import Audience, EntryKind, Rights, Standing, Turn
from app.store import duefirst, incidents, jobrows, statements
from app.store import search as search_index
from app.store.composed import Composed, by
from app.store.database import is_postgres, lock_name, proxy
from app.store.models import Case, CaseState, Counter, Entry, Incident, Job, Member, User
from app.store.models.cases import UNDER_WAY

CaseOrder = Literal["changed", "due", "number"]


def next_number(name: str) -> int:
    """The next number of a series, handed out once."""
    lock_name(f"counter:{name}")
    Counter.insert(name=name, value=0).on_conflict_ignore().execute()
    Counter.update(value=Counter.value + 1).where(Counter.name == name).execute()
    return int(Counter.get_by_id(name).value)


def create(**values: Any) -> Case:
    """A new case with its (empty) state row."""
    case: Case = Case.create(**values)
    CaseState.create(case=case, blob=b"", token="")
    search_index.keep(case)
    return case


def get(number: str) -> Case | None:
    """The case of this number."""
    return Case.get_or_none(Case.number == number)


def by_id(case_id: int | None) -> Case | None:
    """The case of this row id."""
    return Case.get_or_none(Case.id == case_id) if case_id is not None else None


_by_ids = Composed[Case](lambda ids: Case.select().where(Case.id.in_(ids)))


def ahead(ids: Sequence[int]) -> None:
    """Read these cases at once; `by_id` will find each. Only within `reading_once`."""
    by(Case.id).ahead(_by_ids, 0, ids)


def by_ids(ids: Sequence[int]) -> dict[int, Case]:
    """Cases by row id."""
    return {row.id: row for row in _by_ids.rows(list(ids))} if ids else {}


def by_apply_key(key: str) -> Case | None:
    """The case that this very application started."""
    return Case.get_or_none(Case.apply_key == key)


def lock(case_id: int | None) -> Case:
    """The case, locked until the transaction ends: one step at a time. Raises NotFound."""
    row = statements.one(Case, "id = ?", case_id, lock=True) if case_id is not None else None
    if row is None:
        raise NotFound("There is no such case")
    return row


def lock_of_task(task_id: str) -> Case | None:
    """The case of this task, locked so; none when there is no such task."""
    return statements.one(Case, "id = (SELECT case_id FROM task WHERE id = ?)", task_id, lock=True)


def state(case_id: int) -> tuple[bytes, str]:
    """The engine's blob and token. What is asked next of a case that takes a step is asked along: mostly it has no job
    to be done, and nothing that does not work."""
    blob, token, jobs, troubles = proxy.obj.execute_sql(_state(proxy.obj.param), (case_id,) * 3).fetchone()
    if not jobs:
        statements.none(Job, jobrows.IS_TO_DO, case_id)
    if not troubles:
        statements.none(Incident, incidents.OF_CASE, case_id, order=incidents.OLDEST_FIRST)
    return bytes(blob), token


@cache
def _state(mark: str) -> str:
    asked = ((Job, jobrows.IS_TO_DO), (Incident, incidents.OF_CASE))
    has = ", ".join(f"EXISTS(SELECT 1 FROM {model._meta.table_name} WHERE {where})" for model, where in asked)  # noqa: S608 - our own names
    return f"SELECT blob, token, {has} FROM {CaseState._meta.table_name} WHERE case_id = ?".replace("?", mark)  # noqa: S608


def save_state(case_id: int, blob: bytes, token: str) -> None:
    """Store the engine's state."""
    mark = proxy.obj.param
    proxy.obj.execute_sql(
        f"UPDATE case_snapshot SET blob = {mark}, token = {mark} WHERE case_id = {mark}",  # noqa: S608 - marks only
        (blob, token, case_id),
    )


def search(
    *,
    member: int | None = None,
    text: str = "",
    state: Standing | None = None,
    package_id: str = "",
    among: Collection[int] | None = None,
    turn: Turn | None = None,
    order: CaseOrder = "changed",
    limit: int = 50,
    offset: int = 0,
) -> list[Case]:
    """Cases, last changed first or in another `order`; `member` limits to a vendor's own, `among` to some, `turn` to
    those under way in which it is the turn of that side."""
    query = _narrowed(member, text, state, among, turn)
    if package_id:
        query = query.where(Case.package_id == package_id)
    if turn is not None and order != "due":
        query = _by_turn(query, turn, _narrowed(member, text, state, among, None))
    if order == "number":
        query = query.order_by(Case.number.desc())
    elif order == "due":  # of what is under way alone
        return duefirst.page(query.where(UNDER_WAY), limit, offset)
    else:
        query = query.order_by(Case.changed_at.desc(), Case.id.desc())
    return list(query.limit(limit).offset(offset))


def count(
    *,
    member: int | None = None,
    text: str = "",
    state: Standing | None = None,
    among: Collection[int] | None = None,
    turn: Turn | None = None,
    order: CaseOrder = "changed",
    most: int = 10_000,
) -> int:
    """How many cases `search` would find; most + 1 where there are more than `most`."""
    query = _narrowed(member, text, state, among, turn)
    query = query.where(UNDER_WAY) if order == "due" else query
    return int(query.limit(most + 1).count())


def _narrowed(
    member: int | None, text: str, state: Standing | None, among: Collection[int] | None, turn: Turn | None
) -> Any:
    query = Case.select()
    if member is not None:
        query = query.join(Member).where(Member.user == member)
    said = search_index.said_of_case(text)
    if said is not None:
        query = query.where(said)
    if state:
        query = query.where(Case.state == state)
    if among is not None:
        query = query.where(Case.id.in_(list(among)))
    return query.where(_turn_is(turn)) if turn in _NOT else query


# Whose turn it is not, when it is one side's alone.
_NOT = {Turn.OPERATOR: (Turn.VENDOR, Turn.NOBODY), Turn.VENDOR: (Turn.OPERATOR, Turn.NOBODY)}


def _turn_is(turn: Turn, *, by_index: bool = True) -> Any:
    """The condition that it is this side's turn, or both's; a mail that did not arrive is the body's to mend. Said so
    that an index has it; or so that SQLite takes none for it, and walks through the list in its order."""
    whose = Case.turn if by_index or is_postgres() else NodeList((SQL("+"), Case.turn), glue="")
    own = whose.in_([turn, Turn.BOTH])
    if turn == Turn.VENDOR:
        return UNDER_WAY & own & (Case.undelivered == 0)
    return UNDER_WAY & (own | (whose.in_(_NOT[turn]) & (Case.undelivered > 0)))


def _by_turn(query: Any, turn: Turn, other: Any) -> Any:
    """The same query: where few fit they are named, else all under way are walked through until the page is full."""
    few = [row.id for row in query.select(Case.id).limit(duefirst.FEW + 1)]
    if len(few) <= duefirst.FEW:
        return Case.select().where(search_index.among(Case.id, few))
    return other.where(_turn_is(turn, by_index=False))


def open_of_contact(email: str) -> list[Case]:
    """Cases under way whose mails go to this address as the contact's."""
    return list(Case.select().where((fn.LOWER(Case.email) == email.lower()) & UNDER_WAY).order_by(Case.id))


def keep_contact(row: Case) -> None:
    """Store the contact's address."""
    Case.update(email=row.email).where(Case.id == row.id).execute()


_of_company = Composed[Case](
    lambda company, but, most: (
        Case.select()
        .where((Case.company == company) & (Case.id != but))
        .order_by(Case.changed_at.desc(), Case.id.desc())
        .limit(most)
    )
)


def of_company(company: int, except_case: int, limit: int) -> list[Case]:
    """Other cases of a company, the last changed first."""
    return _of_company.rows(company, except_case, limit)


def log(case: int, at: datetime, kind: EntryKind, **values: Any) -> None:
    """Add a line to the timeline. Services do so by `services.base.history`, which knows what may be told."""
    Entry.create(case=case, at=at, kind=kind, **values)


def timeline_counts(case: int, *, internal: bool) -> dict[EntryKind, int]:
    """How many entries of each kind there are."""
    query = Entry.select(Entry.kind, fn.COUNT(Entry.id)).where(Entry.case == case)
    if not internal:
        query = query.where(Entry.audience == Audience.BOTH)
    return {EntryKind(kind): count for kind, count in query.group_by(Entry.kind).tuples()}


def timeline(
    case: int, *, internal: bool, kinds: Sequence[EntryKind] = (), limit: int = 500, skip: int = 0
) -> list[Entry]:
    """What happened, newest first; `internal` includes what only staff may see."""
    query = Entry.select().where(Entry.case == case)
    if not internal:
        query = query.where(Entry.audience == Audience.BOTH)
    if kinds:
        query = query.where(Entry.kind.in_(list(kinds)))
    return list(query.order_by(Entry.at.desc(), Entry.id.desc()).limit(limit).offset(skip))


def add_member(
    case: int,
    user: int,
    at: datetime,
    rights: Rights = Rights.FULL,
    by: str = "",
    *,
    mails: bool = True,
    mandate: int | None = None,
) -> None:
    """Let a person of the vendor work on the case; who is on it already stays as they are."""
    row = Member.insert(case=case, user=user, added_at=at, rights=rights, added_by=by, mails=mails, mandate_id=mandate)
    row.on_conflict_ignore().execute()


def remove_member(case: int, user: int) -> int:
    """Take a person off the case."""
    return int(Member.delete().where((Member.case == case) & (Member.user == user)).execute())


def member(case: int, user: int) -> Member | None:
    """The person's membership, if any."""
    return statements.one(Member, "case_id = ? AND user_id = ?", case, user)


def by_mandate(user: int) -> set[int]:
    """The cases on which the person is as an agent."""
    query = Member.select(Member.case).where((Member.user == user) & Member.mandate_id.is_null(False))
    return {row.case_id for row in query}


def releases_of(user: int) -> list[int]:
    """The releases on which a vendor's person has cases."""
    query = Case.select(Case.release).join(Member).where(Member.user == user).distinct()
    return [row.release_id for row in query]


_members = Composed[Member](
    lambda case: Member.select(Member, User).join(User).where(Member.case == case).order_by(Member.id)
)


def members(case: int) -> list[Member]:
    """The vendor's people on this case."""
    return _members.rows(case)


def unattended() -> set[int]:
    """Running cases with people of the vendor's, of whom none can sign in any more."""
    own = Member.select(Member.id).where(Member.case == Case.id)
    active = Member.select(Member.id).join(User).where((Member.case == Case.id) & User.active)
    query = Case.select(Case.id).where(UNDER_WAY & fn.EXISTS(own) & ~fn.EXISTS(active))
    return {row.id for row in query}


def facts(rows: Sequence[Case]) -> Mapping[int, Case]:
    """Cases by row id."""
    return {row.id: row for row in rows}

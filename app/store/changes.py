"""Changes outside cases, as the audit record tells them: one field of one thing at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.states import Act, ChangeKind, Side, Thing
from app.store import trail
from app.store.models import TrailEntry, User
from app.text import address

_TOLD: Final[Mapping[ChangeKind, tuple[Act, Thing]]] = {
    ChangeKind.SETTING: (Act.SETTING_CHANGED, Thing.SETTING),
    ChangeKind.ACCOUNT: (Act.ACCOUNT_CHANGED, Thing.ACCOUNT),
    ChangeKind.CLOSING_DAY: (Act.DAY_CHANGED, Thing.CLOSING_DAY),
    ChangeKind.ABSENCE: (Act.ABSENCE_NAMED, Thing.ACCOUNT),
    ChangeKind.VIEW: (Act.VIEW_CHANGED, Thing.VIEW),
    ChangeKind.COMPANY: (Act.COMPANY_CHANGED, Thing.COMPANY),
    ChangeKind.RELEASE: (Act.RELEASE_CHANGED, Thing.PACKAGE),
    ChangeKind.CARD_KEY: (Act.CARD_KEY_CHANGED, Thing.CARD_KEY),
    ChangeKind.WORKSPACE: (Act.WORKSPACE_CHANGED, Thing.WORKSPACE),
    ChangeKind.MOVE: (Act.MOVE_CHANGED, Thing.PACKAGE),
    ChangeKind.MEND: (Act.CASE_MENDED, Thing.CASE),
    ChangeKind.BANK: (Act.BANK_DROPPED, Thing.BANK_FILE),
    ChangeKind.EXPORT: (Act.EXPORTED, Thing.EXPORT),
}
_ALSO: Final[Mapping[ChangeKind, tuple[Act, ...]]] = {
    ChangeKind.ACCOUNT: (Act.ROLE_CHANGED,),
    ChangeKind.CLOSING_DAY: (Act.DAY_ADDED, Act.DAY_REMOVED),
    ChangeKind.ABSENCE: (Act.ABSENCE_ENDED,),
    ChangeKind.MEND: (Act.MEND_UNDONE,),
}
PERSONAL: Final = (ChangeKind.ACCOUNT, ChangeKind.ABSENCE)  # named by an address: the record refers to its account
_RIGHTS: Final = frozenset({"roles", "groups", "active"})


@dataclass(frozen=True, slots=True)
class Changed:
    """A change, read again."""

    at: datetime
    by_id: int | None
    by_name: str
    kind: ChangeKind
    subject: str
    field: str
    before: str
    after: str


def add(
    at: datetime,
    by: int | None,
    by_name: str,
    kind: ChangeKind,
    subject: str,
    field: str,
    before: str,
    after: str,
    *,
    key: object = None,
    side: Side = Side.OPERATOR,
) -> None:
    """Put a change on the audit record; inside a transaction. `key`: the id of what was changed, where it has one."""
    if key is None:
        key = _account(subject) if kind in PERSONAL else subject
    act, thing = act_of(kind, field, before, after), _TOLD[kind][1]
    name = field or "value"
    what = {
        "label": subject[:200],
        "before": {name: before[:2000]} if before else None,
        "after": {name: after[:2000]} if after or not before else None,
    }
    trail.add(at, act, side, by, None, thing, str(key), None, {"name": by_name, **trail.here()}, what)


def act_of(kind: ChangeKind, field: str, before: str, after: str) -> Act:
    """Which act a change is."""
    if kind is ChangeKind.ACCOUNT and field in _RIGHTS:
        return Act.ROLE_CHANGED
    if kind is ChangeKind.ABSENCE and not after:
        return Act.ABSENCE_ENDED
    if kind is ChangeKind.MEND and field == "back":
        return Act.MEND_UNDONE
    if kind is ChangeKind.CLOSING_DAY and not (before and after):
        return Act.DAY_REMOVED if before else Act.DAY_ADDED
    return _TOLD[kind][0]


def recent(kind: ChangeKind, limit: int = 100) -> list[Changed]:
    """The last changes of a kind, newest first; without those whose details were erased."""
    acts = (_TOLD[kind][0], *_ALSO.get(kind, ()))
    rows = TrailEntry.select().where(TrailEntry.act.in_(acts)).order_by(TrailEntry.at.desc(), TrailEntry.id.desc())
    return [_changed(row, kind) for row in rows.limit(limit) if row.what.startswith("{") and row.who.startswith("{")]


def _changed(row: TrailEntry, kind: ChangeKind) -> Changed:
    who, what = json.loads(row.who), json.loads(row.what)
    before, after = what.get("before", {}), what.get("after", {})
    field = next(iter({**before, **after}), "value")
    said = {
        "by_name": who.get("name", ""),
        "subject": what.get("label", ""),
        "field": "" if field == "value" else field,
    }
    return Changed(
        row.at, row.person, kind=kind, before=str(before.get(field, "")), after=str(after.get(field, "")), **said
    )


def _account(email: str) -> int | str:
    row = User.select(User.id).where(User.email == address.one(email)).first()
    return "" if row is None else int(row.id)

"""What a company and its mandates give, written into its cases: whoever has no row there sees nothing of a case.

Called inside the transaction that changes who may do what, so that somebody removed loses sight at once.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from app.states import Rights
from app.store import cases, companies, database
from app.store.models import Mandate, Member, User


def settle(company: int, at: datetime) -> None:
    """Managers are on every case of the company, agents on those of their open mandates; nobody else by a mandate."""
    rows, everybody = companies.cases_of(company), companies.members(company)
    known = {(each.case_id, each.user_id): each for each in everybody}
    managers = {user.id for user in companies.managers(company)}
    wanted = _by_mandate(company, [row.id for row in rows])
    for (case, user), row in known.items():
        if user in managers:
            _keep(row, Rights.FULL, row.mails and row.mandate_id is None, None)
        elif row.mandate_id is None:
            continue
        elif (case, user) not in wanted:
            row.delete_instance()
        else:
            mandate = wanted[case, user]
            _keep(row, mandate.rights, mandate.copies, mandate.id)
    for case in (row.id for row in rows):
        for user in managers:
            if (case, user) not in known:
                cases.add_member(case, user, at, Rights.FULL, mails=False)
    for (case, user), mandate in wanted.items():
        if (case, user) not in known and user not in managers:
            cases.add_member(case, user, at, mandate.rights, mandate.given_by, mails=mandate.copies, mandate=mandate.id)


def _by_mandate(company: int, of: list[int]) -> dict[tuple[int, int], Mandate]:
    """(case, user) → the mandate that opens it; the newest counts."""
    found: dict[tuple[int, int], Mandate] = {}
    for mandate in companies.mandates(company, ended=False):
        if not mandate.open:
            continue
        for case in of:
            if mandate.every_case or case in mandate.case_ids:
                found.setdefault((case, mandate.user_id), mandate)
    return found


def _keep(row: Member, rights: Rights, mails: bool, mandate: int | None) -> None:
    if (row.rights, row.mails, row.mandate_id) != (rights, mails, mandate):
        row.rights, row.mails, row.mandate_id = rights, mails, mandate
        row.save()


def hold(company: int) -> None:
    """One change of who may do what at a time, so that two managers cannot make each other leave.
    Until the transaction ends."""
    database.lock_name(f"company:{company}")


def shut_out(user: User) -> None:
    """End every session of the account; it may sign in again to what is left to it. Inside a transaction."""
    user.fs_uniquifier = secrets.token_hex(32)
    user.save()

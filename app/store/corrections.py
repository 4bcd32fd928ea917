"""Requests for correction (変更届)."""

from __future__ import annotations

from app.states import RequestState
from app.store.models import Case, Correction


def of_case(case: int) -> list[Correction]:
    """Those of a case, newest first."""
    return list(Correction.select().where(Correction.case == case).order_by(Correction.id.desc()))


def one(correction_id: int) -> Correction | None:
    """The request of this row id."""
    return Correction.get_or_none(Correction.id == correction_id)


def asked() -> list[Correction]:
    """Those that wait for an answer, with their cases, oldest first."""
    return list(
        Correction.select(Correction, Case)
        .join(Case)
        .where(Correction.state == RequestState.ASKED)
        .order_by(Correction.id)
    )

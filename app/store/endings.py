"""How cases stood before the body ended them."""

from __future__ import annotations

from typing import Any

from app.store.models import Ending


def keep(case: int, **values: Any) -> None:
    """Keep it; one for each case."""
    Ending.delete().where(Ending.case == case).execute()
    Ending.create(case=case, **values)


def of_case(case: int) -> Ending | None:
    """How the case stood, if the body has ended it."""
    return Ending.get_or_none(Ending.case == case)


def forget(case: int) -> None:
    """It is open again."""
    Ending.delete().where(Ending.case == case).execute()

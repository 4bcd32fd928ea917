"""Who saw or took which file of a case: as the audit record has it, which alone tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.services.base import chain
from app.states import Act, Thing
from app.store import trailpages
from app.store.trailpages import Narrowed

MOST = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """One time. `document`: its id, or the name of what is no document; `name`: empty where it was erased."""

    at: datetime
    document: str
    filename: str
    user_name: str


def of_case(case: int) -> list[Seen]:
    """The newest times, newest first."""
    files = Narrowed(acts=(Act.DOWNLOADED, Act.VIEWED), thing=Thing.DOCUMENT, case=case)
    rows = trailpages.page(files, None, MOST)
    return [
        Seen(
            row.at, row.subject, str(chain.details(row.what).get("label", "") or row.subject),
            str(chain.details(row.who).get("name", "")),
        )
        for row in rows
    ]  # fmt: skip

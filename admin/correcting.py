"""What of a record can be corrected, and where."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from admin.kinds import Kind
from app.states import Right


def offered(kind: Kind, row: Any, who: Any) -> list[dict[str, str]]:
    """Links to the corrections that the reader may make."""
    if who is None or not who.has(Right.RECORDS):
        return []
    words = {"company": gettext("Correct the company"), "person": gettext("Correct name or address"),
             "contact": gettext("Correct the contact")}  # fmt: skip
    return [{"label": words[each], "url": f"/admin/correct/{each}/{row._pk}"} for each in kind.mends]

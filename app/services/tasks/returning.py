"""差戻し: the vendor is told by mail when a decision of the staff gives them a task again.

The diagram has no mail of its own for it, so the portal sends one in any package that declares it. It waits
a little: until then the decision can still be taken back, and whoever has answered meanwhile need not be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.engine import Step
from app.services.base import permit
from app.services.tasks import reviews
from app.states import Side
from app.store import jobrows, work

PURPOSE = "returned"
GRACE = timedelta(minutes=15)


def tell(setting: permit.Setting, step: Step, routes: Mapping[str, Any], now: datetime) -> None:
    """Queue the mail for each task that the vendor has again through this decision. Inside its step, after it."""
    case, loaded = setting.case, setting.loaded
    mail = loaded.package.mail_for(PURPOSE)
    again = any(loaded.element(task.element).side == Side.VENDOR for task in step.open_tasks)
    if setting.task.side != Side.OPERATOR or not mail or not again:
        return
    for row in work.open_tasks(case.id):
        if row.side != Side.VENDOR or row.opened_at != now or not work.answers(case.id, row.element):
            continue
        said = reviews.returned(permit.of(row, case, loaded), "ja")
        if said is None and routes.get("payment") != "short":
            continue
        jobrows.add_job(
            key=f"{case.number}:{PURPOSE}:{row.id}",
            case=case.id,
            element=row.element,
            operator="mail",
            params={
                "mail": mail,
                "origin": row.id,
                "while_open": row.id,
                "message": "\n\n".join(line.text for line in said.lines) if said else "",
            },
            data=dict(row.data or {}),
            run_at=now + GRACE,
            created_at=now,
        )

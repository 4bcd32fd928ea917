"""Why the vendor has a task once more that no review sent back: what was paid was not enough."""

from __future__ import annotations

from app.services.base import permit, ways
from app.services.money import invoices as money
from app.services.money.invoices import InvoiceView
from app.store import invoices


def short(setting: permit.Setting) -> InvoiceView | None:
    """The invoice of which this task of the vendor asks for the rest; none where nothing, or all of it, is paid."""
    if setting.task.side != "vendor":
        return None
    confirming = ways.next_user_task(setting.loaded.package, setting.task.element, "operator")
    fee = confirming.properties.get("confirms") if confirming is not None else None
    row = invoices.latest(setting.case.id, fee) if fee else None
    found = money.view(row) if row is not None else None
    return found if found is not None and found.paid and found.balance > 0 else None

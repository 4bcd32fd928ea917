"""The tabs above the pages about money."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from app.services.tasks import bankreceipts, confirming, overpaid
from app.states import InvoiceState
from app.web.frame.current import portal, signed_in


def tabs(current: str) -> list[dict[str, Any]]:
    """`current`: a state of invoices, or bank, overpaid, ledger."""
    counts = confirming.listed(portal(), signed_in()).counts
    waiting = len(bankreceipts.inbox(portal(), signed_in()).lines)
    beyond = len(overpaid.listed(signed_in())[0])
    words = {
        InvoiceState.OPEN: gettext("Waiting for payment"), InvoiceState.PAID: gettext("Paid"),
        InvoiceState.CANCELLED: gettext("Cancelled"),
    }  # fmt: skip
    found: list[dict[str, Any]] = [
        {"url": f"/payments?state={key.value}", "label": label, "count": counts.get(key, 0), "id": key.value}
        for key, label in words.items()
    ]
    found += [
        {"url": "/payments/bank", "label": gettext("Bank receipts"), "count": waiting, "id": "bank"},
        {"url": "/payments/overpaid", "label": gettext("Overpaid"), "count": beyond, "id": "overpaid"},
        {"url": "/payments/ledger", "label": gettext("Ledger export"), "count": None, "id": "ledger"},
    ]
    return [{**each, "current": each["id"] == current} for each in found]

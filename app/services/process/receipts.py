"""到達確認: whoever sends a form of the vendor's side gets a receipt, with a copy of what was sent as a PDF.

The portal sends it in any package that declares the mail (`portal_mails.receipt`), to the people of the case who get
its mails (the company too, when its agent acts) and to whoever sent the form. A form may do without (property
`receipt`). So it is with what the vendor's side asks for beside the steps: another day, a correction, the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.catalogue import Element
from app.services.base import jobqueue
from app.services.base.actors import Actor
from app.services.base.releases import Loaded
from app.services.money import invoices as money
from app.services.papers.intake import file_references
from app.states import Side
from app.store import cases, invoices, records, work
from app.store.models import Answer, Case

PURPOSE, PAID, ASKED = "receipt", "paid", "asked"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for beside the steps, as a receipt says it. `mark` tells it from all others of the case."""

    mark: str
    title: str
    lines: tuple[tuple[str, str], ...]  # (label, text)


def queue(
    case: Case, loaded: Loaded, element: Element, answer: Answer, actor: Actor, behalf: str, now: datetime
) -> None:
    """Queue the receipt of an answer of the vendor's, inside the transaction that stores it."""
    form = loaded.forms.get(element.id)
    mail = loaded.package.mail_for(PURPOSE)
    if not mail or element.side != Side.VENDOR or element.properties.get("receipt") == "false":
        return
    if form is None or not form.asks:  # only that something was seen: nothing was sent
        return
    also = actor.email if actor.side == Side.VENDOR else ""
    mark = f"{PURPOSE}:{answer.id}:{now:%y%m%d%H%M%S}"  # one that is taken back and sent again is another one
    params = {
        "mail": mail,
        PURPOSE: answer.id,
        "of": element.id,
        "origin": mark,
        "also": also,
        "behalf": behalf,
    }
    jobqueue.queue(case, "mail", params, "", mark, now)


def queue_asked(case: Case, loaded: Loaded, request: Request, actor: Actor, now: datetime) -> None:
    """Queue the receipt of what somebody of the vendor's side asked for, inside the transaction that stores it."""
    mail = loaded.package.mail_for(PURPOSE)
    if not mail or actor.side != Side.VENDOR:
        return
    member = cases.member(case.id, actor.user_id or 0)
    said = {
        "title": request.title, "number": f"{case.number}-{request.mark}", "at": now.isoformat(), "sender": actor.name,
        "lines": [list(line) for line in request.lines],
    }  # fmt: skip
    params = {
        "mail": mail,
        ASKED: said,
        "origin": f"{PURPOSE}:{request.mark}",
        "also": actor.email,
        "behalf": case.company_name if member is not None and member.mandate_id else "",
    }
    jobqueue.queue(case, "mail", params, "", f"{PURPOSE}:{request.mark}", now)


def facts(case: Case, loaded: Loaded, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the mail and its PDF say beyond what all do; empty for others. Inside a connection."""
    if asked := params.get(ASKED):
        return {
            PURPOSE: {
                "title": asked["title"],
                "number": asked["number"],
                "sent_at": datetime.fromisoformat(asked["at"]),
                "sender": asked["sender"],
                "on_behalf_of": str(params.get("behalf") or ""),
                "lines": [{"label": label, "section": "", "text": text} for label, text in asked["lines"]],
                "files": [],
            }
        }
    wanted, element_id = params.get(PURPOSE), str(params.get("of") or "")
    row = next((each for each in work.answers(case.id, element_id) if each.id == wanted), None) if wanted else None
    if row is None:
        return {}
    element, form = loaded.element(row.element), loaded.forms.get(row.element)
    secret = set(element.listed("secrets"))
    lines = [line for line in form.answers(row.values, "ja") if line.key not in secret] if form else []
    sent = (records.document(each) for _, each in file_references(row.values))
    return {
        PURPOSE: {
            "title": element.title,
            "number": f"{case.number}-{row.id}",
            "sent_at": row.at,
            "sender": row.by_name,
            "on_behalf_of": str(params.get("behalf") or ""),
            "lines": [{"label": line.label, "section": line.section, "text": _said(line)} for line in lines],
            "files": [
                {"title": each.title, "name": each.filename, "size": each.size, "digest": each.digest}
                for each in sent
                if each is not None and each.case_id == case.id
            ],
        }
    }


def queue_paid(case: Case, loaded: Loaded, fee: str, now: datetime) -> None:
    """領収書: queue the receipt of a claim that is paid in full, inside the transaction that says so."""
    document = loaded.package.document_for(PAID)
    row = invoices.latest(case.id, fee)
    if document and row is not None:
        origin = f"{PAID}:{row.id}:{now:%Y%m%d%H%M%S}"  # one that was undone and paid again has another
        jobqueue.queue(case, "pdf", {"document": document, PAID: row.number, "origin": origin}, "", origin, now)


def void(case_id: int, invoice_id: int) -> None:
    """A claim is not paid after all: its receipt holds no longer, and the vendor does not find it any more."""
    records.hide_made(case_id, f"{PAID}:{invoice_id}:")


def facts_paid(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the receipt of a payment says beyond what all documents do; empty for others. Inside a connection."""
    row = invoices.one(str(params[PAID])) if params.get(PAID) else None
    if row is None:
        return {}
    counted = [each for each in invoices.payments(row.id) if each.undone_at is None]
    last = max(counted, key=lambda each: each.paid_on, default=None)
    payment = {
        "paid_on": last.paid_on if last is not None else None,
        "amount": row.paid,
        "payer": last.payer if last is not None else "",
    }
    return {"invoice": money.facts(row), "payment": payment}


def _said(line: Any) -> str:
    return "\n".join(each.name for each in line.files) if line.files else str(line.text)

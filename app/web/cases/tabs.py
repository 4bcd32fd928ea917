"""What the tabs of a case's page show, as the macros of components/case.html take it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup

from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.cases import talking
from app.services.mails import undelivered
from app.services.mails.whose import MailView
from app.services.pages.case import CasePage
from app.services.papers.documents import DocumentView
from app.states import InvoiceState, PaymentKind, Side, SurplusState
from app.web.cases.head import address, void
from app.web.cases.timeline import worded
from app.web.frame import delivery_words
from app.web.frame.current import named
from app.web.frame.written import day, moment, short_day, size, yen

MAIL_STATES = {
    "sent": "sent", "queued": "queued", "incident": "incident", "late": "cancelled", "cancelled": "cancelled",
    "undelivered": "undelivered", "delayed": "delayed", "again": "again",
}  # fmt: skip


def days(page: CasePage, who: Actor) -> list[dict[str, Any]]:
    """The timeline by day, newest first."""
    mails = page.mail_ids
    files = {document.id for document in page.documents}
    found = []
    for date, entries in groupby(page.timeline, key=lambda row: row.at.astimezone(JAPAN).date()):
        found.append({"day": day(date), "entries": [_entry(row, page, who, mails, files) for row in entries]})
    return found


def _entry(row: Any, page: CasePage, who: Actor, mails: frozenset[int], files: set[str]) -> dict[str, Any]:
    said, data, number = worded(row, page.titles), row.data or {}, page.head.number
    links = []
    if data.get("mail") in mails:
        links.append({"url": f"/cases/{number}/mails/{data['mail']}", "label": gettext("Read the mail")})
    if data.get("document") in files:
        links.append({"url": f"/cases/{number}/documents/{data['document']}", "label": gettext("View")})
    if said.tab:
        anchor = f"#answer-{row.element}" if said.tab == "answers" else ""
        if said.tab != "answers" or who.side == Side.OPERATOR or row.actor_side == Side.VENDOR:
            links.append({"url": address(number, said.tab) + anchor, "label": said.link})
    known = who.side == Side.OPERATOR or row.actor_side == Side.VENDOR
    return {
        "at": f"{row.at.astimezone(JAPAN):%H:%M}",
        "at_iso": row.at.isoformat(),
        "title": said.title,
        "side": row.actor_side.value,
        "who": _who(page, row.actor_id, row.actor_name, row.at) if known else "",
        "note": said.note,
        "quote": said.quote,
        "bad": said.bad,
        "links": links,
    }


def _who(page: CasePage, user: int | None, name: str, at: datetime) -> str:
    """Who did it; of somebody who acted for the company then, from where and for whom."""
    for each in page.agents:
        if each.user_id == user and each.given_at <= at and (each.ended_at is None or at <= each.ended_at):
            words = {"name": name, "office": each.office, "company": each.company}
            return gettext("%(name)s (%(office)s, for %(company)s)", **words)
    return name


def documents(page: CasePage, who: Actor) -> list[dict[str, Any]]:
    """The newest version of each document, with the earlier ones under it."""
    number = page.head.number
    seen: dict[str, str] = {}
    for access in page.accesses:  # newest first
        if access.document:
            seen.setdefault(
                access.document, gettext("last seen by %(name)s, %(at)s", name=access.user_name, at=moment(access.at))
            )
    by_line: dict[tuple[str, str], list[DocumentView]] = {}
    for each in page.documents:  # newest first
        by_line.setdefault((each.key, each.line), []).append(each)
    found = []
    for versions in by_line.values():
        newest = versions[0]
        found.append(
            {
                "title": named(newest.title) if newest.kind == "made" else newest.filename,
                "url": _file(number, newest) + "?download=1",
                "preview_url": _file(number, newest) if newest.shown_in_page else None,
                "kind": newest.filename.rpartition(".")[2].upper(),
                "size": size(newest.size),
                "at": moment(newest.created_at),
                "who": newest.by or gettext("created by the portal"),
                "note": named(newest.title) if newest.kind == "uploaded" and newest.title != newest.filename else "",
                "tag": void(page.head, newest.key) or (_version_tag(newest.version) if newest.version > 1 else ""),
                "seen": seen.get(newest.id, "") if who.side == Side.OPERATOR else "",
                "versions": [
                    {
                        "title": gettext("Version %(number)s", number=each.version)
                        + (f"　{each.filename}" if each.filename != newest.filename else ""),
                        "url": _file(number, each),
                        "at": moment(each.created_at),
                    }
                    for each in versions[1:]
                ],
            }
        )
    return found


def _file(number: str, document: DocumentView) -> str:
    return f"/cases/{number}/documents/{document.id}"


def _version_tag(version: int) -> Markup:
    return Markup('<span class="tag tag--now">{}</span>').format(gettext("Version %(number)s", number=version))


def downloads(page: CasePage) -> list[dict[str, Any]]:
    """The groups of files that are open to the vendor."""
    number = page.head.number
    return [
        {
            "title": named(group.title),
            "opened": short_day(group.opened_at),
            "files": [
                {
                    "title": named(title),
                    "url": f"/cases/{number}/files/{name}?download=1",
                    "size": size(length),
                    "kind": name.rpartition(".")[2].upper(),
                    "preview_url": f"/cases/{number}/files/{name}" if name.lower().endswith(".pdf") else None,
                }
                for name, length, title in group.files
            ],
        }
        for group in page.downloads
    ]


def mail_note(mail: MailView) -> str:
    """Why it did not arrive, or not yet, or that it is sent again."""
    rows = delivery_words.missed(undelivered.missed(mail.deliveries))
    said = [f"{row['address']} {row['reason']}" for row in rows if not row["settled"]]
    again = [gettext("sent again after failed delivery")] if mail.again_of else []
    return " ".join([*said, *again])


def mails(page: CasePage, rows: Sequence[MailView], who: Actor) -> list[dict[str, Any]]:
    """The mails as they were sent."""
    number = page.head.number
    return [
        {
            "number": mail.number,
            "subject": mail.subject,
            "url": f"/cases/{number}/mails/{mail.id}",
            "to": gettext("to %(to)s", to=mail.recipient),
            "at": moment(mail.sent_at or mail.written_at),
            "state": MAIL_STATES.get(mail.state, mail.state),
            "state_note": mail.error or mail_note(mail),
            "attachments": ngettext("%(num)s attachment", "%(num)s attachments", len(mail.attachments))
            if mail.attachments
            else "",
            "retry_url": f"/cases/{number}/jobs/{mail.job}/retry" if mail.job is not None else None,
            "mend_url": f"/cases/{number}/mails/{mail.id}/again"
            if mail.state == "undelivered" and page.may_act and who.side == Side.OPERATOR
            else None,
        }
        for mail in rows
    ]


def money(page: CasePage) -> tuple[list[dict[str, Any]], str, list[dict[str, Any]]]:
    """(rows of the table of invoices, what is owed in all, payments newest first)."""
    today = page.today
    rows, payments, owed = [], [], 0
    number_of = {invoice.number: paid[0].invoice_id for invoice, paid in page.invoices if paid}
    for invoice, paid in page.invoices:
        open_ = invoice.state == InvoiceState.OPEN
        owed += invoice.balance if open_ else 0
        state = {InvoiceState.PAID: InvoiceState.PAID, InvoiceState.CANCELLED: InvoiceState.CANCELLED}.get(
            invoice.state, "unpaid"
        )
        if open_ and invoice.paid:
            state = "short"
        elif open_ and invoice.due_on < today:
            state = "overdue"
        note = ""
        if open_ and invoice.paid:
            note = gettext("%(paid)s received, %(rest)s outstanding", paid=yen(invoice.paid), rest=yen(invoice.balance))
        beyond = [each for each in page.beyond if each.invoice_id == number_of.get(invoice.number)]
        note = " ".join((note, *(_beyond(each) for each in beyond if each.state != SurplusState.UNDONE))).strip()
        counting = [each for each in paid if each.undone_at is None]
        rows.append(
            {
                "title": named(invoice.title),
                "number": invoice.number,
                "total": yen(invoice.total),
                "tax": gettext("including %(rate)s %% tax of %(tax)s", rate=invoice.tax_rate, tax=yen(invoice.tax)),
                "issued": short_day(invoice.issued_on),
                "due": short_day(invoice.due_on),
                "paid_on": short_day(counting[-1].paid_on) if counting else "",
                "state": state,
                "note": note,
            }
        )
        payments += [
            {
                "on": day(each.paid_on),
                "amount": yen(each.amount),
                "payer": each.payer,
                "what": _what(each),
                "number": invoice.number,
                "title": named(invoice.title),
                "by": each.by_name,
                "note": each.note,
            }
            for each in reversed(paid)
        ]
    return rows, yen(owed) if page.invoices else "", payments


def _beyond(row: Any) -> str:
    """Money beyond what was owed, and what became of it."""
    words = {
        SurplusState.OPEN: gettext("%(rest)s overpaid", rest=yen(row.amount)),
        SurplusState.KEPT: gettext("%(rest)s overpaid, kept as credit", rest=yen(row.amount)),
        SurplusState.REFUNDED: gettext("%(rest)s overpaid, refunded", rest=yen(row.amount)),
        SurplusState.MOVED: gettext("%(rest)s overpaid, used for another invoice", rest=yen(row.amount)),
    }
    return str(words[row.state])


def _what(row: Any) -> str:
    """What is particular about a payment."""
    if row.undone_at is not None:
        return str(gettext("Undone: no longer counted"))
    words = {
        PaymentKind.CHARGE: gettext("Bank charge accepted"),
        PaymentKind.CREDIT: gettext("Earlier payments"),
    }
    return str(words.get(row.kind, ""))


def messages(page: CasePage, who: Actor) -> list[dict[str, Any]]:
    """The thread, oldest first."""
    return [
        {
            "voice": "internal" if note.internal else note.side.value,
            "who": _who(page, note.by_id, note.by_name, note.at),
            "at": moment(note.at),
            "at_iso": note.at.isoformat(),
            "text": note.text,
            "mine": note.by_id is not None and note.by_id == who.user_id,
            "files": [
                {"label": each.filename, "url": f"/cases/{page.head.number}/documents/{each.id}"}
                for each in page.documents
                if each.key == talking.key_of(note.id)
            ],
        }
        for note in page.notes
    ]

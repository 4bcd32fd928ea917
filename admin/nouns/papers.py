"""Documents and mail: what was made and uploaded, what went out and came in, and who took what."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from admin import spoken
from admin.kinds import Kind, Moment, Near, Tool, words
from admin.nouns.cases import company_of
from app.store import models as m

# What opens something for whoever has it (entering, choosing a password, an invitation): not for who reads records.
_LINK = re.compile(r"(/(?:enter|password|invitation|address)/)[^\s<>)\]]+")


def sent_text(row: m.Mail) -> str:
    """A mail's text as it was sent, without what opens an account or a case."""
    return _LINK.sub(lambda found: f"{found[1]}…", row.text)


def _attachments(row: Any) -> list[str]:
    return [str(each.get("filename", "")) for each in row.attachments or []]


def _mail_tools(row: m.Mail) -> list[Tool]:
    if row.case is None:
        return []
    found = [Tool(_l("As it was sent"), f"/cases/{row.case.number}/mails/{row.id}")]
    missed = m.Delivery.select().where(
        (m.Delivery.mail == row.id)
        & m.Delivery.settled_at.is_null()
        & (m.Delivery.state == m.Delivery.state.word("failed"))
    )
    if missed.exists():
        found.append(Tool(_l("Send it again"), f"/cases/{row.case.number}/mails/{row.id}/again"))
    return found


def _wrong(row: m.Mail) -> str:
    return spoken.error(row.error) if row.error else ""


PAPERS = (
    Kind(
        m.Document,
        _l("Documents"),
        _l("Document"),
        words("created_at case company title filename kind version size audience"),
        words("created_by_name draft"),
        day="created_at",
        who=words("created_by created_by_name"),
        choices=words("kind audience"),
        company="case",
        search=words("title filename case"),
        sort=words("created_at title size"),
        first="created_at",
        told={"company": company_of},
        labels={"draft": _l("Not submitted yet")},
        life=(Moment("created_at", _l("Made or uploaded"), "created_by_name"),),
        tools=lambda row: (
            [
                Tool(_l("Open the file"), f"/cases/{row.case.number}/documents/{row.id}"),
                Tool(_l("Open the case"), f"/cases/{row.case.number}?tab=documents"),
            ]
            if row.kind.value != "sealed" and not row.draft
            else [Tool(_l("Open the case"), f"/cases/{row.case.number}")]
        ),
    ),
    Kind(
        m.Mail,
        _l("Mail that was sent"),
        _l("Mail"),
        words("written_at case company subject recipient state sent_at"),
        words("sender attached wrong text"),
        day="written_at",
        choices=words("state"),
        company="case",
        search=words("subject recipient case"),
        sort=words("written_at sent_at"),
        first="written_at",
        told={"company": company_of, "attached": _attachments, "text": sent_text, "wrong": _wrong},
        labels={"attached": _l("Attachments"), "wrong": _l("What went wrong")},
        texts=("text",),
        near=(Near(m.Delivery, "mail"),),
        life=(Moment("written_at", _l("Written")), Moment("sent_at", _l("Sent"))),
        tools=_mail_tools,
    ),
    Kind(
        m.InboundMail,
        _l("Incoming mail"),
        _l("Incoming mail"),
        words("received_at sender case company subject state handled_by_name"),
        words("sender_name kind attached reason text"),
        day="received_at",
        who=words("user handled_by handled_by_name"),
        choices=words("state kind"),
        company="case",
        search=words("sender sender_name subject case"),
        sort=words("received_at"),
        told={"company": company_of, "attached": _attachments},
        labels={"attached": _l("Attachments"), "kind": _l("Of a machine")},
        texts=words("text reason"),
        life=(
            Moment("written_at", _l("Written")),
            Moment("received_at", _l("Came in")),
            Moment("handled_at", _l("Handled"), "handled_by_name"),
        ),
        tools=lambda row: [Tool(_l("Open the mail"), f"/inbound/{row.id}")],
    ),
    Kind(
        m.Delivery,
        _l("Mail deliveries"),
        _l("Mail delivery"),
        words("at mail recipient state settled_as settled_at settled_by"),
        words("text reason report"),
        day="at",
        who=("settled_by",),
        choices=words("state settled_as"),
        company="mail.case",
        search=words("recipient"),
        sort=words("at settled_at"),
        deep=("mail.case",),
        texts=words("text reason"),
        labels={"text": _l("Reply from the other server")},
        life=(Moment("at", _l("Server reply")), Moment("settled_at", _l("Settled"), "settled_by")),
        tools=lambda row: (
            [Tool(_l("Open the mail"), f"/cases/{row.mail.case.number}/mails/{row.mail_id}")]
            if row.mail.case
            else [Tool(_l("Undelivered mail"), "/inbound/undelivered")]
        ),
    ),
)

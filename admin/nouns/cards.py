"""Cards, their letters, and certificates."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from admin import spoken
from admin.kinds import Kind, Moment, Near, Tool, words
from admin.nouns.cases import company_of
from app.store import models as m

DESTROYED = {"posted": _l("sent by post"), "reissued": _l("reissued"), "ended": _l("the case has ended")}


def _said(row: m.CardEvent) -> Any:
    return spoken.said("card_words", row) if row.text else None


def _destroyed(row: m.KeyLetter) -> Any:
    return DESTROYED.get(row.destroyed_why)


def _card(row: m.CardEvent) -> Any:
    return f"/cards/{quote(row.card.serial)}"


def _desk(row: m.CardEvent) -> Any:
    return {"virtual": gettext("Virtual reader"), "pcsc": gettext("The reader here")}.get(row.desk, row.desk)


CARDS = (
    Kind(
        m.Card,
        _l("Cards"),
        _l("Card"),
        words("serial set_id state case company lent_on due_back changed_at"),
        words("uid batch signed_by key_version"),
        day="changed_at",
        who=("signed_by",),
        choices=words("state"),
        company="case",
        search=words("serial uid batch case"),
        sort=words("serial lent_on due_back changed_at"),
        told={"company": company_of},
        near=(Near(m.CardEvent, "card"),),
        life=(Moment("lent_on", _l("Lent"), "signed_by"), Moment("due_back", _l("Back by"))),
        tools=lambda row: [Tool(_l("Open the card"), f"/cards/{quote(row.serial)}")],
    ),
    Kind(
        m.CardEvent,
        _l("Card events"),
        _l("Card event"),
        words("at card act phase by_name at_desk said"),
        (),
        day="at",
        who=("by_name",),
        choices=words("act phase"),
        search=words("by_name"),
        sort=words("at"),
        needs=words("text"),
        told={"said": _said, "at_desk": _desk},
        labels={"said": _l("Besides"), "at_desk": _l("Desk")},
        tools=lambda row: [Tool(_l("Open the card"), _card(row))],
    ),
    Kind(
        m.KeyLetter,
        _l("Key letters"),
        _l("Key letter"),
        words("reference case company recipient keeper_name made_at opened_at opened_by_name destroyed_at"),
        words("issue number openings destroyed"),
        day="made_at",
        who=words("keeper keeper_name opened_by opened_by_name"),
        company="case",
        search=words("reference recipient keeper_name case"),
        sort=words("made_at opened_at"),
        told={"company": company_of, "destroyed": _destroyed},
        labels={"destroyed": _l("Why destroyed"), "number": _l("Which one"), "opened_at": _l("Letter opened at")},
        life=(
            Moment("made_at", _l("Made")),
            Moment("opened_at", _l("Opened"), "opened_by_name"),
            Moment("destroyed_at", _l("Destroyed")),
        ),
        tools=lambda row: [Tool(_l("Open the case"), f"/cases/{row.case.number}?tab=cards")],
    ),
    Kind(
        m.Certificate,
        _l("Certificates"),
        _l("Certificate"),
        words("number case company_name system_name state certified_on valid_until last_audit_on listed"),
        words("issued_on edition terms"),
        day="certified_on",
        choices=words("state"),
        company="case",
        search=words("number company_name system_name"),
        sort=words("number certified_on valid_until"),
        labels={"terms": _l("Terms of validity")},
        life=(
            Moment("certified_on", _l("Certified")),
            Moment("issued_on", _l("Certificate issued")),
            Moment("last_audit_on", _l("Last audit")),
            Moment("valid_until", _l("Valid until")),
        ),
        tools=lambda row: [Tool(_l("Open the register"), f"/systems/{quote(row.number)}")],
    ),
)

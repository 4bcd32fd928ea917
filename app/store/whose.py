"""Where the tables speak of a person: what of a row is theirs to have, and what of it goes when they are forgotten.

Every table that refers to an account stands here (a test compares it with the models), and every column in which
a mail address or a name lies. What somebody wrote or gave (answers, documents, mails, messages) belongs to its case and
goes with the period of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.store import models
from app.store.database import Table


@dataclass(frozen=True, slots=True)
class Trace:
    """Columns of one table: `accounts` refer to the account, `addresses` hold mail addresses, each with the column of
    the name beside it (empty: there is none). `told` is handed to the person, nothing where `section` of what they get
    tells it in full. `goes`: the row is deleted when the person is forgotten."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    section: str = ""
    goes: bool = False


def _own(*told: str, **other: str) -> Trace:
    """Rows of somebody's own doing: they go with them."""
    return Trace({"user": "", **other}, told=told, goes=True)


TRACES: Final[Mapping[type[Table], Trace]] = {
    # The account and what belongs to it alone
    models.User: Trace(addresses={"email": "name"}, section="account"),
    models.UserRole: Trace({"user": ""}, section="roles"),
    models.Absence: _own("user", "delegate", "first_day", "last_day", "note", delegate=""),
    models.SavedView: _own("name", "query"),
    models.RecordView: Trace({"user": ""}, told=("place", "name", "query", "shared", "at")),  # shared ones serve all
    models.Export: Trace({"user": ""}, told=("title", "narrowed", "filename", "asked_at", "until")),  # gone in days
    models.Session: Trace({"user": ""}, section="sessions", goes=True),
    models.Guess: _own("at", "place", "way"),
    models.KnownPlace: _own("place", "until"),
    models.Passkey: _own("name", "made_at", "used_at"),
    models.CodeApp: _own("made_at", "used_at"),
    models.RecoveryCode: _own("used_at"),
    models.Identity: _own("issuer", "subject", "made_at"),
    models.WorkspaceVisit: _own("workspace", "path", "seen_at"),
    # Cases and companies they belong to
    models.Case: Trace(addresses={"email": "contact_name"}, section="contact_of"),
    models.Member: Trace({"user": ""}, section="cases"),
    models.CompanyPerson: Trace({"user": ""}, section="companies"),
    models.Mandate: Trace({"user": ""}, told=("company", "office", "first_day", "last_day", "given_at", "ended_at")),
    models.Claim: Trace({"user": ""}, told=("company", "case", "state", "asked_at", "answered_at", "reason")),
    models.Invitation: Trace(addresses={"email": ""}, told=("company", "made_at", "expires_at", "used_at")),
    models.EntryLink: Trace(addresses={"email": ""}, told=("case", "expires_at", "used_at")),
    # What they did, sent and got
    models.Entry: Trace({"actor": "actor_name"}, told=("case", "at", "title", "text")),
    models.Answer: Trace({"by": "by_name"}, section="answers"),
    models.Task: Trace(
        {"assignee": "", "closed_by": "closed_by_name"}, told=("case", "title", "opened_at", "held_since", "closed_at")
    ),
    models.Draft: Trace({"saved_by": "", "kept_by": ""}, told=("task", "values", "saved_at")),
    models.Document: Trace({"created_by": "created_by_name"}, section="documents"),
    models.Part: Trace({"user": ""}, told=("case", "filename", "size", "created_at")),  # gone in a week
    models.Note: Trace({"by": "by_name"}, section="messages"),
    models.Mail: Trace(addresses={"recipient": ""}, section="mails"),
    models.Delivery: Trace(addresses={"recipient": ""}, told=("mail", "state", "at")),
    models.InboundMail: Trace(
        {"user": "sender_name", "handled_by": "handled_by_name"}, {"sender": "sender_name"},
        told=("case", "sender", "subject", "text", "received_at", "handled_at"),
    ),
    models.Correction: Trace({"asked_by": "asked_by_name"}, told=("case", "values", "reason", "asked_at", "answer")),
    models.DateRequest: Trace({"asked_by": "asked_by_name"}, told=("case", "wishes", "reason", "asked_at", "answer")),
    models.BookingPerson: Trace({"user": ""}, told=("booking",)),
    models.KeyLetter: Trace(
        {"keeper": "keeper_name", "opened_by": "opened_by_name"}, told=("case", "number", "made_at", "opened_at")
    ),
    models.Undo: Trace({"by": ""}, told=("case", "at")),
    models.Mend: Trace({"by": "by_name"}, told=("case", "kind", "reason", "at")),
    models.Move: Trace(
        {"asked_by": "asked_name", "approved_by": "approved_name"}, told=("reason", "asked_at", "approved_at")
    ),
    models.SettingProposal: Trace({"by": "by_name"}, told=("section", "reason", "at", "decided_at")),
    models.Workspace: Trace({"owner": ""}, told=("title", "created_at")),
    models.WorkspaceFile: Trace({"saved_by": "by_name"}, told=("workspace", "path", "saved_at")),
    models.WorkspaceVersion: Trace({"saved_by": "by_name"}, told=("workspace", "path", "saved_at")),
    models.WorkspaceEvent: Trace({"by": "by_name"}, told=("workspace", "kind", "at", "text")),
}  # fmt: skip

# A name alone, of whoever did something or for whom it was done: without the account's number beside it.
ALONE: Final[Mapping[type[Table], tuple[str, ...]]] = {
    models.Company: ("proved_by",),
    models.Release: ("stored_by",),
    models.Term: ("submitted_by", "approved_by", "stopped_by"),
    models.Member: ("added_by",),
    models.CompanyPerson: ("added_by",),
    models.Mandate: ("given_by", "ended_by"),
    models.Invitation: ("made_by",),
    models.Claim: ("answered_by",),
    models.Setting: ("changed_by", "approved_by", "stopped_by"),
    models.SettingProposal: ("decided_by_name",),
    models.Task: ("on_behalf_of",),
    models.Comment: ("by_name", "replied_by"),
    models.Payment: ("by_name", "undone_by"),
    models.Surplus: ("by_name", "settled_by"),
    models.BankFile: ("by_name",),
    models.BankLayout: ("by_name",),
    models.BankLine: ("settled_by",),
    models.Correction: ("answered_by_name",),
    models.DateRequest: ("answered_by_name",),
    models.Ending: ("by_name",),
    models.Mend: ("undone_by",),
    models.Card: ("signed_by",),
    models.CardEvent: ("by_name",),
    models.CardDeskRow: ("created_by",),
    models.KeyLetter: ("recipient", "opened_for"),
    models.Secret: ("shown_to",),
    models.Delivery: ("settled_by",),
    models.Incident: ("over_by",),
    models.LegalHold: ("by_name",),
    models.Archive: ("by_name",),
    models.AlarmRule: ("changed_by",),
}

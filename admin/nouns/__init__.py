"""All kinds of records by what they are about, and the tables that are nobody's business: each is one or the other."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from admin.cells import LINKED
from admin.kinds import Kind
from admin.nouns.cards import CARDS
from admin.nouns.cases import CASES
from admin.nouns.money import MONEY
from admin.nouns.papers import PAPERS
from admin.nouns.people import PEOPLE
from admin.nouns.system import PORTAL
from admin.nouns.work import WORK
from app.store import models as m

GROUPS: tuple[tuple[Any, tuple[Kind, ...]], ...] = (
    (_l("Cases"), CASES), (_l("Companies and people"), PEOPLE), (_l("Work"), WORK), (_l("Documents and mail"), PAPERS),
    (_l("Money and dates"), MONEY), (_l("Cards and certificates"), CARDS), (_l("Processes and the portal"), PORTAL),
)  # fmt: skip
BY_MODEL: dict[Any, Kind] = {kind.model: kind for _, kinds in GROUPS for kind in kinds}
LINKED.update(BY_MODEL)

# Tables that no page of the records shows, and where people see what they hold.
INNER: dict[Any, str] = {
    m.Passkey: "the account's own page", m.CodeApp: "the account's own page", m.Spent: "limits",
    m.RecoveryCode: "the account's own page",
    m.RecordView: "the list of which it is a view",
    m.Answer: "the case's page, in the words of its form",
    m.Draft: "the task's own page: what is typed is its owner's until it is sent",
    m.Secret: "once, to the vendor",
    m.Role: "an account's page", m.UserRole: "an account's page",
    m.CaseState: "the engine's own", m.Visit: "the diagram", m.Clock: "the case's page", m.TimerRow: "the case's page",
    m.EntryLink: "opens a case: nobody's but the addressee's", m.Setting: "the settings' page",
    m.Counter: "numbers that are handed out", m.Reminder: "the timeline", m.Opening: "the case's page",
    m.Part: "uploads that are on their way", m.BankLayout: "the bank's page",
    m.Allocation: "an invoice's and a receipt's page", m.BookingPerson: "a date's page",
    m.Undo: "the task's page", m.Ending: "the case's page", m.MoveCase: "the move's page",
    m.CardProof: "compared by the portal", m.CardDeskRow: "the desks' page",
    m.Outage: "what needs attention", m.TaskChange: "counts of the worklist", m.TaskTally: "counts of the worklist",
    m.CaseText: "the search's own", m.CaseGram: "the search's own",
    m.Guess: "limits; the page of sign-ins", m.KnownPlace: "limits",
    m.Attempt: "limits", m.Session: "the account's page",
    m.Passkey: "the account's page", m.CodeApp: "the account's page", m.RecoveryCode: "shown once", m.Spent: "limits",
    m.Identity: "the account's page",
    m.WorkerSign: "the portal's health", m.Stamp: "the portal's own",
    m.WorkspaceFile: "the designer", m.WorkspaceVersion: "the designer", m.WorkspaceEvent: "the designer",
    m.WorkspaceVisit: "the designer",
    m.TrailEntry: "the audit record's own page", m.TrailPending: "the chain", m.TrailLink: "the chain",
    m.TrailHead: "the chain", m.TrailHorizon: "the chain",
    m.AlarmRule: "the page of what is stuck", m.Alarm: "the page of what is stuck", m.BackupMade: "the first page",
    m.SettingProposal: "the settings' page",
    m.Retention: "the page of keeping", m.LegalHold: "the page of keeping", m.Archive: "the page of keeping",
    m.Figure: "the figures", m.FigureState: "the figures", m.Export: "the files that were made", m.Seen: "the overview",
}  # fmt: skip

"""Closed sets: the words that tell how something stands or what it is, and the tables of what may follow what.

One owner of each word for every room: the database keeps its text (`store.words`), services and pages name the word,
and the tables of administration have its translation (`admin.codes`).
"""

from app.states.cards import CARD_MOVERS, CARD_MOVES, CardState, Mover, Phase
from app.states.days import BOOKING_MOVES, KEPT, REQUEST_MOVES, STANDING, BookingState, RequestKind, RequestState
from app.states.designer import WORKSPACE_MOVES, VersionKind, WorkspaceAct, WorkspaceState
from app.states.entries import EntryKind
from app.states.keeping import PERIODS, Kept, Period
from app.states.mail import (
    DELIVERY_MOVES,
    INBOUND_MOVES,
    MAIL_MOVES,
    DeliveryState,
    InboundState,
    MailState,
    SettledAs,
    Writer,
    WrittenTo,
)
from app.states.money import (
    INVOICE_MOVES,
    LINE_MOVES,
    SURPLUS_MOVES,
    BankFileKind,
    InvoiceState,
    LineState,
    PaymentKind,
    SurplusState,
)
from app.states.moving import MOVE_MOVES, MOVED_MOVES, MendKind, MovedState, MoveState
from app.states.papers import Audience, DocumentKind
from app.states.people import CLAIM_MOVES, ClaimState, InvitationKind, Judge, PasswordUse, Rights, Role, Side
from app.states.records import ChangeKind, ExportState
from app.states.register import CERTIFICATE_MOVES, CertificateState, Standing
from app.states.rights import ACCOUNTS, BODY, RIGHTS, SEES_ALL, Account, Right, holders, rights_of
from app.states.settings import PROPOSAL_MOVES, ProposalState
from app.states.told import GROUPS, TOLD, Group, Sight, Told
from app.states.trail import DEEDS, GROUNDS, THINGS, Act, Deed, Ground, Thing
from app.states.trouble import IncidentKind
from app.states.work import COMMENT_MOVES, JOB_MOVES, TASK_MOVES, CommentState, JobState, TaskKind, TaskState, Turn

__all__ = [
    "ACCOUNTS",
    "BODY",
    "BOOKING_MOVES",
    "CARD_MOVERS",
    "CARD_MOVES",
    "CERTIFICATE_MOVES",
    "CLAIM_MOVES",
    "COMMENT_MOVES",
    "DEEDS",
    "DELIVERY_MOVES",
    "GROUNDS",
    "GROUPS",
    "INBOUND_MOVES",
    "INVOICE_MOVES",
    "JOB_MOVES",
    "KEPT",
    "LINE_MOVES",
    "MAIL_MOVES",
    "MOVED_MOVES",
    "MOVE_MOVES",
    "PERIODS",
    "PROPOSAL_MOVES",
    "REQUEST_MOVES",
    "RIGHTS",
    "SEES_ALL",
    "STANDING",
    "SURPLUS_MOVES",
    "TASK_MOVES",
    "THINGS",
    "TOLD",
    "WORKSPACE_MOVES",
    "Account",
    "Act",
    "Audience",
    "BankFileKind",
    "BookingState",
    "CardState",
    "CertificateState",
    "ChangeKind",
    "ClaimState",
    "CommentState",
    "Deed",
    "DeliveryState",
    "DocumentKind",
    "EntryKind",
    "ExportState",
    "Ground",
    "Group",
    "InboundState",
    "IncidentKind",
    "InvitationKind",
    "InvoiceState",
    "JobState",
    "Judge",
    "Kept",
    "LineState",
    "MailState",
    "MendKind",
    "MoveState",
    "MovedState",
    "Mover",
    "PasswordUse",
    "PaymentKind",
    "Period",
    "Phase",
    "ProposalState",
    "RequestKind",
    "RequestState",
    "Right",
    "Rights",
    "Role",
    "SettledAs",
    "Side",
    "Sight",
    "Standing",
    "SurplusState",
    "TaskKind",
    "TaskState",
    "Thing",
    "Told",
    "Turn",
    "VersionKind",
    "WorkspaceAct",
    "WorkspaceState",
    "Writer",
    "WrittenTo",
    "holders",
    "rights_of",
]

"""What somebody may do, and which account may: the words of rights, and the one table from roles to rights.

Routes name a right (`@needs(Right.MONEY)`, app.web.frame.access), services ask for it
(`actor.require(Right.MONEY)`), pages show what it allows (`actor.has(Right.MONEY)`); nobody asks for a role.
A right says what kind of act it is; *whose* case, company or task it is, membership and groups say besides
(`app.services.base.permit`). A new kind of act: a word here, and the roles that have it in the table below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.states.word import Word

N_ = str  # marks a message id


class Account(Word):
    """What an account is to the portal; one of the body may be several."""

    VENDOR = "vendor"  # an applicant, or an agent for one
    OPERATOR = "operator"
    ANALYST = "analyst"
    APPROVER = "approver"  # the second person, whoever else has drawn or set something
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads everything, changes nothing


class Right(Word):
    """What a route or a use case needs. `see …` only reads; whatever changes anything is another right."""

    # Everybody with an account
    ACCOUNT = "account"  # one's own: name, language, password, sessions, saved views, the first page
    SEE_CASES = "see cases"  # the cases one may know of: tasks, answers, documents, mails, timeline, money, days
    # Both sides, on the cases that are theirs
    ANSWER = "answer"  # draft, upload, send, take back
    ACT_ON_CASES = "act on cases"  # messages, withdrawal, members, dates, invitations
    # Applicants
    COMPANY = "company"  # one's own company: people, agents, numbers, own address
    # The body, as it works
    WORK = "work"  # take and give tasks, decide, remind, correct, begin and end what belongs to cases
    SEE_DESKS = "see desks"  # the body's lists: worklist, calendar, payments, post, cards, what is stuck
    DAYS = "days"  # calendar and closing days
    MONEY = "money"  # receipts, invoices, what is paid back
    POST = "post"  # parcels and letters that go out
    CARDS = "cards"
    SEE_CARD_KEYS = "see card keys"  # which there are, never what they are
    CARD_KEYS = "card keys"  # ceremonies, key letters, what is sealed
    KEEP_KEYS = "keep keys"  # bring a component of a card key without being of a group that keeps keys
    CARD_DESKS = "card desks"  # which machines may make cards
    SEE_MAILROOM = "see mailroom"  # what came in, what was not delivered
    MAILROOM = "mailroom"
    SEE_COMPANIES = "see companies"  # companies, people, who claims which number
    COMPANIES = "companies"  # say whose a number is
    MEND_TROUBLE = "mend trouble"  # retry, mend, skip what is stuck
    END_CASES = "end cases"  # the administrator's end of a case that cannot go on
    MEND_CASES = "mend cases"  # move a case's token, set its values
    # The process
    SEE_DESIGN = "see design"  # packages, releases, drafts, comparisons, moves
    DESIGN = "design"  # draw, try, ask for approval
    APPROVE_DESIGN = "approve design"  # release what others have drawn
    MOVE_CASES = "move cases"  # ask that running cases go to another release
    ALONE = "alone"  # move and mend cases, stop what is in force: without a second person
    APPROVE_MOVES = "approve moves"
    SEE_SETTINGS = "see settings"
    PROPOSE_SETTINGS = "propose settings"  # a new value of what needs a second person: it holds once that one approves
    SETTINGS = "settings"
    APPROVE_SETTINGS = "approve settings"  # as a second person: what money or law hangs on
    # Records and the portal itself
    SEE_RECORDS = "see records"
    RECORDS = "records"  # correct them, through services
    EXPORT = "export"  # take records out as files
    SEE_TRAIL = "see trail"  # who did what, sign-ins, refusals; evidence of a case
    SEE_FIGURES = "see figures"  # throughput, days used, what is overdue
    PEOPLE = "people"  # accounts, roles, groups, absences, lock-outs, sessions of others
    SEE_PORTAL = "see portal"  # how the portal does: jobs, mail, disk, backups, certificates
    PORTAL = "portal"  # how it is run: when administrators are told of trouble
    KEEPING = "keeping"  # retention, erasure, legal hold, archives


_OWN = {Right.ACCOUNT, Right.SEE_CASES}
_SEES_AT_DESKS = {Right.SEE_DESKS, Right.SEE_CARD_KEYS, Right.SEE_COMPANIES}
SEES_ALL: Final[frozenset[Right]] = frozenset(each for each in Right if each.value.startswith("see "))
_OPERATOR = {
    *_OWN, *_SEES_AT_DESKS, Right.ANSWER, Right.ACT_ON_CASES, Right.WORK, Right.DAYS, Right.MONEY, Right.POST,
    Right.CARDS, Right.CARD_KEYS, Right.SEE_MAILROOM, Right.MAILROOM, Right.COMPANIES, Right.MEND_TROUBLE,
    Right.SEE_FIGURES, Right.SEE_SETTINGS, Right.PROPOSE_SETTINGS,
}  # fmt: skip
_ANALYST = {
    *_OWN, *_SEES_AT_DESKS, Right.SEE_DESIGN, Right.DESIGN, Right.APPROVE_DESIGN, Right.MOVE_CASES, Right.APPROVE_MOVES,
    Right.MEND_CASES, Right.SEE_SETTINGS, Right.SETTINGS, Right.PROPOSE_SETTINGS, Right.SEE_RECORDS, Right.SEE_FIGURES,
}  # fmt: skip
_APPROVER = {
    *_OWN, *_SEES_AT_DESKS, Right.SEE_DESIGN, Right.APPROVE_DESIGN, Right.APPROVE_MOVES, Right.SEE_SETTINGS,
    Right.APPROVE_SETTINGS, Right.SEE_FIGURES,
}  # fmt: skip

RIGHTS: Final[Mapping[Account, frozenset[Right]]] = {
    Account.VENDOR: frozenset({*_OWN, Right.ANSWER, Right.ACT_ON_CASES, Right.COMPANY}),
    Account.OPERATOR: frozenset(_OPERATOR),
    Account.ANALYST: frozenset(_ANALYST),
    Account.APPROVER: frozenset(_APPROVER),
    Account.ADMINISTRATOR: frozenset(Right) - {Right.COMPANY},
    Account.AUDITOR: SEES_ALL | {Right.ACCOUNT, Right.EXPORT},
}
BODY: Final[tuple[Account, ...]] = (
    Account.OPERATOR, Account.ANALYST, Account.APPROVER, Account.ADMINISTRATOR, Account.AUDITOR,
)  # fmt: skip
"""The roles of the body's people, as pages list them."""


ACCOUNTS: Final[Mapping[Account, str]] = {
    Account.VENDOR: N_("Vendor"),
    Account.OPERATOR: N_("Operator"),
    Account.ANALYST: N_("Analyst"),
    Account.APPROVER: N_("Approver"),
    Account.ADMINISTRATOR: N_("Administrator"),
    Account.AUDITOR: N_("Auditor"),
}
"""What people call the roles."""


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """What somebody with these roles may do; a role that nobody knows gives nothing."""
    found = [RIGHTS[role] for name in roles if (role := Account.of(name)) is not None]
    return frozenset[Right]().union(*found)


def holders(*wanted: Right) -> frozenset[Account]:
    """The roles that have one of these rights."""
    return frozenset(role for role, rights in RIGHTS.items() if rights.intersection(wanted))

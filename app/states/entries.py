"""What a case's timeline tells: each kind of entry is declared once, with its sentences, who sees it, and its link.

`services.base.history` writes entries of these kinds alone; `services.papers.timeline` shows each to whom its `sight`
names; the pages word it (`web.cases.timeline`). A kind stays here for good: entries are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.states.word import Word

N_ = str  # marks a message id


class EntryKind(Word):
    """What an entry is about."""

    APPLIED = "applied"
    ENTERED = "entered"
    LINK_SENT = "link_sent"
    ADDRESS = "address"
    MEMBER = "member"
    COMPANY = "company"
    TASK = "task"
    TASK_CANCELLED = "task_cancelled"
    RECALL = "recall"
    COMMENT = "comment"
    WITHDRAWAL = "withdrawal"
    MAIL = "mail"
    REMINDER = "reminder"
    INBOUND = "inbound"
    DELIVERY = "delivery"
    DOCUMENT = "document"
    RELEASED = "released"
    DOWNLOAD = "download"
    SECRET_SHOWN = "secret_shown"  # noqa: S105 - a kind's name
    INVOICE = "invoice"
    PAYMENT = "payment"
    DATE = "date"
    CARD = "card"
    KEY_LETTER = "key_letter"
    NOTE = "note"
    NOTICE = "notice"
    STATE = "state"
    CERTIFICATE = "certificate"
    REGISTER = "register"
    ASSIGNED = "assigned"
    INCIDENT = "incident"
    LATE = "late"
    VERSION = "version"
    MENDED = "mended"


class Group(Word):
    """What the timeline can be narrowed to, in the order in which it is offered."""

    STEPS = "steps"
    MAIL = "mail"
    DOCUMENTS = "documents"
    MONEY = "money"
    DATES = "dates"
    TALK = "talk"
    REGISTER = "register"
    PEOPLE = "people"
    TROUBLE = "trouble"


GROUPS: Final[Mapping[Group, str]] = {
    Group.STEPS: N_("Steps"),
    Group.MAIL: N_("Mail"),
    Group.DOCUMENTS: N_("Documents"),
    Group.MONEY: N_("Money"),
    Group.DATES: N_("Dates and cards"),
    Group.TALK: N_("Messages and notices"),
    Group.REGISTER: N_("Certification"),
    Group.PEOPLE: N_("People"),
    Group.TROUBLE: N_("Trouble"),
}


class Sight(Word):
    """Who sees an entry."""

    ALL = "all"  # whoever sees the case
    STAFF = "staff"
    SAID = "said"  # staff, and the vendor unless it is written for the staff
    RECIPIENT = "recipient"  # the same, and of the vendor whom the mail that it tells of may be shown to


@dataclass(frozen=True, slots=True)
class Told:
    """How entries of a kind are told.

    `words`: sentences by what happened (the entry's `what`); "" is the one for anything else. `bad`: what is trouble.
    `tab` and `link`: of the case's page, where more of it is.
    """

    group: Group
    words: Mapping[str, str]
    sight: Sight = Sight.ALL
    bad: frozenset[str] = frozenset()
    tab: str = ""
    link: str = ""

    def sentence(self, what: str) -> str:
        """The message id for what happened."""
        return self.words.get(what) or self.words.get("", "%(title)s")

    def knows(self, what: str) -> bool:
        """Whether it is declared what happened, or need not be."""
        return "" in self.words or what in self.words


def _one(group: Group, sentence: str, sight: Sight = Sight.ALL, *, tab: str = "", link: str = "") -> Told:
    return Told(group, {"": sentence}, sight, tab=tab, link=link)


TOLD: Final[Mapping[EntryKind, Told]] = {
    EntryKind.APPLIED: _one(Group.STEPS, N_("Applied for certification")),
    EntryKind.ENTERED: _one(Group.STEPS, N_("The mail address was confirmed by its link")),
    EntryKind.LINK_SENT: _one(Group.MAIL, N_("The link for entering was sent again")),
    EntryKind.ADDRESS: _one(Group.PEOPLE, N_("The mail address was corrected")),
    EntryKind.MEMBER: Told(
        Group.PEOPLE,
        {
            "": N_("A person joined the case"),
            "removed": N_("A person was taken off the case"),
            "rights_read": N_("A person now only reads the case"),
            "rights_answer": N_("A person now answers, without contracts and payments"),
            "rights_full": N_("A person now does everything on the case"),
            "handed_over": N_("Handed over"),
            "agent": N_("An agent acts for the company"),
            "agent_ended": N_("An agent no longer acts for the company"),
        },
    ),
    EntryKind.COMPANY: Told(
        Group.PEOPLE,
        {
            "asked": N_("The corporate number is that of a company which is here already; its managers were asked"),
            "asked_body": N_("Another application names the same corporate number; the body decides"),
            "admitted": N_("Who applied is of the company"),
            "refused": N_("The company says that the application is not its own"),
            "refused_body": N_("The corporate number is not theirs who applied"),
            "holds": N_("The corporate number is theirs who applied, not of who named it first"),
            "proved": N_("The corporate number is confirmed"),
            "given": N_("The case was given to the company"),
            "correction_asked": N_("A correction of company data was asked for"),
            "correction_taken_back": N_("The correction is not asked for any more"),
            "correction_accepted": N_("Company data were corrected"),
            "correction_refused": N_("Company data stay as they are"),
            "succession_asked": N_("Another company is to take the certification over"),
            "succession_accepted": N_("Another company has taken the certification over"),
            "reason": N_("Why it was decided so"),
        },
        Sight.SAID,
    ),
    EntryKind.TASK: _one(Group.STEPS, N_("%(title)s: done"), tab="answers", link=N_("Answers")),
    EntryKind.TASK_CANCELLED: _one(Group.STEPS, N_("%(title)s: no longer needed")),
    EntryKind.RECALL: Told(
        Group.STEPS,
        {
            "": N_("%(title)s: the decision was taken back"),
            "vendor": N_("%(title)s: taken back by who had sent it, to be mended"),
        },
    ),
    EntryKind.COMMENT: Told(
        Group.STEPS,
        {"": N_("A point to be mended: %(title)s"), "dropped": N_("A point of %(name)s that was not sent: %(title)s")},
        Sight.SAID,
    ),
    EntryKind.WITHDRAWAL: Told(
        Group.STEPS,
        {
            "vendor": N_("The application was withdrawn"),
            "given_up": N_("The certification is to be given up"),
            "operator": N_("The certifying body closed the case"),
            "administrator": N_("An administrator ended the case"),
            "reopened": N_("The certifying body opened the case again"),
        },
    ),
    EntryKind.MAIL: _one(Group.MAIL, N_("Mail sent: %(title)s"), Sight.RECIPIENT),
    EntryKind.REMINDER: _one(Group.MAIL, N_("Reminder: %(title)s")),
    EntryKind.INBOUND: Told(
        Group.MAIL,
        {
            "arrived": N_("Mail received: %(title)s"),
            "taken": N_("Taken over from a mail: %(title)s"),
            "discarded": N_("Mail put aside: %(title)s"),
            "sent": N_("Sent on from a mail: %(title)s"),
        },
    ),
    EntryKind.DELIVERY: Told(
        Group.MAIL,
        {
            "failed": N_("Mail not delivered: %(title)s"),
            "delayed": N_("Mail delayed: %(title)s"),
            "delivered": N_("Mail delivered after all: %(title)s"),
            "again": N_("Mail sent again: %(title)s"),
            "arrived": N_("Mail has arrived after all: %(title)s"),
            "moot": N_("Mail that did not arrive is not needed any more: %(title)s"),
        },
        Sight.STAFF,
        bad=frozenset({"failed"}),
    ),
    EntryKind.DOCUMENT: _one(Group.DOCUMENTS, N_("Document made: %(title)s"), Sight.SAID),
    EntryKind.RELEASED: _one(Group.DOCUMENTS, N_("Downloads opened: %(title)s"), tab="documents", link=N_("Documents")),
    EntryKind.DOWNLOAD: _one(Group.DOCUMENTS, N_("Downloaded: %(title)s")),
    EntryKind.SECRET_SHOWN: _one(Group.DOCUMENTS, N_("The connection information was shown")),
    EntryKind.INVOICE: _one(Group.MONEY, N_("Invoice: %(title)s"), tab="money", link=N_("Money")),
    EntryKind.PAYMENT: Told(
        Group.MONEY,
        {
            "": N_("Payment confirmed: %(title)s"),
            "undone": N_("Confirmation of the payment undone: %(title)s"),
            "refunded": N_("Overpayment paid back: %(title)s"),
            "kept": N_("Overpayment kept as credit: %(title)s"),
            "moved": N_("Overpayment used for another invoice: %(title)s"),
        },
        bad=frozenset({"owed", "too_much"}),
        tab="money",
        link=N_("Money"),
    ),
    EntryKind.DATE: Told(
        Group.DATES,
        {
            "": N_("Date settled: %(title)s"),
            "lapsed": N_("The date has lapsed: %(title)s"),
            "asked": N_("Another day was asked for: %(title)s"),
            "given_up": N_("The day was given up: %(title)s"),
            "moved": N_("The day was changed: %(title)s"),
            "arranged": N_("People and place of the day: %(title)s"),
            "kept": N_("The day stays as it is: %(title)s"),
            "request_lapsed": N_("The request for another day is over: %(title)s"),
            "released": N_("The date was given back: %(title)s"),
            "missed": N_("The day went by, and nothing was recorded: %(title)s"),
        },
        Sight.SAID,
        bad=frozenset({"lapsed", "missed"}),
    ),
    EntryKind.CARD: Told(
        Group.DATES,
        {"lent": N_("Cards lent: %(title)s"), "returned": N_("Cards returned: %(title)s")},
        tab="cards",
        link=N_("Cards"),
    ),
    EntryKind.KEY_LETTER: Told(
        Group.DATES,
        {
            "named": N_("Key letter %(title)s: it is on record who opens it"),
            "opened": N_("Key letter %(title)s was opened"),
            "destroyed": N_("Key letter %(title)s was destroyed"),
            "made_anew": N_("Key letter %(title)s is made anew"),
        },
        Sight.STAFF,
    ),
    EntryKind.NOTE: Told(
        Group.TALK,
        {"": N_("Message"), "internal": N_("Internal note")},
        Sight.SAID,
        tab="messages",
        link=N_("Messages"),
    ),
    EntryKind.NOTICE: _one(Group.TALK, N_("Notice: %(title)s")),
    EntryKind.STATE: _one(Group.REGISTER, N_("The case is now: %(title)s")),
    EntryKind.CERTIFICATE: Told(
        Group.REGISTER, {"": N_("Certificate issued"), "again": N_("Certificate issued again")}
    ),
    EntryKind.REGISTER: Told(
        Group.REGISTER,
        {
            "listed": N_("Shown on the public list"),
            "extended": N_("The certification was extended"),
            "suspended": N_("The certification is suspended"),
            "withdrawn": N_("The certification was withdrawn"),
            "restored": N_("The certification is valid again"),
            "renamed": N_("Company or system are called otherwise now"),
            "ended": N_("The certification was given up by its holder"),
            "succeeded": N_("The certification was taken over by another company"),
        },
        bad=frozenset({"suspended", "withdrawn"}),
    ),
    EntryKind.ASSIGNED: Told(
        Group.PEOPLE,
        {
            "": N_("%(title)s: now with %(name)s"),
            "given_back": N_("%(title)s: given back to the group"),
            "taken_over": N_("%(title)s: taken over by %(name)s"),
            "adopted": N_("%(title)s: the draft of %(name)s is used"),
        },
        Sight.STAFF,
    ),
    EntryKind.INCIDENT: Told(
        Group.TROUBLE,
        {
            "": N_("Could not be done: %(title)s"),
            "caught": N_("Could not be done, and the process goes on another way: %(title)s"),
            "retried": N_("Tried again: %(title)s"),
        },
        Sight.STAFF,
        bad=frozenset({""}),
    ),
    EntryKind.VERSION: Told(
        Group.STEPS,
        {
            "moved": N_("Moved to release %(title)s of the process"),
            "back": N_("Moved back to release %(title)s of the process"),
            "renewed": N_("Goes on with release %(title)s of the process, which is in force"),
            "stayed": N_("Could not be moved to release %(title)s, which is in force, and goes on with its own"),
        },
        Sight.STAFF,
    ),
    EntryKind.MENDED: Told(
        Group.STEPS,
        {
            "place": N_("Mended by hand: the case goes on at “%(title)s”"),
            "again": N_("Mended by hand: “%(title)s” is done once more"),
            "skip": N_("Mended by hand: “%(title)s” was skipped"),
            "value": N_("Mended by hand: the routing value %(title)s was corrected"),
            "back": N_("What was mended by hand was taken back"),
        },
        Sight.STAFF,
    ),
    EntryKind.LATE: _one(Group.TROUBLE, N_("Came too late: %(title)s"), Sight.STAFF),
}

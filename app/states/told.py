"""What a case's timeline tells: each kind of entry with its sentences, who sees it, and its link, declared once.

`services.papers.timeline` shows each to whom its `sight` names; the pages word it (`web.cases.timeline`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.states.entries import EntryKind
from app.states.word import Word

N_ = str  # marks a message id


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
    EntryKind.LINK_SENT: _one(Group.MAIL, N_("The sign-up link was sent again")),
    EntryKind.ADDRESS: _one(Group.PEOPLE, N_("The mail address was corrected")),
    EntryKind.MEMBER: Told(
        Group.PEOPLE,
        {
            "": N_("A person joined the case"),
            "removed": N_("A person was removed from the case"),
            "rights_read": N_("A person may now only read the case"),
            "rights_answer": N_("A person may now answer, except for contracts and payments"),
            "rights_full": N_("A person now has full rights on the case"),
            "handed_over": N_("Handed over"),
            "agent": N_("An agent now acts for the company"),
            "invited": N_("A colleague was invited to the case"),
            "uninvited": N_("The invitation of a colleague was taken back"),
            "agent_ended": N_("An agent no longer acts for the company"),
        },
    ),
    EntryKind.COMPANY: Told(
        Group.PEOPLE,
        {
            "asked": N_("The corporate number belongs to a company already registered here; its managers were asked"),
            "asked_body": N_("Another application gives the same corporate number; the certifying body decides"),
            "admitted": N_("The applicant belongs to the company"),
            "refused": N_("The company says the application is not its own"),
            "refused_body": N_("The corporate number does not belong to the applicant"),
            "holds": N_("The corporate number belongs to the applicant, not to whoever gave it first"),
            "proved": N_("The corporate number is confirmed"),
            "given": N_("The case was given to the company"),
            "correction_asked": N_("A correction of company data was requested"),
            "correction_taken_back": N_("The correction request was withdrawn"),
            "correction_accepted": N_("Company data were corrected"),
            "correction_refused": N_("Company data left unchanged"),
            "succession_asked": N_("Another company is to take over the certification"),
            "succession_accepted": N_("Another company has taken over the certification"),
            "reason": N_("Reason for the decision"),
        },
        Sight.SAID,
    ),
    EntryKind.TASK: _one(Group.STEPS, N_("%(title)s: done"), tab="answers", link=N_("Answers")),
    EntryKind.TASK_CANCELLED: _one(Group.STEPS, N_("%(title)s: no longer needed")),
    EntryKind.RECALL: Told(
        Group.STEPS,
        {
            "": N_("%(title)s: the decision was taken back"),
            "vendor": N_("%(title)s: taken back by the sender to correct it"),
        },
    ),
    EntryKind.COMMENT: Told(
        Group.STEPS,
        {"": N_("Point to correct: %(title)s"), "dropped": N_("A point by %(name)s that was not sent: %(title)s")},
        Sight.SAID,
    ),
    EntryKind.WITHDRAWAL: Told(
        Group.STEPS,
        {
            "vendor": N_("The application was withdrawn"),
            "given_up": N_("The certification is to be surrendered"),
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
            "taken": N_("Taken from a mail: %(title)s"),
            "discarded": N_("Mail set aside: %(title)s"),
            "sent": N_("Forwarded from a mail: %(title)s"),
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
            "moot": N_("Undelivered mail no longer needed: %(title)s"),
        },
        Sight.STAFF,
        bad=frozenset({"failed"}),
    ),
    EntryKind.DOCUMENT: _one(Group.DOCUMENTS, N_("Document created: %(title)s"), Sight.SAID),
    EntryKind.RELEASED: _one(Group.DOCUMENTS, N_("Downloads opened: %(title)s"), tab="documents", link=N_("Documents")),
    EntryKind.DOWNLOAD: _one(Group.DOCUMENTS, N_("Downloaded: %(title)s")),
    EntryKind.SECRET_SHOWN: _one(Group.DOCUMENTS, N_("The connection information was shown")),
    EntryKind.INVOICE: _one(Group.MONEY, N_("Invoice: %(title)s"), tab="money", link=N_("Money")),
    EntryKind.PAYMENT: Told(
        Group.MONEY,
        {
            "": N_("Payment confirmed: %(title)s"),
            "undone": N_("Confirmation of the payment undone: %(title)s"),
            "refunded": N_("Overpayment refunded: %(title)s"),
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
            "": N_("Date fixed: %(title)s"),
            "lapsed": N_("The date has lapsed: %(title)s"),
            "asked": N_("Another day was requested: %(title)s"),
            "given_up": N_("The day was given up: %(title)s"),
            "moved": N_("The day was changed: %(title)s"),
            "arranged": N_("People and place of the day: %(title)s"),
            "kept": N_("The day remains unchanged: %(title)s"),
            "request_lapsed": N_("The request for another day is closed: %(title)s"),
            "released": N_("The date was released: %(title)s"),
            "missed": N_("The day passed and nothing was recorded: %(title)s"),
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
            "named": N_("Key letter %(title)s: person to open it recorded"),
            "opened": N_("Key letter %(title)s was opened"),
            "destroyed": N_("Key letter %(title)s was destroyed"),
            "made_anew": N_("Key letter %(title)s is being reissued"),
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
            "renamed": N_("Company or system renamed"),
            "ended": N_("The certification was surrendered by its holder"),
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
            "adopted": N_("%(title)s: draft by %(name)s adopted"),
        },
        Sight.STAFF,
    ),
    EntryKind.INCIDENT: Told(
        Group.TROUBLE,
        {
            "": N_("Could not be done: %(title)s"),
            "caught": N_("Could not be done; the process continues another way: %(title)s"),
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
            "renewed": N_("Continues on the current release %(title)s of the process"),
            "stayed": N_("Could not be moved to the current release %(title)s; continues on its own release"),
        },
        Sight.STAFF,
    ),
    EntryKind.MENDED: Told(
        Group.STEPS,
        {
            "place": N_("Corrected by hand: the case continues at “%(title)s”"),
            "again": N_("Corrected by hand: “%(title)s” is repeated"),
            "skip": N_("Corrected by hand: “%(title)s” was skipped"),
            "value": N_("Corrected by hand: routing value %(title)s changed"),
            "back": N_("Correction by hand undone"),
        },
        Sight.STAFF,
    ),
    EntryKind.LATE: _one(Group.TROUBLE, N_("Arrived too late: %(title)s"), Sight.STAFF),
}

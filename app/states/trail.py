"""The words of the audit record: every act that it tells of, and what an act is done to.

`services.base.trail` writes entries of these acts alone; the pages word them. A word stays here for good: the record is
only ever added to. The sentences name the subject as `%(label)s`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.states.word import Word

N_ = str  # marks a message id


class Ground(Word):
    """What acts have to do with: by this the record is narrowed, and how long its details are kept."""

    SIGN_IN = "sign_in"
    READING = "reading"
    WORK = "work"
    CASES = "cases"
    MONEY = "money"
    PEOPLE = "people"
    SETTINGS = "settings"
    PROCESS = "process"
    CARDS = "cards"
    KEEPING = "keeping"


GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.SIGN_IN: N_("Sign-ins"),
    Ground.READING: N_("Viewing and exporting"),
    Ground.WORK: N_("Tasks"),
    Ground.CASES: N_("Cases"),
    Ground.MONEY: N_("Money"),
    Ground.PEOPLE: N_("Accounts and companies"),
    Ground.SETTINGS: N_("Settings"),
    Ground.PROCESS: N_("Process"),
    Ground.CARDS: N_("Cards and keys"),
    Ground.KEEPING: N_("Backups and keeping"),
}


class Thing(Word):
    """What an act is done to."""

    CASE = "case"
    TASK = "task"
    DOCUMENT = "document"
    MAIL = "mail"
    COMPANY = "company"
    ACCOUNT = "account"
    SESSION = "session"
    PLACE = "place"  # a network address
    SETTING = "setting"
    CLOSING_DAY = "closing_day"
    PACKAGE = "package"
    WORKSPACE = "workspace"
    CARD_KEY = "card_key"
    CARD = "card"
    DESK = "desk"
    INVOICE = "invoice"
    PAYMENT = "payment"
    BANK_FILE = "bank_file"
    BOOKING = "booking"
    CERTIFICATE = "certificate"
    VIEW = "view"
    EXPORT = "export"  # a list that was taken away
    BACKUP = "backup"
    RECORD = "record"  # a row of another table
    PORTAL = "portal"


THINGS: Final[Mapping[Thing, str]] = {
    Thing.CASE: N_("Case"),
    Thing.TASK: N_("Task"),
    Thing.DOCUMENT: N_("Document"),
    Thing.MAIL: N_("Mail"),
    Thing.COMPANY: N_("Company"),
    Thing.ACCOUNT: N_("User account"),
    Thing.SESSION: N_("Session"),
    Thing.PLACE: N_("Network address"),
    Thing.SETTING: N_("Setting"),
    Thing.CLOSING_DAY: N_("Closing day"),
    Thing.PACKAGE: N_("Process package"),
    Thing.WORKSPACE: N_("Draft of the process"),
    Thing.CARD_KEY: N_("Card key"),
    Thing.CARD: N_("Card"),
    Thing.DESK: N_("Card desk"),
    Thing.INVOICE: N_("Invoice"),
    Thing.PAYMENT: N_("Payment"),
    Thing.BANK_FILE: N_("Bank file"),
    Thing.BOOKING: N_("Date"),
    Thing.CERTIFICATE: N_("Certificate"),
    Thing.VIEW: N_("Saved view"),
    Thing.EXPORT: N_("Exported list"),
    Thing.BACKUP: N_("Backup"),
    Thing.RECORD: N_("Record"),
    Thing.PORTAL: N_("Portal"),
}


class Act(Word):
    """What the trail tells that somebody did."""

    # Sign-ins
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_HELD = "sign_in_held"
    HOLD_LIFTED = "hold_lifted"
    UNNAMED_PROXY = "unnamed_proxy"
    ASKED_AGAIN = "asked_again"  # who it is, before what cannot be undone
    REFUSED = "refused"
    PASSWORD_SET = "password_set"  # noqa: S105 - a word
    PASSWORD_RESET_SENT = "password_reset_sent"  # noqa: S105 - a word
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    IDENTITY_TIED = "identity_tied"  # of a provider, with an account
    IDENTITY_RELEASED = "identity_released"
    IDENTITY_REFUSED = "identity_refused"  # another one, under the same address
    # Reading
    VIEWED = "viewed"
    DOWNLOADED = "downloaded"
    EXPORTED = "exported"
    EVIDENCE_TAKEN = "evidence_taken"
    # Tasks
    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    GIVEN_BACK = "given_back"
    ASSIGNED = "assigned"
    SENT = "sent"
    RECALLED = "recalled"
    # Cases
    CASE_CHANGED = "case_changed"
    CASE_ENDED = "case_ended"
    CASE_MOVED = "case_moved"
    CASE_MENDED = "case_mended"
    MEND_UNDONE = "mend_undone"
    RETRIED = "retried"
    SKIPPED = "skipped"
    # Money
    BANK_READ = "bank_read"
    BANK_DROPPED = "bank_dropped"
    PAYMENT_CONFIRMED = "payment_confirmed"
    PAYMENT_UNDONE = "payment_undone"
    # People
    ACCOUNT_CHANGED = "account_changed"
    INVITED = "invited"
    ROLE_CHANGED = "role_changed"
    ABSENCE_NAMED = "absence_named"
    ABSENCE_ENDED = "absence_ended"
    COMPANY_CHANGED = "company_changed"
    VIEW_CHANGED = "view_changed"
    # Settings
    SETTING_CHANGED = "setting_changed"
    SETTING_PROPOSED = "setting_proposed"
    SETTING_REFUSED = "setting_refused"
    SETTING_TAKEN_BACK = "setting_taken_back"
    SETTING_STOPPED = "setting_stopped"
    DAY_ADDED = "day_added"
    DAY_CHANGED = "day_changed"
    DAY_REMOVED = "day_removed"
    RECORD_CHANGED = "record_changed"
    # Process
    RELEASE_CHANGED = "release_changed"
    WORKSPACE_CHANGED = "workspace_changed"
    MOVE_CHANGED = "move_changed"
    # Cards and keys
    CARD_KEY_CHANGED = "card_key_changed"
    DESK_CHANGED = "desk_changed"
    # Keeping
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    UPGRADED = "upgraded"
    HEAD_SIGNED = "head_signed"
    RETENTION_RUN = "retention_run"
    HOLD_SET = "hold_set"
    HOLD_ENDED = "hold_ended"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Deed:
    """How an act is told. `bad`: what somebody should look at."""

    ground: Ground
    words: str
    bad: bool = False


DEEDS: Final[Mapping[Act, Deed]] = {
    Act.SIGNED_IN: Deed(Ground.SIGN_IN, N_("Signed in")),
    Act.SIGNED_OUT: Deed(Ground.SIGN_IN, N_("Signed out")),
    Act.SESSION_ENDED: Deed(Ground.SIGN_IN, N_("A session was ended")),
    Act.SIGN_IN_FAILED: Deed(Ground.SIGN_IN, N_("The password was wrong"), bad=True),
    Act.SIGN_IN_HELD: Deed(Ground.SIGN_IN, N_("Locked out after too many wrong passwords"), bad=True),
    Act.HOLD_LIFTED: Deed(Ground.SIGN_IN, N_("Unlocked by an administrator")),
    Act.UNNAMED_PROXY: Deed(Ground.SIGN_IN, N_("Unknown proxy: %(label)s"), bad=True),
    Act.ASKED_AGAIN: Deed(Ground.SIGN_IN, N_("Confirmed identity again")),
    Act.REFUSED: Deed(Ground.SIGN_IN, N_("Was refused: %(label)s"), bad=True),
    Act.PASSWORD_SET: Deed(Ground.SIGN_IN, N_("Password set: %(label)s")),
    Act.PASSWORD_RESET_SENT: Deed(Ground.SIGN_IN, N_("A link for a new password was sent: %(label)s")),
    Act.FACTOR_ADDED: Deed(Ground.SIGN_IN, N_("A way of signing in was added: %(label)s")),
    Act.FACTOR_REMOVED: Deed(Ground.SIGN_IN, N_("A way of signing in was removed: %(label)s")),
    Act.IDENTITY_TIED: Deed(Ground.SIGN_IN, N_("Linked %(label)s to an identity at the provider")),
    Act.IDENTITY_RELEASED: Deed(Ground.SIGN_IN, N_("Removed the link of %(label)s to an identity at the provider")),
    Act.IDENTITY_REFUSED: Deed(
        Ground.SIGN_IN, N_("Somebody else at the provider came with the address of %(label)s"), bad=True
    ),
    Act.VIEWED: Deed(Ground.READING, N_("Looked at %(label)s")),
    Act.DOWNLOADED: Deed(Ground.READING, N_("Opened or downloaded %(label)s")),
    Act.EXPORTED: Deed(Ground.READING, N_("Exported: %(label)s")),
    Act.EVIDENCE_TAKEN: Deed(Ground.READING, N_("Downloaded the evidence for %(label)s")),
    Act.TAKEN: Deed(Ground.WORK, N_("Took %(label)s")),
    Act.TAKEN_OVER: Deed(Ground.WORK, N_("Took over %(label)s")),
    Act.GIVEN_BACK: Deed(Ground.WORK, N_("Gave back %(label)s to the group")),
    Act.ASSIGNED: Deed(Ground.WORK, N_("Assigned %(label)s")),
    Act.SENT: Deed(Ground.WORK, N_("Sent %(label)s")),
    Act.RECALLED: Deed(Ground.WORK, N_("Took back %(label)s")),
    Act.CASE_CHANGED: Deed(Ground.CASES, N_("Changed %(label)s")),
    Act.CASE_ENDED: Deed(Ground.CASES, N_("Ended %(label)s")),
    Act.CASE_MOVED: Deed(Ground.CASES, N_("Moved %(label)s to another release")),
    Act.CASE_MENDED: Deed(Ground.CASES, N_("Corrected %(label)s by hand")),
    Act.MEND_UNDONE: Deed(Ground.CASES, N_("Undid the correction of %(label)s")),
    Act.RETRIED: Deed(Ground.CASES, N_("Tried again: %(label)s")),
    Act.SKIPPED: Deed(Ground.CASES, N_("Skipped: %(label)s")),
    Act.BANK_READ: Deed(Ground.MONEY, N_("Imported a bank file: %(label)s")),
    Act.BANK_DROPPED: Deed(Ground.MONEY, N_("Removed a bank file: %(label)s")),
    Act.PAYMENT_CONFIRMED: Deed(Ground.MONEY, N_("Confirmed the payment of %(label)s")),
    Act.PAYMENT_UNDONE: Deed(Ground.MONEY, N_("Undid the payment for %(label)s")),
    Act.ACCOUNT_CHANGED: Deed(Ground.PEOPLE, N_("Changed the account of %(label)s")),
    Act.INVITED: Deed(Ground.PEOPLE, N_("Invited %(label)s")),
    Act.ROLE_CHANGED: Deed(Ground.PEOPLE, N_("Changed what %(label)s may do")),
    Act.ABSENCE_NAMED: Deed(Ground.PEOPLE, N_("Named who stands in for %(label)s")),
    Act.ABSENCE_ENDED: Deed(Ground.PEOPLE, N_("Ended the delegation for %(label)s")),
    Act.COMPANY_CHANGED: Deed(Ground.PEOPLE, N_("Changed the company %(label)s")),
    Act.VIEW_CHANGED: Deed(Ground.PEOPLE, N_("Changed the saved view %(label)s")),
    Act.SETTING_CHANGED: Deed(Ground.SETTINGS, N_("Changed the setting %(label)s")),
    Act.SETTING_PROPOSED: Deed(Ground.SETTINGS, N_("Proposed a change of %(label)s")),
    Act.SETTING_REFUSED: Deed(Ground.SETTINGS, N_("Refused a change of %(label)s")),
    Act.SETTING_TAKEN_BACK: Deed(Ground.SETTINGS, N_("Took back the proposed change of %(label)s")),
    Act.SETTING_STOPPED: Deed(Ground.SETTINGS, N_("Stopped the planned change of %(label)s before its day")),
    Act.DAY_ADDED: Deed(Ground.SETTINGS, N_("Added the closing day %(label)s")),
    Act.DAY_CHANGED: Deed(Ground.SETTINGS, N_("Changed the closing day %(label)s")),
    Act.DAY_REMOVED: Deed(Ground.SETTINGS, N_("Removed the closing day %(label)s")),
    Act.RECORD_CHANGED: Deed(Ground.SETTINGS, N_("Changed the record %(label)s")),
    Act.RELEASE_CHANGED: Deed(Ground.PROCESS, N_("Changed which release of %(label)s is in force")),
    Act.WORKSPACE_CHANGED: Deed(Ground.PROCESS, N_("Approved the draft %(label)s")),
    Act.MOVE_CHANGED: Deed(Ground.PROCESS, N_("Moving cases of %(label)s to another release")),
    Act.CARD_KEY_CHANGED: Deed(Ground.CARDS, N_("Card key %(label)s")),
    Act.DESK_CHANGED: Deed(Ground.CARDS, N_("Changed the card desk %(label)s")),
    Act.BACKED_UP: Deed(Ground.KEEPING, N_("Made a backup: %(label)s")),
    Act.RESTORED: Deed(Ground.KEEPING, N_("Restored from a backup: %(label)s")),
    Act.UPGRADED: Deed(Ground.KEEPING, N_("Upgraded: %(label)s")),
    Act.HEAD_SIGNED: Deed(Ground.KEEPING, N_("Signed the head of the audit record")),
    Act.RETENTION_RUN: Deed(Ground.KEEPING, N_("Removed what had been kept long enough: %(label)s")),
    Act.HOLD_SET: Deed(Ground.KEEPING, N_("Placed a hold on %(label)s")),
    Act.HOLD_ENDED: Deed(Ground.KEEPING, N_("Lifted the hold on %(label)s")),
    Act.PERSON_EXPORTED: Deed(Ground.KEEPING, N_("Exported the data of %(label)s")),
    Act.PERSON_ERASED: Deed(Ground.KEEPING, N_("Erased the data of %(label)s")),
    Act.ARCHIVED: Deed(Ground.KEEPING, N_("Put %(label)s into the archive")),
}

"""The words of closed sets: what the tables keep as codes. A code without a word is shown as it is."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

SIDES = {"vendor": _l("Vendor"), "operator": _l("Certifying body"), "system": _l("System"), "both": _l("Both sides")}

WAYS = {
    "sign-in": _l("at the sign-in"), "verify": _l("asked again while signed in"),
    "password": _l("to change the password"), "letter": _l("to open a key letter or key"),
}  # fmt: skip

# By table and field.
WORDS: dict[tuple[str, str], dict[str, Any]] = {
    ("Case", "state"): {
        "open": _l("In progress"), "certified": _l("Certified"), "rejected": _l("Not passed"),
        "withdrawn": _l("Withdrawn"), "closed": _l("Closed"),
    },
    ("Task", "state"): {"open": _l("To do"), "done": _l("Done"), "cancelled": _l("No longer needed")},
    ("Task", "kind"): {"user": _l("Form"), "receive": _l("Waiting for something")},
    ("Job", "state"): {
        "queued": _l("Waiting"), "running": _l("Under way"), "parked": _l("Parked"), "done": _l("Done"),
        "incident": _l("Needs attention"), "late": _l("Came too late"), "cancelled": _l("No longer needed"),
    },
    ("Invoice", "state"): {"open": _l("Waiting for payment"), "paid": _l("Paid"), "cancelled": _l("Cancelled")},
    ("BankLine", "state"): {"new": _l("Waiting"), "confirmed": _l("Confirmed"), "aside": _l("Exclude")},
    ("Payment", "kind"): {
        "received": _l("Payments received"), "charge": _l("Bank charge accepted"),
        "credit": _l("Earlier payments"),
    },
    ("Surplus", "state"): {
        "open": _l("To be decided"), "kept": _l("Kept as credit"), "refunded": _l("Refunded"),
        "moved": _l("Used for another invoice"), "undone": _l("Undone"),
    },
    ("Booking", "state"): {
        "held": _l("Held"), "confirmed": _l("Confirmed"), "lapsed": _l("Lapsed"), "released": _l("Released"),
        "cancelled": _l("Given up"), "done": _l("Took place"), "missed": _l("Went by"),
    },
    ("DateRequest", "state"): {
        "asked": _l("Waiting"), "accepted": _l("Another day was given"), "refused": _l("Keep the day"),
        "lapsed": _l("Lapsed"),
    },
    ("Correction", "state"): {
        "asked": _l("Waiting"), "accepted": _l("Corrected"), "refused": _l("Not corrected"),
        "lapsed": _l("Request withdrawn"),
    },
    ("DateRequest", "kind"): {"change": _l("Another day"), "cancel": _l("Given up")},
    ("Card", "state"): {
        "making": _l("Being made"), "ready": _l("Ready to be lent"), "lent": _l("On loan"),
        "returned": _l("Card returned"),
        "wiped": _l("Wiped"), "damaged": _l("Damaged"), "lost": _l("Lost"), "quarantined": _l("Quarantined"),
    },
    ("CardEvent", "act"): {
        "personalise": _l("Personalised"), "verify": _l("Checked"), "lend": _l("Lent"), "return": _l("Card returned"),
        "wipe": _l("Checked and wiped"), "damaged": _l("Marked as damaged"), "lost": _l("Marked as lost"),
        "quarantined": _l("Quarantined"), "outstanding": _l("It has not been returned"),
        "remind": _l("Vendor reminded"),
        "ask_back": _l("Return requested by"), "send_back": _l("Sent by the vendor"),
    },
    ("CardEvent", "phase"): {"intended": _l("intended"), "confirmed": _l("Confirmed"), "failed": _l("failed")},
    ("Certificate", "state"): {"valid": _l("Valid"), "suspended": _l("Suspended"), "withdrawn": _l("Withdrawn"),
                                 "ended": _l("Given up")},
    ("Mail", "state"): {"writing": _l("To be sent"), "sent": _l("Sent"), "failed": _l("Not delivered")},
    ("Claim", "state"): {
        "asked": _l("Asked"), "admitted": _l("Admitted"), "refused": _l("Refused"),
        "holds": _l("The number is theirs"), "void": _l("Request withdrawn"),
    },
    ("Claim", "asks"): {"managers": _l("The company's managers"), "body": _l("Certifying body")},
    ("Guess", "way"): WAYS,
    ("Comment", "state"): {
        "draft": _l("Draft"), "open": _l("To do"), "answered": _l("Answered"), "resolved": _l("Resolved"),
        "dropped": _l("Kept, not sent"),
    },
    ("InboundMail", "state"): {
        "waiting": _l("Waiting"), "unknown": _l("Sender unknown"), "taken": _l("Filed"),
        "discarded": _l("Discarded"), "apart": _l("Of a machine, kept apart"),
    },
    ("BankFile", "kind"): {"zengin-01": _l("Zengin format"), "zengin-03": _l("Zengin format"), "csv": "CSV"},
    ("InboundMail", "kind"): {
        "absence": _l("Out-of-office replies"), "report": _l("Delivery reports"), "machine": _l("Other automatic mail"),
    },
    ("Delivery", "state"): {"failed": _l("Not delivered"), "delayed": _l("Delayed"), "delivered": _l("Delivered")},
    ("Delivery", "settled_as"): {
        "again": _l("Sent again"), "arrived": _l("Delivered after all"), "moot": _l("No longer needed"),
    },
    ("Document", "kind"): {"made": _l("Made by the portal"), "uploaded": _l("Uploaded"), "sealed": _l("Key letter")},
    ("Incident", "kind"): {
        "step": _l("A step of a case"), "start": _l("Start of a case"), "timer": _l("A timer of a case"),
        "deadlock": _l("A case has come to a stop"), "upkeep": _l("Automatic work of the portal"),
        "outage": _l("A server is away"),
        "nobody": _l("Nobody of the applicant is there any more"), "day": _l("A settled day went by"),
        "cards": _l("Lent cards have not come back"),
    },
    ("Member", "rights"): {"full": _l("May act"), "answer": _l("May answer"), "read": _l("May read")},
    ("Mandate", "rights"): {"full": _l("May act"), "answer": _l("May answer"), "read": _l("May read")},
    ("CompanyPerson", "role"): {"manager": _l("Manager"), "member": _l("Member")},
    ("Invitation", "kind"): {"person": _l("Member"), "agent": _l("Agent")},
    ("Move", "state"): {
        "asked": _l("Waits for approval"), "running": _l("Under way"), "stopped": _l("Stopped for now"),
        "done": _l("Done"), "undoing": _l("Being taken back"), "undone": _l("Put back"),
    },
    ("MoveCase", "state"): {
        "waiting": _l("Its turn has not come"), "moved": _l("Moved"), "left": _l("Left as it is"),
        "failed": _l("Failed"), "back": _l("Put back"), "gone_on": _l("Has gone on since"),
    },
    ("Mend", "kind"): {
        "place": _l("Moved to another step"), "again": _l("Done once more"), "skip": _l("Skipped"),
        "value": _l("A value was corrected"),
    },
    ("Workspace", "state"): {
        "draft": _l("Draft"), "submitted": _l("Waits for approval"), "released": _l("Published"),
        "dropped": _l("Dropped"),
    },
    ("WorkspaceEvent", "kind"): {
        "made": _l("Made"), "opened": _l("Opened"), "saved": _l("Saved"), "merged": _l("Newer release taken in"),
        "handed": _l("Handed over"), "submitted": _l("Approval asked for"), "withdrawn": _l("Request taken back"),
        "returned": _l("Sent back"), "approved": _l("Approved"), "released": _l("Published"),
        "dropped": _l("Dropped"), "revived": _l("Fetched back"),
    },
    ("WorkspaceVersion", "kind"): {
        "saved": _l("Saved"), "aside": _l("Kept aside"), "taken": _l("Newer release taken in"),
        "restored": _l("Restored"), "removed": _l("Removed"),
    },
    ("Term", "source"): {
        "bootstrap": _l("first start"), "folder": _l("from the folder"), "import": _l("imported"),
        "restore": _l("restored"), "designer": _l("from the designer"),
    },
}  # fmt: skip
EVERYWHERE = {
    "language": {"ja": _l("Japanese"), "en": _l("English")},
    "turn": {key: SIDES[key] for key in ("both", "operator", "vendor")},
    "side": {key: SIDES[key] for key in ("vendor", "operator", "system")},
    "actor_side": {key: SIDES[key] for key in ("vendor", "operator", "system")},
    "audience": {key: SIDES[key] for key in ("both", "operator", "vendor")},
}


def words_of(table: str, name: str) -> dict[str, Any]:
    """The words of a field's codes; empty when it holds none."""
    return WORDS.get((table, name)) or EVERYWHERE.get(name, {})

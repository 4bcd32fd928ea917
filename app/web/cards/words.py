"""What the card pages say of states, acts, signals and errors."""

from __future__ import annotations

import re
from datetime import date

from flask_babel import gettext

from app.services.agents import line
from app.services.pages.carddesk import Event
from app.states import Phase
from app.web.frame.written import day as long_day


def states() -> dict[str, tuple[str, str]]:
    """(word, tone of the tag) of each state of a card."""
    return {
        "making": (gettext("Being made"), "now"),
        "ready": (gettext("Ready to be lent"), "good"),
        "lent": (gettext("On loan"), "now"),
        "returned": (gettext("Card returned"), "warn"),
        "wiped": (gettext("Wiped"), "plain"),
        "damaged": (gettext("Damaged"), "bad"),
        "lost": (gettext("Lost"), "bad"),
        "quarantined": (gettext("Quarantined"), "bad"),
    }


def acts() -> dict[str, str]:
    """The acts of a card's life."""
    return {
        "personalise": gettext("Personalised"),
        "verify": gettext("Checked"),
        "lend": gettext("Lent"),
        "return": gettext("Card returned"),
        "wipe": gettext("Checked and wiped"),
        "damaged": gettext("Marked as damaged"),
        "lost": gettext("Marked as lost"),
        "quarantined": gettext("Quarantined"),
        "outstanding": gettext("It has not been returned"),
        "remind": gettext("Vendor reminded"),
        "ask_back": gettext("Return requested by"),
        "send_back": gettext("Sent by the vendor"),
    }


def signals() -> dict[str, tuple[str, str]]:
    """What a desk's signal says: (state of the reader panel, the word that is read from a distance)."""
    return {
        "wait": ("wait", gettext("Place a card on the reader")),
        "busy": ("busy", gettext("Writing: do not remove the card")),
        "done": ("done", gettext("Done: remove the card")),
        "wrong": ("wrong", gettext("Wrong card")),
        "away": ("remove", gettext("The desk's computer is offline")),
    }


def codes() -> dict[str, str]:
    """Why a desk sees no card, or could not go on."""
    return {code: gettext(text) for code, text in line.WORDS.items()}


def marks() -> dict[str, str]:
    """The buttons with which a person says what became of a card."""
    return {
        "returned": gettext("It has been returned"),
        "damaged": gettext("It is damaged"),
        "lost": gettext("It is lost"),
    }


def readers() -> dict[str, str]:
    """Readers that are no desk of their own, as the ledger names them."""
    return {"virtual": gettext("Virtual reader"), "pcsc": gettext("The reader here")}


def said(event: Event) -> str:
    """What stands beside an act in a card's life, in words: check values, the day by which it is asked back."""
    if event.phase == Phase.FAILED:
        return failure(event.text)
    if event.text.startswith("KCV "):
        kcvs = dict(re.findall(r"(issuer|reader)=([0-9A-F]{6})", event.text))
        if not kcvs:
            return ""  # of a wiped card nothing is left that could be checked
        issuer, reader = kcvs.get("issuer", "—"), kcvs.get("reader", "—")
        return gettext("Check values: K0 %(issuer)s, K1 %(reader)s", issuer=issuer, reader=reader)
    return long_day(date.fromisoformat(event.text)) if event.act == "ask_back" and event.text else event.text


def trouble(error: str) -> str:
    """Why a card job stopped, as its row keeps it, in the reader's language where there is one."""
    return gettext(error) if error else ""


def failure(text: str) -> str:
    """Why a card failed: a code, or the checks of a return such as `uid=ok keys_and_data=key_blocked`."""
    words = codes()
    checks = re.findall(r"(\w+)=(\w+)", text)
    if not checks:
        return words.get(text, text)
    names = {
        "profile": gettext("Kind of card"),
        "uid": "UID",
        "serial": gettext("Serial number"),
        "keys_and_data": gettext("Keys and data"),
        "empty": gettext("Emptiness"),
    }
    fine = gettext("in order")
    return ", ".join(
        f"{names.get(name, name)}: {fine if code == 'ok' else words.get(code, code)}" for name, code in checks
    )

"""What an agent's words may be, and what its codes mean to people: nothing of it is kept as it came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.errors import N_, Refused
from hardware.facts import LifeCycle

UID: Final = re.compile(r"([0-9A-F]{2}){4,10}")
SERIAL: Final = re.compile(r"[0-9A-Z-]{0,16}")
PUBLIC: Final = re.compile(r"[0-9a-f]{64}")
CODE: Final = re.compile(r"[a-z_]{0,40}")
CHECKS: Final = re.compile(r"[a-z_= ]{0,300}")
HEX: Final = re.compile(r"[0-9A-F]{0,40}")
CHECK_FAILED: Final = "check_failed"  # a returned card that is not what it was

WORDS: Final[Mapping[str, str]] = {
    "card_removed": N_("The card was taken away too early: lay the same card on the reader again"),
    "no_card": N_("There is no card on the reader"),
    "no_reader": N_("The desk's computer finds no reader"),
    "no_daemon": N_("The card service of the desk's computer does not run"),
    "reader_busy": N_("Another program of the desk's computer works with the card"),
    "card_mute": N_("The card does not answer: turn it over, or clean it"),
    "wrong_card": N_("Another card lies on the reader; nothing was written"),
    "wrong_state": N_("The card stands elsewhere than the ledger thinks; nothing was written"),
    "unsupported": N_("This card cannot be personalised; nothing was written"),
    "authentication_failed": N_("The card's key does not fit: it is kept apart"),
    "key_blocked": N_("The card's key is blocked: it is kept apart"),
    "channel_broken": N_("What the card said was not authentic: it is kept apart"),
    "read_back_differs": N_("The card does not hold what was written: it is kept apart"),
    "bad_response": N_("The card answers wrongly: it is kept apart"),
    "status": N_("The card refused a command: it is kept apart"),
    "unknown_key": N_("A key that this card needs is missing on the server"),
    "bad_key_file": N_("The desk's computer could not open what it was sent"),
}
UNNAMED: Final = N_("The card could not be made; look at the desk's computer")


def unreadable() -> Refused:
    return Refused("What the desk's computer said cannot be read")


def match(body: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    value = body.get(key, "")
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise unreadable()
    return value


def short(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str):
        raise unreadable()
    return "".join(each for each in value[:120] if each.isprintable())


def number(body: Mapping[str, Any], key: str, most: int = 2**31 - 1) -> int:
    value = body.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise unreadable()
    return value


def life_cycle(body: Mapping[str, Any]) -> LifeCycle:
    try:
        return LifeCycle(body.get("life_cycle", ""))
    except ValueError as error:
        raise unreadable() from error


def card_seen(raw: Mapping[str, Any]) -> dict[str, str]:
    uid = raw.get("uid", "")
    return {
        "uid": match(raw, "uid", UID) if uid else "",
        "serial": match(raw, "serial", SERIAL),
        "life_cycle": life_cycle(raw).value,
        "profile": short(raw, "profile"),
    }


def doing(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "job": number(raw, "job"),
        "fence": number(raw, "fence"),
        "serial": match(raw, "serial", SERIAL),
        "run": match(raw, "run", CODE),
        "step": match(raw, "step", CODE),
        "done": number(raw, "done", 1000),
        "total": number(raw, "total", 1000),
    }

"""The words of mails that came in: the tabs of their list, their states, and what speaks against a sender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from app.services.base.actors import Actor
from app.services.mails import undelivered
from app.services.pages import mailroom
from app.web.frame.current import portal


def tab_words() -> dict[str, str]:
    """The tabs, in their order: what is to be done, what was done, what machines sent, what of ours did not arrive."""
    return {
        **state_words(),
        "absence": gettext("Out-of-office replies"),
        "report": gettext("Delivery reports"),
        "machine": gettext("Other automatic mail"),
    }


def tabs(current: str, found: Mapping[str, int], text: str = "") -> list[dict[str, Any]]:
    """The tabs as the template takes them; the last are the mails of ours that did not arrive."""
    more = {"q": text} if text else {}
    items = [
        {
            "url": "/inbound?" + urlencode({"state": key, **more}),
            "label": label,
            "current": key == current,
            "count": found[key],
        }
        for key, label in tab_words().items()
    ]
    tab = {
        "url": "/inbound/undelivered",
        "label": gettext("Not delivered"),
        "current": current == "undelivered",
    }
    return [*items, {**tab, "count": undelivered.count(portal())}]


def counts(who: Actor) -> dict[str, int]:
    """How many mails each tab has."""
    return mailroom.listed(portal(), "waiting", 1, who)[1]


def state_words() -> dict[str, str]:
    """The states of a mail, in the order in which they are listed."""
    return {
        "waiting": gettext("To be filed"),
        "unknown": gettext("Unassigned"),
        "taken": gettext("Filed"),
        "discarded": gettext("Discarded"),
    }


def doubt_words(doubt: Mapping[str, Any]) -> list[str]:
    """Why a mail is not believed to be of its sender, in plain words."""
    words: Mapping[str, str] = {
        "dmarc=fail": gettext("According to the sender's mail domain, this mail is not from there (DMARC)."),
        "spf=fail": gettext("It was sent from a server that domain does not use (SPF)."),
        "spf=softfail": gettext("It was sent from a server that domain is unlikely to use (SPF)."),
        "dkim=fail": gettext("Its electronic signature is invalid: it was changed, or signed by somebody else (DKIM)."),
    }
    found = [words[each] for each in doubt.get("said", ()) if each in words]
    return (
        [*found, gettext("Detected by the mail server %(server)s.", server=doubt["by"])] if doubt.get("by") else found
    )

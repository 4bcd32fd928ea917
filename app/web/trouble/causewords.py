"""The words of causes: what is behind several troubles, what can be done about all of them, and where."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from app.services.base.actors import Actor
from app.services.pages.attention import Cause
from app.services.trouble.causes import DEFECTS
from app.states import Right
from app.web.cases.troublewords import said
from app.web.frame.current import named

SHOWN = 3  # names of steps, where troubles of one cause are of several
OF_PROCESS = ("step", "timer", "deadlock", "start")


@dataclass(frozen=True, slots=True)
class Shown:
    """A cause as its section shows it. `links`: (words, address) of where it is mended."""

    cause: Cause
    title: str
    steps: str
    retries: bool
    mends: bool
    skips: bool
    links: list[tuple[str, str]]
    mendable: bool  # the process is at fault: the case itself may be mended by hand


def shown(cause: Cause, who: Actor) -> Shown:
    """A cause for a reader."""
    rows = cause.troubles
    titles = list(dict.fromkeys(named(each.title) or each.element for each in rows))
    steps = gettext(", ").join(title for title in titles[:SHOWN] if title)
    if len(titles) > SHOWN:
        steps = gettext("%(steps)s and %(count)s more", steps=steps, count=len(titles) - SHOWN)
    return Shown(
        cause,
        _title(cause),
        steps,
        any(each.job or each.kind == "timer" for each in rows),
        any(each.mail and each.case and len(each.addresses) == 1 for each in rows),
        any(each.skips for each in rows),
        _links(cause, who),
        _faulty(cause) and who.has(Right.MEND_TROUBLE) and who.has(Right.MEND_CASES),
    )


def _title(cause: Cause) -> str:
    first = cause.first
    if first.kind != "job":
        return said(first)
    if first.mail:
        return gettext("The mail server does not accept the address")
    return {
        "mail": gettext("A mail could not be sent"),
        "pdf": gettext("A document could not be created"),
        "card": gettext("Cards could not be made"),
        "webhook": gettext("Another system could not be notified"),
    }.get(first.operator, gettext("Automatic work could not be done"))


def _links(cause: Cause, who: Actor) -> list[tuple[str, str]]:
    first, found = cause.first, []
    setting = first.error.params.get("setting")
    if setting and first.package and who.has(Right.SEE_SETTINGS):
        found.append((gettext("Enter the setting"), f"/settings/{first.package}/{setting}"))
    if first.operator == "card":
        found.append((gettext("Cards"), "/cards"))
    if _faulty(cause) and who.has(Right.SEE_DESIGN):
        found.append((gettext("Process design"), "/designer"))
    return found


def _faulty(cause: Cause) -> bool:
    return cause.first.kind in OF_PROCESS or cause.first.error.message in DEFECTS


def done(way: str, count: int) -> str:
    """What was done with so many rows."""
    words = {
        "retry": ngettext("%(num)s is being tried again.", "%(num)s are being tried again.", count),
        "mend": ngettext(
            "%(num)s address has been corrected; its mail is being sent.",
            "%(num)s addresses have been corrected; their mails are being sent.",
            count,
        ),
        "skip": ngettext("%(num)s case continues without the step.", "%(num)s cases continue without the step.", count),
    }
    return words[way]

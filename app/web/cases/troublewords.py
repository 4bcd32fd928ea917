"""The words of trouble: what it is, in a few words, and what to do about it."""

from __future__ import annotations

import re

from flask_babel import gettext

from app.errors import NinteiError, Refused
from app.services.pages.attention import Trouble
from app.services.trouble.causes import DEFECTS
from app.web.cases import head
from app.web.frame.current import named
from app.web.frame.problems import sentence


def said(trouble: Trouble) -> str:
    """What it is, in a few words."""
    title = named(trouble.title) or trouble.element
    if trouble.kind == "job":
        return head.work(trouble, {trouble.element: trouble.title})
    words = {
        "step": gettext("A step fails: %(title)s", title=title),
        "timer": gettext("A time that has come cannot be acted on"),
        "deadlock": gettext("The process has come to a stop after “%(title)s”", title=title)
        if title
        else gettext("The process has come to a stop"),
        "start": gettext("No application can be taken: %(title)s", title=title),
        "upkeep": gettext("Work of the portal by itself fails: %(title)s", title=_parts().get(title, title)),
        "day": gettext("A settled day went by: %(title)s", title=title),
        "nobody": gettext("Nobody of %(title)s is there any more", title=title),
        "cards": gettext("Lent cards do not come back: %(title)s", title=title),
        "outage": gettext("A server was out of reach: %(title)s", title=_servers().get(trouble.element, title)),
    }
    return words.get(trouble.kind, trouble.kind)


def advice(trouble: Trouble) -> str:
    """What to do about it, and what happens by itself."""
    if trouble.mail:
        return gettext("Mend the address: the mail goes out then, and the case goes on.")
    words = {
        "job": gettext("When its cause has been removed, press “Try again”. Nothing is done twice."),
        "step": gettext(
            "Nothing of the step was stored; what was entered is kept as its draft. Tell whoever looks after the "
            "process. Once it has been mended the step is sent again, and this line goes away by itself."
        ),
        "timer": gettext("It is tried again every hour. Tell whoever looks after the process."),
        "deadlock": gettext(
            "Nothing goes on by itself here. Tell whoever looks after the process; an administrator can end the case."
        ),
        "start": gettext("Applicants read that it is being looked into. Tell whoever looks after the process."),
        "day": gettext(
            "Both sides have been told. Settle another day on the case's page, or record what took place; this line "
            "goes away then."
        ),
        "nobody": gettext(
            "Find out who sees to it now, by telephone if need be, and add them to the case; this line goes away then."
        ),
        "cards": gettext(
            "No mail asks for them any more. Ask by telephone; then take them back at the card desk, or put them on "
            "record there as lost, with whether they are compensated. This line goes away then."
        ),
        "upkeep": gettext("It is tried again every minute. Tell whoever looks after this installation."),
    }
    return words.get(trouble.kind, "")


def _parts() -> dict[str, str]:
    """The parts of upkeep, by their ids (services.upkeep)."""
    return {
        "lists": gettext("lists and search"),
        "nobody": gettext("cases of which nobody is there any more"),
        "mandates": gettext("mandates of agents"),
        "kept": gettext("cards that do not come back"),
        "dates": gettext("dates that lapse"),
        "letters": gettext("key letters"),
        "reminders": gettext("reminders"),
        "holds": gettext("days that are held"),
        "days": gettext("settled days that come near or go by"),
        "cards": gettext("cards that are overdue"),
        "alarms": gettext("mails about trouble"),
        "figures": gettext("figures"),
    }


def _servers() -> dict[str, str]:
    return {"mail": gettext("mail server")}


PROGRAM = re.compile(r"\[Errno |\w(Error|Exception)\b|Traceback|0x[0-9a-f]{6}")  # what programs say to programmers


def reason(error: NinteiError) -> tuple[str, str]:
    """(why, in the reader's language; what the program said, where that is for whoever looks after it, else "")."""
    whole = sentence(error)
    if error.message in DEFECTS or PROGRAM.search(str(error.params.get("what", ""))):
        return gettext("The portal, or the process, has met a fault of its own."), whole
    said = {key: value for key, value in error.params.items() if isinstance(value, str) and PROGRAM.search(value)}
    if not said:
        return whole, ""
    instead = gettext("technical trouble")
    plain = Refused(error.message, **{**error.params, **dict.fromkeys(said, instead)})
    return sentence(plain), ", ".join(said.values())


def kept(trouble: Trouble) -> str:
    """What is not lost by it."""
    if trouble.kind == "job" and not trouble.halts:
        return gettext("No case waits for it.")
    return {
        "job": gettext("The case waits at this step; everything before it is stored."),
        "step": gettext("Nothing of the step was stored; what was entered is kept as a draft."),
        "timer": gettext("The case is as it was; nothing is lost."),
        "deadlock": gettext("Everything that was sent and decided is stored."),
        "start": gettext("What applicants have typed stays on their page."),
        "day": gettext("Everything else of the case goes on."),
        "nobody": gettext("Everything of the case is kept."),
        "upkeep": gettext("Nothing is lost; it is done later."),
    }.get(trouble.kind, "")

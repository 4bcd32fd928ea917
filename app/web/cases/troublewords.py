"""The words of trouble: what it is, in a few words, and what to do about it."""

from __future__ import annotations

import re

from flask_babel import gettext

from app.errors import NinteiError, Refused
from app.services.pages.attention import Trouble
from app.services.tasks.comingdays import CLOSED
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
        "timer": gettext("A due timer could not be carried out"),
        "deadlock": gettext("The process has come to a stop after “%(title)s”", title=title)
        if title
        else gettext("The process has come to a stop"),
        "start": gettext("Applications cannot be accepted: %(title)s", title=title),
        "upkeep": gettext("Automatic work of the portal fails: %(title)s", title=_parts().get(title, title)),
        "day": gettext("A fixed day lies on a closing day: %(title)s", title=title)
        if trouble.error.message == CLOSED
        else gettext("A fixed day has passed: %(title)s", title=title),
        "nobody": gettext("Nobody at %(title)s can sign in any more", title=title),
        "cards": gettext("Lent cards have not been returned: %(title)s", title=title),
        "outage": gettext("A server was out of reach: %(title)s", title=_servers().get(trouble.element, title)),
    }
    return words.get(trouble.kind, trouble.kind)


def advice(trouble: Trouble) -> str:
    """What to do about it, and what happens by itself."""
    if trouble.mail:
        return gettext("Correct the address: the mail is then sent and the case continues.")
    words = {
        "job": gettext("Once the cause has been fixed, press “Try again”. Nothing is done twice."),
        "step": gettext(
            "The step was not saved; what was entered is kept as its draft. Tell whoever is responsible for the "
            "process. Once it has been fixed, send the step again; this entry then disappears by itself."
        ),
        "timer": gettext("It is retried every hour. Tell whoever is responsible for the process."),
        "deadlock": gettext(
            "Nothing continues by itself here. Tell whoever is responsible for the process; an administrator "
            "can end the case."
        ),
        "start": gettext(
            "Applicants are told that it is being looked into. Tell whoever is responsible for the process."
        ),
        "day": gettext("Move the day on the case's page, or take the closing day back; this entry then disappears.")
        if trouble.error.message == CLOSED
        else gettext(
            "Both sides have been notified. Fix another day on the case's page, or record what took place; this "
            "entry then disappears."
        ),
        "nobody": gettext(
            "Find out who is responsible now, by phone if necessary, and add them to the case; this entry then "
            "disappears."
        ),
        "cards": gettext(
            "No more mail reminders are sent. Ask by phone; then register their return at the card desk, or "
            "record them there as lost, including whether they are compensated. This entry then disappears."
        ),
        "upkeep": gettext("It is retried every minute. Tell whoever runs this installation."),
    }
    return words.get(trouble.kind, "")


def _parts() -> dict[str, str]:
    """The parts of upkeep, by their ids (services.upkeep)."""
    return {
        "lists": gettext("lists and search"),
        "nobody": gettext("cases without an active contact"),
        "mandates": gettext("agents' mandates"),
        "daily": gettext("the day’s work by mail"),
        "kept": gettext("cards not returned"),
        "dates": gettext("dates that lapse"),
        "letters": gettext("key letters"),
        "reminders": gettext("reminders"),
        "holds": gettext("held days"),
        "days": gettext("fixed days coming up or passed"),
        "cards": gettext("overdue cards"),
        "alarms": gettext("alert mails"),
        "figures": gettext("figures"),
    }


def _servers() -> dict[str, str]:
    return {"mail": gettext("mail server")}


PROGRAM = re.compile(r"\[Errno |\w(Error|Exception)\b|Traceback|0x[0-9a-f]{6}")  # what programs say to programmers


def reason(error: NinteiError) -> tuple[str, str]:
    """(why, in the reader's language; what the program said, where that is for whoever looks after it, else "")."""
    whole = sentence(error)
    if error.message in DEFECTS or PROGRAM.search(str(error.params.get("what", ""))):
        return gettext("The portal or the process has an internal error."), whole
    said = {key: value for key, value in error.params.items() if isinstance(value, str) and PROGRAM.search(value)}
    if not said:
        return whole, ""
    instead = gettext("technical trouble")
    plain = Refused(error.message, **{**error.params, **dict.fromkeys(said, instead)})
    return sentence(plain), ", ".join(said.values())


def kept(trouble: Trouble) -> str:
    """What is not lost by it."""
    if trouble.kind == "job" and not trouble.halts:
        return gettext("No case is waiting for it.")
    return {
        "job": gettext("The case is waiting at this step; everything before it is saved."),
        "step": gettext("The step was not saved; what was entered is kept as a draft."),
        "timer": gettext("The case is as it was; nothing is lost."),
        "deadlock": gettext("Everything sent and decided is saved."),
        "start": gettext("What applicants have typed stays on their page."),
        "day": gettext("Everything else in the case continues."),
        "nobody": gettext("Everything in the case is saved."),
        "upkeep": gettext("Nothing is lost; it will be done later."),
    }.get(trouble.kind, "")

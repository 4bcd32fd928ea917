"""The first lines of a case as the macros of components/case.html take them: whose turn, what, by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.services.base.clocks import ClockView
from app.services.pages.casehead import CaseHead
from app.services.register.certificates import EXPIRED
from app.states import CertificateState, Standing, Turn
from app.web.cases.timeline import state_words
from app.web.frame.current import named
from app.web.frame.duewords import due_words
from app.web.frame.written import short_day


def address(number: str, tab: str = "") -> str:
    """The case's page, at this tab."""
    return f"/cases/{number}?tab={tab}" if tab else f"/cases/{number}"


def seat(head: CaseHead) -> str:
    """Who sits at the table: vendor | operator | both | done | stopped."""
    if head.state in {Standing.REJECTED, Standing.WITHDRAWN, Standing.CLOSED} or (
        head.ended and head.state != Standing.CERTIFIED
    ):
        return "stopped"
    return head.turn.value or "done"


def end_word(head: CaseHead) -> str:
    """In which way the case has ended, in one word: the package's, or else the portal's."""
    return named(head.end.title) if head.end is not None else state_words()[head.state]


def void(head: CaseHead, key: str) -> Markup | None:
    """The mark of a certificate's file that no longer holds; None of any other file."""
    if not key or key != head.certified_by:
        return None
    words = {
        CertificateState.SUSPENDED.value: gettext("Suspended: does not hold at present"),
        CertificateState.WITHDRAWN.value: gettext("Revoked: no longer holds"),
        CertificateState.ENDED.value: gettext("Given up: no longer holds"),
        EXPIRED: gettext("Expired: no longer holds"),
    }
    if head.certificate not in words:
        return None
    return Markup('<span class="tag tag--bad">{}</span>').format(words[head.certificate])


def clock(view: ClockView) -> dict[str, Any]:
    """The arguments of `clock_bar`."""
    return {"used": view.used, "total": view.limit, "stopped": not view.running and view.expected is not None}


def row(head: CaseHead) -> dict[str, Any]:
    """A line of the staff's list."""
    whose = {
        Turn.VENDOR: gettext("Vendor"),
        Turn.OPERATOR: gettext("Certifying body"),
        Turn.BOTH: gettext("Both sides"),
    }
    task = head.next or next(iter(head.buttons), None)
    due = ("", "")
    if task is not None and task.due_on:
        due = (short_day(task.due_on), due_words(task)[1])
    stage = next((named(stage.title) for stage in head.stages if stage.state == "current"), "")
    undelivered = bool(head.undelivered) and not head.ended
    return {
        "number": head.number,
        "undelivered": undelivered,
        "trouble": head.hindered,
        "url": address(head.number),
        "system": head.system_name,
        "company": head.company_name,
        "state": head.certificate if head.certificate in ("suspended", EXPIRED) and not head.ended else head.state,
        "state_word": end_word(head) if seat(head) == "stopped" else "",
        "stage": stage,
        "turn": "operator" if undelivered else seat(head),
        "whose": whose.get(head.turn, ""),
        "days": head.turn_days if head.turn and not head.ended else None,
        "what": named(task.title) if task else "",
        "due": due[0],
        "due_left": due[1],
        "due_state": due_words(task)[0] if task else "normal",
        "due_iso": task.due_on.isoformat() if task and task.due_on else None,
        "clock": clock(head.clocks[-1]) if head.clocks else None,
    }


def _which(job: Any, titles: Mapping[str, str]) -> str:
    """Which mail it is that no step of the diagrams sends: its own subject, else what `titles` call it."""
    params = getattr(job, "params", None) or {}
    letter = params.get("letter") or {}
    return str(letter.get("subject", "")) or titles.get(f"mail/{params.get('mail', '')}", "")


def work(job: Any, titles: Mapping[str, str]) -> str:
    """What a job of the worker does, in words."""
    words = {
        "mail": gettext("Mail"), "pdf": gettext("Document"), "card": gettext("Card"),
        "export": gettext("Exported file"), "gate": gettext("Examination of a draft"),
        "webhook": gettext("Word to another system"),
    }  # fmt: skip
    what, title = words.get(job.operator, ""), named(titles.get(job.element, "")) or _which(job, titles)
    if what and title:
        return gettext("%(what)s (%(title)s)", what=what, title=title)
    return what or title or str(job.operator)

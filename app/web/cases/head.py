"""The first lines of a case as the macros of components/case.html take them: whose turn, what, by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.services.base.actors import Actor
from app.services.base.clocks import ClockView
from app.services.pages.case import CaseHead
from app.services.register.certificates import EXPIRED
from app.services.tasks.view import TaskView
from app.states import CertificateState, Side, Standing, TaskKind, Turn
from app.web.cases.timeline import state_words
from app.web.frame.current import named
from app.web.frame.duewords import due_words
from app.web.frame.written import day, short_day


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


def whose(head: CaseHead) -> dict[str, Any]:
    """What an agent reads instead of 貴社: the company for which they act."""
    if not head.agent:
        return {}
    said: dict[str, Any] = {"company": head.company_name, "system": f"{head.system_name}　{head.company_name}"}
    if seat(head) == "vendor":
        said["headline"] = gettext("It is the turn of %(company)s now", company=head.company_name)
    return said


def banner(head: CaseHead, who: Actor, *, line: bool = False) -> dict[str, Any]:
    """The arguments of `turn_banner`."""
    turn = seat(head)
    given: dict[str, Any] = {
        "turn": turn,
        "viewer": who.side.value,
        "reference": head.number,
        "system": head.system_name if who.side == Side.VENDOR else f"{head.system_name}　{head.company_name}",
        "line": line,
    }
    if line:
        given["reference_url"] = address(head.number)
    if who.side == Side.VENDOR:
        given |= whose(head)
    if head.undelivered and who.side == Side.OPERATOR and not head.ended:
        return {**given, **_undelivered(head)}
    task = head.next
    if head.suspended and not head.ended:
        given |= _suspended(head)
    if turn in {"done", "stopped"}:
        return {**given, **_quiet(head, turn, who)}
    if turn == "operator" and who.side == Side.VENDOR:
        return {**given, **_waiting(head, who)}
    if task is None:
        return given
    due_state, due_left = due_words(task)
    given |= {"what": named(task.title), "facts": _facts(head, who, task)}
    if task.due_on:
        given |= {
            "due": short_day(task.due_on),
            "due_left": due_left,
            "due_state": due_state,
            "due_iso": task.due_on.isoformat(),
        }
    if task.side == who.side and task.kind == TaskKind.USER:
        given["action"] = {
            "label": gettext("Open this task") if who.side == Side.OPERATOR else gettext("Continue"),
            "url": f"/tasks/{task.id}",
        }
    return given


def _undelivered(head: CaseHead) -> dict[str, Any]:
    """The vendor cannot know that it is their turn: it is the body's to mend the address."""
    return {
        "turn": "operator",
        "headline": gettext("A mail was not delivered: it is the certifying body's turn"),
        "sentence": gettext(
            "The vendor does not know what they need to do. Correct the address and send the mail again."
        ),
        "facts": [{"term": gettext("Waiting until then"), "text": named(each.title)} for each in head.tasks[:1]],
    }


def _quiet(head: CaseHead, turn: str, who: Actor) -> dict[str, Any]:
    if turn == "stopped":
        return {
            "headline": gettext("This case has ended: %(state)s", state=end_word(head)),
            "sentence": end_sentence(head),
            "facts": [{"term": gettext("Since"), "text": day(head.turn_since)}],
        }
    if head.suspended:
        return _suspended(head)
    if head.certificate == EXPIRED:
        return {"headline": gettext("The certification has expired"), "sentence": expired_words()}
    if head.state == Standing.CERTIFIED:
        return {
            "headline": gettext("The system is certified"),
            "sentence": gettext("There is nothing to do now. The next audit opens automatically when it is due."),
        }
    if head.hindered:
        return {"sentence": hindered_words(who)}
    return {"sentence": gettext("The portal is preparing the next step. Look again in a moment.")}


def _waiting(head: CaseHead, who: Actor) -> dict[str, Any]:
    """The body's turn, as the vendor reads it: what is waited for, since when, until about when."""
    stage = next((named(stage.title) for stage in head.stages if stage.state == "current"), "")
    facts: list[dict[str, Any]] = [{"term": gettext("Since"), "text": short_day(since(head))}]
    if head.hindered:
        return {"sentence": hindered_words(who), "facts": facts[:1]}
    if head.ending:
        return {"sentence": ending_words(), "facts": facts[:1]}
    awaited = head.awaited
    if awaited is None:
        return {"what": stage, "facts": facts}
    running = awaited.clock
    if running is not None:
        facts.append(
            {
                "term": gettext("Guideline"),
                "text": gettext("%(used)s of %(limit)s business days used", used=running.used, limit=running.limit),
            }
        )
    return {"what": named(awaited.title), "facts": facts + expected(head)}


def since(head: CaseHead) -> datetime:
    """Since when the vendor has waited for what is done now."""
    return head.awaited.since if head.awaited is not None else head.turn_since


def expected(head: CaseHead) -> list[dict[str, Any]]:
    """Until about when the vendor has to wait."""
    until = head.awaited.until if head.awaited is not None else None
    return [{"term": gettext("Expected by"), "text": gettext("about %(day)s", day=short_day(until))}] if until else []


def hindered_words(who: Actor) -> str:
    """What is read instead of what comes next while the case cannot go on."""
    if who.side == Side.OPERATOR:
        return gettext("The case cannot continue by itself; see below what is blocking it.")
    return gettext(
        "The next step could not be carried out. The certifying body has been notified and is looking into it; "
        "everything you sent is saved."
    )


def end_word(head: CaseHead) -> str:
    """In which way the case has ended, in one word: the package's, or else the portal's."""
    return named(head.end.title) if head.end is not None else state_words()[head.state]


def end_sentence(head: CaseHead) -> str:
    """What has ended, and what its reader can do."""
    if head.end is not None:
        return named(head.end.sentence)
    return {
        Standing.WITHDRAWN: gettext("The application was withdrawn."),
        Standing.REJECTED: gettext(
            "The application was not passed. The letter with the reasons is among the documents."
        ),
        Standing.CLOSED: gettext("The certifying body has closed the case."),
    }.get(head.state, gettext("Nothing more needs to be done here."))


def void(head: CaseHead, key: str) -> Markup | None:
    """The mark of a certificate's file that no longer holds; None of any other file."""
    words = {
        CertificateState.SUSPENDED.value: gettext("Suspended: does not hold at present"),
        CertificateState.WITHDRAWN.value: gettext("Revoked: no longer holds"),
        CertificateState.ENDED.value: gettext("Given up: no longer holds"),
        EXPIRED: gettext("Expired: no longer holds"),
    }
    if not key or key != head.certified_by or head.certificate not in words:
        return None
    return Markup('<span class="tag tag--bad">{}</span>').format(words[head.certificate])


def expired_words() -> str:
    """What it means that the last day of a certificate has passed."""
    return gettext("It has expired, and the public list says so. Ask the certifying body what can be done.")


def _suspended(head: CaseHead) -> dict[str, Any]:
    return {
        "headline": gettext("The certification is suspended at present"),
        "sentence": suspended_words(head),
        "grave": True,
    }


def suspended_words(head: CaseHead) -> str:
    """What a suspension means, and until when it can be cured."""
    if head.cure_until is not None:
        return gettext(
            "The public list says so. Pass an audit by %(day)s, and it holds again; else the certification is "
            "withdrawn.",
            day=day(head.cure_until),
        )
    return gettext(
        "The public list says so. It ends with an audit passed in time; else the certification is withdrawn."
    )


def ending_words() -> str:
    """What a vendor reads between the end of a case and the end of its settlement."""
    return gettext("The end of this application is being settled. You are told by mail when that is done.")


def _facts(head: CaseHead, who: Actor, task: TaskView) -> list[dict[str, Any]]:
    found = [{"term": gettext("Since"), "text": short_day(head.turn_since)}]
    if who.side == Side.OPERATOR and task.assignee:
        found.append({"term": gettext("Person in charge"), "text": task.assignee})
    also = [named(each.title) for each in head.tasks[1:] if each.kind == TaskKind.USER]
    if also:
        found.append({"term": gettext("Also open"), "text": gettext(", ").join(also)})
    return found


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


def work(job: Any, titles: Mapping[str, str]) -> str:
    """What a job of the worker does, in words."""
    words = {"mail": gettext("Mail"), "pdf": gettext("Document"), "card": gettext("Card")}
    what, title = words.get(job.operator, ""), named(titles.get(job.element, ""))
    if what and title:
        return gettext("%(what)s (%(title)s)", what=what, title=title)
    return what or title or str(job.operator)

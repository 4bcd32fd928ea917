"""The banner of a case: in one sentence whose turn it is, what has to be done, by when, and the button for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext

from app.services.base.actors import Actor
from app.services.pages.casehead import CaseHead
from app.services.register.certificates import EXPIRED
from app.services.tasks.view import TaskView
from app.states import Side, Standing, TaskKind, Turn
from app.web.cases import head as case_head
from app.web.frame.current import named
from app.web.frame.duewords import due_words
from app.web.frame.written import day, short_day


def of_case(head: CaseHead, who: Actor, *, line: bool = False) -> dict[str, Any]:
    """The arguments of `turn_banner` on the page of a case; `line`: in a list of several."""
    turn = case_head.seat(head)
    given: dict[str, Any] = {
        "turn": turn,
        "viewer": who.side.value,
        "reference": head.number,
        "system": head.system_name if who.side == Side.VENDOR else f"{head.system_name}　{head.company_name}",
        "line": line,
    }
    if line:
        given["reference_url"] = case_head.address(head.number)
    if who.side == Side.VENDOR:
        given |= _whose(head)
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
    given |= {"what": named(task.title), "facts": _facts(head, who, task), **_due(task)}
    if task.side == who.side and task.kind == TaskKind.USER:
        given["action"] = {
            "label": gettext("Open this task") if who.side == Side.OPERATOR else gettext("Continue"),
            "url": f"/tasks/{task.id}",
        }
    return given


def of_home(head: CaseHead) -> dict[str, Any]:
    """What `turn_banner` says of a case on the home of the vendor: what is the one thing to do now."""
    said: dict[str, Any] = {
        "turn": case_head.seat(head),
        "viewer": "vendor",
        "reference": head.number,
        "system": head.system_name,
        **_whose(head),
    }
    task, request = head.next, ready(head)
    if said["turn"] == "stopped":
        return {**said, **_ended(head)}
    if head.suspended:
        said |= _suspended(head)
    if is_vendors(head) and task is not None:
        said |= {"what": named(task.title), **_due(task)}
    elif request is not None:
        asked = gettext("When you are ready, make the request: %(what)s", what=named(request.title))
        said |= {"sentence": f"{said['sentence']} {asked}" if head.suspended else asked, **_due(request)}
    elif head.turn == Turn.OPERATOR:
        said["facts"] = [{"term": gettext("Since"), "text": short_day(_since(head))}]
        if head.awaited is not None and head.awaited.clock is None:
            said["facts"] += _expected(head)
        said["sentence"] = _body_works(head)
    elif not head.suspended:
        said |= _at_rest(head)
    return said


def is_vendors(head: CaseHead) -> bool:
    """Whether the vendor has something to do."""
    return head.turn in {Turn.VENDOR, Turn.BOTH} and not head.ended


def ready(head: CaseHead) -> TaskView | None:
    """The request that is the vendor's one next action: nothing is due, it may be made."""
    return head.buttons[0] if is_vendors(head) and not head.tasks and head.buttons else None


def _whose(head: CaseHead) -> dict[str, Any]:
    """What an agent reads instead of 貴社: the company for which they act."""
    if not head.agent:
        return {}
    said: dict[str, Any] = {"company": head.company_name, "system": f"{head.system_name}　{head.company_name}"}
    if case_head.seat(head) == "vendor":
        said["headline"] = gettext("It is the turn of %(company)s now", company=head.company_name)
    return said


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
        return {**_ended(head), "facts": [{"term": gettext("Since"), "text": day(head.turn_since)}]}
    if head.suspended:
        return _suspended(head)
    if head.hindered and head.certificate != EXPIRED and head.state != Standing.CERTIFIED:
        return {"sentence": _hindered_words(who)}
    return _at_rest(head)


def _waiting(head: CaseHead, who: Actor) -> dict[str, Any]:
    """The body's turn, as the vendor reads it: what is waited for, since when, until about when."""
    stage = next((named(stage.title) for stage in head.stages if stage.state == "current"), "")
    facts: list[dict[str, Any]] = [{"term": gettext("Since"), "text": short_day(_since(head))}]
    if head.hindered:
        return {"sentence": _hindered_words(who), "facts": facts[:1]}
    if head.ending:
        return {"sentence": _ending_words(), "facts": facts[:1]}
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
    return {"what": named(awaited.title), "facts": facts + _expected(head)}


def _ended(head: CaseHead) -> dict[str, Any]:
    return {
        "headline": gettext("This case has ended: %(state)s", state=case_head.end_word(head)),
        "sentence": _end_sentence(head),
    }


def _at_rest(head: CaseHead) -> dict[str, Any]:
    """Nobody has anything to do now."""
    if head.certificate == EXPIRED:
        return {
            "headline": gettext("The certification has expired"),
            "sentence": gettext(
                "It has expired, and the public list says so. Ask the certifying body what can be done."
            ),
        }
    if head.state == Standing.CERTIFIED:
        return {
            "headline": gettext("The system is certified"),
            "sentence": gettext("There is nothing to do now. The next audit opens automatically when it is due."),
        }
    return {"sentence": gettext("The portal is preparing the next step. Look again in a moment.")}


def _due(task: TaskView) -> dict[str, Any]:
    """By when it is due, if it is."""
    if task.due_on is None:
        return {}
    state, left = due_words(task)
    return {
        "due": short_day(task.due_on), "due_left": left, "due_state": state, "due_iso": task.due_on.isoformat(),
    }  # fmt: skip


def _suspended(head: CaseHead) -> dict[str, Any]:
    return {
        "headline": gettext("The certification is suspended at present"),
        "sentence": _suspended_words(head),
        "grave": True,
    }


def _suspended_words(head: CaseHead) -> str:
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


def _facts(head: CaseHead, who: Actor, task: TaskView) -> list[dict[str, Any]]:
    found = [{"term": gettext("Since"), "text": short_day(head.turn_since)}]
    if who.side == Side.OPERATOR and task.assignee:
        found.append({"term": gettext("Person in charge"), "text": task.assignee})
    also = [named(each.title) for each in head.tasks[1:] if each.kind == TaskKind.USER]
    if also:
        found.append({"term": gettext("Also open"), "text": gettext(", ").join(also)})
    return found


def _body_works(head: CaseHead) -> str:
    if head.ending:
        return _ending_words()
    if head.awaited is not None and head.buttons:
        return gettext(
            "%(what)s is in progress. Meanwhile you can already submit this: %(request)s",
            what=named(head.awaited.title), request=named(head.buttons[0].title),
        )  # fmt: skip
    if head.awaited is not None:
        return gettext(
            "%(what)s is in progress. You do not need to do anything; you will be notified by mail.",
            what=named(head.awaited.title),
        )
    return gettext("You do not need to do anything; the next step will appear here and be announced by mail.")


def _since(head: CaseHead) -> datetime:
    """Since when the vendor has waited for what is done now."""
    return head.awaited.since if head.awaited is not None else head.turn_since


def _expected(head: CaseHead) -> list[dict[str, Any]]:
    """Until about when the vendor has to wait."""
    until = head.awaited.until if head.awaited is not None else None
    return [{"term": gettext("Expected by"), "text": gettext("about %(day)s", day=short_day(until))}] if until else []


def _hindered_words(who: Actor) -> str:
    """What is read instead of what comes next while the case cannot go on."""
    if who.side == Side.OPERATOR:
        return gettext("The case cannot continue by itself; see below what is blocking it.")
    return gettext(
        "The next step could not be carried out. The certifying body has been notified and is looking into it; "
        "everything you sent is saved."
    )


def _end_sentence(head: CaseHead) -> str:
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


def _ending_words() -> str:
    """What a vendor reads between the end of a case and the end of its settlement."""
    return gettext("The end of this application is being settled. You are told by mail when that is done.")

"""What every use case on a task asks first: may this person, and what do the form's choices offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import Forbidden, NotFound, Refused, Stale
from app.services import attendance, dates
from app.services.actors import Actor
from app.services.portal import Portal
from app.services.releases import Loaded
from app.store import bookings, cards, cases, database, work
from app.store.models import Case, Member, Task

WEEKDAYS_JA = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Setting:
    """A task with its case and release."""

    task: Task
    case: Case
    loaded: Loaded
    element: Any


def find(portal: Portal, task_id: str, actor: Actor, *, lock: bool = False) -> Setting:
    """The task, if the actor may know of it; NotFound for others' (which must look like no task at all).

    With `lock` its case is locked until the transaction ends, and the task is as it is now.
    """
    task = work.task(task_id)
    if task is None:
        raise NotFound("There is no such task")
    if lock:
        case = visible_case(cases.lock(task.case_id), actor)
        task = (work.task(task_id) or task) if database.is_postgres() else task
    else:
        case = visible_case(cases.by_id(task.case_id), actor)
    if actor.side == "vendor" and task.side != "vendor":
        raise NotFound("There is no such task")
    loaded = portal.releases.loaded(case.release_id)
    return Setting(task, case, loaded, loaded.element(task.element))


def visible_case(case: Case | None, actor: Actor) -> Case:
    """The case, if the actor may know of it."""
    if case is None:
        raise NotFound("There is no such case")
    if actor.side == "operator":
        return case
    if actor.user_id is None or cases.member(case.id, actor.user_id) is None:
        raise NotFound("There is no such case")
    return case


def acting(case: Case, actor: Actor, *, binds: bool = False) -> Member:
    """The vendor's person as one who may act on the case; `binds`: on what binds the company, as contracts and
    payments do. Raises Forbidden."""
    member = cases.member(case.id, actor.user_id or 0)
    if member is None or member.rights == "read":
        raise Forbidden("You may read this case but not act on it; ask a colleague who may")
    if binds and member.rights != "full":
        raise Forbidden("This binds the company (a contract, a payment, the end of the case); its own people do it")
    return member


def may_do(setting: Setting, actor: Actor) -> str:
    """On whose behalf the actor may do the task: empty for their own, a name for 代理. Raises why not."""
    if setting.task.side != actor.side:
        raise Forbidden("This task is the other side's")
    if actor.side == "vendor":
        member = acting(setting.case, actor, binds=setting.element.flag("binds"))
        return setting.case.company_name if member.mandate_id else ""
    actor.require("operator", "administrator")
    for element in setting.element.listed("not_same_as"):
        last = work.last_done(setting.case.id, element)
        if last is None or last.closed_by_id is None:
            continue
        if last.closed_by_id in {actor.user_id, *(user for user, _ in actor.standing_in_for)}:
            raise Refused(
                "“%(other)s” was done by %(name)s; somebody else has to do this one",
                other=last.title,
                name=last.closed_by_name,
            )
    assignee = setting.task.assignee_id
    return next((name for user, name in actor.standing_in_for if user == assignee), "")


def choices(portal: Portal, setting: Setting, lang: str = "ja") -> dict[str, list[tuple[str, str]]]:
    """What the form's fields offer: `calendar` the free days, `wishes` the vendor's first, `cards` those on loan."""
    if setting.element.flag("returns_cards"):
        sets = setting.loaded.package.cards.items()
        titles = {key: spec.title_en if lang == "en" else spec.title for key, spec in sets}
        rows = cards.of_case(setting.case.id)
        out = [(row.serial, titles.get(row.set_id, "")) for row in rows if row.state == "lent"]
        pattern = "%s (%s)" if lang == "en" else "%s（%s）"
        return {"cards": [(serial, pattern % (serial, title) if title else serial) for serial, title in out]}
    calendar_id = setting.element.properties.get("calendar") or setting.element.properties.get("books")
    if not calendar_id:
        return {}
    free = dates.free_days(portal, setting.loaded, calendar_id)
    wished = dates.wishes(setting.case, setting.loaded, calendar_id)
    chosen = [day for day in wished if day in free]
    people = attendance.examiners() if setting.element.properties.get("books") else []
    return {
        "examiners": [(each.name, each.name) for each in people],
        "calendar": [(day.isoformat(), long_day(day, lang)) for day in free],
        "wishes": [(day.isoformat(), f"{long_day(day, lang)} ◎") for day in chosen]
        + [(day.isoformat(), long_day(day, lang)) for day in free if day not in chosen],
    }


def long_day(day: date, lang: str = "ja") -> str:
    """2026年11月22日（日）, or Sun 22 Nov 2026."""
    if lang == "en":
        return f"{day:%a} {day.day} {day:%b %Y}"
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"


def prefill(setting: Setting, *, days: bool = True) -> dict[str, Any]:
    """What earlier answers say already: the vendor's own last answer, then the same keys of the vendor's other answers.
    `days`: whether the dates of the own answer still hold."""
    spec = setting.loaded.forms[setting.task.element]
    latest = work.latest_answers(setting.case.id)
    known: dict[str, Any] = {}
    for row in sorted(latest.values(), key=lambda answer: answer.at):
        if row.side == "vendor":
            known.update({key: value for key, value in row.values.items() if value not in (None, "", [])})
    wanted = {field.key: field.type.value for field in spec.inputs()}
    own = latest.get(setting.task.element)
    if own is not None and setting.task.side == "vendor":
        dated = {field.key for field in spec.inputs() if field.options_from or field.type.value == "datetime"}
        new = set() if days else dated
        return {key: value for key, value in own.values.items() if key in wanted and key not in new}
    return {
        key: known[key]
        for key, kind in wanted.items()
        if key in known and kind not in {"textarea", "filepicker", "dynamiclist"}
    }


def context(portal: Portal, setting: Setting) -> dict[str, Any]:
    """What conditions and defaults of the form read beyond its own answers."""
    return {
        **setting.case.data,
        **(setting.task.data or {}),
        "today": portal.today(),
        "withdrawal": (setting.case.withdrawal or {}).get("reason", ""),
        "booked": {name: day.isoformat() for name, day in settled_days(setting).items()},
    }


def settled_days(setting: Setting) -> dict[str, date]:
    """The case's settled day in each calendar that the form's dates are filled from."""
    spec = setting.loaded.forms.get(setting.task.element)
    wanted = {field.booked for field in spec.inputs() if field.booked} if spec is not None else set()
    rows = {name: bookings.latest(setting.case.id, name) for name in wanted}
    return {name: row.day for name, row in rows.items() if row is not None and row.state in {"held", "confirmed"}}


def still_open(task: Task) -> None:
    """Raise Stale when the task has been finished."""
    if task.state != "open":
        raise Stale("“%(title)s” has been finished already", title=task.title)

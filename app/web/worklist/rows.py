"""The staff's worklist: what is to be done, by whom, until when; one row or many at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import render_template, request
from flask_babel import gettext, ngettext
from flask_login import current_user

from app.services.base.actors import Actor
from app.services.base.titles import without_item
from app.services.pages import worklist
from app.services.people import accounts
from app.services.tasks import view
from app.states import Right
from app.text.numbers import whole
from app.web.frame import paging, problems
from app.web.frame.current import language, named, portal, signed_in
from app.web.frame.duewords import due_words
from app.web.frame.paging import numbers
from app.web.frame.written import short_day
from app.web.worklist.firstvisit import tour

HOME = "/tasks"
ORDERS = ("due", "opened", "newest", "company", "element")
DUES = ("overdue", "today", "week")
NOBODY = "nobody"  # who has it, in an address


@dataclass(frozen=True, slots=True)
class _Words:
    """The filter's choices in the reader's language."""

    scopes: dict[str, str]
    dues: dict[str, str]
    orders: dict[str, str]
    groups: dict[str, str]


def _words() -> _Words:
    return _Words(
        scopes={"mine": gettext("My work"), "group": gettext("My group"), "all": gettext("Everything")},
        dues={
            "overdue": gettext("Overdue"),
            "today": gettext("Until today"),
            "week": gettext("Within 7 days"),
        },
        orders={
            "due": gettext("Due soonest first"),
            "opened": gettext("Waiting longest first"),
            "newest": gettext("Newest first"),
            "company": gettext("By company"),
            "element": gettext("By kind of work"),
        },
        groups=group_names(),
    )


def group_names() -> dict[str, str]:
    """The groups of the packages, in the reader's language."""
    return {each.id: each.named(language()) for each in portal().releases.groups().values()}


def show(status: int = 200, *, alert: str = "", view_name: str = "") -> Any:
    """GET /tasks for staff: the list that the address describes."""
    who = signed_in()
    found, wanted = _found(who)
    words, query = _words(), _query(wanted)
    lead = who.standing_in_for and gettext(
        "You are standing in for %(names)s: their tasks are listed with yours.",
        names=gettext(", ").join(name for _, name in who.standing_in_for),
    )
    return render_template(
        "pages/worklist/list.html",
        title=gettext("Worklist"),
        tour=tour(who),
        wide=True,
        lead=lead,
        alert=alert,
        found=found,
        wanted=wanted,
        query=query,
        rows=[_row(row, found, who, query, words.groups) for row in found.rows],
        tabs=_tabs(found, wanted, words),
        selects=_selects(found, wanted, words),
        chips=_chips(found, wanted, words),
        plain_url=_url(worklist.Filter(scope=wanted.scope, order=wanted.order)),
        group_url=_url(worklist.Filter(scope="group")),
        may_act=who.has(Right.WORK),
        colleagues=accounts.colleagues(),
        saved=accounts.views(who),
        view_name=view_name,
        columns=_columns(),
        shown=[each for each in current_user.columns.split(",") if each],
        paging=numbers(found.page, found.pages, worklist.PAGE, found.total, lambda n: _url(replace(wanted, page=n))),
    ), status


def _columns() -> dict[str, str]:
    """Those that one may do without, and what they are called."""
    words = {
        "clock": gettext("Days used"), "person": gettext("Person in charge"), "group": gettext("Group"),
        "opened": gettext("Waiting since"),
    }  # fmt: skip
    return {each: words[each] for each in accounts.COLUMNS}


def _found(who: Actor) -> tuple[worklist.Worklist, worklist.Filter]:
    """The list of the address; without a scope, one's own work if there is any, else the group's."""
    asked = request.args.get("scope", "")
    wanted = _filter(request.args.to_dict())
    if asked not in worklist.SCOPES:
        wanted = replace(wanted, scope="mine" if who.has(Right.WORK) else "all")
    found = worklist.page(portal(), who, wanted)
    if asked in worklist.SCOPES or wanted.scope == "all" or found.counts["mine"]:
        return found, wanted
    wanted = replace(wanted, scope="group" if found.counts["group"] else "all")
    return worklist.page(portal(), who, wanted), wanted


def _filter(given: dict[str, str]) -> worklist.Filter:
    """What an address asks for; what it says wrongly is not asked for."""
    return worklist.Filter(
        scope=given["scope"] if given.get("scope") in worklist.SCOPES else "group",
        text=given.get("q", "").strip()[:100],
        element=given.get("element", "")[:120],
        group=given.get("group", "")[:40],
        person=0 if given.get("person") == NOBODY else whole(given.get("person", "")),
        due=given["due"] if given.get("due") in DUES else "",
        trouble=given.get("trouble") == "1",
        order=given["order"] if given.get("order") in ORDERS else "due",
        page=paging.wanted(given.get("page", "")),
    )


def _query(wanted: worklist.Filter) -> str:
    """The address's query of a filter: only what is not usual, but always the scope."""
    parts = {
        "scope": wanted.scope,
        "q": wanted.text,
        "element": wanted.element,
        "group": wanted.group,
        "person": "" if wanted.person is None else wanted.person or NOBODY,
        "due": wanted.due,
        "trouble": "1" if wanted.trouble else "",
        "order": "" if wanted.order == "due" else wanted.order,
        "page": "" if wanted.page <= 1 else str(wanted.page),
    }
    return urlencode({key: value for key, value in parts.items() if value})


def _url(wanted: worklist.Filter) -> str:
    return f"{HOME}?{_query(wanted)}"


def _row(
    row: view.TaskView, found: worklist.Worklist, who: Actor, query: str, groups: dict[str, str]
) -> dict[str, Any]:
    error = found.refusals.get(row.id)
    mine = row.assignee_id is not None and row.assignee_id == who.user_id
    behalf = next((name for user, name in who.standing_in_for if user == row.assignee_id), "")
    free = row.assignee_id is None and error is None and who.has(Right.WORK)
    due_state, due_left = due_words(row)
    return {
        "id": row.id,
        "url": f"/tasks/{row.id}?{query}",
        "title": named(row.title),
        "due": short_day(row.due_on) if row.due_on else "",
        "due_iso": row.due_on.isoformat() if row.due_on else None,
        "due_left": due_left,
        "due_state": due_state,
        "company": row.company_name,
        "system": row.system_name,
        "reference": row.case_number,
        "clock": {"used": row.clock.used, "total": row.clock.limit, "stopped": not row.clock.running}
        if row.clock
        else None,
        "elapsed": ngettext("%(num)s day", "%(num)s days", found.waiting.get(row.id, 0)),
        "group": groups.get(row.group, row.group),
        "opened": short_day(row.opened_at),
        "assignee": row.assignee,
        "mine": mine,
        "trouble": row.id in found.hindered,
        "behalf": behalf,
        "claim_url": f"/worklist/claim?one={row.id}" if free else None,
        "why_not": problems.sentence(error) if error else None,
    }


def _tabs(found: worklist.Worklist, wanted: worklist.Filter, words: _Words) -> list[dict[str, Any]]:
    return [
        {
            "url": _url(worklist.Filter(scope=scope, order=wanted.order)),
            "label": words.scopes[scope],
            "count": found.counts[scope],
            "current": scope == wanted.scope,
        }
        for scope in worklist.SCOPES
    ]


def _selects(found: worklist.Worklist, wanted: worklist.Filter, words: _Words) -> list[dict[str, Any]]:
    anything = {"value": "", "label": gettext("All")}
    elements = [
        {"value": element, "label": gettext("%(title)s (%(count)s)", title=named(without_item(title)), count=count)}
        for element, title, count in found.elements
    ]
    if wanted.element and wanted.element not in {element for element, _, _ in found.elements}:
        elements.append({"value": wanted.element, "label": wanted.element})
    groups = [{"value": group, "label": words.groups.get(group, group)} for group in found.groups]
    if wanted.group and wanted.group not in found.groups:
        groups.append({"value": wanted.group, "label": words.groups.get(wanted.group, wanted.group)})
    dues = [{"value": key, "label": label} for key, label in words.dues.items()]
    orders = [{"value": key, "label": label} for key, label in words.orders.items()]
    people = [{"value": NOBODY, "label": gettext("Nobody yet")}]
    people += [{"value": str(each.id), "label": each.name} for each in accounts.colleagues()]
    person = {None: "", 0: NOBODY}.get(wanted.person, str(wanted.person))
    troubles = [anything, {"value": "1", "label": gettext("Needs attention")}]
    shown = (
        ("element", gettext("What"), [anything, *elements], wanted.element),
        ("group", gettext("Group"), [anything, *groups], wanted.group),
        ("person", gettext("Person in charge"), [anything, *people], person),
        ("due", gettext("Due"), [anything, *dues], wanted.due),
        ("trouble", gettext("Trouble"), troubles, "1" if wanted.trouble else ""),
        ("order", gettext("Order"), orders, wanted.order),
    )
    return [
        {"name": name, "label": label, "options": options, "value": value, "half": True}
        for name, label, options, value in shown
        if name != "person" or wanted.scope == "all"  # elsewhere the tab says it
    ]


def _chips(found: worklist.Worklist, wanted: worklist.Filter, words: _Words) -> list[dict[str, str]]:
    titles = {element: named(without_item(title)) for element, title, _ in found.elements}
    chips = []
    if wanted.text:
        chips.append(("text", gettext("“%(text)s”", text=wanted.text)))
    if wanted.element:
        chips.append(("element", titles.get(wanted.element, wanted.element)))
    if wanted.group:
        chips.append(("group", words.groups.get(wanted.group, wanted.group)))
    if wanted.person is not None and wanted.scope == "all":
        names = {each.id: each.name for each in accounts.colleagues()}
        chips.append(("person", names.get(wanted.person, gettext("Nobody yet"))))
    if wanted.due:
        chips.append(("due", words.dues[wanted.due]))
    if wanted.trouble:
        chips.append(("trouble", gettext("Needs attention")))
    blank: dict[str, dict[str, Any]] = {
        name: {name: {"trouble": False, "person": None}.get(name, "")} for name, _ in chips
    }
    return [{"label": label, "remove_url": _url(replace(wanted, page=1, **blank[name]))} for name, label in chips]


def list_url(query: str) -> str:
    """The list's address for a query as a form or a saved view has it: only what a filter can say."""
    return _url(_filter(dict(parse_qsl(query))))

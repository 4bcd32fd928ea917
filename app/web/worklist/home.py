"""`/tasks`: the desk at which one works. A vendor's begins with whose turn it is; the operator's is a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.services.companies import company
from app.services.pages import vendorhome
from app.services.pages.case import DownloadGroup
from app.services.pages.casehead import CaseHead
from app.services.pages.vendorhome import Home
from app.services.papers.documents import DocumentView
from app.services.people import firstvisit
from app.services.tasks import datesasked
from app.states import STANDING, BookingState, Right, Side
from app.web.cases import banner as turn_banner
from app.web.cases import head as case_head
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.written import day, short_day, size
from app.web.worklist import rows
from app.web.worklist.firstvisit import tour

pages = Blueprint("home", __name__)

MOST_DOCUMENTS = 4
MOST_DONE = 4  # steps shown as done; the earlier ones open by a press


@pages.get("/tasks")
@needs(Right.ACCOUNT)
def tasks() -> Any:
    """The desk of the side on which one is."""
    return vendor_home() if signed_in().side == Side.VENDOR else rows.show()


@pages.post("/first-visit")
@needs(Right.ACCOUNT)
def first_visit() -> Any:
    """Put the words for a first visit away, for good."""
    firstvisit.finish(signed_in(), request.form.get("role", ""))
    return redirect("/tasks", 303)


@pages.get("/signed-in")
@needs(Right.ACCOUNT)
def signed_in_again() -> Any:
    """Where signing in leads in a second tab, while the first keeps what was typed (see `again`)."""
    return render_template("pages/signed_in.html")


def vendor_home() -> Any:
    """いま誰の番か, of each case; then one case in full: the one asked for, or the first that is the vendor's turn."""
    home, named_us = vendorhome.of(portal(), signed_in(), request.args.get("case", "")), company.waiting(signed_in())
    if home.page is None:
        return render_template("pages/home/nothing.html", named=named_us, tour=tour(signed_in()))
    head = home.page.head
    steps = _steps(home)
    if head.ending:  # nothing more comes of what the diagram still holds
        steps = [step for step in steps if step["state"] == "done"]
    hidden = max(0, sum(1 for step in steps if step["state"] == "done") - MOST_DONE)
    return render_template(
        "pages/home/vendor.html",
        home=home,
        named=named_us,
        head=head,
        groups=_groups(home),
        counted=_counted(home),
        banner=_banner(home),
        clocks=[each for each in head.clocks if each.side == Side.OPERATOR and each.expected],
        requests=[] if head.ended or turn_banner.ready(head) else head.buttons,
        earlier=steps[:hidden],
        steps=steps[hidden:],
        papers=_papers(home),
        dates=[
            each
            for each in home.page.bookings
            if each.state == BookingState.MISSED or (each.state in STANDING and each.date >= portal().today())
        ],
        standing=datesasked.standing(portal(), head.number, signed_in()),
        here=case_head.address(head.number),
        vendor=True,
        tour=tour(signed_in(), agent=any(each.agent for each in home.heads)),
    )


def _groups(home: Home) -> list[dict[str, Any]]:
    """Where there are several cases: each with the same sentence, by company where there are several of those."""
    if len(home.heads) < 2:
        return []
    found: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for head in home.heads:
        line = {**_line(head, home), "system": head.system_name}
        found.setdefault((head.company_name, head.agent), []).append(line)
    if len(found) == 1 and not home.heads[0].agent:
        return [{"title": "", "lines": lines} for lines in found.values()]
    return [
        {"title": gettext("For %(company)s", company=name) if agent else name, "agent": agent, "lines": lines}
        for (name, agent), lines in found.items()
    ]


def _counted(home: Home) -> str:
    """In how many of several cases somebody here has something to do."""
    going = [head for head in home.heads if not head.ended]
    mine = sum(1 for head in going if turn_banner.is_vendors(head))
    said = ngettext("%(num)s case is open.", "%(num)s cases are open.", len(going))
    if mine:
        waits = ngettext("%(num)s of them waits for you.", "%(num)s of them wait for you.", mine)
    else:
        waits = gettext("None of them waits for you.")
    return f"{said} {waits}"


def _line(head: CaseHead, home: Home) -> dict[str, Any]:
    """One of several cases: the same sentence, short."""
    said: dict[str, Any] = {
        **turn_banner.of_home(head),
        "line": True,
        "level": 3,
        "reference_url": f"/tasks?case={head.number}",
    }
    if head.certificate_number and not head.turn and not head.ended:
        said["facts"] = [
            *said.get("facts", []),
            {"term": gettext("Certificate number"), "text": head.certificate_number},
            {"term": gettext("Valid until"), "text": day(head.valid_until)},
        ]
    if home.page is not None and head.number == home.page.head.number:
        said["facts"] = [*said.get("facts", []), {"term": gettext("Details"), "text": gettext("shown below")}]
    elif turn_banner.is_vendors(head) and (head.tasks or head.buttons):
        said["action"] = {"label": gettext("See what is to be done"), "url": f"/tasks?case={head.number}"}
    return said


def _banner(home: Home) -> dict[str, Any]:
    """The sentence, and the one button."""
    assert home.page is not None  # noqa: S101 - the caller has seen to it
    head = home.page.head
    said: dict[str, Any] = {**turn_banner.of_home(head), "reference_url": case_head.address(head.number)}
    task, ready = head.next, turn_banner.ready(head)
    if ready is not None:
        said["action"] = {"label": named(ready.title), "url": f"/tasks/{ready.id}"}
    elif task is not None and turn_banner.is_vendors(head):
        said["action"] = {"label": gettext("Begin: %(what)s", what=named(task.title)), "url": f"/tasks/{task.id}"}
    elif home.certificate is not None and not head.turn:
        said["second"] = {
            "label": gettext("Certificate on the public list"),
            "url": f"/systems/{home.certificate.number}",
        }
        said["facts"] = [
            {"term": gettext("Certificate number"), "text": home.certificate.number},
            {"term": gettext("Valid until"), "text": day(home.certificate.valid_until)},
        ]
    if not head.ended and not head.turn and home.next_audit_on is not None:
        said["sentence"] = gettext("The next yearly audit opens on %(day)s.", day=day(home.next_audit_on))
    return said


def _steps(home: Home) -> list[dict[str, Any]]:
    """The steps as `step_list` draws them."""
    found = []
    for step in home.steps:
        on = short_day(step.done_on) if step.done_on else ""
        if step.due_on is not None:
            on = gettext("due %(day)s", day=short_day(step.due_on))
        found.append(
            {
                "title": named(step.title),
                "state": step.state,
                "side": step.side.value,
                "on": on,
                "url": f"/tasks/{step.task_id}" if step.task_id else "",
                "clock": case_head.clock(step.clock) if step.clock else None,
            }
        )
    return found


def _papers(home: Home) -> list[dict[str, Any]]:
    """The newest files of the case, as `document_list` draws them; of the others nothing is made."""
    assert home.page is not None  # noqa: S101 - as above
    head = home.page.head
    found: list[tuple[datetime, Callable[[], dict[str, Any]]]] = [
        (group.opened_at, partial(_handed_out, head.number, group, file))
        for group in home.page.downloads
        for file in group.files
    ]
    found += [(each.created_at or head.created_at, partial(_document, head, each)) for each in home.page.documents]
    return [make() for _, make in sorted(found, key=lambda pair: pair[0], reverse=True)[:MOST_DOCUMENTS]]


def _handed_out(number: str, group: DownloadGroup, file: tuple[str, int, str]) -> dict[str, Any]:
    name, bytes_, title = file
    return {
        "title": named(title), "note": named(group.title), "url": f"/cases/{number}/files/{name}",
        "size": size(bytes_), "at": short_day(group.opened_at),
    }  # fmt: skip


def _document(head: CaseHead, row: DocumentView) -> dict[str, Any]:
    return {
        "title": named(row.title), "note": row.filename, "url": f"/cases/{head.number}/documents/{row.id}",
        "size": size(row.size), "at": short_day(row.created_at), "who": row.by,
        "tag": case_head.void(head, row.key) or "",
    }  # fmt: skip

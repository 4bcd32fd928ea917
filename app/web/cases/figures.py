"""Figures for a manager: pictures and tables of a period, each to be taken out; the diagram with what waits where."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from app.errors import NotFound, Refused
from app.services.exports.sheet import Sheet
from app.services.pages import casediagrams, diagrams, periods, reports
from app.services.pages.periods import Wanted
from app.services.pages.reports import Rest
from app.states import Right
from app.text.days import parse_date
from app.web.cases.figure_tables import TABLES, shown, table, turns
from app.web.frame import exporting
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.problems import sentence, status_of

pages = Blueprint("figures", __name__, url_prefix="/figures")


@pages.get("")
@needs(Right.SEE_FIGURES)
def show() -> Any:
    """The figures of a period."""
    wanted, error, status = _wanted(), "", 200
    try:
        found = reports.page(portal(), signed_in(), wanted)
    except Refused as refusal:
        error, status = sentence(refusal), status_of(refusal)
        found = reports.page(portal(), signed_in(), Wanted(wanted.package))
    query = {
        key: value for key, value in request.args.items() if key in ("package", "period", "first", "last") and value
    }
    return render_template(
        "pages/figures.html",
        title=gettext("Figures"),
        wide=True,
        found=found,
        wanted=wanted,
        tables=[shown(key, found) for key in TABLES],
        periods=_periods(),
        turns=turns(),
        query=urlencode(query),
        alert=error,
        top=max((max(each.applied, each.certified) for each in found.months), default=0),
    ), status


@pages.get("/export")
@needs(Right.SEE_FIGURES)
def export() -> Response:
    """One of the tables as a file."""
    key = request.args.get("table", "months")
    if key not in TABLES:
        raise NotFound("There is no such table")
    found = reports.page(portal(), signed_in(), _wanted())
    title, headings, rows = table(key, found)
    narrowed = f"{found.first} – {found.last}"
    return exporting.answer(Sheet(title, headings, lambda: rows, narrowed), request.args.get("form", "csv"))


@pages.get("/diagram")
@needs(Right.SEE_FIGURES)
def heat() -> Any:
    """A package's diagram with how many cases rest at each element."""
    known = [loaded for loaded in portal().releases.all_current() if loaded.package.processes]
    chosen = next(
        (each for each in known if each.package.id == request.args.get("package")), known[0] if known else None
    )
    if chosen is None:
        raise NotFound("There is no such diagram")
    package = chosen.package
    offered = casediagrams.diagrams(chosen)
    process = request.args.get("process", "")
    process = process if process in {each for each, _ in offered} else offered[0][0]
    at, rests = reports.heat(signed_in(), package.id)
    rests = {key: rest for key, rest in rests.items() if key in package.elements}
    here = {key: rest for key, rest in rests.items() if package.elements[key].file == package.processes[process].file}
    rows = [(named(package.elements[key].title) or key, rest) for key, rest in here.items()]
    return render_template(
        "pages/figures_diagram.html",
        title=gettext("Cases by step"),
        wide=True,
        crumbs=[{"url": "/figures", "label": gettext("Figures")}, {"label": gettext("Cases by step")}],
        at=at,
        state=_state(here, package.elements),
        source=f"/figures/diagrams/{package.id}/{process}.xml",
        packages=[
            {"url": _diagram_of(each.package.id), "label": named(each.package.title), "current": each is chosen}
            for each in known
        ],
        diagrams=[
            {
                "url": f"{_diagram_of(package.id)}&process={each}",
                "label": _with_count(named(label), each, package, rests),
                "current": each == process,
            }
            for each, label in offered
        ],
        rows=sorted(rows, key=lambda each: (-each[1].n, each[0])),
    )  # fmt: skip


@pages.get("/diagrams/<package_id>/<process>.xml")
@needs(Right.SEE_FIGURES)
def source(package_id: str, process: str) -> Response:
    """The diagram of the release in force."""
    number = portal().releases.current(package_id).number
    content = diagrams.of_release(portal(), package_id, number, process, signed_in())
    answer = Response(content, mimetype="application/xml")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _diagram_of(package: str) -> str:
    return "/figures/diagram?" + urlencode({"package": package})


def _with_count(label: str, process: str, package: Any, rests: dict[str, Rest]) -> str:
    file = package.processes[process].file
    count = sum(rest.n for key, rest in rests.items() if package.elements[key].file == file)
    return gettext("%(title)s (%(count)s)", title=label, count=count)


def _state(rests: dict[str, Rest], elements: Any) -> dict[str, Any]:
    """What is drawn upon it, as app/frontend/diagram.js reads it."""
    details, badges = {}, {}
    for key, rest in rests.items():
        lines = [{"label": gettext("Waiting here"), "value": str(rest.n)}]
        if rest.due:
            lines.append({"label": gettext("Next due"), "value": rest.due})
        else:
            lines += [
                {"label": gettext("Median (business days)"), "value": f"{rest.median:g}"},
                {"label": gettext("Overdue"), "value": str(rest.late)},
            ]
        details[key] = {"title": named(elements[key].title) or key, "lines": lines}
        badges[key] = gettext("%(count)s, %(late)s late", count=rest.n, late=rest.late) if rest.late else str(rest.n)
    return {
        "done": [],
        "open": sorted(key for key, rest in rests.items() if not rest.late),
        "failed": sorted(key for key, rest in rests.items() if rest.late),
        "flows": [],
        "details": details,
        "badges": badges,
    }


# Tables: (title, headings, rows); the last column that is a number is drawn as a bar


def _periods() -> dict[str, str]:
    return {
        "month": gettext("This month"),
        "last_month": gettext("Last month"),
        "quarter": gettext("This quarter"),
        "fiscal": gettext("This fiscal year (from April)"),
        "last_fiscal": gettext("Last fiscal year"),
        "year": gettext("This calendar year"),
        "last_year": gettext("Last calendar year"),
        "free": gettext("From … to …"),
    }


def _wanted() -> Wanted:
    given = request.args
    period = given.get("period", "")
    return Wanted(
        given.get("package", "")[:80],
        period if period in periods.PERIODS else "fiscal",
        parse_date(given.get("first", "")),
        parse_date(given.get("last", "")),
    )

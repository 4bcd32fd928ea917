"""The figures as tables with bars, for the page and for export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask_babel import gettext

from app.services.exports.sheet import Cell
from app.services.pages.reports import Figures
from app.states import Standing
from app.web.cases.timeline import state_words
from app.web.frame.current import named

ENDS = ("rejected", "withdrawn", "closed")
Rows = list[Sequence[Cell]]


def table(key: str, found: Figures) -> tuple[str, list[str], Rows]:
    """Title, headings and rows of one of TABLES."""
    return TABLES[key](found)


def shown(key: str, found: Figures) -> dict[str, Any]:
    """The same as the page draws it: with the length of each bar in hundredths of the longest."""
    title, headings, rows = table(key, found)
    drawn = BARS.get(key)
    numbers = [_number(row[drawn]) for row in rows] if drawn is not None else []
    top = max(numbers, default=0)
    return {
        "key": key,
        "title": title,
        "headings": headings,
        "rows": rows,
        "drawn": drawn,
        "bars": [round(100 * number / top) if top else 0 for number in numbers],
        "note": _notes().get(key, ""),
    }


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _stages(found: Figures) -> tuple[str, list[str], Rows]:
    known = turns()
    rows: Rows = [
        (named(title), *(counts.get(turn, 0) for turn in known), sum(counts.values())) for title, counts in found.stages
    ]
    return gettext("Open cases by stage and turn, now"), [gettext("Stage"), *known.values(), gettext("Total")], rows


def _late(found: Figures) -> tuple[str, list[str], Rows]:
    rows: Rows = [(named(step), person or gettext("unassigned"), n) for step, person, n in found.late]
    headings = [gettext("Step"), gettext("Person in charge"), gettext("Overdue")]
    return gettext("Overdue by step and person, now"), headings, rows


def _clocks(found: Figures) -> tuple[str, list[str], Rows]:
    rows: Rows = [
        (named(each.title), each.limit, each.n, each.median, each.most_of, each.longest, each.over)
        for each in found.clocks
    ]
    headings = [
        gettext("Guideline"), gettext("Business days"), gettext("Times"), gettext("Median"), gettext("80% within"),
        gettext("Longest"), gettext("Exceeded"),
    ]  # fmt: skip
    return gettext("Days used against guidelines"), headings, rows


def _steps(found: Figures) -> tuple[str, list[str], Rows]:
    rows: Rows = [(named(each.title), each.n, each.median, each.most_of, each.longest) for each in found.steps]
    headings = [gettext("Step"), gettext("Times"), gettext("Median"), gettext("80% within"), gettext("Longest")]
    return gettext("Business days from open to done, by step of the certifying body"), headings, rows


def _months(found: Figures) -> tuple[str, list[str], Rows]:
    words = state_words()
    rows: Rows = [
        (
            each.month,
            each.applied,
            each.certified,
            *(each.ended.get(end, 0) for end in ENDS),
            each.invoiced,
            each.received,
        )
        for each in found.months
    ]
    headings = [
        gettext("Month"), gettext("Applied"), gettext("Certified"), *(words[Standing(end)] for end in ENDS),
        gettext("Invoiced (yen)"), gettext("Received (yen)"),
    ]  # fmt: skip
    return gettext("By month"), headings, rows


def _pairs(title: str, second: str, rows: Iterable[tuple[str, str, int]]) -> tuple[str, list[str], Rows]:
    shown: Rows = [(named(step), named(what) or "—", n) for step, what, n in rows]
    return title, [gettext("Step"), second, gettext("Times")], shown


def _rates(found: Figures) -> tuple[str, list[str], Rows]:
    rows: Rows = [
        (named(each.title), each.done, each.passed, round(100 * each.passed / each.done)) for each in found.rates
    ]
    headings = [gettext("Step"), gettext("Done"), gettext("Passed"), gettext("Passed (%)")]
    return gettext("Pass rate"), headings, rows


TABLES: dict[str, Callable[[Figures], tuple[str, list[str], Rows]]] = {
    "stages": _stages,
    "late": _late,
    "clocks": _clocks,
    "steps": _steps,
    "months": _months,
    "rates": _rates,
    "returned": lambda found: _pairs(gettext("Returned, by step and decision"), gettext("Decision"), found.returned),
    "points": lambda found: _pairs(gettext("Corrections requested, by field"), gettext("Place"), found.points),
    "judged": lambda found: _pairs(gettext("Decisions by step"), gettext("Decision"), found.judged),
}


BARS = {"stages": -1, "late": -1, "clocks": 3, "steps": 2, "rates": -1, "returned": -1, "points": -1, "judged": -1}


def _notes() -> dict[str, str]:
    return {
        "clocks": gettext(
            "Guidelines that ended in the period; days are not counted while it is the other side's turn."
        ),
        "steps": gettext("Tasks completed in the period."),
        "months": gettext("Money received, excluding reversals."),
        "rates": gettext("Share passed of everything completed in the period."),
    }


def turns() -> dict[str, str]:
    return {
        "vendor": gettext("Vendor"),
        "operator": gettext("Certifying body"),
        "both": gettext("Both sides"),
        "": gettext("Nobody's turn"),
    }

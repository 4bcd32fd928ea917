"""The audit record: narrowed, page by page, and taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask_babel import gettext

from app.services.audit import evidence, reading
from app.services.audit.reading import Line, Wanted
from app.services.exports import large
from app.services.exports.sheet import Cell, Sheet
from app.states import GROUNDS, THINGS, Act, Ground, Right, Thing
from app.text.days import parse_date
from app.text.numbers import whole
from app.text.typed import line as one_line
from app.web.audit import words
from app.web.frame import exporting
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.sending import disposition

pages = Blueprint("audit", __name__, url_prefix="/audit")
MAKER = "audit"  # of large files (app.web.frame.exporting)
COUNTED = 10_000_000
NAMES = ("q", "from", "to", "person", "ground", "act", "thing", "subject", "case")


@pages.get("")
@needs(Right.SEE_TRAIL)
def show() -> Any:
    """A page of the record, newest first."""
    who, query = signed_in(), _query()
    found = reading.page(who, _wanted(query, request.args.get("behind", "")))
    people = reading.people(who)
    behind = f"{found.more[0]:%Y%m%dT%H%M%S%f}-{found.more[1]}" if found.more is not None else ""
    return render_template(
        "pages/audit/record.html",
        title=gettext("Audit record"),
        wide=True,
        lines=[_shown(each, query) for each in found.lines],
        query=query,
        people=people,
        grounds={each.value: gettext(said) for each, said in GROUNDS.items()},
        narrowed=_narrowed(query, dict(people)),
        older=_address({**query, "behind": behind}) if behind else "",
        newest=_address(query) if request.args.get("behind") else "",
        exports={form: "/audit/export?" + urlencode({**query, "form": form}) for form in ("csv", "xlsx")},
        may_export=who.has(Right.EXPORT),
    )


@pages.get("/export")
@needs(Right.SEE_TRAIL)
def export() -> Any:
    """All that the page is narrowed to, as a file."""
    signed_in().require(Right.EXPORT)
    count = reading.count(signed_in(), _wanted(_query(), ""), large.DIRECT + 1)
    return exporting.take(MAKER, sheet(request.args), count, request.args.get("form", "csv"))


def sheet(args: Mapping[str, str]) -> Sheet:
    """The record as rows, as these arguments narrow it."""
    who, query = signed_in(), _query(args)
    heads = ("When", "Who", "What they did", "Kind", "Case", "Before", "After", "Why", "Network address", "Request")
    narrowed = "　".join(label for label, _ in _narrowed(query, dict(reading.people(who))))

    def rows() -> Iterator[list[Cell]]:
        for each in reading.every(who, _wanted(query, "")):
            told = words.changed(each)
            yield [
                each.at, words.who(each), words.sentence(each), words.thing(each), each.case,
                "\n".join(_part(name, old) for name, old, _ in told if old),
                "\n".join(_part(name, new) for name, _, new in told if new), each.why, each.address, each.request,
            ]  # fmt: skip

    count = partial(reading.count, who, _wanted(query, ""), COUNTED)
    return Sheet(gettext("Audit record"), [gettext(head) for head in heads], rows, narrowed=narrowed, count=count)


@pages.get("/cases/<number>/evidence.zip")
@needs(Right.SEE_TRAIL)
def case_evidence(number: str) -> Response:
    """Everything of a case, with the proof that nothing of it was changed."""
    pieces = evidence.take(portal(), number, signed_in())
    headers = {"Content-Disposition": disposition(f"{number}-evidence.zip"), "Cache-Control": "no-store"}
    return Response(stream_with_context(pieces), mimetype="application/zip", headers=headers)


def _query(args: Mapping[str, str] | None = None) -> dict[str, str]:
    given = request.args if args is None else args
    return {name: said for name in NAMES if (said := one_line(given.get(name, ""))[:200])}


def _wanted(query: dict[str, str], behind: str) -> Wanted:
    """What is asked for; what cannot be read narrows nothing."""
    return Wanted(
        first=parse_date(query.get("from", "")), last=parse_date(query.get("to", "")),
        person=whole(query.get("person", "")),
        ground=Ground.of(query.get("ground", "")), act=Act.of(query.get("act", "")),
        thing=Thing.of(query.get("thing", "")), subject=query.get("subject", ""), case=query.get("case", ""),
        text=query.get("q", ""), behind=_behind(behind),
    )  # fmt: skip


def _behind(text: str) -> tuple[datetime, int] | None:
    at, _, key = text.partition("-")
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), int(key)
    except ValueError:
        return None


def _shown(line: Line, query: dict[str, str]) -> dict[str, Any]:
    about = {"thing": line.thing.value, "subject": line.subject} if line.subject else {"thing": line.thing.value}
    return {
        "line": line,
        "who": words.who(line),
        "person_url": _address({**query, "person": str(line.person)}) if line.person is not None else "",
        "sentence": words.sentence(line),
        "thing": words.thing(line),
        "changed": words.changed(line),
        "url": words.url(line),
        "about_url": _address(about),
    }


def _narrowed(query: dict[str, str], people: dict[int, str]) -> list[tuple[str, str]]:
    """(words, address without it) of each thing the record is narrowed to."""
    said = {
        "q": lambda text: text,
        "from": lambda text: gettext("From %(day)s", day=text),
        "to": lambda text: gettext("Until %(day)s", day=text),
        "person": lambda text: people.get(whole(text) or 0, gettext("Account %(number)s", number=text)),
        "ground": lambda text: gettext(GROUNDS[ground]) if (ground := Ground.of(text)) else "",
        "act": lambda text: gettext("One kind of act") if Act.of(text) else "",
        "thing": lambda text: gettext(THINGS[thing]) if (thing := Thing.of(text)) else "",
        "subject": lambda text: text,
        "case": lambda text: gettext("Case %(number)s", number=text),
    }
    found = [(str(said[name](text)), _without(query, name)) for name, text in query.items()]
    return [(label, url) for label, url in found if label]


def _without(query: dict[str, str], name: str) -> str:
    gone = {"thing", "subject"} if name in {"thing", "subject"} else {name}
    return _address({key: value for key, value in query.items() if key not in gone})


def _address(query: dict[str, str]) -> str:
    return "/audit?" + urlencode(query) if query else "/audit"


def _part(name: str, value: str) -> str:
    return f"{name}: {value}" if name else value

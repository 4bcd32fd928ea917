"""What the pages of records show: a list's rows, filters and links; a record's facts, and what hangs on it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext
from markupsafe import escape

from admin import cells, listing
from admin.asking import Ask, mark
from admin.codes import words_of
from admin.kinds import Kind
from admin.labels import FIELDS
from admin.nouns import BY_MODEL
from app.services.exports import large
from app.store import models as m

NEAR = 5  # records that hang on one, on its page
FIRST = 3  # columns of its list that name a record which has no name


def value(kind: Kind, row: Any, name: str) -> Any:
    """What a column says of a row (admin.cells)."""
    tell = kind.told.get(name)
    return tell(row) if tell is not None else cells.of(row, name)


def heading(kind: Kind, row: Any) -> str:
    """What a record's page is called: as people call it, else by what stands first in its list."""
    name = cells.called(row)
    if name != cells.numbered(row):
        return name
    said = (cells.text(value(kind, row, each)) for each in kind.columns)
    return "　".join([each[: cells.LONG] for each in said if each not in ("", "—")][:FIRST]) or name


def label(kind: Kind, name: str) -> str:
    """The heading of a column."""
    return str(kind.labels.get(name) or FIELDS[name])


def chips(kind: Kind, ask: Ask) -> list[tuple[str, str, str]]:
    """(argument, label, words) of each thing by which the list is narrowed."""
    found = [
        ("q", gettext("Search"), ask.q),
        ("who", gettext("Person"), ask.who),
        ("company", gettext("Company"), ask.company),
    ]
    found.append(("from", gettext("From the day"), ask.first.isoformat() if ask.first else ""))
    found.append(("to", gettext("To the day"), ask.last.isoformat() if ask.last else ""))
    for name, chosen in ask.states.items():
        found.append((f"f_{name}", label(kind, name), str(words_of(kind.model.__name__, name)[chosen])))
    for name, key in ask.of.items():
        found.append((f"f_{name}", label(kind, name), _named(kind, name, key)))
    return [each for each in found if each[2]]


def _named(kind: Kind, name: str, key: str) -> str:
    field = getattr(kind.model, name)
    there = field.rel_model
    row = there.get_or_none(there._meta.primary_key == key)
    return cells.called(row) if row is not None else gettext("This record no longer exists.")


def of_list(view: Any, ask: Ask, page: listing.Page, count: int) -> dict[str, Any]:
    """What the list's template takes."""
    kind: Kind = view.kind
    url = view.get_url(".index_view")
    here = _with(url, ask.query())
    return {
        "kind": kind, "ask": ask, "count": count, "most": listing.most(ask),
        "heads": [_head(kind, ask, url, name) for name in kind.columns],
        "rows": [_row(view, kind, row, here) for row in page.rows],
        "choices": [_choice(kind, ask, name) for name in kind.choices],
        "chips": [{"label": f"{label}: {said}", "remove_url": _with(url, ask.query(**{name: ""}))}
                  for name, label, said in chips(kind, ask)],
        "of": [(f"f_{name}", key) for name, key in ask.of.items()],
        "before": _with(url, ask.query(before=page.before)) if page.before else None,
        "after": _with(url, ask.query(after=page.after)) if page.after else None,
        "at_once": count <= min(large.DIRECT, listing.most(ask)),
        "files": [(form.upper() if form == "csv" else "Excel", _with(view.get_url(".export", form=form), ask.query()))
                  for form in ("csv", "xlsx")] if view.can_take and page.rows else [],
        "here": here, "clear_url": url, "looked": listing.LOOKED,
        "further": _with(url, ask.query(further=mark(*place))) if (place := listing.further(kind, ask)) else None,
    }  # fmt: skip


def _with(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def _head(kind: Kind, ask: Ask, url: str, name: str) -> dict[str, Any]:
    now = ask.sort.removeprefix("-") == name
    down = ask.sort.startswith("-")
    link = _with(url, ask.query(sort=name if now and down else f"-{name}" if now or name in _TIMES else name))
    number = isinstance(kind.model._meta.fields.get(name), _NUMBERS) and name not in kind.told
    return {
        "label": label(kind, name), "url": link if name in kind.sort else None, "number": number or name == "rest",
        "sorted": ("descending" if down else "ascending") if now else None,
    }  # fmt: skip


LINE = 17  # columns of a cell that are kept together: an instant has 16
_WIDE = 0x1100  # from here on letters of East Asia (Unicode Standard Annex 11)
_NUMBERS = (type(m.Invoice.total),)
_TIMES = frozenset({"at", "created_at", "changed_at", "written_at", "sent_at", "asked_at", "opened_at", "paid_on"})


def _row(view: Any, kind: Kind, row: Any, here: str) -> dict[str, Any]:
    pk = row._pk
    found = [cells.drawn(value(kind, row, name), short=True) for name in kind.columns]
    return {
        "pk": pk, "cells": found, "short": [_short(each) for each in found],
        "url": view.get_url(".details_view", id=pk, url=here),
        "called": cells.called(row), "edit": view.get_url(".edit_view", id=pk, url=here) if view.can_edit else None,
        "delete": view.can_delete,
    }  # fmt: skip


def _short(cell: Any) -> bool:
    """Whether a cell keeps to one line in a list: an instant or a short name. Japanese letters are two columns wide."""
    text = escape(cell).striptags()
    return sum(1 if ord(letter) < _WIDE else 2 for letter in text) <= LINE


def _choice(kind: Kind, ask: Ask, name: str) -> dict[str, Any]:
    known = words_of(kind.model.__name__, name)
    options = [{"value": "", "label": gettext("All")}]
    options += [{"value": code, "label": str(word)} for code, word in known.items()]
    return {
        "name": f"f_{name}",
        "label": label(kind, name),
        "options": options,
        "value": ask.states.get(name, ""),
        "half": True,
    }


# One record


def of_record(view: Any, row: Any) -> dict[str, Any]:
    """What the template of a record takes."""
    kind: Kind = view.kind
    facts, texts, called = [], [], heading(kind, row)
    for name in dict.fromkeys((*kind.columns, *kind.facts)):
        said = value(kind, row, name)
        if name in kind.texts:
            texts += [{"label": label(kind, name), "text": str(said)}] if said else []
        elif said not in (None, "", []) and str(said) != called:  # the heading says it
            facts.append({"label": label(kind, name), "value": cells.drawn(said)})
    return {
        "kind": kind, "row": row, "called": called, "facts": facts, "texts": texts,
        "tools": kind.tools(row), "near": [each for near in kind.near if (each := _near(near, row))],
        "back": _back(view), "mends": _mends(view, row),
    }  # fmt: skip


def _back(view: Any) -> str:
    asked, url = request.args.get("url", ""), view.get_url(".index_view")
    return asked if asked == url or asked.startswith(f"{url}?") else url


def _mends(view: Any, row: Any) -> list[dict[str, str]]:
    offered: list[dict[str, str]] = view.offered(row)
    return offered


def _near(near: Any, row: Any) -> dict[str, Any] | None:
    """Records of another kind that hang on this one; none where there are none."""
    kind = BY_MODEL[near.model]
    ask = Ask(of={near.name: str(row._pk)})
    page = listing.page(kind, ask, NEAR)
    if not page.rows:
        return None
    names = [name for name in kind.columns if name != near.name and not _same(name, row)][:5]
    rows = []
    for each in page.rows:
        found = [cells.drawn(value(kind, each, name), short=True) for name in names]
        rows.append({"cells": found, "url": cells.address(each), "called": cells.called(each)})
    return {
        "title": str(kind.title), "heads": [label(kind, name) for name in names], "rows": rows,
        "more": f"/admin/{kind.name}/?f_{near.name}={row._pk}" if page.after else None,
        "all": f"/admin/{kind.name}/?f_{near.name}={row._pk}",
    }  # fmt: skip


def _same(name: str, row: Any) -> bool:
    """Whether a column says of each of them what the record itself is."""
    return isinstance(row, m.Case) and name in {"company", "system_name", "of_company", "company_name", "case"}

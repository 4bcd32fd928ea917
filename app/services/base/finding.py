"""What a case is found by, beside its own names: people and numbers in its answers, its invoices, its certificate.

Which answers those are, their forms say: by a field's format (法人番号, telephone, kana, 登録番号, mail address), or by
what of its filler a browser may fill in (`autocomplete`: name, organization). A step that stores one stores
the index with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import NinteiError
from app.forms import FieldSpec, Format
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.store import cases, companies, database, invoices, records, search, work
from app.store.models import Case

log = logging.getLogger("nintei.finding")

FORMATS = frozenset({Format.CORPORATE_NUMBER, Format.PHONE, Format.KANA, Format.INVOICE_NUMBER, Format.EMAIL})
PURPOSES = frozenset({"name", "organization"})
SLICE = 25  # cases that are folded anew in one transaction: a step waits for no more


def keep(case: Case, loaded: Loaded) -> None:
    """Note what the case is found by. Inside the transaction that writes the case."""
    search.keep(case, _words(case, loaded))


def says(loaded: Loaded, element: str) -> bool:
    """Whether an answer to this element says something by which its case is found."""
    return any(_tells(field) for field in _fields(loaded, element))


def mend(portal: Portal) -> int:
    """Fold some of the cases anew that were folded by older rules; gives how many. Nought when all are by today's."""
    with database.connection():
        if not search.stale(1):
            return 0
    with database.transaction():
        database.lock_name("search:mend")  # one worker at a time; each slice ends before the next is looked for
        found = sorted(search.stale(SLICE))
        for case_id in found:
            case = cases.lock(case_id)  # what a step writes meanwhile is not written over
            search.keep(case, _words(case, loaded) if (loaded := _loaded(portal, case)) else ())
    return len(found)


def _loaded(portal: Portal, case: Case) -> Loaded | None:
    """None for a release that cannot be read any more: its cases are found by their own names."""
    try:
        return portal.releases.loaded(case.release_id)
    except NinteiError as error:
        log.warning("Case %s is found by its own names alone: %s", case.number, error)
        return None


def behind(portal: Portal) -> int:
    """How many cases wait for that."""
    with portal.connection():
        return search.behind()


def _words(case: Case, loaded: Loaded) -> Iterator[str]:
    company = companies.get(case.company_id) if case.company_id else None
    if company is not None:
        yield from (company.name, company.kana, company.corporate_number or "")
    for element, answer in work.latest_answers(case.id).items():
        yield from _said(loaded, element, answer.values or {})
    for invoice in invoices.of_case(case.id):
        yield invoice.number
    certificate = records.certificate_of(case.id)
    if certificate is not None:
        yield from (certificate.number, certificate.company_name, certificate.system_name)


def _said(loaded: Loaded, element: str, values: Mapping[str, Any]) -> Iterator[str]:
    for field in _fields(loaded, element):
        value = values.get(field.key)
        if _tells(field) and isinstance(value, str):
            yield value


def _fields(loaded: Loaded, element: str) -> Iterator[FieldSpec]:
    form = loaded.forms.get(element)
    return form.inputs() if form is not None else iter(())


def _tells(field: FieldSpec) -> bool:
    return field.format in FORMATS or field.autocomplete in PURPOSES

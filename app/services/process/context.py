"""What mails and documents may say of a case (docs/package-format.md, "Mails and PDFs")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from app.catalogue import Element
from app.connectors.qr import qr
from app.services.base import titles, ways, within
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.services.cards.sets import card_set
from app.services.days import bookings as dates
from app.services.days import lastday
from app.services.money import invoices as money
from app.services.papers import timeline
from app.services.papers.addressee import company
from app.services.register import validity
from app.states import BookingState, CardState, CommentState, Side, TaskKind
from app.store import accounts, bookings, cards, cases, entrylinks, invoices, records, work
from app.store.models import Case, Certificate, Invoice
from app.text.later import Later


def build(
    portal: Portal,
    case: Case,
    loaded: Loaded,
    *,
    element: str = "",
    at: str = "",
    data: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    asks: str = "",
) -> dict[str, Any]:
    """The whole context. `element` is the one for which it is built: its task and its comments come first; `at`: the
    engine's task, where one element has several; `asks`: the step that is asked for, where it is not the next. Lists
    are read when a template looks into them, so within the same connection (`later.settled` makes them all)."""
    package = loaded.package
    settings = settings_of(package)
    claim = _invoice(case, loaded, element)
    if claim is not None and "bank" in claim.account:
        settings = {**settings, "bank": claim.account["bank"]}  # whoever asks for a payment names its invoice's account
    answers = {key: dict(row.values) for key, row in work.latest_answers(case.id).items()}
    base = portal.settings.base_url.rstrip("/")
    task = _task(portal, case, loaded, element, at, base, asks, case.data if data is None else data)
    certificate = records.certificate_of(case.id)
    link = entrylinks.current_link(case.id)
    booking = bookings.latest(case.id)
    return {
        **settings,  # first: a section called as one of the names below is reached as settings.<section> alone
        "package": {"title": package.title, "id": package.id},
        "case": {
            "number": case.number,
            "system_name": case.system_name,
            "company_name": case.company_name,
            "contact_name": case.contact_name,
            "applied_on": case.created_at,
            "url": f"{base}/cases/{case.number}",
            "state": case.state,
        },
        "company": _company(case, loaded, answers),
        "settings": settings,
        "answers": answers,
        "task": task,
        "links": {
            "entry": f"{base}/enter/{link.token}" if link else f"{base}/login",
            "entry_expires": link.expires_at if link else None,
            "case": f"{base}/cases/{case.number}",
            "register": f"{base}/systems",
            "site": base,
        },
        "comments": Later(
            lambda: [{"where": row.where, "text": row.text} for row in work.comments(case.id, CommentState.OPEN)]
        ),
        "invoice": money.facts(claim) if claim is not None else None,
        "booking": asdict(dates.view(booking, loaded)) if booking and booking.state != BookingState.CANCELLED else None,
        "cards": Later(lambda: _cards(case, loaded, element)),
        "certificate": certificate
        and {
            "number": certificate.number,
            "issued_on": certificate.issued_on,
            "valid_until": certificate.valid_until,
            "certified_on": certificate.certified_on,
            "company_name": certificate.company_name,
            "system_name": certificate.system_name,
            "edition": certificate.edition,
            "extended_until": _extended(portal, loaded, certificate),
            "state": certificate.state,
            "listing": certificate.listing,
            "url": f"{base}/systems/{certificate.number}",
            "qr": qr(f"{base}/systems/{certificate.number}"),
        },
        "shipment": _shipment(loaded, answers, element),
        "invoices": Later(lambda: [money.facts(row) for row in invoices.of_case(case.id)]),
        "documents": Later(
            lambda: [
                {"title": row.title, "filename": row.filename, "made_on": row.created_at, "digest": row.digest}
                for row in records.documents(case.id)
            ]
        ),
        "timeline": Later(
            lambda: [
                {"at": row.at, "title": row.title, "actor": row.actor_name, "text": row.text, "kind": row.kind}
                for row in reversed(timeline.of_case(case, loaded, timeline.VENDOR, limit=300))
            ]
        ),
        "data": case.data if data is None else data,
        "today": portal.today(),
        "english": _in_english(case),
        **(extra or {}),
    }


def _in_english(case: Case) -> bool:
    """Whether somebody of the vendor who gets its mails has chosen English; papers then begin with lines in it."""
    known = [row.user.language for row in cases.members(case.id) if row.user.active and row.mails]
    return "en" in (known or [case.language])


def _company(case: Case, loaded: Loaded, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The vendor's company. Once the case was handed on, who has it now is spoken to, not who applied."""
    fields = loaded.package.applicant
    found = company(case, fields, answers)
    applied = fields.said(answers.get(loaded.package.start_form, {}), "contact")
    if applied and case.contact_name != applied:
        found |= {"contact_name": case.contact_name, "department": ""}
    return found


def _extended(portal: Portal, loaded: Loaded, row: Certificate) -> date:
    """Until when the certificate holds once an audit passes today; as it is once that has been taken down."""
    rule = loaded.package.certificate
    if rule is None:
        return row.valid_until
    terms = row.terms or validity.terms_of(row.certified_on, row.valid_until, rule)
    passed = validity.passed(row.certified_on, terms, portal.today(), rule, portal.closing())
    return max(row.valid_until, validity.last_day(row.certified_on, passed, rule))


def for_one(portal: Portal, facts: dict[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a mail to one person (`params`: of its job, with `to`): who it is, and as the case's page the one
    that they may open (`page`), for the case may be somebody else's."""
    if not params.get("to"):
        return facts
    email = str(params["to"])
    user = accounts.by_email(email)
    name = user.name if user is not None and user.name != email.partition("@")[0] else ""
    page = params.get("page")
    links = {**facts["links"], "case": f"{portal.settings.base_url.rstrip('/')}{page}"} if page else facts["links"]
    return {**facts, "links": links, "addressee": name}


def _task(
    portal: Portal, case: Case, loaded: Loaded, element: str, at: str, base: str, asks: str, data: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The task that a mail asks for: the element's own, the vendor's next after it as the case stands, or
    the vendor's open one."""
    rows = [row for row in work.open_tasks(case.id) if row.kind == TaskKind.USER]
    named = [row for row in rows if row.element == element]
    own = next((row for row in named if at in {"", row.id}), None) or next(iter(named), None)
    if own is None:
        following = loaded.package.elements.get(asks) or ways.next_user_task(
            loaded.package, element, Side.VENDOR, data, within.standing(case.id)
        )
        if following is not None and all(row.element != following.id for row in rows):
            return _coming(portal, case, loaded, following, base)
        own = next((row for row in rows if following and row.element == following.id), None)
    vendors = [row for row in rows if row.side == Side.VENDOR]
    candidates = [own] if own else vendors or rows
    if not candidates:
        return None
    found = candidates[-1]
    name, _, item = found.title.partition(titles.ITEM)
    return {"title": found.title, "name": name, "item": item, "url": f"{base}/tasks/{found.id}", "due": found.due_on}


def _coming(portal: Portal, case: Case, loaded: Loaded, following: Element, base: str) -> dict[str, Any]:
    """A task that opens once the mail has gone out: the address finds it then."""
    place = lastday.Place(case, loaded, portal.closing(), case.data or {})
    return {
        "title": following.title,
        "name": following.title,
        "item": "",
        "url": f"{base}/cases/{case.number}/tasks/{following.id}",
        "due": lastday.of_task(place, following, portal.today()),
    }


def _invoice(case: Case, loaded: Loaded, element: str) -> Invoice | None:
    fee = loaded.package.elements[element].properties.get("invoice") if element in loaded.package.elements else None
    return invoices.latest(case.id, fee) if fee else next(iter(invoices.of_case(case.id)), None)


def _cards(case: Case, loaded: Loaded, element: str) -> list[dict[str, Any]]:
    """The cards of the element's set; of every set when the element asks for none."""
    titles = {key: spec.title for key, spec in loaded.package.cards.items()}
    wanted = card_set(loaded, element)
    return [
        {
            "serial": row.serial,
            "uid": row.uid,
            "set_title": titles.get(row.set_id, row.set_id),
            "set": row.set_id,
            "due_back": row.due_back,
        }
        for row in cards.of_case(case.id)
        if row.state in {CardState.READY, CardState.LENT} and (not wanted or row.set_id == wanted)
    ]


def _shipment(loaded: Loaded, answers: Mapping[str, Mapping[str, Any]], element: str) -> Mapping[str, Any] | None:
    if element in answers and loaded.package.elements[element].properties.get("presentation") == "post":
        return answers[element]
    posts = [
        key
        for key, other in loaded.package.elements.items()
        if other.properties.get("presentation") == "post" and key in answers
    ]
    return answers[posts[-1]] if posts else None

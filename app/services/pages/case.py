"""A whole case as a person sees it: everything that happened, was sent, paid, answered and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.services.base import clocks, trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import stock
from app.services.cases import lifecycle, talking
from app.services.companies import casenumber, views
from app.services.companies.views import Awaited, CaseNumber, MandateView
from app.services.days import bookings as dates
from app.services.mails import undelivered, whose
from app.services.money import invoices as money
from app.services.pages import attention
from app.services.pages.attention import Trouble
from app.services.pages.casediagrams import diagrams, first_diagram
from app.services.pages.casehead import CaseHead, find, head
from app.services.pages.casetabs import ENTRIES, MAILS, documents_of, entries_of, mails_of, tasks_of
from app.services.papers import addressee, documents
from app.services.papers import seen as files_seen
from app.services.process import casefile, reopening
from app.services.tasks import view
from app.services.tasks.reviews import Reviewed
from app.services.tasks.view import TaskView
from app.states import EntryKind, JobState, Right, Rights, Side, Thing
from app.store import (
    bookings,
    cards,
    cases,
    clockrows,
    companies,
    database,
    invoices,
    jobrows,
    receiving,
    records,
    work,
)
from app.store.models import Case, Entry, Member, Surplus

STEPS = 30  # of the flow's steps at first: more than an audit's year has
BESIDE = 10  # so many other cases of the company stand beside a case


@dataclass(frozen=True, slots=True)
class DownloadGroup:
    """A group of files that is open to the vendor."""

    title: str
    files: list[tuple[str, int, str]]  # (name, bytes, title)
    opened_at: datetime


@dataclass(frozen=True)
class CasePage:
    """Everything that a case's page shows."""

    head: CaseHead
    phone: str  # of the vendor, for staff; empty where nobody gave one
    timeline: Sequence[Entry]
    kinds: frozenset[EntryKind]  # of all entries of the history
    older: bool  # there are entries behind those
    documents: list[documents.DocumentView]  # all where the tab lists them, else those that it links to
    downloads: list[DownloadGroup]
    accesses: Sequence[Any]
    mails: Sequence[whose.MailView]  # without their texts on the tab that lists them
    older_mails: bool  # there are mails behind those
    mail_ids: frozenset[int]  # of all that the reader may see
    invoices: list[tuple[money.InvoiceView, Sequence[Any]]]
    beyond: list[Surplus]  # money beyond what was owed
    bookings: list[dates.BookingView]
    cards: list[stock.CardView]
    notes: Sequence[Any]
    answered_by: date | None  # by when the body answers what the vendor wrote last
    members: Sequence[Any]
    invited: Sequence[Awaited]  # those who may come to the case and did not yet
    tasks: list[TaskView]  # the last of them that opened (STEPS), or every one; oldest first
    tasks_before: int  # how many came before these
    incidents: Sequence[Trouble]  # what cannot go on, for staff
    undelivered: Sequence[undelivered.Undelivered]  # mails that did not arrive and need a person; for staff
    pending: Sequence[Any]  # jobs under way
    can_withdraw: bool
    may_be_dormant: bool  # the package has words for a case that nobody carried on
    case_withdrawn: bool  # the body has ended it, and may open it again
    same_company: Sequence[Case]  # some of its other cases, the last changed first
    more_of_company: bool  # there are others beside these
    company_id: int | None  # of the company to which the case belongs
    corporate: CaseNumber  # its corporate number, and what became of it
    agents: list[MandateView]  # who acts, or acted, for the company on this case
    managers: frozenset[int]  # user ids of the company's managers, who stay on each of its cases
    answers: list[Reviewed]
    release: int
    clocks: list[clocks.ClockView]  # every one, the finished too
    certificate: Any  # its row on the register, if any
    entered: bool  # somebody of the vendor followed the link
    may_act: bool  # the reader may do what the case asks for, not only read it
    reminds: bool  # the package has mails that remind of tasks
    file: casefile.CaseFile
    diagrams: list[tuple[str, str]]  # (process id, title)
    diagram: str  # the one to show first
    titles: dict[str, str]  # the package's names of elements, calendars and card sets, by id
    fees: bool  # the package charges some
    sets: dict[str, str]  # its names of card sets alone: one may share its id with an element
    today: date
    counts: Mapping[str, int]  # how much there is for the tabs, read or not


def page(
    portal: Portal,
    number: str,
    actor: Actor,
    tab: str = "",
    *,
    part: int = 1,
    kinds: Sequence[EntryKind] = (),
    steps: int | None = None,
) -> CasePage:
    """The whole case; for a `tab` of its page what that does not show is left out, and only counted. The history then
    comes in parts of ENTRIES, narrowed to `kinds`, the mails in parts of MAILS, and the flow with the last `steps` of
    its steps (all where none is given): a case that lives for years is as quick as a new one.
    """
    staff = actor.side == Side.OPERATOR
    with database.connection():
        case, loaded = find(portal, number, actor)
        trail.viewed(portal, actor, trail.about(Thing.CASE, case.number, case.number, case.id))
        today, closing = portal.today(), portal.closing()
        every, before = tasks_of(case, actor, tab, steps)
        latest = work.latest_answers(case.id) if staff or tab in {"", "answers"} else {}
        members = cases.members(case.id)
        seen = {key: row for key, row in latest.items() if staff or row.side == Side.VENDOR}
        answered = [
            key for key, side in work.answered(case.id) if (staff or side == Side.VENDOR) and key in loaded.forms
        ]
        entries = entries_of(case, loaded, actor, tab, part, kinds)
        said = records.notes(case.id, internal=staff)
        readable = whose.readable(case, loaded, actor)
        claims = invoices.of_case(case.id) if tab in {"", "money"} else []
        paid = invoices.payments_of([row.id for row in claims])
        others = cases.of_company(case.company_id, case.id, BESIDE + 1) if staff and case.company_id else []
        return CasePage(
            head=head(portal, case, loaded, actor, agent=any(_is_agent(row, actor) for row in members)),
            phone=_phone(case, loaded, seen) if staff else "",
            timeline=entries,
            kinds=frozenset(counts := cases.timeline_counts(case.id, internal=staff)),
            older=sum(each for kind, each in counts.items() if not kinds or kind in kinds) > part * ENTRIES,
            documents=documents_of(case, actor, tab, entries, said),
            downloads=_downloads(case, loaded),
            accesses=files_seen.of_case(case.id) if staff and tab in {"", "documents"} else (),
            mails=mails_of(case, loaded, actor, tab, part, readable),
            older_mails=tab == "mail" and len(readable) > part * MAILS,
            mail_ids=frozenset(readable),
            invoices=[(money.view(row), paid[row.id]) for row in claims],
            beyond=receiving.surpluses_of(case.id) if claims else [],
            bookings=[dates.view(row, loaded) for row in bookings.of_case(case.id)],
            cards=[stock.view(row, today) for row in cards.of_case(case.id) if staff or row.lent_on],
            notes=said,
            answered_by=talking.answered_by(portal, loaded, said),
            members=members,
            invited=_invited(portal, case, actor),
            tasks=[view.view(row, today, closing) for row in every],
            tasks_before=before,
            incidents=attention.of_case(portal, case) if staff else (),
            undelivered=undelivered.of_case(case, loaded) if staff else (),
            pending=jobrows.jobs_of(case.id, JobState.QUEUED, JobState.RUNNING, JobState.PARKED) if staff else (),
            can_withdraw=lifecycle.can_withdraw(case, loaded),
            may_be_dormant=lifecycle.may_be_dormant(loaded),
            case_withdrawn=actor.side == Side.OPERATOR and reopening.possible(case),
            same_company=others[:BESIDE],
            more_of_company=len(others) > BESIDE,
            company_id=case.company_id,
            corporate=casenumber.of_case(case, actor),
            agents=_agents(portal, case),
            managers=frozenset(each.id for each in companies.managers(case.company_id))
            if case.company_id
            else frozenset(),
            answers=[
                Reviewed(
                    key,
                    loaded.element(key).title,
                    loaded.forms[key].answers(row.values, actor.language),
                    row.at,
                    row.by_name,
                )
                for key, row in sorted(seen.items(), key=lambda item: item[1].at)
                if key in loaded.forms
            ],
            release=loaded.number,
            clocks=clocks.views(clockrows.clocks(case.id), today, closing),
            certificate=records.certificate_of(case.id),
            entered=bool(members),
            may_act=_may_act(case, actor),
            reminds=bool(loaded.package.reminders.vendor_mail or loaded.package.reminders.operator_mail),
            file=casefile.state(case, loaded, actor),
            diagrams=diagrams(loaded),
            diagram=first_diagram(case, loaded),
            titles=_titles(loaded),
            fees=bool(loaded.package.fees),
            sets={key: spec.title for key, spec in loaded.package.cards.items()},
            today=today,
            counts={
                "documents": documents.count(case, actor),
                "mail": len(readable),
                "money": len(claims) or invoices.count(case.id),
                "answers": len(answered),
                "messages": len(said),
            },
        )


def _phone(case: Case, loaded: Loaded, answers: Mapping[str, Any]) -> str:
    return str(
        addressee.company(case, loaded.package.applicant, {key: row.values for key, row in answers.items()})["phone"]
    )


def _titles(loaded: Loaded) -> dict[str, str]:
    package = loaded.package
    return {
        **{key: spec.title for key, spec in package.cards.items()},
        **{key: spec.title for key, spec in package.calendars.items()},
        **{key: element.title for key, element in package.elements.items() if element.title},
    }


def _is_agent(row: Member, actor: Actor) -> bool:
    return row.user_id == actor.user_id and row.mandate_id is not None


def _agents(portal: Portal, case: Case) -> list[MandateView]:
    if case.company is None:
        return []
    rows = companies.mandates(case.company.id)
    of_case = (row for row in rows if row.every_case or case.id in row.case_ids)
    return [views.mandate(portal, row, case.company, [case]) for row in of_case]


def _invited(portal: Portal, case: Case, actor: Actor) -> Sequence[Awaited]:
    if not _may_act(case, actor):
        return ()
    return views.awaited(portal, case, companies.invitations_around(case.id, case.company_id))


def _may_act(case: Case, actor: Actor) -> bool:
    if actor.side == Side.OPERATOR:
        return actor.has(Right.WORK)
    member = cases.member(case.id, actor.user_id or 0)
    return member is not None and member.rights != Rights.READ


def _downloads(case: Case, loaded: Loaded) -> list[DownloadGroup]:
    found, files, titles = [], loaded.package.handouts(), loaded.package.titles
    for row in records.openings(case.id):
        group = loaded.package.downloads.get(row.grp)
        if group is not None:
            found.append(
                DownloadGroup(
                    group.title,
                    [(name, len(files.get(name, b"")), titles.get(name, name)) for name in group.files],
                    row.at,
                )
            )
    return found

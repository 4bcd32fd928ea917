"""Letters and parcels to send: the open tasks that are posts, what goes into each, and their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalogue.declared import Applicant
from app.connectors.pdf_merge import merge
from app.errors import N_, NinteiError, Refused
from app.forms import BoundField
from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import stock
from app.services.pages import casehead
from app.services.pages import task as taskpage
from app.services.papers import documents, downloads
from app.services.tasks import view
from app.states import Right, Side
from app.store import ahead, cases, database, work
from app.text.normal import normal

# Inputs that fit into a row of a list; a form that needs another one is answered on the task's page.
IN_A_ROW = frozenset({"textfield", "select", "datetime", "number"})
PRESENTATION = "post"
LETTERS = N_("Letters to send")


@dataclass(frozen=True)
class Parcel:
    """A post that waits: its papers, its cards and the fields to fill."""

    task: view.TaskView
    address: list[str]  # lines: postal code, address, company, person
    papers: list[documents.DocumentView]
    being_made: list[str]
    cards: stock.SetView | None
    fields: list[BoundField]
    on_its_page: bool  # its form asks for more than fits into a row
    letters_closed: bool  # key letters go with it that are not both opened yet
    refusal: NinteiError | None

    @property
    def ready(self) -> bool:
        """Whether everything that goes into it is made."""
        made = self.cards is None or self.cards.ready >= self.cards.count
        return made and not self.being_made and not self.letters_closed


def waiting(portal: Portal, actor: Actor, lang: str) -> list[Parcel]:
    """The posts that wait, the one that is due first on top."""
    actor.require(Right.SEE_DESKS)
    with database.reading_once():
        rows = work.open_presented(PRESENTATION, Side.OPERATOR)
        ahead.tasks(rows)
        permit.ahead([permit.find(portal, row.id, actor) for row in rows])
        return [_parcel(portal, row.id, actor, lang) for row in rows]


def _parcel(portal: Portal, task_id: str, actor: Actor, lang: str) -> Parcel:
    page = taskpage.page(portal, task_id, actor, lang=lang)
    inputs = [field for field in page.form.walk() if field.spec.key and field.kind not in {"group", "text", "html"}]
    fields = [field for field in inputs if field.kind in IN_A_ROW and not field.locked]
    return Parcel(
        task=page.task,
        address=_address(portal, page.case.id),
        papers=[each for each in page.documents if each.kind == "made"],
        being_made=page.being_made,
        cards=page.nouns["cards"],
        fields=fields,
        on_its_page=any(field.required and field not in fields for field in inputs),
        letters_closed=_closed(page.nouns["letters"]),
        refusal=page.refusal,
    )


def _closed(letters: Sequence[Any] | None) -> bool:
    """Whether key letters go with it of which one is still closed, or not made yet."""
    return letters is not None and not (letters and all(letter.openings for letter in letters))


def _address(portal: Portal, case_id: int) -> list[str]:
    """Where it goes, from what the vendor said of the company."""
    with database.connection():
        known: dict[str, str] = {}
        case = cases.by_id(case_id)
        fields = portal.releases.loaded(case.release_id).package.applicant if case else Applicant()
        for answer in work.latest_answers(case_id).values():
            if answer.side == Side.VENDOR:
                known |= {key: str(value) for key, value in answer.values.items() if isinstance(value, str) and value}
    code, contact = fields.said(known, "postal_code"), fields.said(known, "contact")
    lines = [
        f"〒{code}" if code else "",
        fields.where(known),
        fields.said(known, "name"),
        " ".join(each for each in (fields.said(known, "department"), contact, "様") if each) if contact else "",
    ]
    return [line.strip() for line in lines if line.strip()]


def pasted(parcels: Sequence[Parcel], text: str) -> dict[str, dict[str, str]]:
    """Numbers pasted from a carrier's list: a case number and the tracking numbers of its parcels in each line.

    Gives {task id: {field: value}}; the numbers fill the text fields of the row in their order.
    """
    found: dict[str, dict[str, str]] = {}
    for line in normal("NFKC", text).splitlines():
        words = line.replace(",", " ").split()
        for parcel in parcels:
            if parcel.task.case_number not in words:
                continue
            numbers = [word for word in words if word != parcel.task.case_number and sum(map(str.isdigit, word)) >= 6]
            keys = [field.spec.key for field in parcel.fields if field.kind == "textfield"]
            if parcel.task.id not in found and numbers:
                found[parcel.task.id] = dict(zip(keys, numbers, strict=False))
                break
    return found


def letters(portal: Portal, task_ids: Sequence[str], actor: Actor) -> bytes:
    """The papers of these posts as one PDF, in the order of the list; each is on record as taken."""
    actor.require(Right.POST)
    found: list[bytes] = []
    for parcel in waiting(portal, actor, "ja"):
        if parcel.task.id in task_ids:
            case, _ = casehead.find(portal, parcel.task.case_number, actor)
            for paper in parcel.papers:
                if paper.mime == "application/pdf":
                    found.append(downloads.document(portal, case, paper.id, actor).data)  # noqa: PERF401 - two loops deep
    if not found:
        raise Refused("The ticked rows have no letters yet")
    return merge(found, portal.say("ja")(LETTERS))


def taken(values: Mapping[str, str], parcel: Parcel) -> dict[str, str]:
    """The row's values under the names of its form."""
    return {field.spec.key: values.get(f"{parcel.task.id}.{field.spec.key}", "") for field in parcel.fields}

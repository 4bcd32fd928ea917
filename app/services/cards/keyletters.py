"""The two sealed letters of a key file: each for one person at the company, and each opened here by one person alone.

Whoever opened one never opens the other, nor does who stands in for that person: nobody at the body knows both
components. At rest a letter is encrypted under a key of its own, which the key store seals. Once both are posted they
are destroyed; made anew they carry new components.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import hardware
from app.errors import NotFound, Permanent, Refused
from app.services.base import businessdays, history
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards import keys as cardkeys
from app.services.cards import sets
from app.services.papers import documents
from app.services.papers.addressee import company
from app.states import Audience, CardState, DocumentKind, EntryKind, Side
from app.store import cards, cases, database, keyletters, records, work
from app.store.models import Case, Document, KeyLetter
from hardware.crypto import Key
from hardware.keys import seal, unseal

if TYPE_CHECKING:
    from app.services.base.actors import Actor

KEY_FILE: Final = "key_file"
AFTER: Final = timedelta(days=30)  # a key file outlives the loan's planned end: cards are posted later than it is made


def component_of(loaded: Loaded, document_id: str) -> int:
    """Which component the document carries (header `key_component`); 0 for what is no key letter."""
    source = loaded.package.documents.get(document_id)
    return int(source.header.get("key_component") or 0) if source is not None else 0


def letters_of(loaded: Loaded, element: Any) -> list[str]:
    """The key letters that an element makes."""
    return [each for each in element.listed("makes") if component_of(loaded, each)]


def origin(task: str, issue: int) -> str:
    """How a letter's document names what it was made for."""
    return task if issue == 1 else f"{task}#{issue}"


def facts(portal: Portal, case: Case, loaded: Loaded, document_id: str, made_for: str) -> Mapping[str, Any]:
    """`key` for the template of a letter. Empty for every other document."""
    number = component_of(loaded, document_id)
    if not number:
        return {}
    row = _letter(portal, case, loaded, document_id, made_for)
    if row.destroyed_at is not None or not row.cipher:
        raise Permanent("This key letter was destroyed; it can only be made anew, with other components")
    said = _guarded(lambda: cardkeys.store(portal.settings).unseal(bytes.fromhex(row.cipher), _purpose(row)))
    return {
        "key": {
            **json.loads(said),
            "kcv": row.kcv,
            "file_kcv": row.file_kcv,
            "reference": row.reference,
            "recipient": row.recipient,
        }
    }


def keep(
    portal: Portal, case: Case, loaded: Loaded, document_id: str, made_for: str, filename: str, title: str,
    content: bytes, now: datetime,
) -> Document:  # fmt: skip
    """Store a letter's PDF, encrypted. From here on nothing but the PDF holds the component."""
    row, key = _letter(portal, case, loaded, document_id, made_for), Key.random(32)
    body = seal(key, content, _purpose(row))
    found = documents.keep_made(
        portal, case, loaded, document_id, made_for, filename, title, body, now, kind=DocumentKind.SEALED
    )  # fmt: skip
    row.cipher = _guarded(lambda: cardkeys.store(portal.settings).seal(key.reveal(), _purpose(row))).hex()
    row.paper = found.id
    row.save()
    return found


def read(portal: Portal, row: KeyLetter) -> documents.Content:
    """The PDF of a letter, decrypted. Who may have it is asked before."""
    paper = records.document(row.paper)
    if paper is None or not row.cipher:
        raise NotFound("There is no such document")
    key = Key(_guarded(lambda: cardkeys.store(portal.settings).unseal(bytes.fromhex(row.cipher), _purpose(row))))
    content = unseal(key, portal.blobs.get(paper.digest), _purpose(row))
    return documents.Content(paper.filename, paper.mime, content)


def destroy(rows: list[KeyLetter], why: str, actor: Actor, now: datetime) -> None:
    """Erase the key of each: nothing reads them from here on. The bytes follow (`clear`), when this is stored for good;
    the record of who opened them stays. Inside a transaction.
    """
    for row in rows:
        if row.destroyed_at is None:
            row.cipher, row.destroyed_at, row.destroyed_why = "", now, why
            row.save()
            log(row, f"destroyed:{why}", actor, now)


def clear(portal: Portal) -> None:
    """Delete the bytes of letters that were destroyed."""
    with database.connection():
        left = [(row.id, records.document(row.paper)) for row in keyletters.destroyed_with_paper()]
    for letter, paper in left:
        if paper is not None:
            portal.blobs.remove(paper.digest)
        with database.transaction():
            keyletters.paper_is_gone(letter)


def log(row: KeyLetter, what: str, actor: Actor, now: datetime) -> None:
    """A line in the case's timeline, for the staff alone."""
    history.note(
        row.case_id,
        now,
        EntryKind.KEY_LETTER,
        by=actor,
        title=str(row.number),
        text=what,
        data={"letter": row.id, "issue": row.issue, "recipient": row.recipient, "keeper": row.keeper_name},
        staff=True,
    )


# Issues


def recipients(case: Case, loaded: Loaded) -> tuple[str, str]:
    """The two people of the company: those it named for this, else its contact person and its representative."""
    answers, said = work.latest_answers(case.id), dict[str, str]()
    first, second = loaded.package.applicant.recipients
    for answer in answers.values():
        if answer.side == Side.VENDOR:
            said |= {name: str(answer.values[name]).strip() for name in (first, second) if answer.values.get(name)}
    known = company(case, loaded.package.applicant, {key: dict(row.values) for key, row in answers.items()})
    fallback = (str(known["contact_name"] or ""), str(known["representative"] or ""))
    return said.get(first) or fallback[0], said.get(second) or fallback[1]


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, however they are spaced; a missing name is nobody's."""
    first, second = ("".join(each.split()).casefold() for each in (one, other))
    return not first or not second or first == second


def wrong(loaded: Loaded, values: Mapping[str, Any]) -> tuple[str, Refused] | None:
    """(field, why) when an answer names one person for both letters."""
    fields = loaded.package.applicant.recipients
    first, second = (str(values.get(name) or "") for name in fields)
    if first and second and same_person(first, second):
        return fields[1], Refused("Name two different people: each receives one of the two key letters")
    return None


def issue(
    portal: Portal, case: Case, loaded: Loaded, task: Any, names: tuple[str, str], number: int, now: datetime
) -> list[KeyLetter]:
    """A key file for the task's cards and the contents of its two letters. Inside a transaction, the case locked."""
    rows = [row for row in cards.of_origin(task.id) if row.state in {CardState.READY, CardState.LENT}]
    set_spec = loaded.package.cards[sets.card_set(loaded, task.element)]
    reference = f"{case.number}-{set_spec.id}" + (f"-{number}" if number > 1 else "")
    keys = _guarded(lambda: cardkeys.store(portal.settings))
    made = _guarded(
        lambda: hardware.make_key_file(
            [hardware.LentCard(row.serial, row.uid, row.key_version) for row in rows],
            keys,
            vendor=case.company_name,
            reference=reference,
            issued=now,
            expires=businessdays.today(now) + timedelta(days=set_spec.loan_days) + AFTER,
        )
    )
    found = []
    papers = letters_of(loaded, loaded.element(task.element))
    for letter, name, document in zip(made.letters, names, papers, strict=True):
        row = KeyLetter(
            case=case, task=task.id, issue=number, number=letter.number, document=document, recipient=name[:200],
            reference=reference, kcv=letter.kcv, file_kcv=letter.file_kcv, made_at=now,
        )  # fmt: skip
        said = {"component": letter.component, "number": letter.number, "public_key": letter.public_key}
        row.cipher = keys.seal(json.dumps(said).encode(), _purpose(row)).hex()
        row.save()
        found.append(row)
    keyletters.withdraw_file(case.id, KEY_FILE)
    documents.keep_file(
        portal, case, KEY_FILE, origin(task.id, number), f"{reference}.keys.json", "application/json",
        made.text.encode(), Audience.BOTH, now,
    )  # fmt: skip
    return found


def _letter(portal: Portal, case: Case, loaded: Loaded, document_id: str, made_for: str) -> KeyLetter:
    """The letter that this document is; the first issue is made when its first letter is asked for."""
    task_id, _, number = made_for.partition("#")
    with database.transaction():
        cases.lock(case.id)
        rows = keyletters.of_task(task_id, int(number or 1))
        if not rows:
            task = work.task(task_id)
            if task is None or document_id not in loaded.element(task.element).listed("makes"):
                raise Permanent("No step of the case makes the document %(document)s", document=document_id)
            names = recipients(case, loaded)
            rows = issue(portal, case, loaded, task, names, 1, portal.now())
        return next(row for row in rows if row.document == document_id)


def _purpose(row: KeyLetter) -> str:
    return f"key letter {row.task} {row.issue} {row.number}"


def _guarded(do: Any) -> Any:
    """What the key store says, as an error of ours."""
    try:
        return do()
    except hardware.CardError as error:
        raise Permanent(error.message, **error.params) from error

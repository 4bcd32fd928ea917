"""Cards made by the worker on the desk's reader: the virtual rack by default, PC/SC where there is a reader.

What happened to a card is asked of the card, never guessed: a job that is tried again looks first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

import hardware
from app.errors import NotFound, Permanent, Temporary
from app.services import calendar, cardkeys, cardledger, context, documents, secrets
from app.services.portal import Portal
from app.services.releases import Loaded
from app.store import cards, cases, database, records, work
from app.store.models import Card, Case
from config.settings import Settings

if TYPE_CHECKING:
    from app.services.jobs import Leased

KEY_FILE = "key_file"
AGENT = "agent"  # card_reader: the cards are made at desks with an agent, not by the worker


class CardDesk:
    """The reader that this machine's worker uses, and the keys it may use."""

    def __init__(self, settings: Settings, reader: str) -> None:
        self._settings = settings
        self._folder = settings.data_dir / cardkeys.FOLDER
        self._reader = reader

    def keys(self) -> hardware.KeyStore:
        """The master keys."""
        return cardkeys.store(self._settings)

    def do(self, portal: Portal, job: Leased) -> None:
        """Personalise the job's card and prove it, or (`run` wipe) check and wipe one that came back."""
        with database.connection():
            row = cards.by_serial(str(job.params["serial"]))
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=job.params["serial"])
        run = str(job.params.get("run") or "personalise")
        if run not in cardledger.ACTS:
            raise Permanent("A card cannot be “%(run)s”", run=run)
        if row.state not in cardledger.ACTS[run]:
            return  # done before a crash, or the card has gone another way meanwhile
        journal = cardledger.Ledger(portal, row.serial, self._reader, cardledger.Place(job.element, job.data))
        try:
            if run == "personalise":
                self._personalise(row, journal)
            else:
                self._wipe(portal, row, journal)
        except hardware.CardError as error:
            kind = cardledger.fault(error.code)
            if kind is cardledger.Fault.APART:
                cardledger.set_apart(portal, row.serial, run, self._reader, error.code)
            failure = Temporary if kind is cardledger.Fault.AGAIN else Permanent
            raise failure(error.message, **error.params) from error

    @contextmanager
    def _card(self, row: Card, journal: hardware.Journal) -> Iterator[hardware.Desk]:
        """The desk with the card on its reader; the virtual rack's robot puts it there and takes it away."""
        keys = self.keys()
        if self._reader != "virtual":
            from hardware import pcsc

            connect = pcsc.connector("" if self._reader == "pcsc" else self._reader)
            yield hardware.Desk(connect, keys, journal=journal)
            return
        rack = hardware.VirtualRack(self._folder / "rack", reader=f"virtual {row.serial}")
        lay(rack, row.serial, row.uid)
        yield hardware.Desk(rack.connect, keys, journal=journal)
        rack.eject()

    def _personalise(self, row: Card, journal: hardware.Journal) -> None:
        with self._card(row, journal) as desk:
            version = cardkeys.version_for_new_cards(self._settings, self.keys())
            desk.personalise(plan_of(row.serial, version))

    def _wipe(self, portal: Portal, row: Card, journal: hardware.Journal) -> None:
        """Check and wipe; a card that fails is kept apart, untouched. One wiped before a crash passes as wiped."""
        with self._card(row, journal) as desk:
            report = desk.return_check(cardledger.expected(row.serial), hardware.Act.WIPE)
        if not report.ok:
            cardledger.set_apart(portal, row.serial, "wipe", self._reader, cardledger.checks(report))


def lay(rack: hardware.VirtualRack, serial: str, uid: str) -> None:
    """What a person does at a real reader: the chip that was begun, else the card of this serial, else a blank."""
    known = list(rack.cards())
    if uid:
        rack.insert_uid(uid)
    elif any(entry.serial == serial for entry in known):
        rack.insert(serial)
    else:
        rack.insert_blank()


def plan_of(serial: str, version: int) -> hardware.Plan:
    """What a test card shall be: a 技能者ID of 14 digits in a range of their own, and data, both told by its serial."""
    worker = f"9900{crc32(serial.encode()):010d}"
    return hardware.Plan(serial, worker, b"CCUS-TEST " + serial.encode(), version)


def letter_facts(portal: Portal, case: Case, loaded: Loaded, document_id: str) -> Mapping[str, Any]:
    """`key` for a sealed letter: which component, its check value, to whom. Empty for every other document."""
    source = loaded.package.documents[document_id]
    number = source.header.get("key_component")
    if number is None:
        return {}
    task = _card_task(case, loaded, document_id)
    issue = _issue(portal, case, loaded, task)
    return {
        "key": {
            **issue["letters"][int(number) - 1],
            "reference": issue["reference"],
            "recipient": issue["recipients"][int(number) - 1],
        }
    }


def _card_task(case: Case, loaded: Loaded, document_id: str) -> Any:
    for row in reversed(work.tasks_of(case.id)):
        element = loaded.package.elements.get(row.element)
        if element is not None and document_id in element.listed("makes"):
            return row
    raise Permanent("No step of the case makes the document %(document)s", document=document_id)


def _issue(portal: Portal, case: Case, loaded: Loaded, task: Any) -> dict[str, Any]:
    """The key file of the task's cards, made once; its two components lie encrypted until both letters are made."""
    now = portal.now()
    element = f"{KEY_FILE}:{task.id}"
    with database.transaction():
        cases.lock(case.id)
        stored = secrets.stored(portal, case, element)
        if stored is not None:
            return dict(json.loads(stored["issue"]))
        rows = [row for row in cards.of_origin(task.id) if row.state in {"ready", "lent"}]
        set_spec = loaded.package.cards[context.card_set(loaded, task.element)]
        facts = context.build(portal, case, loaded, element=task.element)
        reference = f"{case.number}-{set_spec.id}"
        issue = hardware.make_key_file(
            [hardware.LentCard(row.serial, row.uid, row.key_version) for row in rows],
            cardkeys.store(portal.settings),
            vendor=case.company_name,
            reference=reference,
            issued=now,
            expires=calendar.today(now) + timedelta(days=set_spec.loan_days),
        )
        kept = {
            "reference": reference,
            "letters": [
                {
                    "component": letter.component,
                    "kcv": letter.kcv,
                    "file_kcv": letter.file_kcv,
                    "number": letter.number,
                    "public_key": letter.public_key,
                }
                for letter in issue.letters
            ],
            "recipients": [facts["company"]["contact_name"], facts["company"]["representative"]],
        }
        secrets.keep(portal, case, element, {"issue": json.dumps(kept, ensure_ascii=False)}, ("issue",), now)
        documents.keep_file(
            portal,
            case,
            KEY_FILE,
            task.id,
            f"{reference}.keys.json",
            "application/json",
            issue.text.encode(),
            "both",
            now,
        )
    return kept


def stock() -> dict[str, int]:
    """How many cards are in each state."""
    with database.connection():
        return cards.counts()


def key_files(case_id: int) -> list[documents.DocumentView]:
    """The key files that a case was given."""
    return [documents.view(row) for row in records.documents(case_id) if row.key == KEY_FILE]

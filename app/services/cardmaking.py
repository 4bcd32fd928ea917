"""Cards made by the worker on the desk's reader: the virtual rack by default, PC/SC where there is a reader.

What happened to a card is asked of the card, never guessed: a job that is tried again looks first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import hardware
from app.errors import NotFound, Permanent, Temporary
from app.services import calendar, context, documents, effects, secrets
from app.services.portal import Portal
from app.services.releases import Loaded
from app.store import cards, cases, database, records, work
from app.store.models import Card, CardEvent, Case

if TYPE_CHECKING:
    from app.services.jobs import Leased

KEY_FILE = "key_file"
WIPEABLE = frozenset({"returned", "quarantined"})  # states in which a card is checked and wiped


class CardDesk:
    """The reader that this machine's worker uses, and the keys it may use."""

    def __init__(self, folder: Path, card_key: str, reader: str) -> None:
        self._folder = folder
        self._card_key = card_key
        self._reader = reader

    def keys(self) -> hardware.KeyStore:
        """The master keys, encrypted under a key that the environment gives."""
        kek = hardware.derive_kek(self._card_key.encode()) if self._card_key else None
        return hardware.KeyStore.embedded(self._folder / "keys", kek)

    def do(self, portal: Portal, job: Leased) -> None:
        """Personalise and check the job's card, or (`run` wipe) check and wipe one that came back."""
        with database.connection():
            row = cards.by_serial(str(job.params["serial"]))
        if row is None:
            raise NotFound("The ledger has no card %(serial)s", serial=job.params["serial"])
        run = str(job.params.get("run") or "personalise")
        try:
            if run == "personalise":
                self._confirm(portal, row, self._personalise(row), job)
            elif run == "wipe":
                self._wipe(portal, row)
            else:
                raise Permanent("A card cannot be “%(run)s”", run=run)
        except hardware.CardError as error:
            kind = (
                Temporary
                if error.code in {"card_removed", "no_card", "no_reader", "no_daemon", "reader_busy"}
                else Permanent
            )
            raise kind(error.message, **error.params) from error

    @contextmanager
    def _card(self, row: Card) -> Iterator[hardware.Desk]:
        """The desk with the card on its reader; the virtual rack's robot puts it there and takes it away."""
        keys = self.keys()
        if self._reader != "virtual":
            from hardware import pcsc

            yield hardware.Desk(pcsc.connector("" if self._reader == "pcsc" else self._reader), keys)
            return
        rack = hardware.VirtualRack(self._folder / "rack", reader=f"virtual {row.serial}")
        known = {entry.serial for entry in rack.cards()}
        rack.insert(row.serial) if row.serial in known else rack.insert_blank()
        yield hardware.Desk(rack.connect, keys)
        rack.eject()

    def _personalise(self, row: Card) -> hardware.Receipt:
        with self._card(row) as desk:
            # 技能者ID of a test card: 14 digits in a range of their own, told by its serial.
            worker = f"9900{crc32(row.serial.encode()):010d}"
            version = max(1, self.keys().current_version)
            plan = hardware.Plan(row.serial, worker, b"CCUS-TEST " + row.serial.encode(), version)
            receipt = desk.personalise(plan)
            desk.verify(plan)
            return receipt

    def _wipe(self, portal: Portal, row: Card) -> None:
        """Check and wipe; a card that fails is kept apart, untouched. One wiped before a crash passes as wiped."""
        if row.state not in WIPEABLE:
            return
        with self._card(row) as desk:
            report = desk.return_check(hardware.Expected(row.serial, row.uid), hardware.Act.WIPE)
        now = portal.now()
        with database.transaction():
            fresh = cards.by_serial(row.serial)
            if fresh is None or fresh.state not in WIPEABLE:
                return
            fresh.state, fresh.changed_at = "wiped" if report.ok else "quarantined", now
            fresh.save()
            CardEvent.create(
                card=fresh,
                at=now,
                act="wipe",
                phase="confirmed" if report.ok else "failed",
                desk=self._reader,
                text=" ".join(f"{each.name}={'ok' if each.ok else each.code or 'failed'}" for each in report.checks),
            )

    def _confirm(self, portal: Portal, row: Card, receipt: hardware.Receipt, job: Leased) -> None:
        now = portal.now()
        with database.transaction():
            if row.case_id:
                cases.lock(row.case_id)
            fresh = cards.by_serial(row.serial)
            if fresh is None or fresh.state != "making":
                return
            fresh.uid, fresh.profile, fresh.key_version = receipt.uid, receipt.profile, receipt.key_version
            fresh.state, fresh.changed_at = "ready", now
            fresh.save()
            CardEvent.create(
                card=fresh,
                at=now,
                act="personalise",
                phase="confirmed",
                desk=self._reader,
                text=f"KCV {' '.join(f'{role.value}={kcv}' for role, kcv in receipt.kcvs.items())}",
            )
            self._papers(portal, fresh, job)

    def _papers(self, portal: Portal, row: Card, job: Leased) -> None:
        """When the last card of the task is ready, its letters can be made: they list the serials."""
        if not row.case_id or not row.origin:
            return
        case = cases.by_id(row.case_id)
        if case is None:
            return
        loaded = portal.releases.loaded(case.release_id)
        element = loaded.package.elements.get(job.element)
        rows = cards.of_origin(row.origin)
        if element is None or any(each.state != "ready" for each in rows):
            return
        if len(rows) < loaded.package.cards[row.set_id].count:
            return
        now = portal.now()
        for document in element.listed("makes"):
            effects.queue(
                case,
                "pdf",
                {"document": document},
                effects.Entered(element.id, row.origin, job.data),
                f"{row.origin}:{document}",
                now,
            )


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
        desk = CardDesk(portal.settings.data_dir / "cards", portal.settings.card_key, "virtual")
        rows = cards.of_origin(task.id)
        set_spec = loaded.package.cards[context.card_set(loaded, task.element)]
        facts = context.build(portal, case, loaded, element=task.element)
        reference = f"{case.number}-{set_spec.id}"
        issue = hardware.make_key_file(
            [hardware.LentCard(row.serial, row.uid, row.key_version) for row in rows],
            desk.keys(),
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

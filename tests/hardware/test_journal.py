from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hardware.facts import Act, Receipt
from hardware.journal import FileJournal, Intent, MemoryJournal
from tests.hardware.conftest import NOW, WORKER_ID

INTENT = Intent(Act.PERSONALISE, "F0010203040506", "TEST-0001", 1)
RECEIPT = Receipt(Act.PERSONALISE, "TEST-0001", "F0010203040506", "CCUS-TEST v1", NOW, 1, data_tag="AB")


def test_an_intent_is_open_until_its_receipt(tmp_path: Path) -> None:
    for journal in (MemoryJournal(), FileJournal(tmp_path / "journal.jsonl")):
        assert journal.open() == []
        journal.intend(INTENT)
        journal.intend(INTENT)
        assert journal.open() == [INTENT]
        journal.confirm(INTENT, RECEIPT)
        assert journal.open() == []


def test_the_file_survives_its_writer_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    FileJournal(path).intend(INTENT)
    assert FileJournal(path).open() == [INTENT]
    assert path.stat().st_mode & 0o077 == 0
    assert WORKER_ID not in path.read_text()


def test_a_line_cut_short_by_a_power_cut_swallows_no_other(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = FileJournal(path)
    journal.intend(INTENT)
    with path.open("a") as file:
        file.write('{"what": "confirm", "act": "perso')
    other = replace(INTENT, serial="TEST-0002")
    journal.intend(other)
    assert journal.open() == [INTENT, other]


def test_a_second_life_of_a_card_is_a_new_intent(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "journal.jsonl")
    journal.intend(INTENT)
    journal.confirm(INTENT, RECEIPT)
    journal.intend(INTENT)
    assert journal.open() == [INTENT]

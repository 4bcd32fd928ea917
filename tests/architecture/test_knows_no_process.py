"""The portal knows no process: no word and no name of the certification that ships stands in code, pages or words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import catalogue
from app.catalogue.fields import form_fields
from app.store import models
from tests.planted.support import ROOT, SHIPPED, files_of

WORDS = re.compile("CCUS|建設|キャリアアップ|技能者|就業履歴|ベンダ|運営主体|監査|認定試験|試験官|API連携|認定システム")
# Where such a word may stand, and why.
ALLOWED = {
    "app/catalogue/older.py": "what packages of the first format mean, for the releases that are stored",
    "app/web/templates/styleguide.html": "a page of sample parts for designers, with sample texts",
    "hardware/profiles/": "the layout of a card is named after whom it was made for; the name is on cards",
    "hardware/virtual/": "the card that has this layout",
}
# Names of the package that are the portal's own, too: columns, and what a property or format asks for.
OWN = {
    "agreed_documents", "amount", "cards_note", "cards_state", "case_file", "card_labels", "corporate_number",
    "cure_near", "delivery_address", "delivery_name", "delivery_postal_code", "given_up", "invoice_number",
    "lost_or_damaged", "paid_on", "postal_code", "representative_title", "tracking_number", "wish_1", "wish_2",
    "wish_3",
}  # fmt: skip
COLUMNS = {
    field.name
    for model in vars(models).values()
    if isinstance(model, type) and hasattr(model, "_meta")
    for field in model._meta.sorted_fields
}


def names() -> set[str]:
    """What the package that ships calls its elements, fields, mails, papers, groups, messages; single words apart."""
    package = catalogue.from_files(files_of(SHIPPED))
    found = {
        package.id, package.declared.entry_message, package.withdraw_message, *package.elements, *package.processes,
        *package.mails, *package.documents, *package.lanes, *package.fees,
        *(key for form in package.forms.values() for key in form_fields(form)),
    }  # fmt: skip
    return {name for name in found if re.search("[_-]", name)} - OWN - COLUMNS


def sources(*endings: str) -> Iterator[tuple[str, str]]:
    for room in ("app", "admin", "hardware", "config"):
        for path in sorted((ROOT / room).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            built = "node_modules" in path.parts or "/dist/" in place or "/pdfjs/" in place
            if path.suffix in endings and not built and not any(place.startswith(each) for each in ALLOWED):
                yield place, path.read_text("utf-8")


def test_no_word_of_the_process_stands_in_code_pages_or_words() -> None:
    found = [
        f"{place}:{number}: {line.strip()[:100]}"
        for place, text in sources(".py", ".html", ".txt", ".css", ".js", ".po")
        for number, line in enumerate(text.splitlines(), 1)
        if WORDS.search(line)
    ]
    assert found == []


def test_no_name_of_the_process_stands_in_code_or_pages() -> None:
    known = "|".join(re.escape(name) for name in sorted(names(), key=len, reverse=True))
    quoted = re.compile(rf"""["']({known})["']|answers\.({known})\b""")
    found = [
        f"{place}:{number}: {line.strip()[:100]}"
        for place, text in sources(".py", ".html")
        for number, line in enumerate(text.splitlines(), 1)
        if quoted.search(line)
    ]
    assert found == []


def test_skeletons_that_all_packages_share_read_no_answer_of_one() -> None:
    shared = {
        path.name: path.read_text("utf-8")
        for path in (ROOT / "bpmn/_shared").iterdir()
        if path.suffix in (".html", ".txt", ".md")
    }
    assert {"invoice.html", "contract.html"} <= shared.keys()
    assert [name for name, text in shared.items() if re.search(r"\b(answers|data)\.", text)] == []


@pytest.mark.parametrize("planted", ["運営主体に知らせる", "CCUS-API"])
def test_a_planted_word_is_found(planted: str) -> None:
    assert WORDS.search(planted)


def test_a_planted_name_is_found_and_an_exception_is_still_one() -> None:
    assert {"entry_link_followed", "company_profile", "key_custodian_1", "entry-link-again"} <= names()
    for place in ALLOWED:
        files = [ROOT / place] if Path(place).suffix else sorted((ROOT / place).rglob("*.py"))
        said = "".join(path.read_text("utf-8") for path in files)
        known = re.compile("|".join(f'"{re.escape(name)}"' for name in names()))
        assert WORDS.search(said) or known.search(said), f"{place} needs no exception any more"

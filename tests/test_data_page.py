"""docs/data.md gives every table a level, and what a level promises is so."""

from __future__ import annotations

import re
from pathlib import Path

from admin.nouns import BY_MODEL
from app.store.models import ALL
from app.store.whose import TRACES

PAGE = (Path(__file__).parents[1] / "docs" / "data.md").read_text("utf-8")
TABLES = PAGE.partition("## The tables")[2].partition("## Outside")[0]
LEVELS = {
    int(level): re.findall(r"`(\w+)`", names) for level, names in re.findall(r"^\| (\d) \| (.+) \|$", TABLES, re.M)
}
# Their public keys and names are what their owner reads on the page of their account; those of a letter, how many.
SHOWN_IN_PART = {"key_letter", "card_desk"}


def test_every_table_has_one_level() -> None:
    named = [name for names in LEVELS.values() for name in names]
    assert sorted(named) == sorted(model._meta.table_name for model in ALL)


def test_what_speaks_of_a_person_is_confidential() -> None:
    low = {*LEVELS[0], *LEVELS[1]} - {"setting_proposal"}  # who of the staff proposed it
    assert sorted(low & {model._meta.table_name for model in TRACES}) == []


def test_what_is_secret_is_no_record_that_anybody_opens() -> None:
    assert set(LEVELS[3]) & {model._meta.table_name for model in BY_MODEL} <= SHOWN_IN_PART


def test_each_level_says_what_it_asks_for() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", PAGE, re.M)
    assert [name for name, _ in rows] == [
        "What", "Who reads it", "On the way", "At rest", "In the log", "In the browser", "Changed", "Kept",
        "A person asks", "In a demo or a Play",
    ]  # fmt: skip
    assert all(len(cells.split(" | ")) == 4 and all(cells.split(" | ")) for _, cells in rows)

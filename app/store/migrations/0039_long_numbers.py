"""Long numbers are found whole: each figure with those behind it has a number in the index of searches."""

from __future__ import annotations

import re
from typing import Any

# As `store.grams` had them then; what was folded by older rules has those of its text, too.
FIGURES, BASE, LEAST, MOST = 0x110000 << 42, 11, 4, 17
NUMBER = re.compile(f"[0-9]{{{LEAST},}}")
SLICE = 2000  # cases that are read at once


def up(_migrator: Any, db: Any) -> None:
    """Case by case in the order of their keys, so many at once: memory stays the same however many there are."""
    mark, last = db.param, 0
    asked = f"SELECT case_id, text FROM case_text WHERE case_id > {mark} ORDER BY case_id LIMIT {SLICE}"  # noqa: S608
    while texts := db.execute_sql(asked, (last,)).fetchall():
        _add(db, sorted((number, case) for case, text in texts for number in _numbers(text)))
        last = texts[-1][0]


def _add(db: Any, rows: list[tuple[int, int]]) -> None:
    if db.param == "%s":
        with db.cursor() as cursor:
            cursor.execute(
                "INSERT INTO case_gram (gram, case_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[]) "
                "ON CONFLICT DO NOTHING",
                ([number for number, _ in rows], [case for _, case in rows]),
            )
        return
    db.connection().executemany("INSERT OR IGNORE INTO case_gram (gram, case_id) VALUES (?, ?)", rows)


def _numbers(text: str) -> set[int]:
    found = set()
    for figures in NUMBER.findall(text):
        for at in range(len(figures) - LEAST + 1):
            found.add(FIGURES + _spelled(figures[at : at + MOST]))
    return found


def _spelled(figures: str) -> int:
    found = 0
    for each in figures:
        found = found * BASE + int(each) + 1
    return found * int(BASE ** (MOST - len(figures)))

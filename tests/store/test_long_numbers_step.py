"""Cases of before are found by the same letters and numbers as those that come afterwards."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from app.store import database
from app.store.grams import grams
from app.store.models import CaseGram, CaseText
from tests.store.test_companies_step import FIRST
from tests.store.test_one_owner_step import taken
from tests.store.test_versions import data as data

STEP = importlib.import_module("app.store.migrations.0039_long_numbers")
OWN = int(STEP.__name__.rsplit(".", 1)[-1][:4])
# Ends and middles of numbers, longer ones than there is room for, and folded by older rules.
TEXTS = ("20260000077\n会社12345みほん\n123", "12345678901234567890123a4567", "", "２０２６")


@pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])
def test_old_cases_have_the_numbers_of_new_ones(data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = data
    bound = database.connect(settings.database_url)
    (tmp_path / "steps").mkdir()
    taken(OWN, bound, tmp_path / "steps", monkeypatch)
    monkeypatch.setattr(STEP, "SLICE", 3)  # and on to the next
    with database.transaction():
        for row, text in zip(CaseText.select().order_by(CaseText.case), TEXTS, strict=False):
            CaseText.update(text=text).where(CaseText.case == row.case_id).execute()
        texts = {row.case_id: row.text for row in CaseText.select()}
        CaseGram.delete().execute()
        letters = {(gram, case) for case, text in texts.items() for gram in grams(text) if gram < STEP.FIGURES}
        CaseGram.insert_many(sorted(letters), [CaseGram.gram, CaseGram.case]).execute()
        assert len(texts) > len(TEXTS)
        STEP.up(None, bound)
        now = {(row.gram, row.case_id) for row in CaseGram.select()}
        assert now == {(gram, case) for case, text in texts.items() for gram in grams(text)}
        assert len(now) > len(letters)

"""What was kept of sign-ins and downloads beside the audit record is on it afterwards; known places stay known."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services.audit import chaining, verifying
from app.services.base import chain
from app.states import Side
from app.store import database, guesses, schema, trailrules
from app.store.models import TrailEntry, User
from tests.store.test_companies_step import FIRST, Tables
from tests.store.test_versions import data as data

OWN = int(next(schema.STEPS.glob("*_one_owner.py")).name[:4])  # the step that is looked at
AT = datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)


def taken(step: int, bound: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps before this one."""
    for file in schema.STEPS.glob("0*.py"):
        if int(file.name[:4]) < step:
            shutil.copy(file, folder)
    shutil.copy(schema.STEPS / "first.json", folder)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", folder)
        patch.setattr(schema, "_create", lambda _bound: trailrules.install())
        schema.upgrade(bound, lambda _step: None)


@pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])
def test_old_sign_ins_and_downloads_are_brought_once(
    data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = data
    bound = database.connect(settings.database_url)
    (tmp_path / "steps").mkdir()
    taken(OWN, bound, tmp_path / "steps", monkeypatch)
    with database.connection():
        before = bound.execute_sql("SELECT COUNT(*) FROM access").fetchone()[0]
        user = User.select(User.id, User.name, User.email).first()
        case = bound.execute_sql('SELECT id FROM "case" ORDER BY id LIMIT 1').fetchone()[0]
    tables = Tables(bound)
    with database.transaction():
        common = {"way": "sign-in", "scope": "", "held_until": None, "by_name": "", "browser": "Firefox"}
        for kind, whom in (("signed_in", user.id), ("failed", None), ("proxy", None)):
            tables.new(
                "security_event",
                at=AT,
                until=AT + timedelta(days=90),
                kind=kind,
                user_id=whom,
                place="192.0.2.7",
                **common,
            )
        for n in range(2):  # the second one is on the record already
            at = AT + timedelta(minutes=n)
            tables.new(
                "access", at=at, case_id=case, document="d1", filename="決算.pdf", user_id=user.id, user_name="例 一郎"
            )
        TrailEntry.insert(
            at=AT + timedelta(minutes=1), act="downloaded", side=Side.VENDOR, person=user.id, thing="document",
            subject="d1", case_id=case, who='{"salt":"x","name":"例 一郎"}', what='{"salt":"y","label":"決算.pdf"}',
        ).execute()  # fmt: skip
    schema.upgrade(bound, lambda _step: None)
    with database.connection():
        told = [
            (row.act.value, row.at) for row in TrailEntry.select().where(TrailEntry.at >= AT).order_by(TrailEntry.at)
        ]
        brought = [row for row in TrailEntry.select() if chain.details(row.who).get("brought")]
        assert guesses.was_here(user.id, "192.0.2.7", AT + timedelta(days=89))
        assert not guesses.was_here(user.id, "192.0.2.8", AT)
    assert sorted(act for act, at in told if at < AT + timedelta(hours=1)) == [
        "downloaded", "downloaded", "sign_in_failed", "signed_in", "unnamed_proxy",
    ]  # fmt: skip
    assert len(brought) >= before + 4
    chaining.draw()
    assert verifying.verify().broken is None

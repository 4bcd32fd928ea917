"""How cases stood before is kept while something can be taken back, and no longer; what was done stays told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.errors import Refused
from app.services import upkeep
from app.services.moves import kept, mending, moving
from app.services.moves.mending import Wish
from app.states import MendKind
from app.store import database
from app.store.models import Mend, MoveCase
from tests.services.broken import again, send
from tests.services.conftest import PACKAGES, Bench, open_bench
from tests.services.moves.support import REASON, RENAMED, applied, move, person, released, stored
from tests.services.moves.support import work as worked


@pytest.fixture
def bench(either: str, tmp_path: Path, engine: Engine) -> Bench:
    """On both databases."""
    return open_bench(tmp_path, either, engine, PACKAGES)


def held(bench: Bench) -> int:
    """Rows that still know how a case stood."""
    with database.connection():
        rows = [*MoveCase.select(), *Mend.select()]
    assert all((row.blob is None) == (row.before == {}) for row in rows)
    return sum(row.blob is not None for row in rows)


def test_a_move_is_kept_for_a_day(bench: Bench) -> None:
    them, who = applied(bench, 2), person(bench, "administrator")
    made = move(bench, released(bench, RENAMED), them)
    bench.portal.clock.moment += timedelta(hours=23)  # type: ignore[attr-defined]
    assert (kept.thin(bench.portal), held(bench)) == (0, 2)
    bench.portal.clock.moment += timedelta(hours=2)  # type: ignore[attr-defined]
    upkeep.tick(bench.portal)
    assert held(bench) == 0
    status = moving.status(bench.portal, made, who)
    assert (status.counts, status.reason, status.undo_until) == ({"moved": 2}, REASON, None)
    with pytest.raises(Refused):
        moving.undo(bench.portal, made, who)


def test_what_was_stopped_and_went_on_after_a_day_is_not_said_to_be_back(bench: Bench) -> None:
    """Of cases that moved before it was stopped nothing is known any more: they stay."""
    them, who = applied(bench, 2), person(bench, "administrator")
    number = released(bench, RENAMED)
    made = move(bench, number, them)
    state = stored(them[0])
    with database.transaction():
        MoveCase.update(blob=None, before={}).where(MoveCase.case == them[0].id).execute()
    moving.undo(bench.portal, made, who)
    worked(bench)
    outcomes = {each.number: each.state for each in moving.status(bench.portal, made, who).cases}
    assert outcomes == {them[0].number: "gone_on", them[1].number: "back"}
    assert stored(them[0]) == state and again(them[0]).release_id != again(them[1]).release_id


def test_what_was_mended_is_kept_while_nothing_followed(bench: Bench) -> None:
    one, other = applied(bench, 2)
    admin = person(bench, "administrator")
    for case in (one, other):
        wish = Wish(MendKind.VALUE, name="limit", value=99)
        mending.mend(bench.portal, case.number, wish, REASON, again(case).revision, admin)
    send(bench, one, "approve", outcome="approved")
    bench.portal.clock.moment += timedelta(days=40)  # type: ignore[attr-defined]
    assert (kept.thin(bench.portal), held(bench)) == (1, 1)
    mending.undo(bench.portal, other.number, admin)
    assert (kept.thin(bench.portal), held(bench)) == (1, 0)
    with database.connection():
        assert {row.reason for row in Mend.select()} == {REASON}

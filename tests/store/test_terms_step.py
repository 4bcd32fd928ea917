"""Releases of before there were terms: what was in force stays in force, with the days on which it began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.store import database, schema, terms
from app.store.models import Case, Release, Term
from tests.store.test_migrations import FIRST
from tests.store.test_versions import data

__all__ = ["data"]
DAY = timedelta(days=1)


@pytest.mark.parametrize("data", FIRST, indirect=True, ids=["postgres", "sqlite"])
def test_the_highest_number_stays_in_force_and_cases_stay_pinned(data: Any) -> None:
    settings, moment = data
    bound = database.connect(settings.database_url)
    place = "%s" if database.is_postgres() else "?"
    insert = (
        'INSERT INTO "release" (package_id, number, title, digest, archive, active, released_at, released_by) '
        f"VALUES ({', '.join([place] * 8)})"
    )
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    with database.connection():
        pinned = dict(bound.execute_sql('SELECT number, release_id FROM "case"').fetchall())
        for number, at, by in ((2, naive + DAY, "nintei release"), (3, naive - DAY, "by a wrong clock")):
            bound.execute_sql(insert, ("ccus_api_certification", number, "x", f"d{number}", b"zip", True, at, by))
        bound.execute_sql(insert, ("library_card", 1, "y", "d4", b"zip", True, naive, "nintei run"))
    schema.upgrade(bound, lambda _step: None)
    with database.connection():
        rows = [
            (row.package_id, row.release.number, row.source, row.submitted_by, row.stopped_at)
            for row in Term.select().order_by(Term.package_id, Term.from_at, Term.id)
        ]
        assert rows[1:] == [
            ("ccus_api_certification", 2, "bootstrap", "nintei release", None),
            ("ccus_api_certification", 3, "bootstrap", "by a wrong clock", None),
            ("library_card", 1, "bootstrap", "nintei run", None),
        ]
        assert rows[0][:3] == ("ccus_api_certification", 1, "bootstrap")
        now = datetime.now(UTC) + 365 * DAY
        assert {row.package_id: row.release.number for row in terms.current_all(now)} == {
            "ccus_api_certification": 3,
            "library_card": 1,
        }
        assert terms.current("ccus_api_certification", now).release.number == 3  # type: ignore[union-attr]
        assert {row.number: row.release_id for row in Case.select()} == pinned
        first = Release.get(Release.number == 1, Release.package_id == "ccus_api_certification")
        assert terms.of_package("ccus_api_certification")[0].from_at == first.stored_at

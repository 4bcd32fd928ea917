"""How a case stands is asked at once: what it has none of is not asked for again, and what it has is found."""

from __future__ import annotations

from datetime import UTC, datetime

from app.states import IncidentKind, JobState
from app.store import cases, database, incidents, jobrows
from app.store.models import Job
from tests.services.conftest import Bench
from tests.services.steps import case_of, go
from tests.support.statements import counted

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_what_a_case_has_none_of_is_known_with_its_state_until_there_is_some(bench: Bench) -> None:
    case = case_of(go(bench, until="first_review")).id
    with database.reading_once(), database.transaction():
        Job.update(state=JobState.DONE).execute()
        with counted() as seen:
            blob, token = cases.state(case)
            assert jobrows.jobs_of(case, JobState.QUEUED) == jobrows.parked(case) == incidents.of_case(case) == []
        assert len(seen.statements) == 1
        incidents.seen(case, IncidentKind.STEP, "first_review", NOW, "書類審査", "It failed", {})
        Job.update(state=JobState.QUEUED).where(Job.case == case).execute()
        for _ in range(2):
            assert [each.element for each in incidents.of_case(case)] == ["first_review"]
            assert jobrows.jobs_of(case, JobState.QUEUED)
            assert cases.state(case) == (blob, token)

"""A year that cannot move to the release in force is walked to its end on the one it has, and the next one is asked
again."""

from __future__ import annotations

from pathlib import Path

from app.store import database, records
from tests.services.conftest import Bench
from tests.services.moves.test_renewing import on_release, put, versions
from tests.services.register.test_ten_years import Years
from tests.services.steps import case_of


def test_a_renewal_on_an_old_release_is_walked_to_its_end(bench: Bench, tmp_path: Path) -> None:
    years = Years(bench, tmp_path / "years")
    walker = years.walker
    before = on_release(walker)

    def other(text: str) -> str:  # the new audit asks for a value that no case has
        return text.replace("audit_result_outcome == 'passed'", "audit_result_outcome == unheard_of")

    put(bench, tmp_path / "new", {"operation.bpmn": other})
    with database.connection():
        was = records.certificate_of(case_of(walker).id)
    assert was is not None
    for year in (1, 2):
        years.to_the_opening()
        years.passed()
        assert on_release(walker) == before
        assert versions(walker) == ["stayed"] * year
        with database.connection():
            now = records.certificate_of(case_of(walker).id)
        assert now is not None
        assert (now.state, now.valid_until.year) == ("valid", was.valid_until.year + year)

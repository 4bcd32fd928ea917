"""A closed case becomes one signed file: kept with the others, read here, verified anywhere, gone when its time is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import Forbidden, NotFound, Refused
from app.services.audit import archiving, chaining, keeping, offline, verifying
from app.services.base.actors import Actor
from app.services.papers import collecting
from app.states import Act, Kept, Side
from app.store import archives, cases, database, named, soundness
from app.store.models import Archive, Case, Document, TrailEntry
from tests.services.conftest import Bench
from tests.services.steps import go

ADMIN = Actor(None, "管理", Side.OPERATOR, frozenset({"administrator"}))
AUDITOR = Actor(None, "監査", Side.OPERATOR, frozenset({"auditor"}))


@pytest.fixture
def closed(bench: Bench) -> str:
    """The number of a case that ended two years ago."""
    walker = go(bench, until="first_review")
    with database.transaction():
        at = bench.portal.now() - timedelta(days=730)
        Case.update(ended=True, changed_at=at).where(Case.number == walker.number).execute()
    return str(walker.number)


def archived(number: str) -> Archive:
    with database.connection():
        found = archives.of_case(number)
    assert found is not None
    return found


def test_a_case_that_ended_long_ago_becomes_one_file_that_proves_itself(
    bench: Bench, closed: str, tmp_path: Path
) -> None:
    assert archiving.waiting(bench.portal, ADMIN) == 1
    assert archiving.waiting(bench.portal, ADMIN, timedelta(days=731)) == 0
    assert archiving.run(bench.portal, ADMIN) == 1
    assert archiving.waiting(bench.portal, ADMIN) == 0
    file = tmp_path / "archive.zip"
    with file.open("wb") as out:
        out.writelines(archiving.whole(bench.portal, closed, AUDITOR))
    found = offline.verify(file)
    assert found.case == closed
    view = archiving.show(bench.portal, closed, AUDITOR)
    assert view is not None
    assert (view.entries, view.size) == (found.entries, file.stat().st_size)
    names = [name for name, _ in view.files]
    drawn = next(name for name in names if name.endswith(".svg"))
    assert b"<svg" in archiving.part(bench.portal, closed, drawn, AUDITOR).data
    with pytest.raises(NotFound):
        archiving.part(bench.portal, closed, "../nintei.db", AUDITOR)
    with database.connection():
        told = [row.act for row in TrailEntry.select().where(TrailEntry.act.in_([Act.ARCHIVED, Act.DOWNLOADED]))]
    assert told[0] is Act.ARCHIVED and told.count(Act.DOWNLOADED) >= 2
    chaining.draw()
    assert verifying.verify().broken is None


def test_its_bytes_are_kept_like_any_files(bench: Bench, closed: str) -> None:
    archiving.run(bench.portal, ADMIN)
    digest = archived(closed).digest
    with database.connection():
        assert digest in soundness.named_files()
    assert named.unnamed([digest]) == set()
    assert collecting.drop(bench.portal, [digest]) == 0


def test_what_happened_later_makes_another(bench: Bench, closed: str) -> None:
    archiving.run(bench.portal, ADMIN)
    first = archived(closed).digest
    with database.transaction():
        Case.update(changed_at=bench.portal.now() + timedelta(days=1)).where(Case.number == closed).execute()
    assert archiving.waiting(bench.portal, ADMIN, timedelta(days=-2)) == 1
    archiving.make(bench.portal, closed, ADMIN)
    assert archived(closed).digest != first
    assert named.unnamed([first]) == {first}, "the one from before is collected"


def test_only_closed_cases_by_those_who_may(bench: Bench, closed: str) -> None:
    running = go(bench, until="company_profile").number
    with pytest.raises(Refused):
        archiving.make(bench.portal, running, ADMIN)
    with pytest.raises(NotFound):
        archiving.make(bench.portal, "1999-0001", ADMIN)
    with pytest.raises(Forbidden):
        archiving.make(bench.portal, closed, AUDITOR)
    with pytest.raises(NotFound):
        archiving.whole(bench.portal, closed, AUDITOR)
    with pytest.raises(Forbidden):
        archiving.show(bench.portal, closed, Actor(1, "佐藤", Side.OPERATOR, frozenset({"operator"})))
    assert archiving.show(bench.portal, closed, AUDITOR) is None


def test_documents_that_are_gone_stop_no_archive(bench: Bench, closed: str) -> None:
    with database.connection():
        case = cases.get(closed)
        assert case is not None
        paper = Document.select().where((Document.case == case.id) & ~Document.draft).first()
    bench.portal.blobs.remove(paper.digest)
    archiving.make(bench.portal, closed, ADMIN)
    view = archiving.show(bench.portal, closed, ADMIN)
    assert view is not None
    assert "documents.json" in [name for name, _ in view.files]


def test_it_goes_when_its_time_is_over_and_stays_while_it_is_held(bench: Bench, closed: str) -> None:
    archiving.run(bench.portal, ADMIN)
    digest = archived(closed).digest
    with database.transaction():
        Case.update(changed_at=bench.portal.now() - timedelta(days=4000)).where(Case.number == closed).execute()
    keeping.hold(bench.portal, closed, "訴訟", ADMIN)
    assert keeping.run(bench.portal, ADMIN)[Kept.ARCHIVES] == 0
    keeping.end_hold(bench.portal, closed, "和解", ADMIN)
    assert keeping.run(bench.portal, ADMIN)[Kept.ARCHIVES] == 1
    assert archiving.show(bench.portal, closed, ADMIN) is None
    assert named.unnamed([digest]) == {digest}

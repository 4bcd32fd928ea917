"""A short run of `make chaos` on each database: whatever happens to the processes, what was promised holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store import database
from app.store.models import Answer, Case, Document, Entry, Incident, Job, Mail, Outage, Task, Visit
from tests.chaos.judge import judge, promises
from tests.chaos.trial import Outcome, perform

pytestmark = pytest.mark.xdist_group("chaos")

SEED, SECONDS = 2026, 20.0
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return perform("sqlite", SEED, SECONDS, tmp_path_factory.mktemp("chaos"))


def held(outcome: Outcome) -> None:
    found = {name: examples for name, examples in outcome.verdict.wrong.items() if examples}
    assert not found, f"{found}\n{outcome.table()}"
    assert outcome.faults and outcome.verdict.figures["acknowledged"]


def test_whoever_is_killed_or_frozen_nothing_is_lost_or_twice_or_stuck_or_somebodys_trouble(on_sqlite: Outcome) -> None:
    held(on_sqlite)


@pytest.mark.postgres
def test_the_same_holds_while_the_database_is_restarted_and_killed(tmp_path: Path) -> None:
    held(perform("postgres", SEED, SECONDS, tmp_path))


# Who judges is judged: each thing that must not be is put into the records of the run, and found by its name.


@pytest.fixture
def records(on_sqlite: Outcome) -> Iterator[Outcome]:
    """The run's database; what a test changes is taken back."""
    database.connect(on_sqlite.stage.url)
    with database.connection(), database.proxy.obj.atomic() as changes:
        yield on_sqlite
        changes.rollback()
    database.proxy.obj.close_all()


def an_answer_is_gone(outcome: Outcome) -> None:
    said = next(each for each in promises(outcome.stage.acknowledged) if each["what"] == "applied")
    case = Case.get(Case.number == said["case"])
    Task.update(answer=None).where(Task.case == case.id).execute()
    Answer.delete().where((Answer.case == case.id) & (Answer.element == said["element"])).execute()


def a_step_was_done_twice(_: Outcome) -> None:
    Visit.update(completed=2).where(Visit.id == Visit.select().first().id).execute()


def a_mail_never_came(outcome: Outcome) -> None:
    row = Mail.select().where(Mail.state == "sent").first()
    Mail.update(message_id="<nobody@example.jp>").where(Mail.id == row.id).execute()


def the_history_says_it_twice(_: Outcome) -> None:
    row = Entry.select().where(Entry.kind == "mail").first()
    Entry.create(case=row.case_id, at=row.at, kind="mail", data=row.data)


def a_case_stands_still(_: Outcome) -> None:
    Case.update(ended=False).where(Case.id == Case.select().first().id).execute()


def a_job_was_left(_: Outcome) -> None:
    Job.update(state="queued").where(Job.id == Job.select().first().id).execute()


def a_job_needs_somebody(_: Outcome) -> None:
    Job.update(state="incident", error="deadlock").where(Job.id == Job.select().first().id).execute()


def upkeep_needs_somebody(_: Outcome) -> None:
    Incident.create(kind="upkeep", message="KeyError", first_at=NOW, last_at=NOW)


def a_server_is_away_for_ever(_: Outcome) -> None:
    Outage.create(name="mail", since=NOW, tried_at=NOW, message="away")


def a_file_is_gone(_: Outcome) -> None:
    Document.update(digest="0" * 64).where(Document.id == Document.select().first().id).execute()


def a_state_is_damaged(_: Outcome) -> None:
    database.proxy.obj.execute_sql("UPDATE case_snapshot SET token = '' WHERE case_id = (SELECT MIN(id) FROM \"case\")")


@pytest.mark.parametrize(
    ("name", "plant"),
    [
        ("acknowledged and lost", an_answer_is_gone),
        ("element or answer twice", a_step_was_done_twice),
        ("sent but never at the server", a_mail_never_came),
        ("timeline says 'mail sent' twice", the_history_says_it_twice),
        ("stuck", a_case_stands_still),
        ("left undone", a_job_was_left),
        ("other incidents that a person must press for", a_job_needs_somebody),
        ("other incidents that a person must press for", upkeep_needs_somebody),
        ("outages that did not end", a_server_is_away_for_ever),
        ("blobs missing", a_file_is_gone),
        ("integrity", a_state_is_damaged),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_what_must_not_be_is_found(records: Outcome, name: str, plant: Callable[[Outcome], None]) -> None:
    plant(records)
    assert judge(records.stage).wrong[name]

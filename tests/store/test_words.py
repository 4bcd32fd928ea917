"""Columns of closed sets: their words, what may follow what, and that nobody writes a word as a text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import admin.codes
from admin.nouns import INNER
from app.states import EntryKind, JobState, TaskState
from app.states.word import WrongMove, leading_to, may_follow
from app.store import database, schema
from app.store.database import Table
from app.store.models import ALL, Job, Task
from app.store.words import WordField, move

ROOT = Path(__file__).parents[2]
WORDS = [(model, field) for model in ALL for field in model._meta.sorted_fields if isinstance(field, WordField)]
MOVING = [(model, field) for model, field in WORDS if field.moves is not None]


def named(value: object) -> str:
    """How a case of a test is called."""
    return value.__name__ if isinstance(value, type) else str(getattr(value, "name", value))


@pytest.fixture
def empty(either: str) -> Iterator[None]:
    """An empty database of each kind."""
    bound = database.connect(either)
    schema.prepare(bound)
    with database.connection():
        yield
    if database.is_postgres():
        bound.close_all()


def stored(model: type[Table], field: WordField[TaskState], word: object) -> Table:
    """A row as it comes from the database, its column at this word."""
    row = model(__no_default__=1)
    setattr(row, field.name, word)
    row._dirty.clear()
    return row


@pytest.mark.parametrize(("model", "field"), MOVING, ids=named)
def test_each_move_of_a_table_is_made_and_no_other(model: type[Table], field: WordField[TaskState]) -> None:
    for old in field.words:
        for new in field.words:
            row = stored(model, field, old)
            if may_follow(field.moves or {}, old, new):
                setattr(row, field.name, new)
                assert getattr(row, field.name) is new
            else:
                with pytest.raises(WrongMove, match=f"{model.__name__}.{field.name} does not go from “{old}” to"):
                    setattr(row, field.name, new)
                assert getattr(row, field.name) is old


@pytest.mark.parametrize(("model", "field"), MOVING, ids=named)
def test_a_table_leads_everywhere_but_to_where_rows_are_made(model: type[Table], field: WordField[TaskState]) -> None:
    reached = {new for following in (field.moves or {}).values() for new in following}
    assert reached <= set(field.words) and set(field.moves or {}) <= set(field.words)
    alone = set(field.words) - reached - set(field.moves or {})
    assert not alone, "words that no move knows"


@pytest.mark.parametrize(("model", "field"), WORDS, ids=named)
def test_a_text_that_is_no_word_is_refused_on_its_way_in_and_out(
    model: type[Table], field: WordField[TaskState]
) -> None:
    with pytest.raises(ValueError, match=f"{model.__name__}.{field.name} is “opne”, which is none of"):
        field.python_value("opne")
    with pytest.raises(ValueError, match="opne"):
        field.db_value("opne")
    with pytest.raises(ValueError, match="opne"):
        model(**{field.name: "opne"})
    assert all(type(field.db_value(word)) is str for word in field.words), "the database keeps texts"


@pytest.mark.parametrize(("model", "field"), WORDS, ids=named)
def test_each_word_has_a_translation_for_administration_and_none_has_more(
    model: type[Table], field: WordField[TaskState]
) -> None:
    if field.words is EntryKind or model in INNER:
        return  # told by whole sentences (`app.states.told`), or by pages with words of their own
    shown = admin.codes.words_of(model.__name__, field.name)
    assert set(shown) == {word.value for word in field.words if word.value}


@pytest.mark.parametrize(("model", "field"), WORDS, ids=named)
def test_each_word_fits_into_its_column(model: type[Table], field: WordField[TaskState]) -> None:
    assert max(len(word.value) for word in field.words) <= field.max_length


def test_a_new_row_may_begin_anywhere_and_what_is_not_yet_stored_is_no_step() -> None:
    job = Job(state=JobState.PARKED)
    job.state = JobState.DONE
    row = stored(Job, Job.state, JobState.RUNNING)
    assert isinstance(row, Job)
    row.state = JobState.DONE
    row.state = JobState.LATE  # from running: done was never stored
    with pytest.raises(WrongMove):
        row.state = JobState.PARKED


def test_many_rows_move_at_once_and_those_that_may_not_stay(empty: None) -> None:
    now = datetime.now(UTC)
    for state in JobState:
        Job.create(key=state.value, operator="mail", state=state, run_at=now, created_at=now)
    assert move(Job.state, JobState.RUNNING, Job.operator == "mail", worker="w") == 2
    assert sorted(row.key for row in Job.select().where(Job.worker == "w")) == ["queued", "running"]
    assert leading_to(Job.state.moves or {}, JobState.RUNNING) == [JobState.RUNNING, JobState.QUEUED]
    with pytest.raises(TypeError, match="Job has no column wroker"):
        move(Job.state, JobState.RUNNING, Job.operator == "mail", wroker="w")


def test_what_is_read_is_a_word_and_what_lies_there_a_text(empty: None) -> None:
    now = datetime.now(UTC)
    Job.create(key="k", operator="mail", state="incident", run_at=now, created_at=now)
    assert Job.get().state is JobState.INCIDENT
    assert list(Job.select(Job.state).tuples()) == [(JobState.INCIDENT,)]
    (text,) = database.proxy.obj.execute_sql("SELECT state FROM job").fetchone()
    assert text == "incident" and type(text) is str


def test_no_column_of_words_is_compared_with_a_text() -> None:
    """mypy refuses it, but for a comparison inside a call of an overloaded function, such as `int(…)`."""
    columns = {(model.__name__, field.name) for model, field in WORDS}
    found = []
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "admin").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            place, others = None, []
            if isinstance(node, ast.Compare):
                place, others = node.left, node.comparators
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place, others = node.func.value, node.args
            if not isinstance(place, ast.Attribute) or not isinstance(place.value, ast.Name):
                continue
            texts = [each for other in others for each in ast.walk(other) if isinstance(each, ast.Constant)]
            if (place.value.id, place.attr) in columns and any(isinstance(each.value, str) for each in texts):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_a_task_may_be_opened_again_but_one_that_is_done_was_needed() -> None:
    for closed in (TaskState.DONE, TaskState.CANCELLED):
        assert may_follow(Task.state.moves or {}, closed, TaskState.OPEN)
    assert not may_follow(Task.state.moves or {}, TaskState.DONE, TaskState.CANCELLED)

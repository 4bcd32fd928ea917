"""What a noun wants of a task: each is asked at each place, and the task names none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.engine import Step
from app.errors import Refused
from app.forms import FieldError
from app.services.base.nouns import Asked, Looked, Noun, Sent, Warned
from app.services.pages import task as taskpage
from app.services.tasks import forms, nouns
from app.services.tasks import send as tasks
from app.store import database, work
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, opened, staff, task

SERVICES = Path(__file__).parents[3] / "app" / "services"
NOUNS = {"cards", "money", "days", "companies", "register"}


class Guest(Noun):
    """Says something everywhere, and notes where it was asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.complains = self.refuses = False

    def wrong(self, asked: Asked) -> Iterable[FieldError]:
        self.heard.append("wrong")
        return [FieldError("outcome", "The guest says no", {})] if self.complains else []

    def doubted(self, asked: Asked) -> Iterable[Warned]:
        self.heard.append("doubted")
        return [Warned("The guest wonders about %(what)s", {"what": asked.values.get("outcome")})]

    def before(self, asked: Asked) -> None:
        self.heard.append("before")
        if self.refuses:
            raise Refused("The guest says no")

    def after(self, sent: Sent) -> Mapping[str, Any]:
        self.heard.append(f"after {sent.answer.element}")
        return {"guest": "was here"}

    def moved(self, sent: Sent, step: Step) -> None:
        self.heard.append(f"moved {sent.routes['guest']} {bool(step.jobs)}")

    def shown(self, looked: Looked) -> Mapping[str, Any]:
        return {"guest": looked.setting.task.element}


@pytest.fixture
def guest() -> Iterator[Guest]:
    """A noun that is asked after all others."""
    found = Guest()
    nouns.ALL.append(found)
    yield found
    nouns.ALL.remove(found)


def test_a_noun_is_asked_from_the_page_to_the_step(bench: Bench, guest: Guest) -> None:
    walker = go(bench, until="first_review")
    row, who = task(walker, "first_review"), staff(walker)
    assert taskpage.page(bench.portal, row.id, who).nouns["guest"] == "first_review"
    done = forms.press(bench.portal, row.id, {"outcome": "passed"}, who, checks=True)
    assert done.cleaned is not None and done.cleaned.ok
    _, warned, revision = forms.check(bench.portal, row.id, who)
    assert ("The guest wonders about %(what)s", {"what": "passed"}) in [(each.message, each.params) for each in warned]
    guest.heard.clear()
    tasks.send(bench.portal, row.id, who, revision)
    assert guest.heard == ["wrong", "before", "after first_review", "moved was here True"]
    assert opened(walker) != ["first_review"]


def test_what_a_noun_finds_wrong_stands_at_its_field_beside_all_else(bench: Bench, guest: Guest) -> None:
    walker = go(bench, until="first_review")
    row, who = task(walker, "first_review"), staff(walker)
    guest.complains = True
    done = forms.press(bench.portal, row.id, {}, who, checks=True)
    assert done.cleaned is not None
    said = [(error.key, error.message) for error in done.cleaned.errors]
    assert ("outcome", "The guest says no") in said and len(said) > 1


def test_where_a_noun_refuses_nothing_is_stored(bench: Bench, guest: Guest) -> None:
    walker = go(bench, until="first_review")
    row, who = task(walker, "first_review"), staff(walker)
    forms.save_draft(bench.portal, row.id, {"outcome": "passed"}, who)
    guest.refuses = True
    with pytest.raises(Refused, match="The guest says no"):
        tasks.send(bench.portal, row.id, who)
    assert opened(walker) == ["first_review"]
    with database.connection():
        assert work.answers(case_of(walker).id, "first_review") == []
        assert work.draft(row.id) is not None


@pytest.mark.parametrize("file", ["tasks/send.py", "tasks/forms.py", "pages/task.py"])
def test_a_task_names_no_noun(file: str) -> None:
    found = set()
    for node in ast.walk(ast.parse((SERVICES / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.services."):
            found.add((node.module or "").split(".")[2])
        elif isinstance(node, ast.ImportFrom) and node.module == "app.services":
            found |= {alias.name for alias in node.names}
    assert not found & NOUNS

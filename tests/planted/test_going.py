"""Every problem has a place to which a page can go; what is offered to mend it mends it; a memo changes no word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

import pytest

from app import catalogue
from app.catalogue.going import place
from app.engine import Engine, Evaluator
from app.errors import BadPackage, Problem
from app.services.base import checks
from app.services.designing import mending
from app.text.memo import Memo
from tests.catalogue.support import Edit, edited
from tests.catalogue.wrongs import CASES
from tests.planted.plants import KNOWN, MORE
from tests.planted.support import SHIPPED, THREE_STEPS, TOGETHER, planted, said
from tests.planted.test_places import ECHOES, FOREIGN, PLACES

pytestmark = TOGETHER

Files = Mapping[str, bytes]


def _wrong() -> Iterator[tuple[str, Callable[[], Files]]]:
    for plant in [*KNOWN, *MORE]:
        yield plant.name, partial(planted, SHIPPED if plant.shipped else THREE_STEPS, plant.edit)
    for name, edit, *_ in CASES:
        yield name, partial(_edited, edit)
    edits: dict[str, Edit] = {name: edit for name, edit, *_ in PLACES} | {n: e for n, (e, _) in ECHOES.items()}
    for name, edit in {**edits, **FOREIGN}.items():
        yield name, partial(planted, THREE_STEPS, edit)


def _edited(edit: Edit) -> Files:
    return edited(edit).files


WRONG = list(_wrong())
IDS = [f"{number} {name}" for number, (name, _) in enumerate(WRONG)]
EACH = pytest.mark.parametrize("number", range(len(WRONG)), ids=IDS)


@cache
def files_of(number: int) -> Files:
    """What is wrong, put together by whoever looks at it: each test process reads the list of them."""
    return WRONG[number][1]()


@cache
def found_in(number: int) -> list[Problem]:
    """What is said of it, worked out once."""
    return said(files_of(number))


_DRAWN = ("property:", "parameter:")


@EACH
def test_every_problem_has_a_place_that_is_there(number: int) -> None:
    files = files_of(number)
    package, found = catalogue.from_files(files), found_in(number)
    assert found
    for problem in found:
        where = place(package, problem)
        rows = files[where.file].decode("utf-8-sig", "replace").split("\n")
        assert 1 <= where.line <= len(rows), problem
        assert 1 <= where.column <= max(1, len(rows[where.line - 1])) + 1, problem
        if where.file.endswith(".bpmn"):
            text = files[where.file].decode("utf-8", "replace")
            assert not where.element or f'"{where.element}"' in text, problem
            known = ("", "name", "lane", "condition", "script", "time", "loop")
            assert where.part in known or where.part.startswith(_DRAWN), problem
        elif where.file.endswith(".form"):
            assert where.part == "" or where.part.startswith(f"field:{where.element}"), problem
        elif where.file.endswith(".dmn"):
            assert where.part == "" or where.part.startswith("row:"), problem
        elif where.file.endswith((".md", ".html")):
            assert where.part in ("", "body") or where.part.startswith("header:"), problem
        missing = "is missing" in problem.message  # it is to come somewhere at the beginning
        if problem.file in files and (problem.element or problem.part) and not missing:
            assert problem.line, problem  # looked up, and not the beginning of the file for want of better


@EACH
def test_nothing_is_said_twice(number: int) -> None:
    sentences = [(*problem.place, problem.message, str(problem.params)) for problem in found_in(number)]
    assert len(sentences) == len(set(sentences))


def _mendable() -> Iterator[tuple[int, Files, Problem, mending.Action]]:
    for number in range(len(WRONG)):
        files = files_of(number)
        package = catalogue.from_files(files)
        for problem in found_in(number):
            action = mending.mend(package, problem)
            if action is not None:
                yield number, files, problem, action


def test_what_is_offered_mends_and_brings_no_other_error() -> None:
    done: dict[str, int] = {}
    memo, engine = Memo(8_000_000), Engine(Evaluator())
    for number, files, problem, action in _mendable():
        with memo.used():
            after = checks.everything(engine, catalogue.from_files({**files, **mending.apply(files, action)}))
        name, found = WRONG[number][0], found_in(number)
        assert str(problem) not in [str(each) for each in after], (name, str(problem), action)
        before = {(each.file, each.message) for each in found}
        known = [each for each in after if each.severity == "error" and (each.file, each.message) not in before]
        fresh = [each for each in known if each.place != problem.place]  # one fault may have hidden another
        assert not fresh, (name, action, list(map(str, fresh)))
        done[action.kind] = done.get(action.kind, 0) + 1
    assert set(done) >= {"form", "mail", "document", "replace", "quote", "attribute", "line"}, done


def test_an_offer_that_is_too_late_changes_nothing() -> None:
    _, files, _, action = next(each for each in _mendable() if each[3].kind == "replace")
    mended = {**files, **mending.apply(files, action)}
    with pytest.raises(mending.Stale):
        mending.apply(mended, action)
    with pytest.raises(mending.Stale):
        mending.action_of({"kind": "shell", "file": "x"})
    with pytest.raises(BadPackage):
        mending.apply(files, mending.Action("form", "", new="../x"))


def test_with_a_memo_the_same_is_said() -> None:
    memo, engine = Memo(2_000_000), Engine(Evaluator())
    for number, (name, _) in list(enumerate(WRONG))[::4]:
        with memo.used():
            again = [str(each) for each in checks.everything(engine, catalogue.from_files(files_of(number)))]
        assert again == [str(each) for each in found_in(number)], name
        assert memo.weight <= 2_000_000

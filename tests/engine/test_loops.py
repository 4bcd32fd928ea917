"""Tasks that run several times."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import Engine
from app.errors import ScriptError
from tests.engine.drawing import Drawing, again, each
from tests.engine.walking import Walk, compiled


def one(inside: str) -> Drawing:
    return Drawing("p").start().user("t", inside).end().path("s", "t", "e")


def test_one_task_for_each_item_all_at_once(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, one(each("docs", "doc"))), {"docs": ["a", "b", "c"], "got": {}})
    assert [task.data["doc"] for task in walk.step.open_tasks] == ["a", "b", "c"]
    walk.do("t", 1, got={"b": 1})
    walk.do("t", 1, got={"c": 1})
    walk.do("t", 0, got={"a": 1})
    assert walk.step.ended
    assert walk.step.data == {"docs": ["a", "b", "c"], "got": {"a": 1, "b": 1, "c": 1}}


def test_one_after_the_other_each_sees_what_the_last_one_left(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, one(each("docs", "doc", sequential=True))), {"docs": ["a", "b"], "n": 0})
    assert walk.open() == ["t"]
    assert walk.do("t", n=1).open_tasks[0].data == {"docs": ["a", "b"], "n": 1, "doc": "b"}
    assert walk.do("t", n=2).data == {"docs": ["a", "b"], "n": 2}


@pytest.mark.parametrize("sequential", [True, False])
def test_results_come_back_in_the_order_of_the_items(engine: Engine, sequential: bool) -> None:
    repeated = each("docs", "doc", output="marks", output_item="mark", sequential=sequential)
    walk = Walk(engine, compiled(engine, one(repeated)), {"docs": ["a", "b"]})
    for index in (0, 0) if sequential else (1, 0):
        doc = walk.task("t", index).data["doc"]
        walk.do("t", index, mark=doc.upper(), private=1)
    assert walk.step.data == {"docs": ["a", "b"], "marks": ["A", "B"]}


def test_a_mapping_is_gone_through_by_its_keys(engine: Engine) -> None:
    repeated = each("docs", "doc", output="marks", output_item="mark")
    walk = Walk(engine, compiled(engine, one(repeated)), {"docs": {"x": 1, "y": 2}})
    walk.do("t", 1, mark=20)
    assert walk.do("t", 0, mark=10).data["marks"] == {"x": 10, "y": 20}


@pytest.mark.parametrize("docs", [[], {}])
def test_an_empty_list_passes_at_once(engine: Engine, docs: Any) -> None:
    repeated = each("docs", "doc", output="marks", output_item="mark")
    step = Walk(engine, compiled(engine, one(repeated)), {"docs": docs}).step
    assert (step.ended, step.data["marks"]) == (True, docs)


def test_the_rest_is_cancelled_when_the_completion_condition_holds(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, one(each(count="3", until="ok"))), {"ok": False})
    walk.do("t")
    walk.do("t", 1, ok=True)
    assert walk.step.ended
    assert walk.log().count("t cancelled") == 1
    assert walk.step.data == {"ok": True}


@pytest.mark.parametrize("count", ["n", "n * 1000000", "-1", "'3'", "2.5", "True"])
def test_a_number_of_runs_that_is_none_or_too_large_is_an_error(engine: Engine, count: str) -> None:
    with pytest.raises(ScriptError) as caught:
        Walk(engine, compiled(engine, one(each(count=count))), {"n": 101})
    assert caught.value.params["element"] == "t"


@pytest.mark.parametrize("docs", [None, "abc", 3, list(range(101))])
def test_what_is_no_list_or_too_long_is_an_error(engine: Engine, docs: Any) -> None:
    with pytest.raises(ScriptError):
        Walk(engine, compiled(engine, one(each("docs", "doc"))), {"docs": docs})


def test_many_within_many_are_stopped(engine: Engine) -> None:
    inner = Drawing("box").start("bs").user("t", each(count="100")).end("be").path("bs", "t", "be")
    drawing = Drawing("p").start().sub(inner, each(count="100")).end().path("s", "box", "e")
    with pytest.raises(ScriptError, match="under way"):
        Walk(engine, compiled(engine, drawing))


def test_services_of_a_list_are_separate_jobs(engine: Engine) -> None:
    drawing = Drawing("p").start().service("send", to="doc", inside=each("docs", "doc")).end().path("s", "send", "e")
    walk = Walk(engine, compiled(engine, drawing), {"docs": ["a", "b"]})
    assert [job.params["to"] for job in walk.step.jobs] == ["a", "b"]
    walk.done("send")
    assert not walk.step.ended
    assert walk.done("send").ended


def test_a_loop_goes_on_while_its_condition_holds(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, one(again("not ok"))), {"ok": False, "n": 0})
    for number in range(5):
        assert walk.task("t").data["n"] == number
        walk.do("t", n=number + 1)
    assert walk.do("t", ok=True).ended


def test_a_loop_stops_at_its_maximum(engine: Engine) -> None:
    walk = Walk(engine, compiled(engine, one(again(maximum="3"))))
    walk.do("t")
    walk.do("t")
    assert walk.do("t").ended


def test_a_loop_that_is_tested_before_may_never_run(engine: Engine) -> None:
    assert Walk(engine, compiled(engine, one(again("False", test_before=True)))).step.ended


def test_a_border_event_ends_all_runs_at_once(engine: Engine) -> None:
    inner = Drawing("box").start("bs").user("t").service("j").end("be").path("bs", "t", "j", "be")
    drawing = Drawing("p").start().sub(inner, each(count="3")).on_message("stop", "box", "halt").user("then")
    drawing.end().end("e2").path("s", "box", "e").path("stop", "then", "e2")
    walk = Walk(engine, compiled(engine, drawing))
    walk.do("t")
    walk.tell("halt")
    assert (walk.open(), walk.step.running_jobs) == (["then"], ())
    assert sorted(line for line in walk.log() if line.endswith("cancelled")) == [
        "box cancelled", "box cancelled", "box cancelled", "j cancelled", "t cancelled", "t cancelled",
    ]  # fmt: skip
    assert walk.do("then").ended

"""Activities that run several times: standard loops and multi-instance."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.bpmn import Repetition
from app.engine.merge import merged
from app.engine.specs import UNFINISHED, Surrounding
from app.engine.values import clone
from app.engine.writes import MARK, put, replace
from app.errors import N_, ScriptError

MAX_INSTANCES = 100


class Repeating(Surrounding):
    """Around the repeated task, which is its child in the tree. STARTED until the last one is done."""

    def __init__(self, *args: Any, instance: str, repetition: Repetition, drawn: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance
        self.repetition = repetition
        self.drawn = drawn  # element id, for errors

    def child_completed(self, my_task: Task, child: Task) -> None:
        # What follows the loop is a child of it too; only its runs are marked as triggered.
        if child.triggered and my_task.has_state(TaskState.STARTED):
            self.run_completed(my_task, child)

    def run_completed(self, my_task: Task, child: Task) -> None:
        """One run is done: take in what it brought, and go on or end."""
        raise NotImplementedError

    def begin(self, my_task: Task, extra: dict[str, Any], index: int) -> None:
        """One more run, with `extra` added to the data."""
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.instance], TaskState.FUTURE)
        child.triggered = True
        child.internal_data["index"] = index
        child.data = clone(my_task.data) | clone(extra)
        child.task_spec._update(child)

    def holds(self, my_task: Task, data: dict[str, Any], condition: str) -> bool:
        """The value of a condition of the loop over `data`."""
        kept, my_task.data = my_task.data, data
        try:
            return bool(my_task.workflow.script_engine.evaluate(my_task, condition))
        finally:
            my_task.data = kept

    def refuse(self, message: str, **params: Any) -> ScriptError:
        return ScriptError(message, element=self.drawn, **params)


class Loop(Repeating):
    """Standard loop: again while its condition is true, at most `maximum` times."""

    def _update_hook(self, my_task: Task) -> bool:
        my_task.internal_data["done"] = 0
        if self.repetition.test_before and self.over(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self.begin(my_task, {}, 0)
        return False

    def run_completed(self, my_task: Task, child: Task) -> None:
        replace(my_task, child.data, child.internal_data.get(MARK))
        my_task.internal_data["done"] += 1
        if self.over(my_task):
            my_task._ready()
        else:
            self.begin(my_task, {}, my_task.internal_data["done"])

    def over(self, my_task: Task) -> bool:
        maximum, condition = self.repetition.maximum, self.repetition.condition
        if maximum and my_task.internal_data["done"] >= int(maximum):
            return True
        return bool(condition) and not self.holds(my_task, my_task.data, condition)


class MultiInstance(Repeating):
    """One run for each item of a collection, or as many as a number says, one after the other or all at once.

    With an output collection only the output items come back, in the order of the inputs. Without, the
    changes of each run are joined as those of parallel branches are; of two that changed the same value, the
    later to finish wins.
    """

    def _update_hook(self, my_task: Task) -> bool:
        keys = self.keys(my_task)
        my_task.internal_data.update(keys=keys, next=0, results={})
        if self.repetition.output:
            put(my_task, {self.repetition.output: self.results(my_task)})
        if not keys:
            return True
        if not self.repetition.sequential and not self.repetition.output:
            my_task.internal_data["base"] = clone(my_task.data)
        my_task._set_state(TaskState.STARTED)
        for _ in keys[:1] if self.repetition.sequential else keys:
            self.begin_next(my_task)
        return False

    def keys(self, my_task: Task) -> list[Any]:
        """What each run is for: an index of the list, a key of the mapping."""
        if self.repetition.collection:
            collection = my_task.data.get(self.repetition.collection)
            if not isinstance(collection, (list, dict)):
                raise self.refuse(N_("“%(name)s” must be a list when this begins."), name=self.repetition.collection)
            keys = list(collection) if isinstance(collection, dict) else list(range(len(collection)))
        else:
            number = my_task.workflow.script_engine.evaluate(my_task, self.repetition.cardinality)
            if type(number) is not int or number < 0:
                raise self.refuse(
                    N_("The number of runs must be a whole number, not “%(value)s”."), value=str(number)[:40]
                )
            if number > MAX_INSTANCES:  # before a list of that length is made
                raise self.refuse(N_("A task may be repeated %(limit)s times at most."), limit=MAX_INSTANCES)
            keys = list(range(number))
        if len(keys) > MAX_INSTANCES:
            raise self.refuse(N_("A task may be repeated %(limit)s times at most."), limit=MAX_INSTANCES)
        return keys

    def begin_next(self, my_task: Task) -> None:
        internal = my_task.internal_data
        index = internal["next"]
        internal["next"] += 1
        extra: dict[str, Any] = {}
        if self.repetition.item:
            key = internal["keys"][index]
            extra[self.repetition.item] = (
                my_task.data[self.repetition.collection][key] if self.repetition.collection else key
            )
        self.begin(my_task, extra, index)

    def run_completed(self, my_task: Task, child: Task) -> None:
        internal = my_task.internal_data
        after = clone(child.data)
        seen = my_task.data | after  # what the completion condition looks at
        if self.repetition.item:
            after.pop(self.repetition.item, None)
        if self.repetition.output:
            if self.repetition.output_item not in child.data:
                raise self.refuse(N_("“%(name)s” has no value when this ends."), name=self.repetition.output_item)
            internal["results"][str(child.internal_data["index"])] = clone(child.data[self.repetition.output_item])
            put(my_task, {self.repetition.output: self.results(my_task)})
            seen[self.repetition.output] = my_task.data[self.repetition.output]
        elif self.repetition.sequential:
            replace(my_task, after)
        else:
            replace(my_task, merged(internal["base"], [my_task.data, after]))
        if self.over(my_task, child, seen):
            for other in my_task.children:
                if other.triggered and other.has_state(UNFINISHED):
                    other.cancel()
            my_task._ready()
        elif self.repetition.sequential:
            self.begin_next(my_task)

    def over(self, my_task: Task, child: Task, seen: dict[str, Any]) -> bool:
        if self.repetition.condition and self.holds(my_task, seen, self.repetition.condition):
            return True
        under_way = any(other is not child and other.has_state(UNFINISHED) for other in my_task.children)
        return not under_way and my_task.internal_data["next"] >= len(my_task.internal_data["keys"])

    def results(self, my_task: Task) -> Any:
        keys, results = my_task.internal_data["keys"], my_task.internal_data["results"]
        done = sorted(int(index) for index in results)
        if self.repetition.collection and isinstance(my_task.data.get(self.repetition.collection), dict):
            return {keys[index]: results[str(index)] for index in done}
        return [clone(results[str(index)]) for index in done]

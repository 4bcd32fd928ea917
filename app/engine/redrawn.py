"""Where a token may go on when its place is no more: at the same place drawn anew, by another way, or anew at a step.

A token keeps what it waits for only where a place behaves as its own did. Otherwise it may come to a step as if for the
first time: to one at which it rests, so that nothing happens with the move but that it waits there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.engine import behaviour
from app.engine.findings import ANEW, BY, TO
from app.engine.gateways import Inclusive, Parallel
from app.engine.loops import Repeating
from app.engine.marking import Token
from app.engine.specs import Lean, ProcessSpec
from app.engine.tasks import Activity, Person
from app.engine.waiting import Catch, EventGate, Standing

_KEPT = (Person, Catch, EventGate, Parallel, Inclusive, Activity, Repeating)  # a token on it may go on at its like


def choices(process: ProcessSpec, new: ProcessSpec, token: Token) -> Iterator[str]:
    """What may be decided for a token whose place is no more, or is something else."""
    old = process.task_specs[token.spec]
    if not isinstance(old, _KEPT):
        return
    alone = isinstance(old, Person) and not token.runs and token.inside is None
    yield from (TO + each for each in (_like(new, old) if alone else fresh(process, new, old)))
    if isinstance(old, Catch | Parallel | Inclusive) and not token.gate:
        there = sorted(_restful(new), key=lambda each: each != token.element)
        yield from (ANEW + each for each in there)


def fresh(process: ProcessSpec, new: ProcessSpec, old: Lean) -> Iterator[str]:
    """Places that behave alike and were not in the old version: one of them may be the same, drawn anew."""
    yield from (each for each in _like(new, old) if each not in process.task_specs)


def ways(
    process: ProcessSpec, new: ProcessSpec, token: Token, rename: Callable[[str, str], str]
) -> tuple[str, ...] | None:
    """Ways into a join that it did not have before; None where the token's own is still there, or nobody asks."""
    join = new.task_specs[rename(process.name, token.spec)]
    if not token.came or not isinstance(join, Parallel) or rename(process.name, token.came) in join._inputs:
        return None
    known = {rename(process.name, each) for each in process.task_specs[token.spec]._inputs}
    return tuple(each for each in dict.fromkeys(join._inputs) if each not in known)


def ways_choices(new: ProcessSpec, found: Iterable[str]) -> Iterator[str]:
    """By which of these ways a token counts as come, or at which step on them it begins anew."""
    places = list(found)
    yield from (BY + each for each in places)
    restful = set(_restful(new))
    yield from (ANEW + each for each in places if each in restful)


def entrance(process: ProcessSpec, element: str) -> str:
    """The place to which a token comes that comes to this element: its border, where events stand by."""
    border = f"{element}:border"
    return border if border in process.task_specs else element


def _like(new: ProcessSpec, old: Lean) -> Iterator[str]:
    """Drawn places that behave alike; of joins those that join."""
    wanted = behaviour.key(old)
    for name, spec in new.task_specs.items():
        drawn = spec.element or getattr(spec, "drawn", "")
        joins = not isinstance(old, Parallel | Inclusive) or len(spec._inputs) > 1 or len(old._inputs) < 2
        if name == drawn and joins and behaviour.key(spec) == wanted:
            yield name


def _restful(new: ProcessSpec) -> Iterator[str]:
    """Steps at which a token that comes there rests: nothing but waiting follows."""
    for name, spec in new.task_specs.items():
        if isinstance(spec, Person | Catch) and not isinstance(spec, Standing) and name == spec.element:
            yield name

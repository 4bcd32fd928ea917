"""What a place of a diagram does with a token that rests on it: the same key, the same behaviour.

A class of specs stands for several behaviours: a wait for a time and one for a message are both a `Catch`. A case that
rests on the one cannot go on as the other. Scripts, conditions, times and parameters are not in the key: they are
looked at when the token moves.
"""

from __future__ import annotations

from app.engine.loops import Repeating
from app.engine.specs import Lean
from app.engine.tasks import Activity, Service
from app.engine.waiting import Catch, Standing

Key = tuple[str, ...]


def key(spec: Lean) -> Key:
    """All by which one place differs from another for a token on it, or an event that stands by there."""
    parts = [type(spec).__name__]
    if isinstance(spec, Catch):
        # A repeated timer keeps count, another one does not.
        kind = spec.timing.kind if isinstance(spec, Standing) and spec.timing is not None else ""
        parts += [spec.trigger.kind, spec.trigger.name, "timeCycle" if kind == "timeCycle" else ""]
    if isinstance(spec, Service):
        parts += [spec.operator, spec.result]
    if isinstance(spec, Activity):
        parts.append(spec.called)
    if isinstance(spec, Repeating):
        what = spec.repetition
        parts += [str(what.sequential), what.collection, what.output, what.output_item if what.output else ""]
        # What its runs are is a place of its own, with a key of its own.
    return tuple(parts)

"""Which fields are shown. `app/frontend/forms.js` follows the same steps, so that page and server agree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.feel import Expression
from app.forms.spec import FieldSpec, Kind


def condition_names(spec: FieldSpec) -> set[str]:
    """Names that the field's own condition reads."""
    return set(spec.hide.names()) if spec.hide else set()


def hide_if(hide: Expression) -> str:
    """The condition for the page: the field is hidden while it is exactly true."""
    return json.dumps(hide.to_json(), ensure_ascii=False, separators=(",", ":"))


def holds(hide: Expression, names: Mapping[str, Any]) -> bool:
    """Whether the field is hidden. What is neither true nor false (a name without value …) hides nothing."""
    return hide.holds(names)


def hidden_keys(fields: Sequence[FieldSpec], values: Mapping[str, Any], context: Mapping[str, Any]) -> set[str]:
    """Ids (of `marks`) of what is hidden in one scope.

    Hidden answers count as null, which may hide or show more: repeated until nothing changes, at most
    once for each condition, so that conditions that contradict each other end too.
    """
    conditional = [mark for mark, spec, _ in marks(fields) if spec.hide]
    hidden: set[str] = set()
    for _ in range(len(conditional) + 1):
        keys = {spec.key for mark, spec, parents in marks(fields) if spec.is_input and ({mark, *parents} & hidden)}
        names = {**context, **values, **dict.fromkeys(keys)}
        found = {mark for mark, spec, _ in marks(fields) if spec.hide and holds(spec.hide, names)}
        if found == hidden:
            break
        hidden = found
    return {mark for mark, _, parents in marks(fields) if {mark, *parents} & hidden}


def marks(
    fields: Sequence[FieldSpec], parents: tuple[str, ...] = (), prefix: str = ""
) -> Iterator[tuple[str, FieldSpec, tuple[str, ...]]]:
    """(mark, component, marks of the groups around it) of one scope; a mark is the place in the tree,
    such as `0.2`.
    """
    for index, spec in enumerate(fields):
        mark = f"{prefix}{index}"
        yield mark, spec, parents
        if spec.type is Kind.GROUP:
            yield from marks(spec.fields, (*parents, mark), f"{mark}.")

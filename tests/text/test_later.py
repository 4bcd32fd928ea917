"""A list that is read when somebody looks into it: in all else it is a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.connectors.templates import render_text
from app.text.later import Later, settled


def asked() -> tuple[Later[int], list[int]]:
    times: list[int] = []

    def make() -> list[int]:
        times.append(1)
        return [3, 1, 2]

    return Later(make), times


FOUR = [4]
LOOKS: list[Callable[[Any], Any]] = [
    list,
    len,
    bool,
    str,
    repr,
    sorted,
    lambda it: it[0],
    lambda it: it[-2:],
    lambda it: 2 in it,
    lambda it: it == [3, 1, 2],
    lambda it: it != [3],
    lambda it: it + FOUR,
    lambda it: FOUR + it,
    lambda it: it + it,
    lambda it: list(reversed(it)),
    lambda it: it.index(1),
    *(
        lambda it, source=source: render_text(source, {"rows": it})
        for source in (
            "{{ rows }}",
            "{{ rows | length }} {{ rows[1] }} {{ rows | first }} {{ rows | last }} {{ rows | join('/') }}",
            "{% for row in rows %}{{ loop.index }}:{{ row }}{% if not loop.last %},{% endif %}{% endfor %}",
            "{% if rows %}some{% endif %}{{ (rows + [9]) | sort | join }}{{ rows | sum }}",
            "{{ rows | select('gt', 1) | list }}{{ rows | reject('gt', 1) | list }}",
            "{{ rows.append }}{{ rows.count }}{{ rows._make }}{{ rows.index }}",
        )
    ),
]


@pytest.mark.parametrize("look", LOOKS)
def test_whatever_is_asked_of_it_is_answered_as_by_the_list(look: Callable[[Any], Any]) -> None:
    rows, times = asked()
    assert look(rows) == look([3, 1, 2])
    look(rows)
    assert times == [1]  # and it is read once


def test_nobody_asks_and_nothing_is_read() -> None:
    rows, times = asked()
    assert render_text("{{ other }}", {"rows": rows, "other": "x"}) == "x"
    assert times == []


def test_no_template_calls_it() -> None:
    rows, _ = asked()
    with pytest.raises(Exception, match="cannot be rendered"):
        render_text("{{ rows() }}", {"rows": rows})


def test_settled_it_is_a_list() -> None:
    rows, times = asked()
    found = settled({"rows": rows, "more": 1})
    assert (found, type(found["rows"]), times) == ({"rows": [3, 1, 2], "more": 1}, list, [1])


def test_it_has_no_hash_as_a_list_has_none() -> None:
    with pytest.raises(TypeError):
        hash(asked()[0])

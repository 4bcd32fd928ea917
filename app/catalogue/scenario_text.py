"""Scenarios as text: one that was played is written, one whose outcome has changed is brought up; comments stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.items import Table

from app.catalogue import scenarios
from app.catalogue.scenarios import Scenario

ORDER = ("complete", "message", "advance", "by", "person", "data", "answer", "routes", "webhooks", "fails")
WIDE = 100  # characters of an answer on one line; longer ones become a table of their own


@dataclass(frozen=True, slots=True)
class Change:
    """What a step expects otherwise: `before` and `now` under a key of the format, None where it says nothing."""

    step: int  # from 1, in its file
    line: int
    key: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Added:
    """A new step: `raw` as the format has it, put in before the step of this number (from 1); that begins on `line`."""

    step: int
    line: int
    raw: Mapping[str, Any]


def written(title: str, steps: Sequence[Mapping[str, Any]], about: str = "") -> bytes:
    """A new scenario's file."""
    document = tomlkit.document()
    document.add("title", tomlkit.item(title))
    if about:
        document.add("about", tomlkit.item(about))
    listed = tomlkit.aot()
    for step in steps:
        listed.append(_step(step))
    document.add("step", listed)
    return tomlkit.dumps(document).encode()


def _step(step: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    late: list[tuple[str, Mapping[str, Any]]] = []
    for key in sorted(step, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)):
        value = step[key]
        if isinstance(value, Mapping) and len(str(value)) > WIDE:
            late.append((key, value))
        elif isinstance(value, Mapping):
            inline = tomlkit.inline_table()
            inline.update(value)
            table.add(key, inline)
        else:
            table.add(key, tomlkit.item(value))
    for key, value in late:  # a table's own keys come before the tables in it
        within = tomlkit.table()
        within.update(value)
        table.add(key, within)
    return table


def changes(scenario: Scenario, came: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Where what came of the scenario's own steps differs from what they say. A step that says nothing of a thing is
    not made to."""
    found = []
    for step, now in zip(scenario.steps, came, strict=False):
        for key, before in step.raw.items():
            if not key.startswith("expect_"):
                continue
            value = now.get(key, _nothing(before))
            same = sorted(before) == sorted(value) if _any_order(key, before) else before == value
            if not same:
                found.append(Change(step.number, step.line, key, before, value))
    return found


def _nothing(before: Any) -> Any:
    return [] if isinstance(before, list) else False if isinstance(before, bool) else ""


def _any_order(key: str, before: Any) -> bool:
    return isinstance(before, list) and key != "expect_mails"


def taken_over(data: bytes, accepted: Sequence[Change]) -> bytes:
    """The file with what is accepted in place of what was expected; all else stays as it is written."""
    document = tomlkit.parse(data.decode("utf-8-sig"))
    steps = document["step"]
    for each in accepted:
        table = steps[each.step - 1]
        if each.now in ("", False):
            table.remove(each.key)
        else:
            table[each.key] = each.now
    return tomlkit.dumps(document).encode()


def brought_up(data: bytes, accepted: Sequence[Change], added: Sequence[Added]) -> bytes:
    """The same, with steps put in between; what is said above a step stays with it."""
    text = (taken_over(data, accepted) if accepted else data).decode("utf-8-sig")
    lines = text.split("\n")
    headers = [text.count("\n", 0, found.start()) for found in scenarios.HEADER.finditer(text)]
    for each in sorted(added, key=lambda one: one.step)[::-1]:  # those before one step come in their order
        at = headers[each.step - 1]
        while at and lines[at - 1].lstrip().startswith("#"):
            at -= 1
        listed = tomlkit.aot()
        listed.append(_step(each.raw))
        document = tomlkit.document()
        document.add("step", listed)
        lines[at:at] = [*tomlkit.dumps(document).strip("\n").split("\n"), ""]
    return "\n".join(lines).encode()

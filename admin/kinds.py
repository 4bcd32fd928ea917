"""What a kind of record is: which columns its list has, by what it is narrowed, what its page shows and leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Tell = Callable[[Any], Any]  # a row → what a cell says of it (admin.cells)


@dataclass(frozen=True, slots=True)
class Near:
    """Records that hang on one: those of `model` whose field `name` leads to it; `narrow`: more that holds of them."""

    model: Any
    name: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that is done on another page, where it is worked: its words and its address."""

    label: Any
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something of a record's life: the field that says when, in which words, and the field that says who."""

    at: str
    words: Any  # lazy
    who: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    `columns`: of the list; `facts`: what its page shows besides. Names are fields, references among them, or those of
    `told`, which work something out. `deep`: references of references that a list reads along (`invoice.case`).
    `day`: the field of the filter by days; `who`: fields that name people (references to accounts, or names);
    `choices`: fields with a closed set of words; `company`: the reference that leads to a case or company, `own` for
    the company itself; `search`: fields looked through for words. `sort`: fields by which the list can be sorted.
    `texts`: facts that are long. `tools`: where it is worked; `mends`: names of corrections (admin.correcting).
    """

    model: Any
    title: Any
    one: Any
    columns: tuple[str, ...]
    facts: tuple[str, ...] = ()
    deep: tuple[str, ...] = ()
    day: str = ""
    who: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    company: str = ""
    search: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    first: str = ""  # the field of the order in which it opens, the newest first; empty: the key
    needs: tuple[str, ...] = ()  # long fields that `told` reads for a list
    told: Mapping[str, Tell] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    life: tuple[Moment, ...] = ()
    tools: Callable[[Any], list[Tool]] = lambda _row: []
    mends: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its place in addresses."""
        return str(self.model._meta.table_name)


def words(text: str) -> tuple[str, ...]:
    """Names, written one after the other."""
    return tuple(text.split())

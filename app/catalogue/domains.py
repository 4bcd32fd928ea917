"""Which values a name may have somewhere in a process: a set of known ones, or all of a kind.

Always at least what it really can be, never less: so what a domain leaves out cannot happen, and is worth a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from app.errors import N_

MOST = 40  # known values of one name, before all of their kind are taken
MOST_NUMBERS = 8

Known = tuple[str, Any]  # (kind, value): Python alone would take True for 1


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, the ends included; `whole`: whole numbers alone."""

    low: Decimal
    high: Decimal
    whole: bool

    def holds(self, number: Decimal) -> bool:
        return self.low <= number <= self.high and (not self.whole or number == number.to_integral_value())


INFINITE = Decimal("Infinity")
EVERY = Range(-INFINITE, INFINITE, False)


@dataclass(frozen=True, slots=True)
class Domain:
    """`known`: single values; `kinds`: any value of text, list, dict or `any`; `numbers`: any number of the range;
    `unset`: nothing may have given the name a value."""

    known: frozenset[Known] = frozenset()
    kinds: frozenset[str] = frozenset()
    numbers: Range | None = None
    unset: bool = False

    @property
    def any(self) -> bool:
        return "any" in self.kinds

    @property
    def empty(self) -> bool:
        return not self.known and not self.kinds and self.numbers is None and not self.unset

    @property
    def exact(self) -> bool:
        """Whether every value is known one by one."""
        return not self.kinds and self.numbers is None and not self.unset

    def within(self, other: Domain) -> bool:
        """Whether the other says at least as much, part by part."""
        return (
            self.known <= other.known and self.kinds <= other.kinds and other.unset >= self.unset
            and (self.numbers is None or self.numbers == other.numbers)
        )  # fmt: skip

    def may_be(self, value: Known) -> bool:
        kind, bare = value
        if self.any or value in self.known or kind in self.kinds:
            return True
        return kind == "number" and self.numbers is not None and self.numbers.holds(bare)

    def may_be_kind(self, *kinds: str) -> bool:
        if self.any or self.kinds & set(kinds) or ("number" in kinds and self.numbers is not None):
            return True
        return any(kind in kinds for kind, _ in self.known)

    def texts(self) -> tuple[str, ...]:
        """The known texts, in order."""
        return tuple(sorted(value for kind, value in self.known if kind == "text"))

    def only(self, values: Iterable[Known]) -> Domain:
        """What is left when it is one of the values."""
        return Domain(frozenset(value for value in values if self.may_be(value)))

    def without(self, values: Iterable[Known]) -> Domain:
        return replace(self, known=self.known - set(values))

    def between(self, low: Decimal, high: Decimal) -> Domain:
        """What is left when it is a number of these bounds. What is no number is left alone: comparing it fails."""
        known = frozenset(v for v in self.known if v[0] != "number" or low <= v[1] <= high)
        if self.numbers is None:
            return replace(self, known=known)
        cut = Range(max(low, self.numbers.low), min(high, self.numbers.high), self.numbers.whole)
        return replace(self, known=known, numbers=cut if cut.low <= cut.high else None)


def known(value: object) -> Known | None:
    """A constant of Python or FEEL as a known value; None of what is not followed."""
    if value is None:
        return ("none", None)
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, int | float | Decimal):
        figure = Decimal(str(value))
        return ("number", figure) if abs(figure) < 10**15 else None
    return None


def one(value: object) -> Domain:
    """The domain that holds just this value."""
    found = known(value)
    return Domain(frozenset({found})) if found else ANY


def of_kind(kind: str) -> Domain:
    return Domain(numbers=EVERY) if kind == "number" else Domain(kinds=frozenset({kind}))


def join(left: Domain, right: Domain) -> Domain:
    """What is in either. Sets that grow long become ranges and kinds, and ranges that grow become endless."""
    if right.within(left):
        return left
    if left.within(right):
        return right
    if left.any or right.any:
        return replace(ANY, unset=left.unset or right.unset)
    values, kinds = left.known | right.known, left.kinds | right.kinds
    numbers = _hull(left.numbers, right.numbers)
    figures = [value for kind, value in values if kind == "number"]
    if numbers is not None or len(figures) > MOST_NUMBERS:
        for figure in figures:
            here = Range(figure, figure, figure == figure.to_integral_value())
            numbers = here if numbers is None else _hull(numbers, here)
        values = frozenset(value for value in values if value[0] != "number")
    if len(values) > MOST:
        kinds |= {kind for kind, _ in values if kind == "text"}
        values = frozenset(value for value in values if value[0] != "text")
    return Domain(values, kinds, numbers, left.unset or right.unset)


def _hull(old: Range | None, new: Range | None) -> Range | None:
    if old is None or new is None:
        return old or new
    return Range(min(old.low, new.low), max(old.high, new.high), old.whole and new.whole)


def widened(before: Domain, after: Domain) -> Domain:
    """`after`, with a range that grew since `before` made endless on that side: so that loops come to an end."""
    if before.numbers is None or after.numbers is None or before.numbers == after.numbers:
        return after
    low = after.numbers.low if after.numbers.low >= before.numbers.low else -INFINITE
    high = after.numbers.high if after.numbers.high <= before.numbers.high else INFINITE
    return replace(after, numbers=Range(low, high, after.numbers.whole))


ANY = Domain(kinds=frozenset({"any"}))
UNSET = Domain(unset=True)
NOTHING = Domain()
YES_NO = Domain(frozenset({("bool", True), ("bool", False)}))
NONE = Domain(frozenset({("none", None)}))


_SHOWN = 8  # values of a list that a sentence names
_KINDS = {"text": N_("any text"), "list": N_("a list"), "dict": N_("a mapping"), "any": N_("anything")}


@dataclass(frozen=True, slots=True)
class Values:
    """What a domain holds, for people: in `params` of a problem."""

    domain: Domain

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        """'a', 'b', 3, nothing …"""
        values = sorted(self.domain.known, key=lambda value: (value[0] == "none", value[0], str(value[1])))
        words = [shown(value, translate) for value in values[:_SHOWN]]
        if len(values) > _SHOWN:
            words.append("…")
        if self.domain.numbers is not None:
            words.append(_span(self.domain.numbers, translate))
        words += [translate(_KINDS[kind]) for kind in sorted(self.domain.kinds)]
        return translate(", ").join(words) if translate(", ").strip() else ", ".join(words)


@dataclass(frozen=True, slots=True)
class Value:
    """One known value, for people."""

    known: Known

    def __str__(self) -> str:
        return self.said(str)

    def said(self, translate: Callable[[str], str]) -> str:
        return shown(self.known, translate)


def shown(value: Known, translate: Callable[[str], str]) -> str:
    """As it is written in a condition."""
    kind, bare = value
    if kind == "none":
        return translate(N_("nothing (None)"))
    return f"'{bare}'" if kind == "text" else f"{bare:f}" if isinstance(bare, Decimal) else str(bare)


def _span(numbers: Range, translate: Callable[[str], str]) -> str:
    low, high = (f"{end:f}" for end in (numbers.low, numbers.high))
    if numbers.low == -INFINITE and numbers.high == INFINITE:
        return translate(N_("any number"))
    if numbers.high == INFINITE:
        return translate(N_("a number from %(low)s on")) % {"low": low}
    if numbers.low == -INFINITE:
        return translate(N_("a number up to %(high)s")) % {"high": high}
    return translate(N_("a number from %(low)s to %(high)s")) % {"low": low, "high": high}


@dataclass(frozen=True)
class State:
    """What every name may be at one place; a name that is not there is not set."""

    names: dict[str, Domain] = field(default_factory=dict)

    def of(self, name: str) -> Domain:
        return self.names.get(name, UNSET)

    def with_(self, name: str, domain: Domain) -> State:
        return State({**self.names, name: domain})

    def joined(self, other: State) -> State:
        """What may be when one comes here by either way."""
        if self.names is other.names:
            return self
        mine, theirs = self.names, other.names
        found: dict[str, Domain] = {}
        for key, domain in mine.items():
            there = theirs.get(key, UNSET)
            if there is not domain and (both := join(domain, there)) is not domain:
                found[key] = both
        for key in theirs.keys() - mine.keys():
            found[key] = join(UNSET, theirs[key])
        return State({**mine, **found}) if found else self

    def gathered(self, other: State) -> State:
        """What may be when both branches have come together: set in one is set."""
        found = self.joined(other).names
        for name, domain in found.items():
            if domain.unset and not (self.of(name).unset and other.of(name).unset):
                found[name] = replace(domain, unset=False)
        return State(found)

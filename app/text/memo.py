"""What was worked out of a text is kept for the next time, where somebody wants that: nowhere else is anything kept.

A check looks at two hundred files of which one has changed. Whoever checks again and again opens a `Memo` and lets
reading run `with memo.used()`; the functions that read one file ask `remembered`. Without a memo they simply read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
_current: ContextVar[Memo | None] = ContextVar("memo", default=None)


class Memo:
    """Results by what they were made of, those used longest ago going first. Bounded by the `weight` of what was read,
    in bytes: a tree of it takes some ten times as much. For several threads; what two ask for at once is made twice."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.weight = 0
        self._kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inside, what is read is remembered here."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def get(self, key: Hashable, weight: int, make: Callable[[], T]) -> T:
        """What was made under this key, or `make()`; an exception is not kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found[1]  # type: ignore[no-any-return]
        made = make()
        with self._lock:
            if key not in self._kept and weight <= self.most:
                self._kept[key] = (weight, made)
                self.weight += weight
                while self.weight > self.most:
                    _, (gone, _) = self._kept.popitem(last=False)
                    self.weight -= gone
        return made


def remembered(what: str, key: Hashable, weight: int, make: Callable[[], T]) -> T:
    """`make()`, or what it gave before for the same `what` and `key`. The result is shared: nobody writes to it."""
    memo = _current.get()
    return make() if memo is None else memo.get((what, key), weight, make)

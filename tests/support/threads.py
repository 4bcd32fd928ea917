"""A thread of one's own for code that begins an event loop: a browser test on the same worker runs one already."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def in_thread(run: Callable[P, T]) -> Callable[P, T]:
    """The same function, run in a thread that ends with it."""

    @wraps(run)
    def elsewhere(*args: P.args, **more: P.kwargs) -> T:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run, *args, **more).result()

    return elsewhere

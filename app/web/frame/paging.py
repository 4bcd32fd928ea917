"""The links below a long list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from app.text.numbers import whole

FAR = 1_000_000  # a page behind every list: asked for, the last one is shown


def wanted(asked: str) -> int:
    """The page that an address asks for, the first being 1: at most FAR, and 1 where it says no number."""
    if asked.isdecimal():
        number = whole(asked, FAR)
        return FAR if number is None else max(1, number)
    return 1


def last(total: int, size: int) -> int:
    """The number of the last page; an empty list has one, too."""
    return max(1, -(-total // size))


def numbers(
    page: int, pages: int, size: int, total: int, url: Callable[[int], str], *, more: bool = False
) -> dict[str, Any] | None:  # fmt: skip
    """What the macro `ui.pagination` takes; none when everything is on one page. `more`: `total`
    is where counting stopped."""
    if pages <= 1:
        return None
    near = {1, pages, *range(page - 1, page + 2)}
    items: list[dict[str, Any]] = []
    last = 0
    for number in sorted(each for each in near if 1 <= each <= pages):
        if number > last + 1:
            items.append({"gap": True})
        items.append({"number": number, "url": url(number), "current": number == page})
        last = number
    said = {"first": (page - 1) * size + 1, "last": min(page * size, total), "total": total}
    return {
        "items": items,
        "previous_url": url(page - 1) if page > 1 else None,
        "next_url": url(page + 1) if page < pages else None,
        "of": (
            gettext("%(first)s to %(last)s of more than %(total)s", **said)
            if more
            else gettext("%(first)s to %(last)s of %(total)s", **said)
        ),
    }

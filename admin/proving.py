"""What a view asks of who opens it: other rights than its like, and to show once more who it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.states import Right


def proved(view: Any) -> Any:
    """Changing something by this view asks again who it is (app.web.frame.proving reads it)."""
    view.nintei_proved = "changes"
    return view


def named(*rights: Right) -> Callable[[Any], Any]:
    """The rights that the view needs, where they are not those of all its like."""

    def mark(view: Any) -> Any:
        view.nintei_access = rights
        return view

    return mark

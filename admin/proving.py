"""What asks again who it is."""

from __future__ import annotations

from typing import Any


def proved(view: Any) -> Any:
    """Changing something by this view asks again who it is (app.web.frame.proving reads it)."""
    view.nintei_proved = "changes"
    return view

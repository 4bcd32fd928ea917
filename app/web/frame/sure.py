"""Last things ask first: what cannot be taken back is done by a second press, on a page that says what it does.

It needs no scripts: the page holds what was posted, and posts it again with the word that it is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request

from app.web.frame import proving

WORD = "sure"  # the field by which the second press says so
_OWN = frozenset({WORD, *proving.OWN})


def ask(title: str, sentences: str | Sequence[str], label: str, back: str) -> Any | None:
    """The page that asks, at the first press; none at the second. `label`: of the button that does it; `back`: where
    one goes who did not mean it."""
    if request.form.get(WORD) == "yes":
        return None
    posted = [(key, value) for key, values in request.form.lists() if key not in _OWN for value in values]
    text = [sentences] if isinstance(sentences, str) else list(sentences)
    return render_template(
        "pages/sure.html", title=title, sentences=text, label=label, back=back, posted=posted, address=request.full_path
    )

"""Words of the portal's pages that the records say, too (admin), which know no page: they ask templates' globals."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.web.cards import words as card_words
from app.web.cases import head, timeline
from app.web.frame import current


def install(app: Flask) -> None:
    """Let templates, and the records, have them."""
    app.jinja_env.globals.update(
        entry_words=timeline.worded,
        job_words=head.work,
        card_words=_card,
        card_acts=card_words.acts,
        asker=current.actor,
    )


def _card(event: Any) -> str:
    """What stands beside an act in a card's life."""
    return card_words.said(event)

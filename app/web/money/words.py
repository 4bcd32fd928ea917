"""Words that pages about money share."""

from __future__ import annotations

from flask_babel import gettext

from app.services.tasks.quick import WrongAnswers


def sentences(error: WrongAnswers) -> str:
    """What is wrong with the answers, in the reader's language."""
    return " ".join(
        str(gettext(message) % params if params else gettext(message)) for _, message, params in error.sentences
    )

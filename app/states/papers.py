"""Files of a case, and who may see what is a case's."""

from __future__ import annotations

from app.states.word import Word


class DocumentKind(Word):
    """Where a file comes from."""

    MADE = "made"  # by the portal
    UPLOADED = "uploaded"
    SEALED = "sealed"  # a key letter: encrypted, and shown at its desk alone


class Audience(Word):
    """Which side sees it."""

    BOTH = "both"
    OPERATOR = "operator"
    VENDOR = "vendor"

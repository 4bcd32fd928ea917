"""Bytes in the data folder that no row names: left by a power cut between the file and its row, or by a draft that was
given up. They go after a day.

Bytes are named within minutes of their coming, so each day's are looked at for a week and then left alone: what a
portal stored before that was looked at when it was young.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from functools import partial

from app.services.base.portal import Portal
from app.store import named

log = logging.getLogger("nintei.papers")

AGE = timedelta(days=1)
WINDOW = timedelta(days=8)  # a draft that is given up keeps its files for a week (papers/parts.py)


def collect(portal: Portal) -> int:
    """Remove them; gives how many."""
    return drop(portal, list(portal.blobs.lying(AGE, WINDOW)))


def drop(portal: Portal, digests: Collection[str]) -> int:
    """Remove those of these bytes that no row names and that lie for a day or longer; gives how many."""
    strays = sorted(named.unnamed(digests))
    gone = [each for each in strays if portal.blobs.collect(each, AGE, partial(_named, each))]
    if gone:
        log.info("removed %s files that nothing names", len(gone))
    return len(gone)


def _named(digest: str) -> bool:
    return not named.unnamed([digest])

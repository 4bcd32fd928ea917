"""That a backup was made is on record in the portal, and on the audit record: whoever runs it sees when the last one
was, and where it is."""

from __future__ import annotations

import logging
from datetime import datetime

from app.services.backup.writing import Report
from app.services.base import trail, versions
from app.services.base.actors import SYSTEM
from app.states import Act, Thing
from app.store import database, glance
from config.settings import Settings

log = logging.getLogger("nintei.backup")


def record(settings: Settings, report: Report, at: datetime, *, sealed: bool) -> bool:
    """Note it; False where the database is older than this program, or cannot be written just now. The backup is there
    all the same."""
    try:
        if versions.status(settings).older:
            return False
        with database.transaction():
            glance.keep_backup(
                at=at, place=str(report.place.resolve()), size=report.size, sealed=sealed, damaged=len(report.damaged)
            )
            about = trail.about(Thing.BACKUP, report.place.name, report.place.name)
            told = {"size": report.size, "sealed": str(sealed), "damaged": len(report.damaged)}
            trail.note(at, SYSTEM, Act.BACKED_UP, about, after=told)
    except Exception:
        log.warning("it could not be put on record that a backup was made", exc_info=True)
        return False
    return True

"""A settled day as an entry of a calendar: attached to mails, and in the feed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors import ics
from app.services.base import businessdays
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.store.models import Case


def appointment(portal: Portal, case: Case, loaded: Loaded, row: Any) -> ics.Appointment:
    """A booking as a calendar entry."""
    spec = loaded.package.calendars[row.calendar]
    body: Mapping[str, Any] = settings_of(loaded.package).get("body", {})
    hour, minute = (int(part) for part in (row.start or spec.start).split(":"))
    start = datetime(row.day.year, row.day.month, row.day.day, hour, minute, tzinfo=businessdays.JAPAN)
    host = portal.settings.mail_from.rpartition("@")[2].strip(" >") or "nintei.localhost"
    return ics.Appointment(
        uid=f"{row.calendar}-{case.number}@{host}",
        sequence=row.sequence,
        title=f"{spec.title}（{case.system_name}）",
        start=start,
        end=start + timedelta(minutes=spec.duration_minutes),
        place=row.place,
        description=case.number,
        url=f"{portal.settings.base_url.rstrip('/')}/cases/{case.number}",
        organizer=str(body.get("email") or ""),
        organizer_name=str(body.get("name") or ""),
        alarm=f"{spec.title}（{case.system_name}）",
    )

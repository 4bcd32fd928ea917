"""The clock that a walk moves, and the papers that it uploads."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from app.services.base import businessdays


class DemoClock:
    """Runs through the demo's past."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        """The moment at which the demo stands."""
        return self.moment

    def working_hours_later(self, limit: datetime) -> None:
        """Some time on: later the same business day, or the next one's morning; never past `limit`."""
        local = (self.moment + timedelta(hours=3, minutes=20)).astimezone(businessdays.JAPAN)
        if local.hour >= 18 or not businessdays.is_business_day(local.date()):
            day = businessdays.add_business_days(self.moment.astimezone(businessdays.JAPAN).date(), 1)
            local = datetime.combine(day, time(9, 40), businessdays.JAPAN)
        self.moment = min(local.astimezone(UTC), limit)


@lru_cache(maxsize=64)
def sample_pdf(name: str) -> bytes:
    """A one-page PDF that stands for an upload."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("HeiseiKakuGo-W5", 18)
    page.drawString(72, 760, name)
    page.drawString(72, 720, "(sample / 見本)")
    page.save()
    return out.getvalue()

"""The first page of whoever runs the portal: what is stuck, late, due and unread, and how the portal itself does."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext

from app.services.doctor import firstpage
from app.services.doctor.lines import Line
from app.states import Right
from app.web.frame.access import needs
from app.web.frame.current import named, portal, signed_in
from app.web.frame.written import moment
from app.web.trouble import causewords

pages = Blueprint("overview", __name__, url_prefix="/overview")

_BEGAN = time.monotonic()


@pages.get("")
@needs(Right.SEE_PORTAL)
def show() -> Any:
    """The page of how the portal stands."""
    who = signed_in()
    found = firstpage.page(portal(), who, time.monotonic() - _BEGAN)
    return render_template(
        "pages/overview.html",
        title=gettext("Overview"),
        wide=True,
        page=found,
        causes=[causewords.shown(each, who) for each in found.causes[: firstpage.SHOWN]],
        more_causes=len(found.causes) - firstpage.SHOWN,
        late=found.late[: firstpage.SHOWN],
        more_late=sum(each.count for each in found.late[firstpage.SHOWN :]),
        amiss=[_line(each) for each in found.wrong],
        well=[_line(each) for each in found.well],
        named=named,
    )


def _line(line: Line) -> dict[str, Any]:
    """A line in the reader's language."""
    return {
        "topic": gettext(line.topic),
        "state": line.state,
        "said": _filled(line.said, dict(line.params)),
        "since": line.since,
        "link": line.link,
        "cure": gettext(line.cure) if line.cure else "",
    }


def _filled(said: str, params: dict[str, Any]) -> str:
    """The sentence with its facts: moments and lists as people read them."""
    for name, value in params.items():
        if isinstance(value, datetime):
            params[name] = moment(value)
        elif isinstance(value, tuple):
            params[name] = gettext(", ").join(named(str(each)) for each in value)
        elif isinstance(value, str):
            params[name] = named(value)
    return gettext(said) % params if params else gettext(said)

"""What is asked before receipts are confirmed: what is missing, what is beyond, a payer of another name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from app.services.tasks import bankreceipts
from app.services.tasks.settling import Question, Wish
from app.states import SurplusState
from app.text.days import parse_date
from app.text.numbers import whole
from app.web.frame.current import portal, signed_in

MOVE = "move:"  # before the number of the invoice that gets what is beyond


def answered(at: str) -> Wish:
    """What the form says of the group of this number."""
    form = request.form
    lines = tuple(line for each in form.getlist(f"line-{at}") if (line := whole(each)) is not None)
    shares: dict[str, int] = {}
    for name in form:
        if name.startswith(f"share-{at}-") and (yen := _yen(form.get(name, ""))):
            shares[name.removeprefix(f"share-{at}-")] = yen
    beyond = form.get(f"beyond-{at}", "")
    if beyond.startswith(MOVE):
        number = beyond.removeprefix(MOVE)
        shares[number] = shares.get(number, 0) + (_yen(form.get(f"rest-{at}", "")) or 0)
        beyond = ""
    short = form.get(f"short-{at}", "")
    day = form.get(f"day-{at}", "")
    return Wish(
        lines, shares, {"charge": True, "ask": False}.get(short), SurplusState.of(beyond) if beyond else None,
        parse_date(day), form.get(f"note-{at}", "")[:1000], form.get(f"seen-{at}") == "yes",
    )  # fmt: skip


def page(questions: Sequence[Question], status: int = 200) -> Any:
    """The page that asks."""
    claims = [each for each in bankreceipts.inbox(portal(), signed_in()).claims.values() if each.payable]
    fates = [
        (SurplusState.KEPT.value, gettext("Keep it as a credit for this payer")),
        (SurplusState.REFUNDED.value, gettext("It has been refunded")),
        (SurplusState.OPEN.value, gettext("Decide later (it is listed under “Overpaid”)")),
    ]
    return render_template(
        "pages/desk/bank_question.html", title=gettext("Before confirming"), questions=questions, claims=claims,
        fates=fates, move=MOVE, wide=True,
    ), status  # fmt: skip


def _yen(text: str) -> int | None:
    return whole(text.replace(",", "").replace("，", "").replace("円", "").strip())

"""Labels for cards, as a PDF for the printer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.errors import NinteiError
from app.services.cards import labels as cardlabels
from app.states import Right
from app.text.numbers import whole
from app.web.cases.files import answer
from app.web.frame import problems
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in

pages = Blueprint("card_labels", __name__, url_prefix="/cards")


@pages.get("/labels")
@needs(Right.CARDS)
def labels() -> Any:
    """The labels of the cards named by `serial`, after `skip` labels that the sheet has lost already."""
    skip = whole(request.args.get("skip", "0")) or 0
    try:
        content = cardlabels.sheet(portal(), request.args.getlist("serial"), signed_in(), skip)
    except NinteiError as error:
        return problems.back(error, "/cards")
    return answer(content)

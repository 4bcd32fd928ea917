"""`/tasks`: the desk at which one works. A vendor's begins with whose turn it is; the operator's is a list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from app.services import vendorhome
from app.web import worklist
from app.web.access import needs
from app.web.current import portal, signed_in

pages = Blueprint("home", __name__)


@pages.get("/tasks")
@needs()
def tasks() -> Any:
    """The desk of the side on which one is."""
    return vendor_home() if signed_in().side == "vendor" else worklist.show()


def vendor_home() -> Any:
    """いま誰の番か, of each case; then one case in full: the one asked for, or the first that is the vendor's turn."""
    home = vendorhome.of(portal(), signed_in(), request.args.get("case", ""))
    return render_template("pages/home/vendor.html", home=home)

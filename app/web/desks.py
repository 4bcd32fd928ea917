"""Pages: desks."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("desks", __name__)

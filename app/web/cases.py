"""Pages: cases."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("cases", __name__)

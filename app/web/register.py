"""Pages: register."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("register", __name__)

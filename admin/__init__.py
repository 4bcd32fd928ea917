"""Flask-Admin over the records."""

from __future__ import annotations

from flask import Flask

from app.services.portal import Portal


def add_admin(app: Flask, portal: Portal) -> None:
    """Add the admin pages."""

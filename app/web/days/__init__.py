"""Calendars and months."""

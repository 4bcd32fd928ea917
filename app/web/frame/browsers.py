"""What people call the program that asks for a page, from what it calls itself (RFC 9110 section 10.1.5)."""

from __future__ import annotations

# The first that is named: each newer one names the older ones too, to be served as they are.
PROGRAMS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def name(agent: str) -> str:
    """“Firefox, Windows”; as much of it as can be told, else nothing."""
    found = [next((word for sign, word in words if sign in agent), "") for words in (PROGRAMS, SYSTEMS)]
    return ", ".join(each for each in found if each)

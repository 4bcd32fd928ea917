"""What is to be written on a card: from its serial and the set's version."""

from __future__ import annotations

from zlib import crc32

import hardware
from hardware.profiles.layout import PROFILE

AGENT = "agent"  # card_reader: the cards are made at desks with an agent, not by the worker


def plan_of(serial: str, version: int) -> hardware.Plan:
    """What a test card shall be: a holder's ID of 14 digits in a range of their own, and data, told by its serial."""
    worker = f"9900{crc32(serial.encode()):010d}"
    return hardware.Plan(serial, worker, f"{PROFILE.partition(' ')[0]} {serial}".encode(), version)

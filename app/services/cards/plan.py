"""What is to be written on a card: from its serial and the set's version."""

from __future__ import annotations

from zlib import crc32

import hardware

AGENT = "agent"  # card_reader: the cards are made at desks with an agent, not by the worker


def plan_of(serial: str, version: int) -> hardware.Plan:
    """What a test card shall be: a 技能者ID of 14 digits in a range of their own, and data, both told by its serial."""
    worker = f"9900{crc32(serial.encode()):010d}"
    return hardware.Plan(serial, worker, b"CCUS-TEST " + serial.encode(), version)

"""A virtual card that implements `CCUS-TEST v1` APDU by APDU, a rack of them on disk, and its plug for vpcd."""

from hardware.virtual.chip import ATR, Chip
from hardware.virtual.memory import KeySlot, Memory
from hardware.virtual.rack import VirtualCard, VirtualRack
from hardware.virtual.vpcd import VpcdPlug

__all__ = ["ATR", "Chip", "KeySlot", "Memory", "VirtualCard", "VirtualRack", "VpcdPlug"]

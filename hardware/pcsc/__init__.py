"""PC/SC by pyscard: readers, connections and insert/remove events. Nothing else imports `smartcard`.

The low-level API (`smartcard.scard`) is used on purpose: one blocking SCardGetStatusChange wakes within the daemon's
own polling time, where pyscard's CardMonitor adds a second.
"""

from hardware.pcsc.card import PcscTransport, connect, connector
from hardware.pcsc.monitor import CardEvent, EventKind, Monitor
from hardware.pcsc.service import only_reader, readers

__all__ = [
    "CardEvent",
    "EventKind",
    "Monitor",
    "PcscTransport",
    "connect",
    "connector",
    "only_reader",
    "readers",
]

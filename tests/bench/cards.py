"""Cards: one APDU, and making and proving a card beside the bare time of its APDUs, on the virtual card.

    python -m tests.bench.cards

Its APDUs alone is the time spent within `transmit` (line and chip) in the very same run; the rest is ours: key
derivation, secure messaging, the journal's two writes to the disk. Then how long a card is on a reader before the open
desk page shows it (tests.bench.insert_to_page).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hardware import Desk, FileJournal, KeyStore, Plan, VirtualRack
from hardware.transport import Transport
from tests.bench import insert_to_page

CARDS = 30
LINES = {"memory": 0.0, "reader (5 ms an APDU, as contactless readers have)": 0.005}


@dataclass
class Recorded:
    """A card whose exchanges are noted with the time that each took; `delay` is what a reader would add."""

    inner: Transport
    delay: float
    took: list[float] = field(default_factory=list)

    @property
    def reader(self) -> str:
        return self.inner.reader

    @property
    def atr(self) -> bytes:
        return self.inner.atr

    def transmit(self, apdu: bytes) -> bytes:
        begin = time.perf_counter()
        answer = self.inner.transmit(apdu)
        if self.delay:
            time.sleep(self.delay)
        self.took.append(time.perf_counter() - begin)
        return answer

    def close(self) -> None:
        self.inner.close()


def timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def measure(name: str, delay: float, folder: Path) -> None:
    keys = KeyStore.embedded(folder / "keys")
    rack = VirtualRack(folder / "rack", durable=False)
    apdu, whole, bare = [], [], []
    for number in range(CARDS):
        rack.eject()
        rack.insert_blank()
        wires: list[Recorded] = []

        def connect(wires: list[Recorded] = wires) -> Recorded:
            wires.append(Recorded(rack.connect(), delay))
            return wires[-1]

        desk = Desk(connect, keys, journal=FileJournal(folder / "journal.jsonl"))
        plan = Plan(f"BENCH-{number:04d}", f"9900{number:010d}", b"bench")

        def both(desk: Desk = desk, plan: Plan = plan) -> None:
            desk.personalise(plan)
            desk.verify(plan)

        whole.append(timed(both))
        took = [each for wire in wires for each in wire.took]
        bare.append(sum(took))
        apdu += took
    ratio = statistics.median(all_ / line for all_, line in zip(whole, bare, strict=True))
    print(
        f"{name}: APDU {statistics.median(apdu) * 1000:.2f} ms; personalise + verify "
        f"{statistics.median(whole) * 1000:.1f} ms a card, its APDUs alone {statistics.median(bare) * 1000:.1f} ms: "
        f"{ratio:.2f} times (aim 1.5)"
    )


def main() -> None:
    for name, delay in LINES.items():
        with tempfile.TemporaryDirectory() as folder:
            measure(name, delay, Path(folder))
    print("\nA card is put on; the open page shows it:")
    insert_to_page.main()


if __name__ == "__main__":
    main()

"""`make chaos`: a portal is disturbed for a while, comes to rest, and is judged.

    make chaos ARGS="--seed 11 --seconds 520 --database postgres"

The exit code is 1 when anything was lost, was there twice, stood still, or needs a person who did nothing wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.chaos.trial import perform


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make chaos", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--keep", type=Path, help="an empty folder that keeps data and log")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as passing:
        folder = asked.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = perform(asked.database, asked.seed, asked.seconds, folder)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{asked.database}, seed {asked.seed}, {asked.seconds:.0f} s; {os.cpu_count()} cores, load {load}")
    print(outcome.table())
    for name, found in outcome.verdict.wrong.items():
        for each in found[:10]:
            print(f"! {name}: {each}")
    return 1 if outcome.verdict.guilty else 0


if __name__ == "__main__":
    sys.exit(main())

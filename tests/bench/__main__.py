"""`make bench`: what is measured, one after the other; ARGS="requests growth" measures these alone. Ratios within one
run count; times are this machine's. The largest database of `growth` takes 3 GB of disk and a quarter of an hour."""

from __future__ import annotations

import os
import platform
import sys

from tests.bench import (
    cards,
    checking,
    designer,
    engine_step,
    growth,
    manycases,
    moving,
    plays,
    requests,
    served,
    service_step,
    worklist,
    years,
)

ALL = (
    engine_step,
    service_step,
    requests,
    served,
    moving,
    plays,
    worklist,
    manycases,
    years,
    cards,
    checking,
    designer,
    growth,
)


def main(wanted: list[str]) -> None:
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    by_name = {bench.__name__.rpartition(".")[2]: bench for bench in ALL}
    if unknown := [name for name in wanted if name not in by_name]:
        sys.exit(f"nothing of this name is measured: {', '.join(unknown)}; there are {', '.join(by_name)}")
    for name in wanted or by_name:
        print(f"\n== {(by_name[name].__doc__ or '').splitlines()[0]}")
        by_name[name].main()


if __name__ == "__main__":
    main(sys.argv[1:])

"""`make bench`: what is measured, one after the other. Ratios within one run count; times are this machine's."""

from __future__ import annotations

from tests.bench import cards, checking, engine_step, manycases, moving, requests, served, service_step, worklist


def main() -> None:
    for bench in (engine_step, service_step, requests, served, moving, worklist, manycases, cards, checking):
        print(f"\n== {(bench.__doc__ or '').splitlines()[0]}")
        bench.main()


if __name__ == "__main__":
    main()

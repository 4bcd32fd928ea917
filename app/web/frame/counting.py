"""How many requests there were, how long they took, how many connections they held: by route, never by address.

Each web process counts for itself. `nintei run` gives its children a folder in which all of them write (the library's
multi-process mode), so that whoever asks one of them is told of all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess, values
from prometheus_client.metrics_core import Metric

from app.services.pages import figures
from config import machine
from config.machine import counting_folder

OWN = CollectorRegistry()
SECONDS = Histogram(
    "nintei_request_seconds", "Time until a request was answered.", ["route", "method"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30), registry=OWN,
)  # fmt: skip
ANSWERS = Counter("nintei_requests", "Requests that were answered.", ["route", "method", "status"], registry=OWN)
HELD = Gauge(
    "nintei_database_connections", "Connections to the database, of all web processes.", ["state"],
    multiprocess_mode="livesum", registry=OWN,
)  # fmt: skip
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})


def install(app: Flask) -> None:
    """Count every request of this application."""
    if counting_folder():
        # The library chooses when it is loaded, and a copy of `nintei run` has loaded it before it knew of a folder.
        values.ValueClass = values.MultiProcessValue()
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.request_began = time.perf_counter()


def _count(response: Any) -> Any:
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    ANSWERS.labels(route, method, str(response.status_code)).inc()
    began = g.get("request_began")
    if began is not None:
        SECONDS.labels(route, method).observe(time.perf_counter() - began)
    for state, count in figures.pool().items():
        HELD.labels(state).set(count)
    return response


def collected() -> Iterator[Metric]:
    """What was counted: by all web processes where they have a folder, else by this one."""
    folder = counting_folder()
    if not folder:
        yield from OWN.collect()
        return
    _forget_dead(Path(folder))
    yield from multiprocess.MultiProcessCollector(None, path=folder).collect()


def _forget_dead(folder: Path) -> None:
    """What a process held that is no more, nobody holds."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not machine.runs(int(pid)):
            file.unlink(missing_ok=True)

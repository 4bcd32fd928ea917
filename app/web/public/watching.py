"""For those who watch: whether requests should come here (`/readyz`), and figures for Prometheus (`/metrics`)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric

from app import __version__
from app.errors import NotFound
from app.services.pages import figures, health
from app.web.frame import counting
from app.web.frame.access import public
from app.web.frame.current import portal
from app.web.frame.proxies import UNNAMED
from config import parse

pages = Blueprint("watching", __name__)
LEAVING = "nintei.leaving"  # of the application: this process is about to end
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@pages.get("/readyz")
@public
def ready() -> Any:
    """200 when requests should come here, else 503; {status, checks: {name: {ok}}}."""
    found = health.readiness(portal(), leaving=bool(current_app.extensions.get(LEAVING)))
    well = all(check["ok"] for check in found.values())
    return jsonify(status="ready" if well else "unavailable", checks=found), 200 if well else 503


@pages.get("/metrics")
@public
def metrics() -> Any:
    """Prometheus's text format. For this machine itself, or for whoever has the token; for others there is
    no such page."""
    if not _may_read():
        raise NotFound("Page not found")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    return Response(generate_latest(registry), content_type=TEXT)


def _may_read() -> bool:
    token = portal().settings.metrics_token
    if token:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    # A proxy on this machine that nobody named asks for others: it would make everybody look like this machine.
    direct = UNNAMED not in request.environ and parse.loopback(request.host.rpartition(":")[0] or request.host)
    return direct and parse.loopback(request.remote_addr or "")


class _Everything:
    """All that one scrape asks for."""

    def collect(self) -> Iterator[Metric]:
        """What was counted, and what the database says; `nintei_up` 0 when it says nothing."""
        yield InfoMetricFamily("nintei", "The program.", {"version": __version__})
        yield from counting.collected()
        up = GaugeMetricFamily("nintei_up", "Whether the database answered this scrape.")
        try:
            now = figures.read(portal())
        except Exception:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield _gauge("nintei_cases", "Cases.", ["state", "stage"], now.cases)
        yield _gauge("nintei_open_tasks", "Tasks that wait for somebody.", ["side"], now.open_tasks)
        yield _gauge("nintei_jobs", "Jobs that are not done.", ["operator", "state"], now.jobs)
        yield _gauge("nintei_incidents", "What needs attention.", ["kind"], now.incidents)
        yield _gauge("nintei_mails", "Mails of cases.", ["state"], now.mails)
        yield _one("nintei_outages", "Servers that are away.", now.outages)
        yield _one("nintei_oldest_due_job_seconds", "Of the job that waits longest.", now.oldest_due_seconds)
        yield _one("nintei_workers", "Workers that have given a sign.", len(now.worker_silences))
        if now.worker_silences:
            yield _one("nintei_worker_silence_seconds", "Since the last sign of any worker.", now.worker_silences[0])
        yield _one("nintei_disk_free_bytes", "Free where the data folder lies.", now.free_bytes)
        yield _one("nintei_files_reachable", "Whether the place of the files answers.", int(now.files_reachable))
        if now.backup is not None:
            yield _one("nintei_backup_age_seconds", "Since the last backup that is on record.", now.backup.age_seconds)
            yield _one("nintei_backup_bytes", "Size of the last backup.", now.backup.size)
            yield _one("nintei_backup_damaged_files", "Files that were damaged when it was made.", now.backup.damaged)
        yield _one("nintei_database_version", "The last step of the database.", now.schema)


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _gauge(name: str, what: str, labels: list[str], counts: figures.Counts) -> Metric:
    family = GaugeMetricFamily(name, what, labels=labels)
    for values, count in counts:
        family.add_metric(list(values), count)
    return family

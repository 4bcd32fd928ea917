"""The worker: does jobs, wakes timers, keeps up what time brings. Any number of them may run."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from app.services import upkeep
from app.services.audit import chaining
from app.services.base import finding, leases, versions
from app.services.base.portal import Portal
from app.services.moves import doing, renewing
from app.services.pages import health
from app.services.process import jobs, timers
from app.services.process.outside import Outside
from app.worker.poke import Ear
from app.worker.weather import Weather
from config import logs

log = logging.getLogger("nintei.worker")

LONGEST_WAIT = 2.0  # seconds until it looks by itself
UPKEEP_EVERY = 60.0  # seconds
SIGN_EVERY = 10.0  # seconds
LOOK_EVERY = 5.0  # seconds for which a version of the database that fits is believed


class Worker:
    """One worker's loop. `stop` ends it after the job at hand; `alive` is called in each round."""

    def __init__(
        self,
        portal: Portal,
        outside: Outside,
        bell: Ear,
        stop: threading.Event,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._alive = alive
        self._portal = portal
        self._outside = outside
        self._bell = bell
        self._stop = stop
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._upkeep_at = 0.0
        self._sign_at = float("-inf")
        self._looked_at = float("-inf")

    def run(self, monotonic: Callable[[], float]) -> None:
        """Work until `stop` is set. What hinders it is said once and waited out. Raises Temporary when a new process
        should go on."""
        weather = Weather(monotonic)
        while not self._stop.is_set():
            self._alive()
            try:
                busy = self.once(monotonic())
                self._sign(monotonic())
                weather.fair()
            except Exception as error:
                self._stop.wait(weather.foul(error))
                continue
            if not busy and not self._stop.is_set():
                self._bell.wait(random.uniform(LONGEST_WAIT / 2, LONGEST_WAIT))  # noqa: S311 - spreads load
        with suppress(Exception):  # the database may be away: then its last sign grows old
            health.leave(self._name)

    def _sign(self, moment: float) -> None:
        if moment >= self._sign_at:
            health.sign(self._name)
            self._sign_at = moment + SIGN_EVERY

    def once(self, moment: float) -> bool:
        """One round; whether there was something to do. Raises Unready while the database is of another version."""
        if moment >= self._looked_at + LOOK_EVERY:
            versions.require()
            self._looked_at = moment
        woken = timers.wake(self._portal, renewing.renew)
        if moment >= self._upkeep_at:
            self._upkeep_at = moment + UPKEEP_EVERY
            upkeep.tick(self._portal)
        chaining.draw()
        moved = doing.work(self._portal)
        job = jobs.lease(self._portal, self._name, jobs.worker_operators(self._portal))
        if job is None and moved:
            return True
        if job is None:  # with nothing else to do, cases that older rules folded are folded anew
            return bool(woken) or bool(finding.mend(self._portal))
        with logs.about(request=job.request or logs.fresh_id(), job=job.id):
            beat = _Heartbeat(self._portal, job, self._name)
            try:
                state = jobs.perform(self._portal, self._outside, job)
            finally:
                beat.end()
            log.info("job %s %s of case %s: %s", job.id, job.operator, job.case_id, state)
        return True


class _Heartbeat:
    """Keeps the lease while the connector works."""

    def __init__(self, portal: Portal, job: leases.Leased, worker: str) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(portal, job, worker), daemon=True)
        self._thread.start()

    def _beat(self, portal: Portal, job: leases.Leased, worker: str) -> None:
        while not self._ended.wait(leases.LEASE_SECONDS / 3):
            try:
                if not leases.extend(portal, job):
                    return
                health.sign(worker)
            except Exception as error:  # a database that is busy now may not be at the next beat
                log.warning("The lease of job %s could not be extended: %s", job.id, error)

    def end(self) -> None:
        """The job is over."""
        self._ended.set()

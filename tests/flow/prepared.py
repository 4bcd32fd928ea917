"""Cases that have walked a scenario before the server starts: through the services, in minutes of nobody's time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from app.catalogue import scenarios
from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.demo.walker import Walker
from app.store import database
from tests.flow.driver import APPLICATION
from tests.flow.place import MONDAY, Place
from tests.flow.walking import BPMN, before
from tests.services.conftest import STAFF, Bench, open_bench


@dataclass(frozen=True)
class Plan:
    """A case to prepare: it has done all steps before the one that first completes `until`."""

    name: str  # names the case in the test, and its vendor's address
    until: str
    scenario: str = "happy_path"
    days_ago: int = 70  # business days
    application: Mapping[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.name.replace('_', '-')}@vendor.example.jp"


def prepare(place: Place, *plans: Plan) -> dict[str, str]:
    """Walk each case; the numbers by name. The staff are those of the services' tests."""
    evaluator = Evaluator(workers=1)
    place.data.mkdir(parents=True, exist_ok=True)
    try:
        bench = open_bench(place.data, f"sqlite:///{place.data}/nintei.db", Engine(evaluator, zone=JAPAN), BPMN)
        bench.portal.clock.moment = MONDAY.astimezone(UTC)  # type: ignore[attr-defined]  # a clock that tests set
        return {plan.name: _walked(bench, plan) for plan in plans}
    finally:
        evaluator.close()
        database.proxy.obj.close_all()


def _walked(bench: Bench, plan: Plan) -> str:
    loaded = bench.portal.releases.current("ccus_api_certification")
    application = {**APPLICATION, "system_name": f"システム {plan.name}", **plan.application, "email": plan.email}
    described = {"application": application, "business_days_ago": plan.days_ago}
    walker = Walker(bench.portal, loaded, described, STAFF, bench.hands)
    walker.begin()
    limit = walker.clock.moment.max.replace(tzinfo=UTC)
    for step in before(scenarios.steps(loaded.package.files, plan.scenario), plan.until)[1:]:
        walker.clock.working_hours_later(min(limit, bench.portal.now()))
        walker.take(step)
    return walker.number

"""What there is before the server starts: packages in force, people, and cases that have walked a scenario; through the
services, in minutes of nobody's time.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

from app.catalogue import scenarios
from app.engine import Engine, Evaluator
from app.services.base.businessdays import JAPAN
from app.services.demo.walker import Walker
from app.services.people import accounts
from app.store import database
from app.store.models import User
from tests.flow.driver import APPLICATION
from tests.flow.place import MONDAY, STAFF_PASSWORD, Place
from tests.flow.walking import before
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


@cache
def _engine() -> Engine:
    """One for this process: what it has compiled of a package serves every place (tests/services/templates.py)."""
    evaluator = Evaluator(workers=1)
    atexit.register(evaluator.close)
    return Engine(evaluator, zone=JAPAN)


@contextmanager
def opened(place: Place) -> Iterator[Bench]:
    """The portal of the place in this process, with its packages in force and the staff of the services' tests."""
    place.data.mkdir(parents=True, exist_ok=True)
    url, packages = f"sqlite:///{place.data}/nintei.db", Path(place.environment["NINTEI_PACKAGES_DIR"])
    try:
        yield open_bench(place.data, url, _engine(), packages, MONDAY.astimezone(UTC))
    finally:
        database.proxy.obj.close_all()


def add_staff(place: Place, *emails: str) -> None:
    """Accounts of the body, members of all its groups."""
    with opened(place) as bench:
        groups = ",".join(bench.portal.releases.groups())
        for number, email in enumerate(emails or STAFF[:2], 1):
            with database.transaction():
                known = User.update(groups=groups).where(User.email == email).execute()
            if not known:
                accounts.add_staff(bench.portal, email, f"担当 {number}", ["operator"], STAFF_PASSWORD, groups)


def add_account(place: Place, email: str, name: str, roles: Sequence[str]) -> None:
    """An account of the body with other roles."""
    with opened(place) as bench:
        accounts.add_staff(bench.portal, email, name, list(roles), STAFF_PASSWORD)


def prepare(place: Place, *plans: Plan) -> dict[str, str]:
    """Walk each case; the numbers by name."""
    with opened(place) as bench:
        return {plan.name: _walked(bench, plan) for plan in plans}


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

"""A case of which nobody is there any more waits for the body, until somebody has joined."""

from __future__ import annotations

from app.services import upkeep
from app.services.cases import unattended
from app.store import database, incidents
from app.store.models import User
from tests.services.conftest import Bench
from tests.services.steps import case_of, go


def test_a_case_without_anybody_who_can_sign_in_is_a_line_of_the_bodys_until_there_is_somebody(bench: Bench) -> None:
    walker = go(bench, until="certificate_received")
    case = case_of(walker)
    assert unattended.look(bench.portal) == 0
    with database.transaction():
        User.update(active=False).where(User.email == "ichiro.rei@example.com").execute()
    assert unattended.look(bench.portal) == 1
    upkeep.tick(bench.portal)  # again, and nothing is said twice
    with database.connection():
        assert [(row.kind, row.count) for row in incidents.of_case(case.id)] == [("nobody", 1)]
    with database.transaction():
        User.update(active=True).where(User.email == "ichiro.rei@example.com").execute()
    upkeep.tick(bench.portal)
    with database.connection():
        assert incidents.of_case(case.id) == []

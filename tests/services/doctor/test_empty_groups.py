"""A group that owns steps and has nobody left is said where whoever runs the portal begins, and at the groups."""

from __future__ import annotations

import math

from app.services.doctor import firstpage
from app.services.settings import groups
from app.states import Side
from app.store import database
from app.store.models import User
from tests.services.conftest import Bench
from tests.services.doctor.test_firstpage import ADMIN


def said(bench: Bench) -> list[tuple[str, ...]]:
    """Groups of the first page's lines that lead to the groups."""
    lines = firstpage.page(bench.portal, ADMIN, math.inf).wrong
    return [tuple(each.params["names"]) for each in lines if each.link == "/settings/groups"]


def manned(*of: str) -> None:
    """All the operators are in these groups."""
    with database.transaction():
        User.update(groups=",".join(of)).where(User.side == Side.OPERATOR).execute()


def test_a_group_with_steps_and_without_people_is_said_on_the_first_page_and_at_the_groups(bench: Bench) -> None:
    with database.connection():
        ids = [group.id for group in bench.portal.releases.groups().values()]
    manned(*ids)
    assert said(bench) == []
    manned(*(each for each in ids if each != "review"))
    assert said(bench) == [("審査",)]
    assert [each.id for each in groups.everything(bench.portal, ADMIN) if each.empty] == ["review"]
    with database.transaction():
        User.update(active=False).where(User.side == Side.OPERATOR).execute()
    assert {"審査", "経理"} <= set(said(bench)[0])


def test_who_is_in_no_group_works_for_all_so_that_none_is_empty(bench: Bench) -> None:
    manned()
    assert said(bench) == []
    assert not any(each.empty for each in groups.everything(bench.portal, ADMIN))

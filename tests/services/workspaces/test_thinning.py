"""Contents of files that were saved: fewer the older they are, and never those that somebody may look for."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.services.workspaces import saving, thinning
from app.states import VersionKind
from app.store import database, workspaces
from tests.services.workspaces.conftest import Desk

MAIL = "mail/hello.md"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_all_of_a_day_are_kept_then_the_last_of_each_hour_then_of_each_day_and_each_person(desk: Desk) -> None:
    now = desk.portal.now()
    morning = now.replace(hour=2, minute=0, second=0, microsecond=0) - DAY  # 11:00 in Japan
    with database.connection():
        workspace = workspaces.one(desk.draft)
        assert workspace is not None
    kept: list[str] = []

    def keep(name: str, at: datetime, by: int | None, kind: VersionKind = VersionKind.SAVED) -> None:
        with database.transaction():
            workspaces.keep(workspace, MAIL, len(kept), kind, name.encode(), name, at, by, "")
        kept.append(name)

    hanako, taro = desk.hanako.user_id, desk.taro.user_id
    old, week = morning - 30 * DAY, morning - 2 * DAY
    for day in range(2):
        for part in ("first", "second", "last"):
            keep(f"old day {day} {part}", old + day * DAY + len(kept) * HOUR / 4, hanako)
        keep(f"old day {day} taro", old + day * DAY, taro)
    keep("old, too late", old, hanako, VersionKind.ASIDE)
    keep("old, stood before it was taken out", old + 2 * DAY, hanako)
    keep("old, taken out", old + 2 * DAY, hanako, VersionKind.REMOVED)
    keep("old, put back by hand", old + 2 * DAY, hanako)
    for hour in range(2):
        for part in ("first", "last"):
            keep(f"hour {hour} {part}", week + hour * HOUR + (part == "last") * HOUR / 2, hanako)
    for number in range(3):
        keep(f"now {number}", now - number * HOUR / 100, hanako)

    assert thinning.thin(desk.portal) == 6
    between = {each for each in kept if each.startswith("old day") and each.endswith(("first", "second"))}
    between |= {"hour 0 first", "hour 1 first"}
    with database.connection():
        left = [each.digest for each in workspaces.versions(desk.draft, MAIL)]
        writers = workspaces.writers(desk.draft)
    assert sorted(left) == sorted(set(kept) - between)
    assert {hanako, taro} <= writers, "who wrote is known for the rule of the second person"
    assert thinning.thin(desk.portal) == 0


def test_what_was_saved_a_moment_ago_is_all_there(desk: Desk) -> None:
    for number in range(3):
        saving.save(desk.portal, desk.draft, MAIL, f"{number}".encode(), number, desk.hanako)
    assert thinning.thin(desk.portal) == 0
    assert len(saving.versions(desk.portal, desk.draft, MAIL)) == 3

"""What the requests of a task ask of the database: counted, not timed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.services.base import permit
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from tests.services.steps import go, opened, task
from tests.support.statements import Counted, counted
from tests.web.conftest import Site
from tests.web.desk_support import Desk, operator

ANSWER = {"outcome": "passed"}
VERSION = re.compile("sqlite_master|schema_migration")  # looked at by whoever comes first in five seconds
PRESS = 40  # statements of one press of a form, at the most
FIVE = 70  # of the list, the task, its press, its check and its sending, the audit record among them


@contextmanager
def looked_up() -> Iterator[Counter[str]]:
    """How often a task, its case and its release were looked up while the block runs, by the task; and how often it was
    asked whether this person may do it."""
    found: Counter[str] = Counter()
    find, may_do = permit._find, permit._may_do

    def finding(portal: Portal, task_id: str, actor: Actor, *, lock: bool = False) -> permit.Setting:
        found[task_id] += 1
        return find(portal, task_id, actor, lock=lock)

    def asking(setting: permit.Setting, actor: Actor) -> str:
        found["right"] += 1
        return may_do(setting, actor)

    permit._find, permit._may_do = finding, asking
    try:
        yield found
    finally:
        permit._find, permit._may_do = find, may_do


def press(desk: Desk, revision: str, action: str) -> Counted:
    with counted() as seen:
        found = desk.client.post(desk.url, data={"revision": revision, "action": action, **ANSWER})
    assert found.status_code == 303
    return seen


def test_a_task_is_listed_opened_saved_checked_and_sent_with_few_statements(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    desk = operator(site, task(walker, "first_review").id)
    desk.client.get("/tasks")
    desk.page()  # what a process keeps is there
    read = []
    for path in ("/tasks", desk.url):
        with counted() as seen:
            assert desk.client.get(path).status_code == 200
        read.append(seen)
    saved = press(desk, desk.revision(), "draft")
    pressed = press(desk, desk.revision(), "check")
    with counted() as seen:
        assert desk.page("/check").status_code == 200
    read.append(seen)
    revision = desk.revision("/check")
    with counted() as sent:
        assert desk.client.post(desk.url + "/check", data={"revision": revision}).status_code == 303
    assert opened(walker) != ["first_review"]
    assert [seen.writes for seen in read] == [0, 0, 0]
    assert [seen.duplicates for seen in read] == [[], [], []]
    for each in (saved, pressed, sent):
        assert each.writes == 1
        assert len(each.statements) <= PRESS
    assert [each.duplicates for each in (saved, pressed, sent)] == [[], [], []]
    asked = [sql for each in (*read, pressed, sent) for sql in each.statements if not VERSION.search(sql)]
    assert len(asked) <= FIVE


def test_a_task_is_looked_up_once_for_a_request_and_once_more_where_its_case_is_locked(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    own = task(walker, "first_review").id
    desk = operator(site, own)
    for path in ("", "", "/check"):  # the first time it is put on record that somebody looked
        with looked_up() as seen:
            desk.page(path)
        assert seen == {own: 1, "right": 1}, path
    for action in ("draft", "check"):
        revision = desk.revision()
        with looked_up() as seen:
            desk.client.post(desk.url, data={"revision": revision, "action": action, **ANSWER})
        assert seen == {own: 2, "right": 2}, action
    revision = desk.revision("/check")
    with looked_up() as seen:
        assert desk.client.post(desk.url + "/check", data={"revision": revision}).status_code == 303
    assert seen == {own: 1, "right": 1}
    with looked_up() as seen:
        assert desk.page("/done").status_code == 200
    assert seen == {own: 1}

"""What the requests of a task ask of the database: counted, not timed."""

from __future__ import annotations

import re

from tests.services.steps import go, opened, task
from tests.support.statements import Counted, counted
from tests.web.conftest import Site
from tests.web.desk_support import Desk, operator

ANSWER = {"outcome": "passed"}
VERSION = re.compile("sqlite_master|schema_migration")  # looked at by whoever comes first in five seconds
PRESS = 40  # statements of one press of a form, at the most
FIVE = 70  # of the list, the task, its press, its check and its sending, the audit record among them


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

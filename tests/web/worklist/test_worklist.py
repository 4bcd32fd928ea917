"""The staff's worklist: right counts, filters in the address, and actions on exactly the ticked rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from app.services.people import accounts as people
from app.store import accounts, database, work
from app.store.models import Job, Task
from tests.services.conftest import STAFF
from tests.services.steps import go, staff, task
from tests.web.conftest import Site, open_site
from tests.web.desk_support import VENDOR, alerts, text

OTHER = {"company_name": "大空システム株式会社", "email": "sora@example.com", "system_name": "そらゲート"}
THIRD = {"company_name": "ＡＢＣ技研株式会社", "email": "abc@example.com", "system_name": "ABCゲート"}


class World:
    """Three cases: two first reviews, one payment; nobody has any of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.one = go(site.bench, until="first_review")
        self.two = go(site.bench, until="first_review", application=OTHER)
        self.pay = go(site.bench, until="confirm_initial_payment", application=THIRD, business_days_ago=40)
        people.add_staff(site.bench.portal, "reads@example.jp", "分析 担当", ["analyst"], "a password for tests")
        people.add_staff(
            site.bench.portal, "money@example.jp", "経理 担当", ["operator"], "a password for tests", "accounting"
        )

    @property
    def ids(self) -> list[str]:
        return [
            task(self.one, "first_review").id,
            task(self.two, "first_review").id,
            task(self.pay, "confirm_initial_payment").id,
        ]

    def has(self, task_id: str) -> str:
        with database.connection():
            row = work.task(task_id)
            assert row is not None
            return row.assignee.email if row.assignee_id else ""

    def user(self, number: int) -> int:
        return staff(self.one, number).user_id or 0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> World:
    return World(open_site(tmp_path_factory.mktemp("worklist"), engine))


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """The three cases, given back to their groups."""
    yield shared
    with database.transaction():
        Task.update(assignee=None).execute()


def rows(page: str) -> list[str]:
    """The ids of the rows, in their order."""
    return re.findall(r'class="row-link" href="/tasks/([^?"]+)\?', page)


def counts(page: str) -> list[int]:
    tabs = page[page.index('id="worklist-tabs"') :]
    return [int(each) for each in re.findall(r'<span class="count">(\d+)</span>', tabs[: tabs.index("</nav>")])]


def get(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/tasks{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_without_work_of_ones_own_the_list_shows_the_groups(world: World) -> None:
    page = get(world.site.operator())
    assert counts(page) == [0, 3, 3]
    assert sorted(rows(page)) == sorted(world.ids)
    assert re.search(r'aria-current="page">グループ', page)


def test_a_row_says_what_for_whom_and_how_long_it_takes(world: World) -> None:
    page = get(world.site.operator(), "?scope=all")
    said = text(world.site.operator().get("/tasks?scope=all"))
    assert "書類審査（1次）" in said
    assert "大空システム株式会社" in said
    assert world.two.number in said
    assert re.search(r"\d+/15日", said)
    assert f'href="/tasks/{world.ids[0]}?scope=all" data-pane-link' in page


def test_taking_a_row_takes_this_row_alone_whatever_is_ticked(world: World) -> None:
    one, two, _ = world.ids
    client = world.site.operator()
    answer = client.post(f"/worklist/claim?one={one}", data={"task": [two], "back": "scope=group"})
    assert (answer.status_code, answer.location) == (303, "/tasks?scope=group")
    assert (world.has(one), world.has(two)) == (STAFF[0], "")
    assert counts(get(client)) == [1, 2, 3]
    assert rows(get(client)) == [one]


def test_bulk_acts_on_exactly_the_ticked_rows(world: World) -> None:
    one, two, pay = world.ids
    client = world.site.operator()
    client.post("/worklist/assign", data={"task": [one, pay], "user": str(world.user(1)), "back": "scope=all"})
    assert [world.has(each) for each in (one, two, pay)] == [STAFF[1], "", STAFF[1]]
    client.post("/worklist/claim", data={"task": [two], "back": "scope=all"})
    client.post("/worklist/release", data={"task": [one], "back": "scope=all"})
    assert [world.has(each) for each in (one, two, pay)] == ["", STAFF[0], STAFF[1]]


def test_what_a_colleague_has_stays_theirs_and_is_said(world: World) -> None:
    one, two, _ = world.ids
    world.site.operator(1).post("/worklist/claim", data={"task": [one]})
    client = world.site.operator(0)
    client.post("/worklist/claim", data={"task": [one, two]})
    assert [world.has(one), world.has(two)] == [STAFF[1], STAFF[0]]
    assert "担当 2さんが担当しています" in alerts(client.get("/tasks"))


def test_reminding_writes_one_mail_a_day_to_whoever_has_it(world: World) -> None:
    one, _, _ = world.ids
    client = world.site.operator()
    client.post("/worklist/claim", data={"task": [one]})
    world.site.bench.drain()
    before = len(world.site.bench.mailbox.letters)
    for _ in range(2):
        client.post("/worklist/remind", data={"task": [one]})
    world.site.bench.drain()
    sent = world.site.bench.mailbox.letters[before:]
    assert [(each.mail_id, each.to) for each in sent] == [("reminder-operator", (STAFF[0],))]


def test_nothing_ticked_is_said_and_changes_nothing(world: World) -> None:
    client = world.site.operator()
    for act in ("claim", "assign", "release", "remind", "confirm"):
        answer = client.post(f"/worklist/{act}", data={"user": str(world.user(1)), "back": "scope=all"})
        assert answer.status_code == 303
        assert "チェックを入れてください" in alerts(client.get("/tasks"))
    assert [world.has(each) for each in world.ids] == ["", "", ""]


def test_a_task_is_not_given_to_a_vendor_nor_to_an_analyst(world: World) -> None:
    client = world.site.operator()
    with database.connection():
        wrong = [accounts.by_email(email).id for email in (VENDOR, "reads@example.jp")]  # type: ignore[union-attr]
    for user in wrong:
        client.post("/worklist/assign", data={"task": [world.ids[0]], "user": str(user)})
        assert "担当者を選んでください" in alerts(client.get("/tasks"))
    assert world.has(world.ids[0]) == ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=大空", [1]),
        ("q=ABC", [2]),  # typed half-width, written full-width, and the other way round
        ("q=ＡＢＣ", [2]),
        ("q=大空　そら", [1]),
        ("q=大空　みほん", [1]),  # the vendor's person in charge is みほん 花子 in each case
        ("q=大空　みほん入退場", []),
        ("element=first_review", [0, 1]),
        ("group=accounting", [2]),
        ("due=overdue&group=office", []),
        ("q='; DROP TABLE task; --", []),
    ],
)
def test_filters_narrow_the_list_and_leave_the_counts(query: str, found: list[int], world: World) -> None:
    page = get(world.site.operator(), f"?scope=all&{query}")
    assert sorted(rows(page)) == sorted(world.ids[each] for each in found)
    assert counts(page) == [0, 3, 3]


def test_a_number_finds_its_case(world: World) -> None:
    wide = world.one.number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789-"})
    for number in (world.one.number, wide):
        assert rows(get(world.site.operator(), f"?scope=all&q={number}")) == [world.ids[0]]


def test_the_filter_travels_with_a_row_and_a_wrong_one_is_the_usual(world: World) -> None:
    client = world.site.operator()
    page = get(client, "?scope=all&q=大空&order=company")
    assert re.search(r'href="/tasks/[^"]+\?scope=all&amp;q=%E5%A4%A7%E7%A9%BA&amp;order=company"', page)
    for wrong in ("page=-3", "page=99999999999999", "element=%00"):
        assert sorted(rows(get(client, f"?scope=nobody&due=soon&order=random&{wrong}"))) == sorted(world.ids), wrong
    assert rows(get(client, "?scope=all&element=of_no_diagram")) == []


def test_the_group_is_what_its_people_see(world: World) -> None:
    client = world.site.person("money@example.jp")
    page = get(client)
    assert counts(page) == [0, 1, 3]
    assert rows(page) == [world.ids[2]]


def test_a_view_is_kept_opened_replaced_and_forgotten(world: World) -> None:
    client = world.site.operator(2)
    for query in ("scope=all&q=みほん", "scope=all&q=大空&evil=1&page=7"):
        assert client.post("/worklist/views", data={"name": "大空", "back": query}).status_code == 303
    page = get(client)
    assert page.count(">大空</a>") == 1
    link = re.search(r'href="(/tasks\?[^"]+)">大空</a>', page)
    assert link is not None
    assert "evil" not in link[1]
    assert rows(client.get(link[1].replace("&amp;", "&")).text) == [world.ids[1]]
    assert ">大空</a>" not in get(world.site.operator(0))
    dropped = re.search(r'name="drop" value="(\d+)"', page)
    assert dropped is not None
    world.site.operator(0).post("/worklist/views", data={"drop": dropped[1]})
    assert ">大空</a>" in get(client)  # somebody else's is not theirs to forget
    client.post("/worklist/views", data={"drop": dropped[1]})
    assert ">大空</a>" not in get(client)
    client.post("/worklist/views", data={"name": "  "})
    assert "名前を付けてください" in alerts(client.get("/tasks"))


def test_each_chooses_the_columns_of_the_own_list(world: World) -> None:
    def heads(client: FlaskClient) -> list[str]:
        return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', get(client))

    client, colleague = world.site.operator(0), world.site.operator(1)
    usual = ["期限", "何を", "会社・システム", "経過", "担当"]
    assert heads(client) == usual
    chosen = {"column": ["group", "opened", "evil"], "back": "scope=all&q=大空"}
    assert "q=" in client.post("/worklist/columns", data=chosen).headers["Location"], "back to the same list"
    assert heads(client) == ["期限", "何を", "会社・システム", "グループ", "待ちはじめた日"]
    assert heads(colleague) == usual
    client.post("/worklist/columns", data={})
    assert heads(client) == usual[:3]
    client.post("/worklist/columns", data={"column": ["clock", "person"]})
    assert heads(client) == usual


def test_an_analyst_reads_the_list_and_may_change_nothing(world: World) -> None:
    client = world.site.person("reads@example.jp")
    page = get(client)
    assert sorted(rows(page)) == sorted(world.ids)
    assert 'type="checkbox" name="task"' not in page
    assert "引き受ける" not in page
    for act in ("claim", "assign", "release", "remind", "confirm"):
        assert client.post(f"/worklist/{act}", data={"task": world.ids}).status_code == 403
    assert [world.has(each) for each in world.ids] == ["", "", ""]


def test_a_vendor_has_no_worklist(world: World) -> None:
    client = world.site.person(VENDOR)
    assert 'id="worklist-tabs"' not in get(client)
    assert client.post("/worklist/claim", data={"task": world.ids}).status_code == 403
    assert world.site.anybody().get("/tasks").status_code == 302


def test_the_bar_offers_payments_only_where_there_are_some(world: World) -> None:
    client = world.site.operator()
    assert "/worklist/confirm" in get(client, "?scope=all")
    assert "/worklist/confirm" not in get(client, "?scope=all&element=first_review")


def test_who_did_the_first_review_cannot_have_the_second(site: Site) -> None:
    walker = go(site.bench, until="second_review")
    row = task(walker, "second_review")
    with database.connection():
        first = work.last_done(row.case_id, "first_review")
        assert first is not None
        reviewer = STAFF.index(first.closed_by.email)
    client = site.operator(reviewer)
    page = client.get("/tasks?scope=all")
    assert "ほかの担当者" in text(page) or "別の担当" in text(page) or "行った" in text(page)
    assert f"/worklist/claim?one={row.id}" not in page.text
    client.post("/worklist/claim", data={"task": [row.id]})
    other = site.operator((reviewer + 1) % 3)
    other.post("/worklist/assign", data={"task": [row.id], "user": str(first.closed_by_id)})
    with database.connection():
        assert work.task(row.id).assignee_id is None  # type: ignore[union-attr]
    assert f"/worklist/claim?one={row.id}" in other.get("/tasks?scope=all").text


def test_a_delegate_sees_the_absent_colleagues_work_as_theirs(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    row = task(walker, "first_review")
    site.operator(0).post("/worklist/claim", data={"task": [row.id]})
    portal = site.bench.portal
    people.away(portal, staff(walker, 0), staff(walker, 1).user_id or 0, portal.today(), portal.today(), "")
    page = site.operator(1).get("/tasks").text
    assert rows(page) == [row.id]
    assert "担当 1さんの代理" in page


def test_a_list_of_many_pages_says_where_one_is(site: Site) -> None:
    walker = go(site.bench, until="first_review")
    row = task(walker, "first_review")
    with database.transaction():
        values: dict[str, Any] = {name: row.__data__[name] for name in row.__data__ if name != "id"}
        for number in range(119):
            Task.create(id=f"many-{number:03}", **values)
    client = site.operator()
    first, last = client.get("/tasks?scope=all"), client.get("/tasks?scope=all&page=3")
    assert (len(rows(first.text)), len(rows(last.text))) == (50, 20)
    assert "120件中 101～120件" in text(last)
    assert len({*rows(first.text), *rows(client.get("/tasks?scope=all&page=2").text), *rows(last.text)}) == 120


def test_finished_rows_are_said_to_be_finished(site: Site) -> None:
    walker = go(site.bench, until="second_review")
    with database.connection():
        done = Task.get((Task.element == "first_review") & (Task.case_number == walker.number))
    client = site.operator()
    client.post("/worklist/claim", data={"task": [done.id]})
    assert "すでに終わっています" in text(client.get("/tasks"))
    with database.connection():
        assert not Job.select().where(Job.key.contains(f"{done.id}:hand")).exists()


def test_everything_is_narrowed_to_who_has_it(world: World) -> None:
    one, two, pay = world.ids
    client = world.site.operator()
    client.post("/worklist/assign", data={"task": [one], "user": str(world.user(1)), "back": "scope=all"})
    assert rows(get(client, f"?scope=all&person={world.user(1)}")) == [one]
    assert sorted(rows(get(client, "?scope=all&person=nobody"))) == sorted([two, pay])
    assert 'name="person"' not in get(client, "?scope=mine")
    page = get(client, f"?scope=all&person={world.user(1)}&q=レビュー")
    assert counts(page) == [0, 2, 3]  # the tabs stay as they are
    assert rows(get(client, "?scope=all&person=everybody")) != []  # what is no person narrows nothing


def test_what_narrows_the_list_stands_in_one_line_and_the_search_with_it(world: World) -> None:
    page = get(world.site.operator(), "?scope=all&due=week")
    form = page[page.index('<form class="filters filters--line"') : page.index("</form>", page.index("filters--line"))]
    assert (
        form.index('type="search"') < form.index("<details") < form.index('name="element"') < form.index("</details>")
    )
    assert '<span class="count">1</span>' in form

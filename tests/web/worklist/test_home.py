"""The vendor's home: whose turn it is, what is to be done, by when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from app.services.pages import vendorhome
from app.services.people import accounts as people
from app.store import accounts, database
from tests.services.conftest import StillClock
from tests.web.conftest import Site, open_site


def home(site: Site, email: str, query: str = "") -> str:
    client = site.person(email)
    client.set_cookie("lang", "en")
    answer = client.get(f"/tasks{query}")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    site = open_site(tmp_path_factory.mktemp("home"), engine)
    plans = {
        "start": ("happy_path", "submit_documents"),
        "body": ("happy_path", "first_review"),
        "back": ("returned_at_first_review", "submit_documents"),
        "request": ("happy_path", "post_test_cards"),
        "exam": ("happy_path", "exam__operator"),
        "soon": ("happy_path", "check_exam_materials"),
        "done": ("happy_path", ""),
    }
    for name, (scenario, until) in plans.items():
        site.bench.walker(scenario=scenario, until=until, application={"email": f"{name}@example.com"}).walk()
    return site


def first_line(page: str) -> str:
    """The banner of the case shown in full."""
    found = re.findall(r'<section class="turn [^"]*">.*?</section>', page, re.S)
    return str(found[-1])


def test_the_vendors_turn_is_one_sentence_and_one_button(shared: Site) -> None:
    line = first_line(home(shared, "start@example.com"))
    assert "turn--vendor" in line
    assert "Submit the documents" in line
    assert len(re.findall(r"btn--primary", line)) == 1
    assert re.search(r'href="/tasks/[\w-]+"', line)
    assert "Due" in line


def test_the_bodys_turn_has_nothing_to_press_and_says_since_when(shared: Site) -> None:
    page = home(shared, "body@example.com")
    line = first_line(page)
    assert "turn--operator" in line
    assert "btn" not in line
    assert "Since" in line
    assert "/15" in line  # days used of the guideline


def test_steps_say_what_is_done_what_is_open_and_what_cannot_start(shared: Site) -> None:
    page = home(shared, "start@example.com")
    steps = page[page.index('<ol class="steps"') :]
    states = re.findall(r'steps__step is-(\w+).*?steps__title">.*?</span>(?:<a[^>]*>)?([^<]+)', steps, re.S)
    assert states[:4] == [
        ("done", "Apply"),
        ("done", "Company details"),
        ("current", "Submit the documents"),
        ("todo", "Document review (first)"),
    ]
    assert "Cannot be started yet" in steps


def test_a_step_that_came_back_is_announced_and_what_follows_stands_ahead_again(shared: Site) -> None:
    page = home(shared, "back@example.com")
    assert "notice--correction" in page
    steps = page[page.index('<ol class="steps"') :]
    assert steps.index("Submit the documents") < steps.index("Document review (first)")
    review = steps[: steps.index("Document review (first)")].rindex("steps__step is-")
    assert steps[review:].startswith("steps__step is-todo")


def test_a_task_of_a_both_box_is_a_step_of_its_stage(shared: Site) -> None:
    with database.connection():
        user = accounts.by_email("exam@example.com")
        assert user is not None
        actor = people.actor_of(shared.bench.portal, user.id)
    steps = {step.element: step.state for step in vendorhome.of(shared.bench.portal, actor).steps}
    assert steps["precheck__vendor"] == steps["precheck__operator"] == "done"
    assert (steps["exam__vendor"], steps["exam__operator"]) == ("done", "current")


def test_the_day_that_was_settled_stands_on_the_home_until_it_is_over(shared: Site) -> None:
    page = home(shared, "soon@example.com")
    assert 'id="dates"' in page
    assert re.search(r'href="/cases/[\d-]+/date"', page), "and can be asked to be changed"
    clock = shared.bench.portal.clock
    assert isinstance(clock, StillClock)
    before = clock.moment
    try:
        clock.moment += timedelta(days=120)
        assert 'id="dates"' not in home(shared, "soon@example.com")
    finally:
        clock.moment = before


def test_a_request_is_a_button_only_when_it_is_open(shared: Site) -> None:
    assert "Request a day for the exam" not in home(shared, "body@example.com").split('class="steps"')[0]
    page = home(shared, "request@example.com")
    assert re.search(r'class="btn" href="/tasks/[\w-]+".*?Request a day for the exam', page, re.S)


def test_a_certified_system_says_when_the_next_audit_opens(shared: Site) -> None:
    line = first_line(home(shared, "done@example.com"))
    assert "turn--done" in line
    assert "The next yearly audit opens on" in line
    assert 'href="/systems/' in line


def test_notices_are_typed_and_lead_to_their_mails(shared: Site) -> None:
    page = home(shared, "done@example.com")
    assert "notice--result" in page
    assert "notice--payment" in page
    assert re.search(r'href="/cases/[\d-]+/mails/\d+"', page)


def test_documents_and_questions_are_one_press_away(shared: Site) -> None:
    page = home(shared, "body@example.com")
    assert re.search(r'href="/cases/[\d-]+/documents/[\w-]+"', page)
    assert "?tab=messages" in page


@pytest.fixture(scope="module")
def two(shared: Site) -> Site:
    """The same with somebody who has two cases, one of which waits for them."""
    for until, system in (("first_review", "一つ目のシステム"), ("company_profile", "二つ目のシステム")):
        application = {"email": "two@example.com", "system_name": system}
        shared.bench.walker(scenario="happy_path", until=until, application=application).walk()
    return shared


def test_several_cases_are_a_line_each_then_the_one_whose_turn_it_is(two: Site) -> None:
    page = home(two, "two@example.com")
    assert len(re.findall(r"turn--line", page)) == 2
    assert "二つ目のシステム" in first_line(page)
    other = re.findall(r'<a href="/tasks\?case=([\d-]+)">', page)
    shown = home(two, "two@example.com", f"?case={other[-1]}")
    assert other[-1] in first_line(shown)


def test_a_case_of_others_is_not_there(shared: Site) -> None:
    with database.connection():
        user = accounts.by_email("start@example.com")
        assert user is not None
        actor = people.actor_of(shared.bench.portal, user.id)
        number = vendorhome.of(shared.bench.portal, actor).heads[0].number
    assert shared.person("done@example.com").get(f"/tasks?case={number}").status_code == 404


def test_without_a_case_the_page_says_what_comes_here(shared: Site) -> None:
    people.add_staff(shared.bench.portal, "new@example.com", "新人", ["vendor"], "a password for tests")
    page = home(shared, "new@example.com")
    assert 'class="empty"' in page
    assert 'href="/apply"' in page


def test_staff_see_the_worklist_instead(shared: Site) -> None:
    page = shared.operator().get("/tasks").text
    assert "data-worklist" in page or 'class="empty"' in page


def test_nobody_sees_it_without_signing_in(shared: Site) -> None:
    client: FlaskClient = shared.anybody()
    assert client.get("/tasks").location == "/login?next=%2Ftasks"


def test_ended_cases_say_how_they_ended(shared: Site) -> None:
    shared.bench.walker(scenario="rejected_at_first_review", application={"email": "no@example.com"}).walk()
    line = first_line(home(shared, "no@example.com"))
    assert "turn--stopped" in line
    assert "not passed" in line


def test_the_service_sorts_what_is_due_first_to_the_top(two: Site) -> None:
    with database.connection():
        user = accounts.by_email("two@example.com")
        assert user is not None
        heads = vendorhome.of(two.bench.portal, people.actor_of(two.bench.portal, user.id)).heads
    assert [head.turn for head in heads] == ["vendor", "operator"]

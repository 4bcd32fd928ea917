"""Power cuts, and a mail server with moods: nothing is lost or done twice, what cannot be helped is said to staff."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from app.services.demo.walker import PASSWORD
from tests.flow.driver import APPLICATION, Person
from tests.flow.place import MONDAY, Place
from tests.flow.prepared import Plan, prepare
from tests.flow.visitor import Form, Page
from tests.flow.walking import Walk, steps_of
from tests.services.conftest import STAFF
from tests.support.network import wait_until

pytestmark = pytest.mark.xdist_group("flow-restarts")

# After this step the power goes: while a letter is printed and mailed, while contracts are made, while money is booked,
# while cards are written, while a certificate is issued.
CUTS = {
    "second_review": "its letter and its mail are under way",
    "review_result": "two contracts are being made",
    "confirm_initial_payment": "a download is being opened",
    "exam__operator": "two mails are under way, one of them with a letter",
    "audit_result": "a certificate is being issued, signed and printed",
}


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:
    return make_place()


@pytest.fixture(scope="module")
def numbers(place: Place) -> dict[str, str]:
    plans = [Plan(f"cut_{element}", element) for element in CUTS]
    plans += [
        Plan("cards", "post_test_cards"),
        Plan("posting", "second_review"),
        Plan("dropped", "second_review"),
        Plan("refused", "second_review"),
    ]
    found = prepare(place, *plans)
    place.start()
    return found


def walk_of(place: Place, numbers: dict[str, str], name: str) -> Walk:
    vendor = place.vendor(Plan(name, "").email)
    vendor.sign_in(PASSWORD)
    return Walk(place, numbers[name], vendor, [place.operator(email) for email in STAFF[:2]])


def step_of(element: str) -> dict[str, Any]:
    return next(step for step in steps_of("happy_path") if step.get("complete") == element)


def ready_to_send(person: Person, number: str, element: str) -> Page:
    """The check page of the task, filled in."""
    page = person.open(number, element)
    form = page.form(action=page.path)
    for key, value in step_of(element).get("answer", {}).items():
        form.fill(key, person.value(form, key, value))
    return form.press(value="check") if any(value == "check" for _, _, value in form.buttons()) else page


def button_of(page: Page) -> Form:
    return page.form(action="/check") if page.path.endswith("/check") else page.form(action=page.path)


def again(place: Place) -> None:
    """Power is back. What a dead worker had leased is free when the lease has run out."""
    place.clock.ahead(minutes=3)
    place.start()


def assert_nothing_twice(place: Place, number: str, email: str) -> None:
    """A mail that arrived twice is the same mail; answers, claims, papers and cards exist once."""
    ids: dict[str, set[str]] = defaultdict(set)
    for mail in place.mails_to(email):
        if mail["X-Nintei-Mail"] != "receipt" and mail["X-Nintei-Mail"] in {
            row["mail_id"] for row in place.records.of(number, "mail")
        }:
            ids[str(mail["X-Nintei-Mail"])].add(str(mail["Message-ID"]))
    assert {mail_id: len(found) for mail_id, found in ids.items() if len(found) > 1} == {}
    for table, key in (("mail", "mail_id"), ("invoice", "fee"), ("opening", "grp"), ("certificate", "number")):
        found = [row[key] for row in place.records.of(number, table) if row[key] != "receipt"]  # one for each form
        assert len(found) == len(set(found)), (table, found)
    made = [
        row["key"]
        for row in place.records.of(
            number,
            "document",
            "kind = 'made' AND mime = 'application/pdf' AND key NOT IN ('receipt', 'payment_receipt')",
        )  # one for each form, and for each payment
    ]
    assert len(made) == len(set(made)), made


@pytest.mark.parametrize("element", CUTS, ids=list(CUTS))
def test_a_power_cut_in_the_middle_of_the_work_loses_and_repeats_nothing(
    place: Place, numbers: dict[str, str], element: str
) -> None:
    walk = walk_of(place, numbers, f"cut_{element}")
    step, records = step_of(element), place.records
    mails = records.of(walk.number, "mail")
    button_of(ready_to_send(walk.person(step), walk.number, element)).press()
    with suppress(TimeoutError):  # it may be over already: then the cut comes after the work
        wait_until(lambda: bool(records.jobs(walk.number, "running")), 2, "a job under way", pause=0.002)
    place.kill()
    again(place)
    records.settle(walk.number)
    assert records.incidents(walk.number) == []
    assert records.open(walk.number) == sorted(step["expect_open"])
    come = [row["mail_id"] for row in records.of(walk.number, "mail", "state = 'sent'")][len(mails) :]
    come = [mail_id for mail_id in come if mail_id != "receipt"]
    assert sorted(come) == sorted(step.get("expect_mails", []))
    for mail_id in step.get("expect_mails", []):
        place.wait_for_mail(walk.vendor.email, mail_id)
    assert len(records.of(walk.number, "answer", f"element = '{element}'")) == 1
    assert_nothing_twice(place, walk.number, walk.vendor.email)


def test_a_power_cut_while_cards_are_written_leaves_the_right_number_of_cards(
    place: Place, numbers: dict[str, str]
) -> None:
    walk = walk_of(place, numbers, "cards")
    staff, records = walk.staff[0], place.records
    page = staff.open(walk.number, "post_test_cards")
    page.form(action="/cards").press()
    with suppress(TimeoutError):
        wait_until(lambda: bool(records.jobs(walk.number, "running")), 2, "a card being written", pause=0.002)
    place.kill()
    again(place)
    wait_until(lambda: not records.jobs(walk.number, "queued", "running"), 60, "the end of the writing")
    page = staff.get(page.path)
    if page.has_form(action="/cards"):  # a card that may be half written is not written again blindly: a person decides
        page.form(action="/cards").press()
        wait_until(lambda: not records.jobs(walk.number, "queued", "running"), 60, "the end of the writing")
    walk.take([step_of("post_test_cards")])
    lent = records.of(walk.number, "card", "state = 'lent'")
    assert len(lent) == 3
    assert len({row["serial"] for row in lent}) == 3
    assert_nothing_twice(place, walk.number, walk.vendor.email)


def test_a_power_cut_during_the_press_itself_either_took_the_answer_or_kept_it_to_send_again(
    place: Place, numbers: dict[str, str]
) -> None:
    walk = walk_of(place, numbers, "posting")
    step, records = step_of("second_review"), place.records
    reviewer = walk.person(step)
    check = ready_to_send(reviewer, walk.number, "second_review")
    press = threading.Thread(target=_pressed, args=(check,))
    press.start()
    place.kill()
    press.join(60)
    again(place)
    records.settle(walk.number)
    if "second_review" in records.open(walk.number):
        page = reviewer.get(check.path)
        assert page.path == check.path, "what was typed is still there to be sent"
        page.form(action="/check").press()
        records.settle(walk.number)
    assert len(records.of(walk.number, "answer", "element = 'second_review'")) == 1
    assert records.open(walk.number) == ["review_result"]
    assert_nothing_twice(place, walk.number, walk.vendor.email)


def _pressed(check: Page) -> None:
    with suppress(OSError):
        check.form(action="/check").press()


def test_an_application_is_not_lost_between_its_done_page_and_its_mail(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("cut-at-once@vendor.example.jp")
    number = vendor.apply({**APPLICATION, "system_name": "停電ゲート"})
    place.kill()
    again(place)
    vendor.enter(place.wait_for_mail(vendor.email, "review-1"))
    place.records.settle(number)
    assert place.records.rows("SELECT * FROM outage") == []
    assert place.records.open(number) == ["company_profile"]
    assert len({str(mail["Message-ID"]) for mail in place.mails_to(vendor.email)}) == 1


def test_sessions_and_drafts_outlive_a_restart(place: Place, numbers: dict[str, str]) -> None:
    vendor = place.vendor("draft@vendor.example.jp")
    number = vendor.apply({**APPLICATION, "system_name": "下書きゲート"})
    vendor.enter(place.wait_for_mail(vendor.email, "review-1"))
    page = vendor.open(number, "company_profile")
    page.form(action=page.path).fill("system_overview", "まだ途中です。").press(value="draft")
    place.kill()
    again(place)
    form = vendor.get(page.path).form(action=page.path)
    assert form.value("system_overview") == "まだ途中です。"


# The mail server


def test_a_mail_that_was_taken_without_an_answer_comes_again_as_the_same_mail(
    place: Place, numbers: dict[str, str]
) -> None:
    walk = walk_of(place, numbers, "dropped")
    place.records.settle(walk.number)
    place.mailbox.trouble.append("drop")
    walk.person(step_of("second_review")).do(walk.number, "second_review", {"outcome": "passed"})
    place.wait_for_mail(walk.vendor.email, "review-3")
    with _time_flies(place):
        place.records.settle(walk.number)
    ids = [str(mail["Message-ID"]) for mail in place.mails_to(walk.vendor.email) if mail["X-Nintei-Mail"] == "review-3"]
    assert len(ids) >= 2
    assert len(set(ids)) == 1
    assert [row["mail_id"] for row in place.records.of(walk.number, "mail", "mail_id = 'review-3'")] == ["review-3"]


def test_a_refused_mail_is_an_incident_that_staff_see_and_try_again(place: Place, numbers: dict[str, str]) -> None:
    walk = walk_of(place, numbers, "refused")
    place.records.settle(walk.number)
    place.mailbox.trouble.append("550 5.1.1 no such user here")
    walk.person(step_of("second_review")).do(walk.number, "second_review", {"outcome": "passed"})
    wait_until(lambda: bool(place.records.incidents(walk.number)), 60, "the incident")
    assert place.records.open(walk.number) == []
    page = walk.staff[0].get(f"/cases/{walk.number}")
    assert "550" in page.text
    assert any("review-3" in each or "550" in each for each in page.alerts()) or "書類審査結果通知" in page.text
    assert "550" not in walk.vendor.get(f"/cases/{walk.number}").text
    page.form(action="/retry").press()
    place.wait_for_mail(walk.vendor.email, "review-3")
    place.records.settle(walk.number)
    assert place.records.open(walk.number) == ["review_result"]
    assert place.records.incidents(walk.number) == []
    assert not walk.staff[0].get(f"/cases/{walk.number}").has_form(action="/retry")


def test_try_later_is_tried_later(place: Place, numbers: dict[str, str]) -> None:
    place.mailbox.trouble += ["451 4.7.1 try again later", "421 4.3.2 closing"]
    vendor = place.vendor("greylisted@vendor.example.jp")
    number = vendor.apply({**APPLICATION, "system_name": "あとでゲート"})
    with _time_flies(place):
        place.wait_for_mail(vendor.email, "review-1")
    place.records.settle(number)
    assert len(place.mails_to(vendor.email)) == 1
    [job] = place.records.jobs(number, "done")
    assert job["attempts"] >= 2  # what was said of the letter (451) counts, what was said to everyone (421) does not


def test_mail_waits_for_a_server_that_is_down(place: Place, numbers: dict[str, str]) -> None:
    with place.mail_server_down():
        vendor = place.vendor("patient@vendor.example.jp")
        number = vendor.apply({**APPLICATION, "system_name": "待つゲート"})
        # The outage may be known from another letter already: this case's own is awaited, too.
        wait_until(lambda: bool(place.records.rows("SELECT * FROM outage WHERE name = 'mail'")), 30, "the outage")
        wait_until(lambda: bool(place.records.jobs(number, "queued")), 30, "the letter back in the queue")
        assert [job["attempts"] for job in place.records.jobs(number, "queued", "running")] == [
            0
        ]  # not the letter's fault
        assert vendor.get("/healthz").status == 200
    with _time_flies(place):
        vendor.enter(place.wait_for_mail(vendor.email, "review-1"))
    place.records.settle(number)
    assert place.records.rows("SELECT * FROM outage") == []
    assert place.records.open(number) == ["company_profile"]


@contextmanager
def _time_flies(place: Place) -> Iterator[None]:
    """The time until the next try is not waited out: a minute passes each half second."""
    over = threading.Event()

    def fly() -> None:
        while not over.wait(0.5):
            place.clock.ahead(minutes=1)

    thread = threading.Thread(target=fly)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert place.clock.now() > MONDAY

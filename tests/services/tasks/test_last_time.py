"""前回から変更あり？: what was answered before is in the form again, and what changed is marked."""

from __future__ import annotations

import io

from app.services.base import permit
from app.services.base.actors import Actor
from app.services.demo.sampleday import sample_pdf
from app.services.demo.walker import Walker
from app.services.pages import task as taskpage
from app.services.papers import uploads
from app.services.people import accounts
from app.services.tasks import filling, forms
from app.states import Side
from app.store import cases, database
from app.store.models import Answer
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task
from tests.services.tasks.test_recall import RETURN, send


def vendor(walker: Walker) -> Actor:
    with database.connection():
        member = cases.members(case_of(walker).id)[0].user_id
    return accounts.actor_of(walker.portal, member)


def returned(bench: Bench) -> Walker:
    walker = go(bench, "second_review")
    send(walker, "second_review", staff(walker, 1), **RETURN)
    return walker


def test_a_form_that_came_back_holds_what_was_sent_and_says_when(bench: Bench) -> None:
    walker = returned(bench)
    page = taskpage.page(walker.portal, task(walker, "reply_materials").id, vendor(walker))
    assert page.prefilled and page.last is not None
    assert page.last.at == walker.clock.moment
    held = {field.spec.key: field.files for field in page.form.walk()}
    assert held["system_requirements"], "its files too"


def test_the_first_time_nothing_is_said(bench: Bench) -> None:
    walker = go(bench, "reply_materials")
    page = taskpage.page(walker.portal, task(walker, "reply_materials").id, vendor(walker))
    assert page.last is None and not page.prefilled


def test_who_pays_again_is_offered_the_name_and_not_the_day_of_the_payment_before(bench: Bench) -> None:
    walker = go(bench, "pay_exam_fee")
    with database.connection():
        values = filling.prefill(permit.find(walker.portal, task(walker, "pay_exam_fee").id, vendor(walker)))
    assert values.get("payer") and "paid_on" not in values
    page = taskpage.page(walker.portal, task(walker, "pay_exam_fee").id, vendor(walker))
    day = next(field for field in page.form.walk() if field.spec.key == "paid_on")
    assert day.value == walker.portal.today().isoformat(), "as any first day of a form"


def test_what_is_typed_already_is_not_called_last_times(bench: Bench) -> None:
    walker = returned(bench)
    who, row = vendor(walker), task(walker, "reply_materials")
    forms.save_draft(walker.portal, row.id, {"reply_note": "新"}, who)
    page = taskpage.page(walker.portal, row.id, who)
    assert page.last is not None and not page.prefilled


def test_the_reviewer_sees_what_changed_a_new_file_of_the_same_name_too(bench: Bench) -> None:
    walker = returned(bench)
    who, row = vendor(walker), task(walker, "reply_materials")
    with database.connection():
        setting = permit.find(walker.portal, row.id, who)
        values = filling.prefill(setting)
    name = values["system_requirements"][0]["name"]
    new = uploads.attach(
        walker.portal,
        uploads.place(walker.portal, row.id, "system_requirements", who),
        name,
        io.BytesIO(sample_pdf("2")),
        who,
    )
    walker.clock.moment = walker.clock.moment.replace(minute=59)
    mended = {"system_requirements": [new.as_dict()], "reply_note": "差し替えました"}
    send(walker, "reply_materials", who, **values | mended)
    page = taskpage.page(walker.portal, task(walker, "second_review").id, staff(walker, 1))
    seen = next(each for each in page.reviewed if each.element == "reply_materials")
    assert set(seen.before) == {"system_requirements", "reply_note"}
    assert seen.before["system_requirements"] == name
    assert seen.before_at is not None and seen.before_at < seen.at
    untouched = next(each for each in page.reviewed if each.element == "company_profile")
    assert untouched.before == {} and untouched.before_at is None


def test_a_year_later_the_dates_are_new_and_the_rest_is_kept(bench: Bench) -> None:
    walker = go(bench, "exam__vendor")
    row, who = task(walker, "exam__vendor"), vendor(walker)
    with database.connection():
        setting = permit.find(walker.portal, row.id, who)
    values = {"attended_on": "2025-03-03", "attendees": "例 一郎", "remarks": "なし"}
    with database.transaction():
        Answer.create(
            case=setting.case,
            element="exam__vendor",
            values=values,
            at=walker.portal.now(),
            by_name="x",
            side=Side.VENDOR,
        )
    page = taskpage.page(walker.portal, row.id, who)
    held = {field.spec.key: field.value for field in page.form.walk()}
    assert held["attendees"] == "例 一郎"
    assert held["attended_on"] != values["attended_on"]

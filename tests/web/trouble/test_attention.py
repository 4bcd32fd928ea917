"""What needs attention, as staff and vendors read it; what is not lost; and the end of a case that cannot go on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.engine import Engine
from app.errors import Permanent
from app.services.cases import talking
from app.services.people import accounts
from app.services.signin.newaccount import create_account
from app.services.tasks import forms
from app.states import Side
from app.store import cases, database, work
from tests.services import broken
from tests.services.broken import again, applied, clerk, open_task
from tests.services.steps import actor, case_of, go, staff
from tests.web.conftest import Site, open_site


def administrator(site: Site) -> FlaskClient:
    accounts.add_staff(site.bench.portal, "admin@example.jp", "管理 太郎", ["administrator"], "a password for tests")
    return site.person("admin@example.jp")


@pytest.fixture
def bad(tmp_path: Path, engine: Engine) -> Site:
    """A condition of the diagram that cannot be computed."""
    packages = broken.package(tmp_path, (broken.CONDITION, "outcome + 1 == 2"))
    return open_site(tmp_path, engine, packages)


def failed(site: Site) -> tuple[str, str, str]:
    """(case number, task, page) after a member of the staff sent an answer that the process cannot take."""
    case = applied(site.bench)
    task, who = open_task(case, "approve"), clerk(site.bench)
    forms.save_draft(site.bench.portal, task.id, {"outcome": "refused", "reason": "対象外です"}, who)
    operator = site.operator()
    assert operator.get(f"/tasks/{task.id}/check").status_code == 200
    with database.connection():
        draft = work.draft(task.id)
    assert draft is not None
    answer = operator.post(f"/tasks/{task.id}/check", data={"revision": draft.revision})
    assert answer.status_code == 500
    return case.number, task.id, answer.text


def test_a_step_that_fails_says_which_what_is_kept_and_who_has_been_told(bad: Site) -> None:
    admin = administrator(bad)
    number, task, page = failed(bad)
    assert "「申請の確認」を進められませんでした" in page
    assert "下書きに残って" in page and "管理者に知らせました" in page
    assert "種類の合わない値を組み合わせています" in page  # staff read the reason
    assert f'href="/tasks/{task}"' in page
    assert "対象外です" in bad.operator().get(f"/tasks/{task}").text
    bad.bench.drain()
    letters = bad.bench.mailbox.of("alarm")
    assert [letter.to for letter in letters] == [("admin@example.jp",)]
    assert number in letters[0].text
    for client in (bad.operator(), admin):
        case = client.get(f"/cases/{number}").text
        assert "進められない工程：申請の確認" in case
        listed = client.get("/attention").text
        assert number in listed and "進められない工程：申請の確認" in listed
        assert "要対応" in client.get("/tasks").text  # in the menu, with how many


def test_a_case_that_has_come_to_a_stop_says_so_to_both_sides(tmp_path: Path, engine: Engine) -> None:
    site = open_site(tmp_path, engine, broken.waits_for_ever(tmp_path))
    case = applied(site.bench)
    broken.send(site.bench, case, "approve", outcome="refused", reason="対象外です")
    page = site.operator().get(f"/cases/{case.number}").text
    assert "手続きが止まっています" in page
    assert "次の工程を準備しています" not in page
    with database.transaction():
        now = site.bench.portal.now()
        user = create_account("hanako@example.com", "図書 花子", Side.VENDOR, ["vendor"], "a password for tests", now)
        cases.add_member(case.id, user.id, now)
    page = site.person("hanako@example.com").get(f"/cases/{case.number}").text
    assert "図書館に知らせてあり、確認しています" in page  # as the package calls the body
    assert "次の工程を準備しています" not in page
    assert "手続きが止まっています" not in page


def test_an_application_that_cannot_begin_is_still_on_the_page(
    small_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_engine(*_arguments: object) -> None:
        raise KeyError("reader_kind")

    monkeypatch.setattr(small_site.bench.portal.engine, "advance", broken_engine)
    answer = small_site.anybody().post("/apply/library_card", data={**broken.READER, "step": "send"})
    assert answer.status_code == 500
    assert "申請を受け付けられませんでした" in answer.text
    assert "みほん市立小学校" in answer.text
    assert "申請を受け付けられません" in small_site.operator().get("/attention").text


def test_while_mails_do_not_go_out_every_page_of_staff_says_so_in_one_line(site: Site) -> None:
    admin, operator = administrator(site), site.operator()
    walker = go(site.bench, until="submit_documents")
    site.bench.mailbox.away = True
    talking.say(walker.portal, walker.number, "質問です", staff(walker))
    talking.say(walker.portal, walker.number, "もうひとつ", staff(walker))
    site.bench.drain(walker.portal)
    for url in ("/tasks", "/cases", f"/cases/{walker.number}", "/attention"):
        page = operator.get(url).text
        assert page.count("からメールを送れていません") == 1, url
        assert "2通が待っています" in page, url
        assert "NINTEI_MAIL_URL" not in page, url
        assert "NINTEI_MAIL_URL" in admin.get(url).text
    english = operator.get("/tasks?lang=en").text
    assert "Mails have not been sent since" in english and "2 mails are waiting." in english
    assert "からメールを送れていません" not in site.person(actor(walker).email).get("/tasks?lang=ja").text
    site.bench.mailbox.away = False
    walker.clock.moment = site.bench.portal.now() + timedelta(minutes=10)
    site.bench.drain(walker.portal)
    assert "からメールを送れていません" not in operator.get("/tasks?lang=ja").text
    assert "つながらなかったサーバー：メールサーバー" in operator.get("/attention").text  # among what is over


def test_mails_that_failed_are_tried_again_together(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    for text in ("ひとつ", "ふたつ"):
        site.bench.mailbox.fail_with.append(Permanent("no", code=550, reply="no such user", handed=False))
        talking.say(walker.portal, walker.number, text, staff(walker))
    site.bench.drain(walker.portal)
    operator = site.operator()
    assert "2通のメールをすべてもう一度試す" in operator.get("/attention").text
    assert operator.post("/attention/retry").status_code == 303
    walker.clock.moment = site.bench.portal.now()
    site.bench.drain(walker.portal)
    assert len(site.bench.mailbox.of("new-message")) == 2
    assert "要対応のものはありません" in operator.get("/attention").text


def test_an_administrator_ends_a_case_and_sees_first_what_is_out(site: Site) -> None:
    admin = administrator(site)
    walker = go(site.bench, until="pay_exam_fee")
    number = walker.number
    assert f'href="/cases/{number}/end"' in admin.get(f"/cases/{number}").text
    assert f'href="/cases/{number}/end"' not in site.operator().get(f"/cases/{number}").text
    assert site.operator().get(f"/cases/{number}/end").status_code == 403
    page = admin.get(f"/cases/{number}/end").text
    for said in ("返却が必要なカード", "認定試験", "止まるもの"):
        assert said in page
    again_page = admin.post(f"/cases/{number}/end", data={"agreed": "yes", "reason": ""})
    assert again_page.status_code == 422
    assert admin.post(f"/cases/{number}/end", data={"reason": "x"}).status_code == 422
    assert admin.post(f"/cases/{number}/end", data={"agreed": "yes", "reason": "進められないため"}).status_code == 303
    assert case_of(walker).ended
    page = admin.get(f"/cases/{number}?tab=timeline").text
    assert "管理者が案件を終了しました" in page and "進められないため" in page
    vendor = site.person(actor(walker).email).get(f"/cases/{number}").text
    assert "この案件は終了しました" in vendor
    assert again(case_of(walker)).state == "closed"

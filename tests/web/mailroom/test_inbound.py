"""Pages of mails that came in, and the address at which they come in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.demo.walker import Walker
from app.services.mailroom import receive
from app.services.tasks import forms
from app.store import database
from app.store.models import InboundMail
from tests.services.mailroom.test_inbound import FILES, VENDOR, asked, reply, row
from tests.services.steps import actor, go, opened, task
from tests.support import locked
from tests.web.conftest import Site

TOKEN = "a token of the tests, long enough to pass"
RFC822 = "message/rfc822"


@pytest.fixture
def waiting(site: Site) -> Walker:
    """A case that waits for `reply_materials`, and its vendor's answer by mail."""
    walker = go(site.bench, until="reply_materials")
    receive.receive(site.bench.portal, reply(asked(walker)))
    return walker


def places() -> dict[str, str]:
    return {f"place-{number}": FILES[each["filename"]] for number, each in enumerate(row().attachments, 1)}


def take(client: FlaskClient, walker: Walker, **more: str) -> TestResponse:
    step = task(walker, "reply_materials").id
    return client.post(f"/inbound/{row().id}/take", data={"task": step, "words": "yes", **places(), **more})


# The address for mail servers


def knock(site: Site, raw: bytes = b"", token: str = TOKEN, kind: str = RFC822) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return site.anybody().post("/inbound/mail", data=raw or reply(), headers=headers, content_type=kind)


def open_door(site: Site) -> None:
    portal = site.bench.portal
    site.app.extensions["nintei"] = replace(portal, settings=replace(portal.settings, inbound_token=TOKEN))


def test_without_a_token_in_the_settings_there_is_no_such_address(small_site: Site) -> None:
    assert knock(small_site).status_code == 404


def test_a_mail_server_hands_a_mail_in_without_the_token_of_forms(small_site: Site) -> None:
    open_door(small_site)
    small_site.app.config["WTF_CSRF_ENABLED"] = True
    assert (knock(small_site).status_code, knock(small_site).json) == (201, {"state": "known"})
    machine = knock(small_site, reply(number=2, files=(), Auto_Submitted="auto-generated"))
    assert (machine.status_code, machine.json) == (201, {"state": "machine"})
    with database.connection():
        assert InboundMail.select().count() == 2


@pytest.mark.parametrize(("token", "kind", "status"), [
    ("", RFC822, 401), ("wrong", RFC822, 401), ("ÿ", RFC822, 401), (TOKEN, "application/json", 415),
])  # fmt: skip
def test_whoever_else_knocks_leaves_nothing_behind(token: str, kind: str, status: int, small_site: Site) -> None:
    open_door(small_site)
    assert knock(small_site, token=token, kind=kind).status_code == status
    with database.connection():
        assert not InboundMail.select().exists()


def test_a_mail_that_is_too_large_is_not_read(small_site: Site) -> None:
    portal = small_site.bench.portal
    small_site.app.extensions["nintei"] = replace(
        portal, settings=replace(portal.settings, inbound_token=TOKEN, upload_max_mb=1)
    )
    assert knock(small_site, reply() + b"x" * (2 << 20)).status_code == 413


# The staff's pages


def test_the_list_shows_what_waits_and_for_which_step(site: Site, waiting: Walker) -> None:
    page = site.operator().get("/inbound").text
    assert "Re: 書類" in page
    assert "追加資料を提出する" in page
    assert waiting.number in page
    for state in ("unknown", "taken", "discarded", "nonsense"):
        assert site.operator().get(f"/inbound?state={state}&page=99999999999").status_code == 200


def test_the_mail_is_shown_as_text_with_its_files_proposed(site: Site, waiting: Walker) -> None:
    receive.receive(site.bench.portal, reply(asked(waiting), number=2, text="<script>alert(1)</script>", files=()))
    page = site.operator().get(f"/inbound/{row().id}").text
    assert re.search(r'<option value="system_requirements" selected>', page)
    assert "<script>alert" not in site.operator().get(f"/inbound/{row(2).id}").text
    file = site.operator().get(f"/inbound/{row().id}/attachments/1")
    assert file.mimetype == "application/pdf"
    assert "sandbox" in file.headers["Content-Security-Policy"]


def test_staff_take_it_in_complete_it_and_send_it_for_the_vendor(site: Site, waiting: Walker) -> None:
    clerk, url = site.operator(), f"/inbound/{row().id}"
    answer = take(clerk, waiting)
    assert (answer.status_code, answer.location) == (303, url)
    assert f"{url}/answer" in clerk.get(url).text
    form = clerk.get(f"{url}/answer").text
    revision = re.search(r'name="revision" value="(\d+)"', form)
    assert revision is not None
    assert f"{url}/attachments/1" in form
    assert 'type="file"' not in form
    check = clerk.post(f"{url}/answer", data={"revision": revision[1], "reply_note": "メールの文面"})
    assert check.status_code == 200
    assert "メールの文面" in check.text
    assert "株式会社みほん建設システム" in check.text
    revision = re.search(r'name="revision" value="(\d+)"', check.text)
    assert revision is not None
    assert clerk.post(f"{url}/send", data={"revision": revision[1]}).status_code == 303
    assert opened(waiting) == ["second_review"]
    assert clerk.get(url).status_code == 200
    assert clerk.post(f"{url}/send", data={"revision": revision[1]}).status_code == 409


def test_what_is_wanting_is_said_at_the_form_and_what_was_typed_is_kept(site: Site, waiting: Walker) -> None:
    clerk, url = site.operator(), f"/inbound/{row().id}"
    clerk.post(f"{url}/take", data={"task": task(waiting, "reply_materials").id, "place-1": "system_requirements"})
    answer = clerk.post(f"{url}/answer", data={"reply_note": "電話でも確認"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "電話でも確認" in answer.text
    assert opened(waiting) == ["reply_materials"]


def test_a_refusal_shows_the_mail_again_with_what_was_chosen(site: Site, waiting: Walker) -> None:
    answer = take(site.operator(), waiting, **{"place-2": "system_requirements"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert len(re.findall(r'<option value="system_requirements" selected>', answer.text)) == 2
    nothing = dict.fromkeys(places(), "") | {"words": ""}
    step = task(waiting, "reply_materials").id
    assert site.operator().post(f"/inbound/{row().id}/take", data={"task": step, **nothing}).status_code in {303, 422}


def test_a_strangers_mail_is_given_to_a_case_or_discarded(site: Site, waiting: Walker) -> None:
    receive.receive(site.bench.portal, reply(number=2, sender="x@example.net"))
    clerk, url = site.operator(), f"/inbound/{row(2).id}"
    wrong = clerk.post(f"{url}/case", data={"number": "9999-0009"})
    assert wrong.status_code == 422
    assert "9999-0009" in wrong.text
    assert clerk.post(f"{url}/case", data={"number": waiting.number}).status_code == 303
    assert clerk.post(f"{url}/discard", data={"reason": "重複"}).location == "/inbound"
    assert "重複" in clerk.get(url).text
    assert clerk.post(f"{url}/restore").status_code == 303


def test_a_receipt_is_confirmed_with_one_press(site: Site) -> None:
    walker = go(site.bench, until="materials_requested")
    receive.receive(site.bench.portal, reply(asked(walker)))
    clerk, url = site.operator(), f"/inbound/{row().id}"
    assert "追加資料のご案内を確認する" in clerk.get(url).text
    assert clerk.post(f"{url}/acknowledge").status_code == 303
    assert opened(walker) == ["reply_materials"]


# The vendor's side


def test_the_vendor_takes_it_in_and_goes_on_at_the_step(site: Site, waiting: Walker) -> None:
    vendor, step = site.person(VENDOR), task(waiting, "reply_materials").id
    assert vendor.get(f"/inbound/{row().id}").status_code == 200
    assert take(vendor, waiting).location == f"/tasks/{step}"
    who = actor(waiting)
    assert forms.check(site.bench.portal, step, who)[0].ok
    assert vendor.get(f"/inbound/{row().id}").status_code == 200


def test_other_vendors_and_strangers_see_nothing_of_it(site: Site, waiting: Walker) -> None:
    go(site.bench, until="submit_documents", application={"email": "other@example.com"})
    other, url = site.person("other@example.com"), f"/inbound/{row().id}"
    for path in (url, f"{url}/attachments/1"):
        assert other.get(path).status_code == 404
        assert site.anybody().get(path).status_code == 302
    assert take(other, waiting).status_code == 404
    assert other.post(f"{url}/discard").status_code == 404
    assert other.post(f"{url}/put-back").status_code == 404
    for path in ("/inbound", f"{url}/answer"):
        assert other.get(path).status_code == 403
    for path in ("case", "restore", "acknowledge", "answer", "send"):
        assert other.post(f"{url}/{path}").status_code == 403
    assert row().state == "waiting"


def test_there_is_no_mail_and_no_file_that_is_not_there(site: Site, waiting: Walker) -> None:
    for path in ("/inbound/999", f"/inbound/{row().id}/attachments/0", f"/inbound/{row().id}/attachments/9"):
        assert site.operator().get(path).status_code == 404


def test_the_notice_stands_where_it_is_included(site: Site, waiting: Walker) -> None:
    from flask import render_template

    from app.web.frame import current

    for email, told in ((VENDOR, True), ("sato@example.jp", False)):
        with site.app.test_request_context("/tasks"), site.bench.portal.connection():
            from flask import g

            from app.services.people import accounts as people
            from app.store import accounts

            user = accounts.by_email(email)
            assert user is not None
            g.actor = people.actor_of(site.bench.portal, user.id)
            assert current.actor() is g.actor
            page = render_template("pages/inbound/notice.html", task=None)
        assert (f"/inbound/{row().id}" in page) is told


@pytest.mark.parametrize(
    ("name", "content"), [("要件.pdf", locked.pdf()), ("要件.xlsx", locked.office()), ("要件.zip", locked.zipped())]
)
def test_a_file_under_a_password_is_pointed_out_to_whoever_takes_the_mail_in(
    name: str, content: bytes, site: Site
) -> None:
    walker = go(site.bench, until="reply_materials")
    receive.receive(site.bench.portal, reply(asked(walker), files=(name,), content=content))
    page = site.operator().get(f"/inbound/{row().id}").text
    assert f"「{name}」にはパスワードがかかっています" in page
    assert "place-1" not in page  # it can be put nowhere

"""A request carries what its page will read, and no more."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from app.services.signin import sessions
from app.web.frame import signin, sizes
from tests.web.conftest import Site

MANY = b"&".join(b"a=" for _ in range(sizes.MOST_FIELDS + 1))
LARGE = b"name=" + b"x" * (2 << 20)
FORM = "application/x-www-form-urlencoded"


def cookie(client: object) -> str:
    found = client.get_cookie("session")  # type: ignore[attr-defined]
    return f"session={found.value}" if found else ""


@pytest.mark.parametrize("path", ["/login", "/apply", "/accounts/nobody", "/tasks/nobody"])
@pytest.mark.parametrize("body", [LARGE, MANY], ids=["large", "many fields"])
def test_a_stranger_sends_little(site: Site, path: str, body: bytes) -> None:
    answer = site.app.test_client().post(path, data=body, content_type=FORM)
    assert answer.status_code == 413
    assert "大きすぎます" in answer.get_data(as_text=True)


def test_json_that_is_too_large_is_refused_like_a_form_and_not_read_for_who_sent_it(site: Site) -> None:
    answer = site.app.test_client().post("/login", data=b'"' + LARGE + b'"', content_type="application/json")
    assert answer.status_code == 413


def test_who_is_signed_in_sends_a_long_form_but_files_only_where_files_are_taken(site: Site) -> None:
    operator = site.operator()
    big = {"file": (io.BytesIO(b"x" * (6 << 20)), "a.pdf"), "name": ""}
    assert operator.post("/account", data=big).status_code == 413
    assert operator.post("/tasks/none", data=LARGE, content_type=FORM).status_code == 404
    big["file"] = (io.BytesIO(b"x" * (6 << 20)), "a.pdf")
    assert operator.post("/tasks/none", data=big).status_code == 404, "it was read, and there is no such task"
    assert operator.post("/tasks/none", data=MANY, content_type=FORM).status_code == 413
    assert operator.post("/tasks/none", data=LARGE * 3, content_type=FORM).status_code == 413


def test_the_server_asks_the_same_from_the_head_alone(site: Site) -> None:
    app: Flask = site.app
    most = sizes.of_server(app)
    operator = site.operator()
    operator.get("/tasks")
    known, stranger = {"COOKIE": cookie(operator)}, {"COOKIE": "session=forged.by.somebody"}
    whole = app.config["UPLOAD_BYTES"]
    assert most("PATCH", "/tasks/t/uploads/u", known) >= whole
    assert most("POST", "/tasks/t", known) >= whole
    for said in (stranger, {}, {"AUTHORIZATION": "Bearer guessed"}):
        for place in (("PATCH", "/tasks/t/uploads/u"), ("POST", "/login"), ("POST", "/inbound/mail"), ("GET", "/none")):
            assert most(*place, said) < 2 * sizes.VISITOR
    assert most("POST", "/account", known) < 2 * sizes.SIGNED_IN
    form = {**known, "CONTENT_TYPE": f"{FORM.upper()}; charset=utf-8"}
    assert most("POST", "/tasks/t", form) < 2 * sizes.SIGNED_IN, "a form without files is held in memory as a whole"


def test_a_cookie_that_was_kept_opens_no_more_than_none(site: Site) -> None:
    """Signed out, and idle for too long: the head of a request and the page ask whether the session goes on."""
    most = sizes.of_server(site.app)
    place, whole = ("PATCH", "/tasks/t/uploads/u"), site.app.config["UPLOAD_BYTES"]
    for ends in (lambda client, _: client.post("/logout"), lambda _, held: sessions.end(held)):
        client = site.operator()
        client.get("/tasks")
        kept = {"COOKIE": cookie(client)}
        with client.session_transaction() as session:
            held = session[signin.HELD]
        assert most(*place, kept) >= whole
        assert most(*place, {**kept, "CONTENT_LENGTH": "99"}) < 2 * sizes.VISITOR, "it is not looked up for so little"
        ends(client, held)
        assert most(*place, kept) < 2 * sizes.VISITOR
        client.set_cookie("session", kept["COOKIE"].removeprefix("session="))
        files = {"file": (io.BytesIO(b"x" * (6 << 20)), "a.pdf"), "name": ""}
        assert client.post("/tasks/none", data=files).status_code == 413


def test_every_route_that_reads_files_takes_them(site: Site) -> None:
    """Each view that names `request.files` or a stream is marked: what it takes would be refused from its head."""
    taking = {name for name, view in site.app.view_functions.items() if hasattr(view, "nintei_takes")}
    assert taking == {
        "designer_api.save",
        "designer_diagrams.imports",
        "designer_drafts.take",
        "inbound.hand_in",
        "bankfiles.upload",
        "case_actions.say",
        "plays.within",
        "tasks.answer",
        "tasks.pin",
        "uploads.patch",
    }

"""Answers by mail (メールにて返信): from the bytes that came in to the step that goes on."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from app.connectors.inbox import Inbox
from app.connectors.mailserver import mailbox
from app.errors import Forbidden, NotFound, Refused, Stale, Temporary
from app.services.demo.walker import Walker
from app.services.mailroom import behalf, receive
from app.services.mailroom import take as inbound_answers
from app.services.pages import mailroom
from app.services.papers import uploads
from app.services.tasks import forms, send
from app.store import cases, database, records, work
from app.store import inbound as stored
from app.store.models import Document, Draft, Entry, InboundMail
from app.worker.postman import Postman
from tests.fakes.imap import Imap
from tests.services.conftest import APPLICATION, Bench
from tests.services.steps import actor, case_of, go, opened, staff, task, to_do

VENDOR = APPLICATION["email"]
PDF = b"%PDF-1.7\n%%EOF\n"
FILES = {
    "システム要件確認依頼書_みほん.pdf": "system_requirements",
    "security_requirements_form.pdf": "security_requirements",
    "概要.pdf": "system_overview_documents",
    "画面例.pdf": "system_overview_documents",
}


def asked(walker: Walker, mail_id: str = "review-2") -> str:
    """The Message-ID of the mail that asked."""
    with database.connection():
        return next(row.message_id for row in records.mails(case_of(walker).id) if row.mail_id == mail_id)


def reply(
    to: str = "", *, sender: str = VENDOR, subject: str = "Re: 書類", number: int = 1,
    files: tuple[str, ...] = tuple(FILES), text: str = "資料を送ります。\n\n> もとのメール",
    content: bytes = PDF, **headers: str,
) -> bytes:  # fmt: skip
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = (
        f"例 一郎 <{sender}>",
        subject,
        f"<{number}@vendor.example>",
    )
    if to:
        message["In-Reply-To"] = to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def row(number: int = 1) -> InboundMail:
    with database.connection():
        found = stored.known(f"<{number}@vendor.example>")
        assert found is not None
        assert (found.case, found.user) is not None  # read while there is a connection
    return found


def draft(walker: Walker) -> dict[str, object]:
    with database.connection():
        found = work.draft(task(walker, "reply_materials").id)
    return dict(found.values) if found else {}


@pytest.fixture
def waiting(bench: Bench) -> Walker:
    """A case that waits for `reply_materials`."""
    return go(bench, until="reply_materials")


def take(bench: Bench, walker: Walker, who=None, **more: object) -> None:  # type: ignore[no-untyped-def]
    places = {number: FILES[each["filename"]] for number, each in enumerate(row().attachments, 1)}
    inbound_answers.take(
        bench.portal,
        row().id,
        task(walker, "reply_materials").id,
        places,
        who or staff(walker),
        words="answers",
        **more,
    )  # type: ignore[arg-type]


# Arriving


def test_a_reply_of_the_vendor_waits_for_a_person_and_changes_nothing(bench: Bench, waiting: Walker) -> None:
    assert receive.receive(bench.portal, reply(asked(waiting))) == "waiting"
    found = row()
    assert (found.case.number, found.element, found.sender) == (waiting.number, "mail_review_2", VENDOR)
    assert found.user is not None
    assert draft(waiting) == {}
    assert opened(waiting) == ["reply_materials"]
    with database.connection():
        assert not list(Document.select().where(Document.draft))
        assert Entry.select().where((Entry.kind == "inbound") & (Entry.text == "arrived")).count() == 1


def test_the_same_mail_is_kept_once_by_whichever_way_it_comes(bench: Bench, waiting: Walker) -> None:
    raw = reply(asked(waiting))
    assert [receive.receive(bench.portal, raw) for _ in range(3)] == ["waiting", "known", "known"]
    with database.connection():
        assert InboundMail.select().count() == 1


def test_the_subject_tells_the_case_when_the_mail_answers_none_of_ours(bench: Bench, waiting: Walker) -> None:
    full_width = waiting.number.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    assert receive.receive(bench.portal, reply(subject=f"受付番号 {waiting.number} の件")) == "waiting"
    assert receive.receive(bench.portal, reply(subject=f"受付番号{full_width}の件", number=2)) == "waiting"
    assert row(2).case.number == waiting.number


def test_who_does_not_belong_to_the_case_is_an_unknown_sender(bench: Bench, waiting: Walker) -> None:
    assert receive.receive(bench.portal, reply(asked(waiting), sender="stranger@example.net")) == "unknown"
    assert receive.receive(bench.portal, reply(subject="お知らせ", number=2)) == "unknown"
    assert receive.receive(bench.portal, reply("<no-mail@of-ours>", number=3, sender="a@b.example")) == "unknown"
    assert mailroom.arrived(bench.portal, actor(waiting)) == []
    with pytest.raises(NotFound):
        mailroom.look(bench.portal, row().id, actor(waiting))
    with pytest.raises(Stale):
        take(bench, waiting)
    with database.connection():
        assert not Entry.select().where(Entry.kind == "inbound").exists()


def test_a_vendor_of_another_case_is_an_unknown_sender(bench: Bench, waiting: Walker) -> None:
    other = go(bench, until="submit_documents", application={"email": "other@example.com"})
    assert receive.receive(bench.portal, reply(asked(waiting), sender="other@example.com")) == "unknown"
    assert receive.receive(bench.portal, reply(asked(waiting), number=2)) == "waiting"
    with pytest.raises(NotFound):
        mailroom.look(bench.portal, row(2).id, actor(other))
    with pytest.raises(NotFound):
        mailroom.attachment(bench.portal, row(2).id, 1, actor(other))


def test_who_may_only_read_the_case_cannot_answer_for_it(bench: Bench, waiting: Walker) -> None:
    with database.transaction():
        member = cases.members(case_of(waiting).id)[0]
        member.rights = "read"
        member.save()
        case = case_of(waiting)
        case.email = "somebody.else@example.com"
        case.save()
    assert receive.receive(bench.portal, reply(asked(waiting))) == "unknown"


@pytest.mark.parametrize(("header", "kind"), [
    ({"Auto_Submitted": "auto-replied"}, "absence"), ({"Auto_Submitted": "auto-generated", "X_": "y"}, "absence"),
    ({"X_Nintei_Mail": "review-2"}, "machine"), ({"X_Auto_Response_Suppress": "All"}, "absence"),
])  # fmt: skip
def test_what_a_machine_sends_is_kept_apart_and_never_answered(
    header: dict[str, str], kind: str, bench: Bench, waiting: Walker
) -> None:
    sent = len(bench.mailbox.letters)
    assert receive.receive(bench.portal, reply(asked(waiting), files=(), **header)) == kind
    found = row()
    assert (found.state, found.kind, found.case.number) == ("apart", kind, waiting.number)
    bench.drain()
    assert len(bench.mailbox.letters) == sent
    assert mailroom.arrived(bench.portal, actor(waiting)) == []
    assert to_do().mails == 0
    with pytest.raises(NotFound):
        mailroom.look(bench.portal, found.id, actor(waiting))
    heads, counts = mailroom.listed(bench.portal, kind, 1, staff(waiting))
    assert ([head.id for head in heads], counts[kind]) == ([found.id], 1)
    with database.connection():
        assert not Entry.select().where(Entry.kind == "inbound").exists()


def test_our_own_mail_that_comes_back_is_kept_apart(bench: Bench, waiting: Walker) -> None:
    assert receive.receive(bench.portal, reply(asked(waiting), sender="nintei@localhost")) == "machine"
    assert receive.receive(bench.portal, reply(sender="nintei@localhost.example", number=2)) == "unknown"


@pytest.mark.parametrize("header", [
    {"Precedence": "bulk"}, {"List_ID": "<sales.vendor.example>"}, {"List_Unsubscribe": "<https://x.example>"},
    {"Auto_Submitted": "auto-replied"},
])  # fmt: skip
def test_what_a_list_carried_and_what_a_rule_sent_with_files_waits_for_a_person(
    header: dict[str, str], bench: Bench, waiting: Walker
) -> None:
    assert receive.receive(bench.portal, reply(asked(waiting), **header)) == "waiting"


def test_what_a_machine_seemed_to_have_sent_can_be_an_answer(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), files=(), Auto_Submitted="auto-replied"))
    with pytest.raises(Stale):
        take(bench, waiting)
    with pytest.raises(Forbidden):
        inbound_answers.accept(bench.portal, row().id, actor(waiting))
    inbound_answers.accept(bench.portal, row().id, staff(waiting))
    assert row().state == "unknown"
    inbound_answers.assign(bench.portal, row().id, waiting.number, staff(waiting))
    assert [head.state for head in mailroom.arrived(bench.portal, actor(waiting))] == ["waiting"]


def test_mails_are_found_by_what_they_say_wherever_they_lie(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), text="東京都港区芝の資料"))
    receive.receive(bench.portal, reply(asked(waiting), number=2, files=(), subject="自動返信", text="港区 不在です"))
    who = staff(waiting)
    for text in ("港区", "港区 資料", "ichiro.rei", "例", waiting.number, "Re: 書類"):
        heads, counts = mailroom.listed(bench.portal, "waiting", 1, who, text)
        assert [head.id for head in heads] == [row().id], text
    assert counts == {"waiting": 1, "unknown": 0, "taken": 0, "discarded": 0, "absence": 0, "report": 0, "machine": 0}
    assert mailroom.listed(bench.portal, "waiting", 1, who, "港区")[1]["absence"] == 1
    assert mailroom.listed(bench.portal, "waiting", 1, who, "大阪")[0] == []
    assert mailroom.listed(bench.portal, "waiting", 1, who, "100%")[0] == []


# Forged


FORGED = "localhost; dmarc=fail header.from=example.com"


@pytest.mark.parametrize("header", [
    {"Authentication_Results": FORGED}, {"Authentication_Results": "localhost; spf=softfail smtp.mailfrom=example.com"},
    {"Received_SPF": "Fail (x) receiver=localhost"}, {"Authentication_Results": "mx.anywhere.example; dmarc=fail"},
])  # fmt: skip
def test_a_mail_whose_own_headers_say_that_it_is_forged_is_nobodys_until_staff_say_so(
    header: dict[str, str], bench: Bench, waiting: Walker
) -> None:
    raw = reply(asked(waiting), **header)
    assert receive.receive(bench.portal, raw) == "unknown"
    page = mailroom.look(bench.portal, row().id, staff(waiting))
    assert page.head.doubt["said"]
    assert page.head.case_number == waiting.number
    assert mailroom.arrived(bench.portal, actor(waiting)) == []
    with pytest.raises(NotFound):
        mailroom.look(bench.portal, row().id, actor(waiting))
    with database.connection():
        assert not Entry.select().where(Entry.kind == "inbound").exists()
    with pytest.raises(Refused):
        inbound_answers.assign(bench.portal, row().id, waiting.number, staff(waiting))
    inbound_answers.assign(bench.portal, row().id, waiting.number, staff(waiting), sure=True)
    assert row().state == "waiting"
    with database.connection():
        entry = Entry.get(Entry.kind == "inbound")
    assert (entry.actor_side, entry.actor_name) == ("operator", "担当 1")  # not the vendor's own word


def test_a_header_that_the_sender_smuggled_in_changes_nothing(bench: Bench, waiting: Walker) -> None:
    smuggled = "localhost; dmarc=pass; spf=pass; dkim=pass"
    ours = f"Authentication-Results: {FORGED}\nReceived: from evil\n".encode()
    raw = ours + reply(asked(waiting), Authentication_Results=smuggled)
    assert receive.receive(bench.portal, raw) == "unknown"
    assert row().doubt == {"by": "localhost", "said": ["dmarc=fail"]}


def test_only_the_servers_that_are_named_are_believed_where_any_are(bench: Bench, waiting: Walker) -> None:
    from dataclasses import replace

    settings = replace(bench.portal.settings, inbound_servers=("mx.nintei.example",))
    portal = replace(bench.portal, settings=settings)
    assert receive.receive(portal, reply(asked(waiting), Authentication_Results=FORGED)) == "waiting"
    named = FORGED.replace("localhost", "MX.nintei.example")
    assert receive.receive(portal, reply(asked(waiting), number=2, Authentication_Results=named)) == "unknown"


@pytest.mark.parametrize(("mailbox", "server", "known"), [
    ("imaps://u:p@imap.gmail.com/INBOX", "mx.google.com", True), ("imaps://u:p@outlook.office365.com/INBOX", "", True),
    ("imaps://u:p@imap.provider.example.jp/INBOX", "mta7.provider.example.jp", True), ("", "mx.localhost", True),
    ("", "mx.google.com", False), ("", "", False),
])  # fmt: skip
def test_without_names_our_own_servers_are_told_by_our_domain_and_the_mailbox(
    mailbox: str, server: str, known: bool, bench: Bench
) -> None:
    from dataclasses import replace

    assert receive.trusted(replace(bench.portal.settings, imap_url=mailbox)).knows(server) is known


def test_the_head_of_a_mail_that_is_too_large_is_kept_for_a_person(bench: Bench, waiting: Walker) -> None:
    head = reply(asked(waiting)).partition(b"\n\n")[0] + b"\n\n"
    assert receive.receive(bench.portal, head, whole=False) == "waiting"
    page = mailroom.look(bench.portal, row().id, staff(waiting))
    assert (page.head.flaw, page.attachments) == ("too_large", [])


def test_the_postman_brings_what_the_mailbox_holds(bench: Bench, waiting: Walker) -> None:
    import threading

    imap = Imap()
    try:
        imap.put(reply(asked(waiting)).replace(b"\n", b"\r\n"))
        postman = Postman(bench.portal, Inbox(mailbox(imap.url), receive.largest(bench.portal)), threading.Event())
        assert postman.once() == 1
        assert imap.unseen() == []
        assert row().state == "waiting"
    finally:
        imap.close()
    assert postman.once() == 0  # the server is gone: said to the staff, tried again
    outage = receive.unreachable(bench.portal)
    assert outage is not None and outage.error.message.startswith("The mailbox cannot be reached")
    postman.once()
    later = receive.unreachable(bench.portal)
    assert later is not None and later.since == outage.since


def test_a_mailbox_that_answers_again_is_said_no_more(bench: Bench) -> None:
    imap = Imap()
    gone = Inbox(mailbox("imap://user:password@127.0.0.1:1/INBOX"), receive.largest(bench.portal))
    try:
        with pytest.raises(Temporary):
            receive.poll(bench.portal, gone)
        assert receive.unreachable(bench.portal) is not None
        receive.poll(bench.portal, Inbox(mailbox(imap.url), receive.largest(bench.portal)))
        assert receive.unreachable(bench.portal) is None
    finally:
        imap.close()


# Looking


def test_the_page_proposes_where_each_file_goes(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    page = mailroom.look(bench.portal, row().id, staff(waiting))
    assert {each.filename: each.proposed for each in page.attachments} == FILES
    assert page.tasks == [(task(waiting, "reply_materials").id, "追加資料を提出する")]
    assert (page.text, page.quoted, page.note) == ("資料を送ります。", True, "連絡事項")
    assert page.known_sender


def test_files_go_in_order_where_their_names_tell_nothing(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), files=("a.pdf", "b.pdf", "c.pdf", "d.pdf")))
    page = mailroom.look(bench.portal, row().id, staff(waiting))
    assert [each.proposed for each in page.attachments] == list(FILES.values())


def test_a_file_that_is_not_what_its_name_says_is_named_and_not_proposed(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), files=("a.pdf", "b.exe"), content=b"MZ\x90"))
    page = mailroom.look(bench.portal, row().id, staff(waiting))
    assert all(each.refusal is not None and not each.proposed for each in page.attachments)
    assert mailroom.attachment(bench.portal, row().id, 1, staff(waiting)).mime == "application/octet-stream"


# Taking in


def test_taking_in_fills_the_draft_and_sends_nothing(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    take(bench, waiting)
    values = draft(waiting)
    assert [each["name"] for each in values["system_overview_documents"]] == ["概要.pdf", "画面例.pdf"]  # type: ignore[attr-defined,index]
    assert values["reply_note"] == "資料を送ります。"
    assert opened(waiting) == ["reply_materials"]
    with database.connection():
        rows = list(Document.select().where(Document.draft))
        assert {each.origin for each in rows} == {f"mail:{row().id}"}
        assert {each.created_by_id for each in rows} == {actor(waiting).user_id}
    assert [head.state for head in mailroom.arrived(bench.portal, actor(waiting))] == ["taken"]
    with pytest.raises(Stale):
        take(bench, waiting)


def test_the_vendor_is_told_takes_it_in_and_sends_as_ever(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    who, step = actor(waiting), task(waiting, "reply_materials")
    assert [head.task_id for head in mailroom.arrived(bench.portal, who, step.id)] == [step.id]
    take(bench, waiting, who)
    cleaned, _, revision = forms.check(bench.portal, step.id, who)
    assert cleaned.ok
    send.send(bench.portal, step.id, who, revision)
    assert opened(waiting) == ["second_review"]
    assert mailroom.arrived(bench.portal, who) == []


def test_the_body_sends_for_the_vendor_on_record(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    take(bench, waiting)
    clerk = staff(waiting)
    page = behalf.page(bench.portal, row().id, clerk)
    assert page.form.errors == ()
    cleaned, lines, revision = behalf.check(bench.portal, row().id, clerk)
    assert cleaned.ok
    assert next(each for each in lines if each.files).label == "システム要件確認依頼書"
    behalf.send(bench.portal, row().id, clerk, revision)
    assert opened(waiting) == ["second_review"]
    with database.connection():
        done = work.last_done(case_of(waiting).id, "reply_materials")
        assert done is not None
        assert (done.closed_by_id, done.on_behalf_of) == (clerk.user_id, APPLICATION["company_name"])
        said = [entry.text for entry in cases.timeline(case_of(waiting).id, internal=False, kinds=["inbound"])]
        assert said == ["sent", "taken", "arrived"]
        assert not list(Document.select().where(Document.draft))


def test_what_does_not_check_is_not_sent(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    step = task(waiting, "reply_materials").id
    inbound_answers.take(bench.portal, row().id, step, {1: "system_requirements"}, staff(waiting))
    cleaned, _, revision = behalf.check(bench.portal, row().id, staff(waiting))
    assert [error.key for error in cleaned.errors] == ["security_requirements", "system_overview_documents"]
    with pytest.raises(Refused):
        behalf.send(bench.portal, row().id, staff(waiting), revision)
    assert opened(waiting) == ["reply_materials"]


def test_what_the_vendor_typed_is_neither_read_nor_sent_by_the_body(bench: Bench, waiting: Walker) -> None:
    step, who = task(waiting, "reply_materials").id, actor(waiting)
    forms.save_draft(bench.portal, step, {"reply_note": "まだ途中です"}, who)
    receive.receive(bench.portal, reply(asked(waiting)))
    take(bench, waiting)
    assert draft(waiting)["reply_note"] == "まだ途中です\n\n資料を送ります。"
    for act in (behalf.page, behalf.send, behalf.check):
        with pytest.raises(Refused):
            act(bench.portal, row().id, staff(waiting))
    with database.connection():
        assert Draft.get_by_id(step).saved_by_id == who.user_id


def test_a_file_that_the_vendor_attached_is_not_replaced(bench: Bench, waiting: Walker) -> None:
    import io

    step, who = task(waiting, "reply_materials").id, actor(waiting)
    mine = uploads.attach(
        bench.portal, uploads.place(bench.portal, step, "system_requirements", who), "mine.pdf", io.BytesIO(PDF), who
    )
    forms.save_draft(bench.portal, step, {"system_requirements": [mine.as_dict()]}, who)
    receive.receive(bench.portal, reply(asked(waiting)))
    page = mailroom.look(bench.portal, row().id, staff(waiting))
    assert [room.room for room in page.rooms if room.key == "system_requirements"] == [0]
    with pytest.raises(Refused):
        take(bench, waiting)
    assert [each["name"] for each in draft(waiting)["system_requirements"]] == ["mine.pdf"]  # type: ignore[attr-defined]
    assert row().state == "waiting"


def test_a_bad_file_takes_nothing_in(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), content=b"MZ\x90"))
    with pytest.raises(Refused):
        take(bench, waiting)
    assert draft(waiting) == {}
    assert row().state == "waiting"
    with database.connection():
        assert not Document.select().where(Document.draft).exists()


def test_what_was_taken_in_can_be_taken_out_again(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    take(bench, waiting)
    inbound_answers.put_back(bench.portal, row().id, staff(waiting))
    assert draft(waiting)["system_requirements"] == []
    assert (row().state, row().task_id) == ("waiting", "")
    take(bench, waiting)
    assert [each["name"] for each in draft(waiting)["system_requirements"]] == ["システム要件確認依頼書_みほん.pdf"]  # type: ignore[attr-defined]


def test_an_answer_that_comes_before_the_receipt_was_confirmed_confirms_it(bench: Bench) -> None:
    walker = go(bench, until="materials_requested")
    receive.receive(bench.portal, reply(asked(walker)))
    page = mailroom.look(bench.portal, row().id, staff(walker))
    assert page.tasks == []
    assert page.receipt == (task(walker, "materials_requested").id, "追加資料のご案内を確認する")
    with pytest.raises(Forbidden):
        inbound_answers.acknowledge(bench.portal, row().id, actor(walker))
    inbound_answers.acknowledge(bench.portal, row().id, staff(walker))
    assert opened(walker) == ["reply_materials"]
    take(bench, walker)
    behalf.send(bench.portal, row().id, staff(walker))
    assert opened(walker) == ["second_review"]


def test_no_other_step_of_the_vendor_can_be_answered_by_mail(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    receive.receive(bench.portal, reply(asked(walker, "review-1")))
    page = mailroom.look(bench.portal, row().id, staff(walker))
    assert (page.tasks, page.receipt) == ([], ("", ""))
    with pytest.raises(Stale):
        inbound_answers.take(bench.portal, row().id, task(walker, "submit_documents").id,
                             {1: "registry_certificate"}, staff(walker))  # fmt: skip
    with pytest.raises(Refused):
        inbound_answers.acknowledge(bench.portal, row().id, staff(walker))


# Deciding whose it is


def test_staff_say_whose_a_strangers_mail_is_then_it_is_as_any_other(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), sender="colleague@example.net"))
    with pytest.raises(Refused):
        inbound_answers.assign(bench.portal, row().id, "9999-0001", staff(waiting))
    with pytest.raises(Forbidden):
        inbound_answers.assign(bench.portal, row().id, waiting.number, actor(waiting))
    inbound_answers.assign(bench.portal, row().id, waiting.number, staff(waiting))
    assert [head.state for head in mailroom.arrived(bench.portal, actor(waiting))] == ["waiting"]
    take(bench, waiting)
    assert row().state == "taken"


def test_a_discarded_mail_is_kept_and_can_be_put_back(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting)))
    inbound_answers.discard(bench.portal, row().id, "二重", staff(waiting))
    assert (row().state, row().reason, row().handled_by_name) == ("discarded", "二重", "担当 1")
    assert mailroom.listed(bench.portal, "discarded", 1, staff(waiting))[1]["discarded"] == 1
    with pytest.raises(Stale):
        inbound_answers.discard(bench.portal, row().id, "", staff(waiting))
    inbound_answers.restore(bench.portal, row().id, staff(waiting))
    assert row().state == "unknown"
    assert to_do().mails == 1


def test_what_other_steps_would_suggest_is_not_said_for_the_vendor(bench: Bench) -> None:
    walker = go(bench, until="submit_audit_materials")
    receive.receive(bench.portal, reply(subject=walker.number, files=("監査資料.pdf",)))
    step = task(walker, "submit_audit_materials").id
    inbound_answers.take(bench.portal, row().id, step, {1: "audit_materials"}, staff(walker))
    with database.connection():
        assert {key for key, value in work.draft(step).values.items() if value} == {"audit_materials"}  # type: ignore[union-attr]


def test_a_mail_of_words_alone_is_typed_over_by_the_body(bench: Bench) -> None:
    walker = go(bench, until="submit_audit_materials")
    receive.receive(bench.portal, reply(subject=walker.number, files=(), text="監査場所は本社です。"))
    step = task(walker, "submit_audit_materials").id
    with pytest.raises(Refused):
        inbound_answers.take(bench.portal, row().id, step, {}, actor(walker))
    inbound_answers.take(bench.portal, row().id, step, {}, staff(walker))
    raw = {"audit_place": "本社", "attendees": "例 一郎"}
    cleaned, _, _ = behalf.check(bench.portal, row().id, staff(walker), raw)
    assert cleaned.values["audit_place"] == "本社"
    assert [error.key for error in cleaned.errors] == ["audit_materials"]


@pytest.mark.postgres
def test_on_postgresql_too_a_mail_is_kept_once_taken_in_and_sent(
    make_bench: Callable[[str], Bench], postgres: str
) -> None:
    bench = make_bench(postgres)
    try:
        walker = go(bench, until="reply_materials")
        raw = reply(asked(walker), text="NUL\x00 と 😀")
        assert [receive.receive(bench.portal, raw) for _ in range(2)] == ["waiting", "known"]
        assert receive.receive(bench.portal, reply(number=2, sender="x@example.net")) == "unknown"
        take(bench, walker)
        behalf.send(bench.portal, row().id, staff(walker))
        assert opened(walker) == ["second_review"]
        assert [head.state for head in mailroom.listed(bench.portal, "taken", 1, staff(walker))[0]] == ["taken"]
        assert mailroom.arrived(bench.portal, actor(walker)) == []
    finally:
        database.proxy.obj.close_all()

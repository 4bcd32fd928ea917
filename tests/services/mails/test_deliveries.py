"""A mail that bounced is not delivered: from the report that comes in to the mail that goes out again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.connectors.incoming import read
from app.connectors.letter import Letter
from app.connectors.mailreply import Reply
from app.errors import Forbidden, NotFound, Refused, Stale
from app.services import upkeep
from app.services.base import businessdays, clocks
from app.services.cases import resending
from app.services.days import lastday
from app.services.demo.walker import Walker
from app.services.mailroom import receive
from app.services.mailroom import take as inbound_answers
from app.services.mails import undelivered, whose
from app.services.pages import case as caseview
from app.services.pages import mailroom, worklist
from app.services.papers import timeline
from app.services.tasks import forms, send
from app.states import ChangeKind, Side, Turn
from app.store import accounts, bookings, cases, changes, clockrows, database, entrylinks, records, work
from app.store.models import Case, Clock, Delivery, InboundMail, Mail, Task, User
from tests.services.conftest import APPLICATION, Bench
from tests.services.mailroom.test_inbound import asked, reply, take
from tests.services.steps import actor, case_of, go, opened, staff, task, to_do
from tests.support.bounces import OURS, WHOM, WORDED, group, in_words, standard

VENDOR = APPLICATION["email"]
MAILS = Path(__file__).parents[2] / "mails"


@pytest.fixture
def waiting(bench: Bench) -> Walker:
    """A case whose vendor was asked by mail for more (review-2)."""
    return go(bench, until="reply_materials")


def bounce(walker: Walker, action: str = "failed", status: str = "5.1.1", *, whom: str = VENDOR, **more) -> bytes:  # type: ignore[no-untyped-def]
    more.setdefault("ours", asked(walker))
    return standard(action, status, whom=whom, **more)


def review_2(walker: Walker) -> Mail:
    with database.connection():
        return next(row for row in records.mails(case_of(walker).id) if row.mail_id == "review-2")


def missed(walker: Walker) -> list[undelivered.Undelivered]:
    with database.connection():
        case = case_of(walker)
        return undelivered.of_case(case, walker.portal.releases.loaded(case.release_id))


def state(walker: Walker, mail_id: int = 0, who=None) -> str:  # type: ignore[no-untyped-def]
    mail = mail_id or review_2(walker).id
    return whose.one(walker.portal, walker.number, mail, who or staff(walker)).state


def history(walker: Walker, kind: str = "delivery") -> list[tuple[str, str]]:
    with database.connection():
        rows = cases.timeline(case_of(walker).id, internal=True, kinds=[kind])
        return [(row.text, row.audience) for row in rows]


# The report is matched with the mail


def test_a_mail_that_bounced_is_not_delivered_and_everybody_who_works_on_it_sees_so(
    bench: Bench, waiting: Walker
) -> None:
    raw = (MAILS / "bounce.eml").read_bytes().replace(b"hokusei@vendor.example", VENDOR.encode())
    raw = raw.replace(b"<2026-0003.85f5e7ce-4ddb-42d8-a23d-ae2f8b52e534@localhost>", asked(waiting).encode())
    sent = len(bench.mailbox.letters)
    assert receive.receive(bench.portal, raw) == "report"
    (found,) = missed(waiting)
    assert (found.mail, found.nobody, found.to) == (review_2(waiting).id, True, "vendor")
    assert [(each.address, each.state, each.status) for each in found.missed] == [(VENDOR, "failed", "5.1.1")]
    assert state(waiting) == "undelivered"
    assert case_of(waiting).undelivered == 1
    page = caseview.page(bench.portal, waiting.number, staff(waiting))
    assert (len(page.undelivered), page.head.undelivered) == (1, 1)
    assert caseview.page(bench.portal, waiting.number, actor(waiting)).undelivered == ()
    assert undelivered.listed(bench.portal, 1, staff(waiting))[1] == 1
    assert history(waiting) == [("failed", "operator")]
    with database.connection():
        row = InboundMail.get(InboundMail.kind == "report")
        assert (row.state, row.case.number, row.answered_id) == ("apart", waiting.number, found.mail)
        entries = timeline.of_case(
            case_of(waiting), bench.portal.releases.loaded(case_of(waiting).release_id), actor(waiting)
        )
        assert "delivery" not in {entry.kind for entry in entries}
    bench.drain()
    assert len(bench.mailbox.letters) == sent  # nothing is ever sent in answer


def test_a_report_that_comes_before_it_is_on_record_that_the_mail_has_left_is_not_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = bench.mailbox.send

    def comes_back(letter: Letter, only: Collection[str] = ()) -> dict[str, Reply]:
        refused = send(letter, only)
        if letter.mail_id == "review-2":
            receive.receive(bench.portal, standard("failed", "5.1.1", whom=VENDOR, ours=letter.message_id))
        return refused

    monkeypatch.setattr(bench.mailbox, "send", comes_back)
    walker = go(bench, until="materials_requested")
    assert state(walker) == "undelivered"
    assert case_of(walker).undelivered == 1


@pytest.mark.parametrize("name", WORDED)
def test_reports_in_words_are_matched_by_the_copy_that_they_bring(name: str, bench: Bench, waiting: Walker) -> None:
    raw, action, status, _ = WORDED[name]
    for charset in ("utf-8", "iso-2022-jp", "shift_jis", "euc-jp"):
        raw = raw.replace(WHOM.encode(charset), VENDOR.encode(charset)).replace(OURS.encode(), asked(waiting).encode())
    assert receive.receive(bench.portal, raw) == "report"
    with database.connection():
        rows = [(row.mail_id, row.recipient, row.state, row.status) for row in Delivery.select()]
    assert rows == [(review_2(waiting).id, VENDOR, action, status)]
    assert state(waiting) == {"failed": "undelivered", "delayed": "delayed"}[action]


def test_the_subjects_number_and_the_address_tell_the_mail_where_no_message_id_does(
    bench: Bench, waiting: Walker
) -> None:
    raw = bounce(waiting, ours="<rewritten@gateway.example>").replace(
        b"=?utf-8?b?6L+95Yqg6LOH5paZ?= 2026-0003", f"Re: {waiting.number}".encode()
    )
    receive.receive(bench.portal, raw)
    assert state(waiting) == "undelivered"


@pytest.mark.parametrize("raw", [
    standard(ours="<nobody@knows.example>", whom=VENDOR), standard(ours="<x@y.example>", whom="stranger@example.net"),
    in_words("failure notice", "nothing is said of whom"),
])  # fmt: skip
def test_a_report_that_matches_nothing_is_kept_and_changes_nothing(raw: bytes, bench: Bench, waiting: Walker) -> None:
    assert receive.receive(bench.portal, raw) == "report"
    assert missed(waiting) == []
    assert mailroom.listed(bench.portal, "report", 1, staff(waiting))[1]["report"] == 1


def test_the_same_report_twice_and_a_second_one_change_nothing_more(bench: Bench, waiting: Walker) -> None:
    assert [receive.receive(bench.portal, bounce(waiting)) for _ in range(2)] == ["report", "known"]
    assert receive.receive(bench.portal, bounce(waiting, number=2)) == "report"
    assert history(waiting) == [("failed", "operator")]


def test_a_forged_report_counts_for_nothing(bench: Bench, waiting: Walker) -> None:
    raw = b"Authentication-Results: localhost; dmarc=fail\n" + bounce(waiting)
    assert receive.receive(bench.portal, raw) == "report"
    assert missed(waiting) == []


def test_an_address_to_which_the_recipient_forwards_is_the_recipients(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting, whom="private@carrier.example"))
    assert [each.address for each in missed(waiting)[0].missed] == [VENDOR]


# Delayed, delivered, several


def test_a_delayed_mail_is_said_to_be_delayed_and_stops_nothing(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting, "delayed", "4.4.1"))
    assert (state(waiting), missed(waiting), case_of(waiting).undelivered) == ("delayed", [], 0)
    receive.receive(bench.portal, bounce(waiting, "failed", "4.4.7", number=2))
    assert (state(waiting), len(missed(waiting))) == ("undelivered", 1)


def test_a_delayed_mail_that_arrives_is_delivered_and_a_late_warning_does_not_undo_a_failure(
    bench: Bench, waiting: Walker
) -> None:
    receive.receive(bench.portal, bounce(waiting, "delayed", "4.4.1"))
    receive.receive(bench.portal, bounce(waiting, "delivered", "2.0.0", number=2))
    assert state(waiting) == "sent"
    receive.receive(bench.portal, bounce(waiting, "failed", "5.2.2", number=3))
    receive.receive(bench.portal, bounce(waiting, "delayed", "4.4.1", number=4))
    assert state(waiting) == "undelivered"


def colleague(walker: Walker, email: str = "second@example.com") -> User:
    """A second person of the vendor who gets the case's mails."""
    with database.transaction():
        user = User.create(email=email, name="二番", side=Side.VENDOR, fs_uniquifier=email, password="x")
        cases.add_member(case_of(walker).id, user.id, walker.portal.now())
        return user


def to_both(walker: Walker) -> Mail:
    mail = review_2(walker)
    mail.recipient = f"{VENDOR}, second@example.com"
    with database.transaction():
        mail.save()
    return mail


def test_of_several_recipients_each_is_told_apart_and_one_who_has_it_is_enough(bench: Bench, waiting: Walker) -> None:
    colleague(waiting)
    to_both(waiting)
    receive.receive(bench.portal, bounce(waiting, more=group("second@example.com", "delayed", "4.4.1")))
    (found,) = missed(waiting)
    assert ([each.address for each in found.missed], found.nobody) == ([VENDOR], False)
    assert case_of(waiting).undelivered == 0
    receive.receive(bench.portal, bounce(waiting, whom="second@example.com", number=2))
    (found,) = missed(waiting)
    assert (len(found.missed), found.nobody, case_of(waiting).undelivered) == (2, True, 1)


# The clock, and whom nothing reminds


def vendors_clock(walker: Walker) -> Clock:
    with database.transaction():
        case = case_of(walker)
        day = walker.portal.today()
        clockrows.start_clock(case.id, "vendors", "申請者の目安", 10, Side.VENDOR, day - timedelta(days=14))
        clock = Clock.get(Clock.guideline == "vendors")
        clock.running_since = day - timedelta(days=14)
        clock.save()
        return clock


def test_the_vendors_clock_stands_still_from_the_sending_until_it_is_sent_again(bench: Bench, waiting: Walker) -> None:
    clock = vendors_clock(waiting)
    with database.transaction():
        Mail.update(sent_at=waiting.portal.now() - timedelta(days=7)).where(Mail.id == review_2(waiting).id).execute()
    receive.receive(waiting.portal, bounce(waiting))
    with database.connection():
        stopped = Clock.get_by_id(clock.id)
    assert stopped.running_since is None
    assert stopped.used == 5.0  # of the first week; in the second the vendor knew of nothing
    with database.transaction():  # other steps of the case do not set it going
        case = cases.lock(case_of(waiting).id)
        package = bench.portal.releases.loaded(case.release_id).package
        clocks.follow(case, package, (), Turn.VENDOR, waiting.portal.today(), frozenset())
        assert Clock.get_by_id(clock.id).running_since is None
    resending.send(waiting.portal, waiting.number, review_2(waiting).id, {}, "", staff(waiting))
    with database.connection():
        again = Clock.get_by_id(clock.id)
    assert (again.running_since, again.used) == (waiting.portal.today(), 5.0)


def test_nothing_reminds_a_vendor_whom_no_mail_reaches(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting))
    row = task(waiting, "reply_materials")
    with database.transaction():
        assert worklist.remind_one(bench.portal, row, "before:3:x") == 0
    resending.settle(bench.portal, waiting.number, review_2(waiting).id, "arrived", "電話で", staff(waiting))
    with database.transaction():
        assert worklist.remind_one(bench.portal, row, "before:3:x") == 1
    assert upkeep.tick(bench.portal) >= 0


def test_who_answers_all_the_same_has_it(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting))
    receive.receive(bench.portal, reply(asked(waiting)))
    take(bench, waiting, actor(waiting))
    step = task(waiting, "reply_materials").id
    cleaned, _, revision = forms.check(bench.portal, step, actor(waiting))
    assert cleaned.ok
    send.send(bench.portal, step, actor(waiting), revision)
    assert opened(waiting) == ["second_review"]
    assert (missed(waiting), case_of(waiting).undelivered) == ([], 0)
    assert history(waiting)[0] == ("moot", "operator")


# Sent again


def test_the_address_is_mended_where_it_is_kept_and_the_same_mail_goes_out_again(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting))
    before, clerk = review_2(waiting), staff(waiting)
    page = resending.page(bench.portal, waiting.number, before.id, clerk)
    assert (page.link, [each.address for each in page.undelivered.missed]) == (False, [VENDOR])
    with pytest.raises(Refused):
        resending.send(bench.portal, waiting.number, before.id, {VENDOR: "right@example.com"}, " ", clerk)
    assert state(waiting) == "undelivered"
    to = resending.send(bench.portal, waiting.number, before.id, {VENDOR: "Right@Example.com"}, "田中様から電話", clerk)
    assert to == ("right@example.com",)
    bench.drain()
    letter = bench.mailbox.letters[-1]
    assert letter.to == ("right@example.com",)
    assert (letter.subject, letter.text, letter.html) == (before.subject, before.text, before.html)
    assert [each.filename for each in letter.attachments] == [each["filename"] for each in before.attachments]
    assert letter.message_id != before.message_id
    with database.connection():
        again = records.mails(case_of(waiting).id)[0]
        assert (again.again_of, again.state, again.message_id) == (before.id, "sent", letter.message_id)
        assert accounts.by_email("right@example.com") is not None
        assert accounts.by_email(VENDOR) is None
        assert case_of(waiting).email == "right@example.com"
        change = next(each for each in changes.recent(ChangeKind.ACCOUNT) if each.field == "email")
        assert (change.before, change.after, change.by_name) == (
            VENDOR,
            "right@example.com (田中様から電話)",
            clerk.name,
        )
    assert (state(waiting, before.id), state(waiting, again.id)) == ("again", "sent")
    assert (missed(waiting), case_of(waiting).undelivered) == ([], 0)
    assert [text for text, _ in history(waiting)] == ["again", "failed"]
    assert history(waiting, "address") == [("", "both")]
    # An answer to the new mail belongs where one to the old did.
    assert receive.receive(bench.portal, reply(again.message_id, sender="right@example.com")) == "waiting"
    with database.connection():
        assert InboundMail.get(InboundMail.sender == "right@example.com").element == "mail_review_2"


def test_a_mail_that_is_sent_again_may_bounce_again(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting))
    resending.send(bench.portal, waiting.number, review_2(waiting).id, {}, "", staff(waiting))
    bench.drain()
    with database.connection():
        again = records.mails(case_of(waiting).id)[0]
    assert again.recipient == VENDOR
    assert receive.receive(bench.portal, bounce(waiting, ours=again.message_id, number=2)) == "report"
    assert [each.mail for each in missed(waiting)] == [again.id]
    assert receive.receive(bench.portal, bounce(waiting, number=3)) == "report"  # of the first one, late
    assert [each.mail for each in missed(waiting)] == [again.id]


def test_what_was_asked_is_due_later_by_as_much_as_the_mail_comes_later(bench: Bench, waiting: Walker) -> None:
    receive.receive(waiting.portal, bounce(waiting))
    due = date(2026, 3, 20)
    row = task(waiting, "reply_materials")
    with database.transaction():
        Task.update(due_on=due).where(Task.id == row.id).execute()
        Mail.update(sent_at=waiting.portal.now() - timedelta(days=7)).where(Mail.id == review_2(waiting).id).execute()
    page = resending.page(waiting.portal, waiting.number, review_2(waiting).id, staff(waiting))
    (extended,) = page.extended
    assert (extended.before, (extended.after - due).days) == (due, 7)
    resending.send(waiting.portal, waiting.number, review_2(waiting).id, {}, "", staff(waiting))
    assert task(waiting, "reply_materials").due_on == extended.after


def test_only_those_whom_it_did_not_reach_get_it_again(bench: Bench, waiting: Walker) -> None:
    colleague(waiting)
    mail = to_both(waiting)
    receive.receive(bench.portal, bounce(waiting, whom="second@example.com"))
    to = resending.send(
        bench.portal, waiting.number, mail.id, {"second@example.com": "other@example.com"}, "電話", staff(waiting)
    )
    assert to == ("other@example.com",)
    with database.connection():
        assert case_of(waiting).email == VENDOR
        assert {row.user.email for row in cases.members(case_of(waiting).id)} == {VENDOR, "other@example.com"}


@pytest.mark.parametrize("wrong", ["no address", "", "sato@example.jp"])
def test_a_wrong_address_or_somebody_elses_is_refused_and_nothing_is_changed(
    wrong: str, bench: Bench, waiting: Walker
) -> None:
    receive.receive(bench.portal, bounce(waiting))
    with database.connection():
        count = Mail.select().count()
    if wrong:
        with pytest.raises(Refused):
            resending.send(bench.portal, waiting.number, review_2(waiting).id, {VENDOR: wrong}, "電話", staff(waiting))
        with database.connection():
            assert (Mail.select().count(), case_of(waiting).email) == (count, VENDOR)
        assert state(waiting) == "undelivered"


def test_it_is_said_to_have_arrived_with_how_one_knows(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting))
    with pytest.raises(Refused):
        resending.settle(bench.portal, waiting.number, review_2(waiting).id, "arrived", "", staff(waiting))
    with pytest.raises(NotFound):
        resending.settle(bench.portal, waiting.number, review_2(waiting).id, "else", "x", staff(waiting))
    resending.settle(bench.portal, waiting.number, review_2(waiting).id, "arrived", "電話で確かめた", staff(waiting))
    assert (state(waiting), missed(waiting), case_of(waiting).undelivered) == ("sent", [], 0)
    with pytest.raises(Stale):
        resending.settle(bench.portal, waiting.number, review_2(waiting).id, "moot", "x", staff(waiting))
    with pytest.raises(Stale):
        resending.send(bench.portal, waiting.number, review_2(waiting).id, {}, "", staff(waiting))


def test_vendors_and_strangers_send_nothing_again(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, bounce(waiting))
    mail = review_2(waiting).id
    for act in (
        lambda who: resending.page(bench.portal, waiting.number, mail, who),
        lambda who: resending.send(bench.portal, waiting.number, mail, {}, "", who),
        lambda who: resending.settle(bench.portal, waiting.number, mail, "arrived", "x", who),
        lambda who: undelivered.listed(bench.portal, 1, who),
    ):
        with pytest.raises(Forbidden):
            act(actor(waiting))
    with pytest.raises(NotFound):
        resending.page(bench.portal, "2000-0001", mail, staff(waiting))


def test_before_anybody_has_entered_a_new_link_goes_to_the_right_address(bench: Bench) -> None:
    walker = bench.walker()
    walker.begin()
    with database.connection():
        case = case_of(walker)
        first = records.mails(case.id)[-1]
    assert receive.receive(bench.portal, standard(whom=VENDOR, ours=first.message_id)) == "report"
    assert resending.page(bench.portal, walker.number, first.id, staff(walker)).link
    resending.send(bench.portal, walker.number, first.id, {VENDOR: "right@example.com"}, "電話", staff(walker))
    bench.drain()
    assert bench.mailbox.letters[-1].to == ("right@example.com",)
    with database.connection():
        link = entrylinks.current_link(case.id)
        assert link is not None
        assert link.token in bench.mailbox.letters[-1].text
    assert (missed(walker), case_of(walker).email) == ([], "right@example.com")


# Answers between quoted lines come along


def test_answers_between_quoted_lines_are_taken_in(bench: Bench, waiting: Walker) -> None:
    text = read((MAILS / "answers-between.eml").read_bytes()).text
    receive.receive(bench.portal, reply(asked(waiting), text=text, files=()))
    with database.connection():
        row = InboundMail.get()
    page = mailroom.look(bench.portal, row.id, staff(waiting))
    assert page.between
    step = task(waiting, "reply_materials").id
    inbound_answers.take(bench.portal, row.id, step, {}, staff(waiting), words="answers")
    with database.connection():
        draft = work.draft(step)
    assert draft is not None
    for answer in ("東京都港区芝1-2-3 北星ビル4階", "TLS 1.3 のみ", "03-0000-0000"):
        assert answer in draft.values["reply_note"]


def test_the_whole_text_or_nothing_of_it_may_be_taken_in(bench: Bench, waiting: Walker) -> None:
    text = "回答です。\n\n2026年12月1日(火) 10:00 認定 <n@example.jp>:\n> もとの文"
    for number, (how, expected) in enumerate((("whole", text), ("answers", "回答です。"), ("", None)), 1):
        receive.receive(bench.portal, reply(asked(waiting), text=text, files=(), number=number))
        with database.connection():
            row = InboundMail.get(InboundMail.message_id == f"<{number}@vendor.example>")
        step = task(waiting, "reply_materials").id
        inbound_answers.take(bench.portal, row.id, step, {}, staff(waiting), words=how)
        with database.transaction():
            draft = work.draft(step)
            assert draft is not None
            assert draft.values.get("reply_note") == expected
            draft.delete_instance()


def test_a_text_that_does_not_fit_is_refused_and_not_cut(bench: Bench, waiting: Walker) -> None:
    receive.receive(bench.portal, reply(asked(waiting), text="あ" * 12_000, files=()))
    with database.connection():
        row = InboundMail.get()
    step = task(waiting, "reply_materials").id
    with pytest.raises(Refused) as refused:
        inbound_answers.take(bench.portal, row.id, step, {}, staff(waiting), words="answers")
    assert refused.value.params["count"] == 12_000
    with database.connection():
        assert InboundMail.get().state == "waiting"


# On PostgreSQL, and in a hurry


@pytest.mark.postgres
def test_on_postgresql_too_a_bounce_is_matched_and_the_mail_sent_again(
    make_bench: Callable[[str], Bench], postgres: str
) -> None:
    bench = make_bench(postgres)
    try:
        walker = go(bench, until="reply_materials")
        assert receive.receive(bench.portal, bounce(walker)) == "report"
        assert case_of(walker).undelivered == 1
        resending.send(
            bench.portal, walker.number, review_2(walker).id, {VENDOR: "right@example.com"}, "電話", staff(walker)
        )
        bench.drain()
        assert bench.mailbox.letters[-1].to == ("right@example.com",)
        assert case_of(walker).undelivered == 0
        assert mailroom.listed(bench.portal, "report", 1, staff(walker), "Undelivered")[1]["report"] == 1
    finally:
        database.proxy.obj.close_all()


def test_two_who_send_it_again_at_once_send_it_once(bench: Bench, waiting: Walker) -> None:
    import threading

    receive.receive(bench.portal, bounce(waiting))
    mail, clerk, said = review_2(waiting).id, staff(waiting), []

    def press() -> None:
        try:
            resending.send(bench.portal, waiting.number, mail, {}, "", clerk)
            said.append("sent")
        except Stale:
            said.append("stale")

    threads = [threading.Thread(target=press) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["sent", "stale", "stale", "stale"]
    with database.connection():
        assert Mail.select().where(Mail.again_of == mail).count() == 1
        assert to_do().undelivered == 0
        assert Case.get().undelivered == 0


def test_what_was_asked_is_due_later_only_as_far_as_what_follows_leaves_room(bench: Bench) -> None:
    walker = go(bench, until="submit_audit_materials")
    case, row = case_of(walker), task(walker, "submit_audit_materials")
    with database.connection():
        loaded = walker.portal.releases.loaded(case.release_id)
        settled = bookings.latest(case.id, "audit")
    assert settled is not None
    day = settled.day
    today, closing = walker.portal.today(), walker.portal.closing()
    last = businessdays.add_business_days(day, -8, closing)
    place = lastday.Place(case, loaded, closing, {})
    with database.connection():
        element = loaded.element(row.element)
        later = lastday.put_off(place, element, today, day + timedelta(days=30), row.due_on or today)
    assert later == max(last, row.due_on or today)

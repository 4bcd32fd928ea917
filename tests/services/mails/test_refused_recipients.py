"""A recipient whom the mail server refuses for good is one whom the mail did not reach, as when it had come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.connectors.mailreply import Reply
from app.errors import Refused, Stale
from app.services.base import leases
from app.services.cases import lifecycle, resending
from app.services.demo.walker import Walker
from app.services.mails import undelivered, whose
from app.services.pages import case as caseview
from app.services.pages import vendorhome
from app.services.process import jobs
from app.services.signin.newaccount import create_account
from app.services.tasks import recall
from app.states import Side
from app.store import accounts, cases, database, jobrows, records
from app.store.models import Delivery, Mail
from tests.services.conftest import APPLICATION, Bench
from tests.services.process.test_jobs import REVIEW, mail_job
from tests.services.steps import actor, case_of, go, opened, staff
from tests.services.tasks.test_recall import RETURN, returned, send

VENDOR, OTHER = APPLICATION["email"], "b@example.com"
NO = Reply(550, "5.1.1 <b@example.com>: Recipient address rejected: User unknown")


@pytest.fixture
def two(bench: Bench) -> Walker:
    """A case with two people of the vendor, who get its mails."""
    walker = go(bench, until="second_review")
    with database.transaction():
        other = create_account(OTHER, "例 二郎", Side.VENDOR, ["vendor"], "a password for tests", walker.portal.now())
        cases.add_member(case_of(walker).id, other.id, walker.portal.now())
    return walker


def missed(walker: Walker) -> list[undelivered.Undelivered]:
    with database.connection():
        case = case_of(walker)
        return undelivered.of_case(case, walker.portal.releases.loaded(case.release_id))


def review_3(walker: Walker) -> Mail:
    with database.connection():
        row = records.mail_of_job(mail_job(walker.number, "review-3").key)
    assert row is not None
    return row


def state(walker: Walker, mail: Mail) -> str:
    return whose.one(walker.portal, walker.number, mail.id, staff(walker)).state


def incidents(walker: Walker) -> list[str]:
    with database.connection():
        return [row.operator for row in jobrows.jobs_of(case_of(walker).id, "incident")]


def test_one_who_is_refused_among_others_is_one_whom_the_mail_did_not_reach(bench: Bench, two: Walker) -> None:
    bench.mailbox.refuses[OTHER] = NO
    two.take(REVIEW)
    assert opened(two) == ["review_result"]  # the case goes on
    (found,) = missed(two)
    assert [(each.address, each.state, each.status) for each in found.missed] == [(OTHER, "failed", "5.1.1")]
    assert "User unknown" in found.missed[0].text
    assert (found.nobody, found.to, found.job) == (False, "vendor", None)
    mail = review_3(two)
    assert (state(two, mail), mail.state, mail.refused) == ("undelivered", "sent", {})
    assert case_of(two).undelivered == 0  # the other has it
    assert incidents(two) == []
    page = caseview.page(bench.portal, two.number, staff(two))
    assert [each.mail for each in page.undelivered] == [mail.id]
    assert [each.mail for each in undelivered.listed(bench.portal, 1, staff(two))[0]] == [mail.id]
    # The address is mended and the mail goes out again, to that one alone.
    to = resending.send(two.portal, two.number, mail.id, {OTHER: "right@example.com"}, "電話", staff(two))
    bench.drain(two.portal)
    assert to == ("right@example.com",)
    assert [letter.to for letter in bench.mailbox.of("review-3")] == [(VENDOR,), ("right@example.com",)]
    assert missed(two) == []


def test_one_who_is_put_off_until_patience_ends_is_one_whom_the_mail_did_not_reach(bench: Bench, two: Walker) -> None:
    bench.mailbox.refuses[OTHER] = Reply(450, "4.2.0 greylisted for ever")
    two.take(REVIEW)
    assert missed(two) == []
    two.clock.moment += timedelta(days=2)
    bench.drain(two.portal)
    assert missed(two) == []
    two.clock.moment += timedelta(days=4)
    bench.drain(two.portal)
    (found,) = missed(two)
    assert [(each.address, each.status) for each in found.missed] == [(OTHER, "5.4.7")]
    assert (incidents(two), review_3(two).refused) == ([], {})


def test_one_who_is_put_off_and_then_refused_is_not_tried_any_more(bench: Bench, two: Walker) -> None:
    bench.mailbox.refuses[OTHER] = Reply(450, "try later")
    two.take(REVIEW)
    bench.mailbox.refuses[OTHER] = NO
    two.clock.moment += timedelta(minutes=30)
    bench.drain(two.portal)
    assert [each.address for each in missed(two)[0].missed] == [OTHER]
    tried = bench.mailbox.tried
    two.clock.moment += timedelta(days=1)
    bench.drain(two.portal)
    assert bench.mailbox.tried == tried
    assert incidents(two) == []


@pytest.fixture
def unsent(bench: Bench) -> Walker:
    """A case that waits for a mail to its only vendor, whom the server refuses."""
    walker = go(bench, until="second_review")
    bench.mailbox.refuses[VENDOR] = Reply(550, "no such user")
    walker.take(REVIEW)
    return walker


def test_a_mail_that_was_refused_to_everybody_goes_out_when_the_address_is_mended(bench: Bench, unsent: Walker) -> None:
    assert opened(unsent) == []
    (found,) = missed(unsent)
    job = mail_job(unsent.number, "review-3")
    assert (found.nobody, found.job, job.state) == (True, job.id, "incident")
    mail = review_3(unsent)
    assert state(unsent, mail) == "undelivered"
    assert case_of(unsent).undelivered == 1
    with pytest.raises(Refused):
        resending.settle(unsent.portal, unsent.number, mail.id, "arrived", "電話", staff(unsent))
    resending.send(unsent.portal, unsent.number, mail.id, {VENDOR: "right@example.com"}, "電話", staff(unsent))
    bench.drain(unsent.portal)
    (letter,) = bench.mailbox.of("review-3")
    assert (letter.to, letter.message_id) == (("right@example.com",), mail.message_id)
    assert opened(unsent) == ["review_result"]  # the case goes on behind the mail
    assert (missed(unsent), case_of(unsent).undelivered, incidents(unsent)) == ([], 0, [])
    with database.connection():
        assert accounts.by_email("right@example.com") is not None
        assert Mail.select().where(Mail.again_of.is_null(False)).count() == 0


def test_sent_again_to_the_same_address_in_vain_it_is_said_again(bench: Bench, unsent: Walker) -> None:
    mail = review_3(unsent)
    resending.send(unsent.portal, unsent.number, mail.id, {}, "", staff(unsent))
    assert missed(unsent) == []
    with pytest.raises(Stale):
        resending.send(unsent.portal, unsent.number, mail.id, {}, "", staff(unsent))
    bench.drain(unsent.portal)
    assert [each.address for each in missed(unsent)[0].missed] == [VENDOR]
    bench.mailbox.refuses.clear()
    lifecycle.retry(unsent.portal, mail_job(unsent.number, "review-3").id, staff(unsent))
    bench.drain(unsent.portal)
    assert (missed(unsent), opened(unsent), state(unsent, mail)) == ([], ["review_result"], "again")


def test_the_first_link_goes_to_the_right_address_and_the_case_goes_on(bench: Bench) -> None:
    bench.mailbox.refuses[VENDOR] = Reply(550, "no such user")
    walker = bench.walker()
    walker.begin()
    assert mail_states() == {"incident"}
    mail = missed(walker)[0].mail
    resending.send(walker.portal, walker.number, mail, {VENDOR: "right@example.com"}, "電話", staff(walker))
    bench.drain(walker.portal)
    assert {letter.to for letter in bench.mailbox.letters if letter.to != ("sato@example.jp",)} >= {
        ("right@example.com",)
    }
    assert (missed(walker), incidents(walker)) == ([], [])


def mail_states() -> set[str]:
    with database.connection():
        return {job.state for job in jobrows.jobs_like("mail", ("incident",))}


def test_a_decision_whose_mail_was_refused_is_taken_back_and_nobody_is_asked_to_send_it(bench: Bench) -> None:
    walker, row = returned(bench)
    bench.mailbox.refuses[VENDOR] = Reply(550, "no such user")
    send(walker, "second_review", staff(walker, 1), **RETURN)
    walker.clock.moment += timedelta(minutes=20)
    bench.drain(walker.portal)
    assert case_of(walker).undelivered == 1
    recall.take_back(walker.portal, row.id, staff(walker, 1))
    assert (missed(walker), case_of(walker).undelivered) == ([], 0)


def test_a_worker_that_dies_after_the_refusal_leaves_it_known_once(bench: Bench, two: Walker) -> None:
    bench.mailbox.refuses |= {OTHER: NO, VENDOR: Reply(553, "no such mailbox")}
    two.take_without_jobs(REVIEW)
    hands = bench.hands(two.portal)
    held = jobs.lease(two.portal, "dead")
    assert held is not None
    with pytest.raises(Exception, match="refused"):
        hands.do(held)
    two.clock.moment += timedelta(seconds=leases.LEASE_SECONDS + 1)
    bench.drain(two.portal)
    with database.connection():
        assert Delivery.select().count() == 2
        told = cases.timeline(case_of(two).id, internal=True, kinds=("delivery",))
        assert [row.text for row in told] == ["failed", "failed"]


def test_the_vendors_home_names_the_address_that_gets_no_mail(bench: Bench, two: Walker) -> None:
    assert vendorhome.of(bench.portal, actor(two)).unreached == []
    bench.mailbox.refuses[OTHER] = NO
    two.take(REVIEW)
    (found,) = vendorhome.of(bench.portal, actor(two)).unreached
    assert ([each.address for each in found.missed], found.case_number) == ([OTHER], two.number)


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        (550, "5.7.1 relaying denied", "5.7.1"), (550, "no such user", "5.1.1"), (552, "mailbox full", "5.2.2"),
        (556, "domain takes no mail", "5.1.10"), (450, "4.2.1 busy", "4.2.1"), (571, "who knows", ""),
    ],
)  # fmt: skip
def test_a_reply_has_the_code_of_its_words_or_of_its_digits(code: int, text: str, status: str) -> None:
    assert Reply(code, text).status == status


@pytest.mark.postgres
def test_on_postgresql_too_a_refused_mail_is_known_to_the_vendor_and_goes_out_when_its_address_is_mended(
    make_bench: Callable[[str], Bench], postgres: str
) -> None:
    bench = make_bench(postgres)
    try:
        walker = go(bench, until="second_review")
        bench.mailbox.refuses[VENDOR] = NO
        walker.take(REVIEW)
        (told,) = vendorhome.of(bench.portal, actor(walker)).unreached
        assert [each.address for each in told.missed] == [VENDOR]
        resending.send(walker.portal, walker.number, told.mail, {VENDOR: "right@example.com"}, "電話", staff(walker))
        bench.drain(walker.portal)
        assert [letter.to for letter in bench.mailbox.of("review-3")] == [("right@example.com",)]
        assert (missed(walker), opened(walker)) == ([], ["review_result"])
    finally:
        database.proxy.obj.close_all()

"""What the mail server refuses though no case waits for it: mails of the portal itself, and reminders of a case."""

from __future__ import annotations

import pytest

from app.connectors.mailreply import Reply
from app.errors import Permanent
from app.services.base.actors import Actor
from app.services.mails import deliveries, portalmails, undelivered
from app.services.mails.portalmails import Wording
from app.services.pages import attention
from app.states import Side
from app.store import database, jobrows, waiting
from app.store.models import Job, Mail
from tests.services.conftest import APPLICATION, Bench
from tests.services.steps import case_of, go, staff

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))
TO = "gone@example.com"
NO = Reply(550, "5.1.1 User unknown")
SPAM = Permanent("refused", code=554, reply="5.7.1 looks like spam", handed=False)


def ask(bench: Bench, key: str = "portal:1") -> None:
    with database.transaction():
        portalmails.queue(bench.portal, key, "invitation", TO, Wording("ご案内", "こちらから %(url)s"))
    bench.drain()


def listed(bench: Bench) -> list[undelivered.Undelivered]:
    return undelivered.listed(bench.portal, 1, ADMIN)[0]


def states() -> list[str]:
    with database.connection():
        return [row.state for row in Job.select().where(Job.case.is_null()).order_by(Job.id)]


@pytest.mark.parametrize("of_letter", [False, True], ids=["the recipient", "the letter"])
def test_a_mail_of_the_portal_that_is_refused_is_listed_with_what_the_server_said(
    bench: Bench, of_letter: bool
) -> None:
    if of_letter:
        bench.mailbox.fail_with = [SPAM]
    else:
        bench.mailbox.refuses[TO] = NO
    ask(bench)
    [found] = listed(bench)
    assert (found.case_number, found.subject, found.nobody) == ("", "ご案内", True)
    assert [each.address for each in found.missed] == [TO]
    assert ("spam" if of_letter else "User unknown") in found.missed[0].text
    [trouble] = attention.board(bench.portal, ADMIN).of_portal
    assert (trouble.operator, trouble.title, trouble.mail) == ("mail", "ご案内", found.mail)
    assert undelivered.count(bench.portal) == 1


def test_seen_to_it_is_neither_listed_nor_tried_any_more(bench: Bench) -> None:
    bench.mailbox.refuses[TO] = NO
    ask(bench)
    deliveries.seen(bench.portal, listed(bench)[0].mail, ADMIN)
    assert listed(bench) == []
    assert attention.board(bench.portal, ADMIN).of_portal == []
    assert states() == ["cancelled"]


def test_one_that_says_the_same_again_takes_its_place(bench: Bench) -> None:
    bench.mailbox.refuses[TO] = NO
    ask(bench)
    bench.mailbox.refuses.clear()
    ask(bench, "portal:2")
    assert listed(bench) == []
    assert states() == ["cancelled", "done"]


def test_tried_again_and_taken_it_has_arrived(bench: Bench) -> None:
    bench.mailbox.refuses[TO] = NO
    ask(bench)
    bench.mailbox.refuses.clear()
    with database.transaction():
        jobrows.set_going(Job.get(Job.case.is_null()).id, bench.portal.now())
    bench.drain()
    assert listed(bench) == []
    assert states() == ["done"]


@pytest.mark.parametrize("of_letter", [False, True], ids=["the recipient", "the letter"])
def test_a_mail_for_which_no_case_waits_is_not_among_the_cases_that_cannot_go_on(bench: Bench, of_letter: bool) -> None:
    walker = go(bench, until="second_review")
    case, now = case_of(walker), walker.portal.now()
    if of_letter:
        bench.mailbox.fail_with = [SPAM]
    else:
        bench.mailbox.refuses[APPLICATION["email"]] = NO
    with database.transaction():
        jobrows.add_job(
            key="reminder:1", case=case, operator="mail", params={"mail": "reminder"}, run_at=now, created_at=now
        )
    assert bench.drain(walker.portal) == ["incident"]
    board = attention.board(walker.portal, staff(walker))
    assert board.of_cases == []
    with database.connection():
        mail = Mail.get(Mail.job_key == "reminder:1")
        counted = waiting.counts()
    # Whose address is wrong is in the list of mails that did not arrive; a letter that is refused is by itself.
    assert [each.mail for each in listed(bench)] == ([] if of_letter else [mail.id])
    assert len(board.of_portal) == counted.jobs == (1 if of_letter else 0)
    with database.connection():
        assert attention.hindered([case.id]) == frozenset()

"""People of a company, agents for several companies, hand-over, and a number that is here already."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import Forbidden, NotFound, Refused
from app.services import upkeep
from app.services.base.actors import Actor
from app.services.cases import lifecycle, members, talking
from app.services.companies import company, invitations, mandates
from app.services.companies import members as companypeople
from app.services.companies.mandates import Terms
from app.services.companies.members import Successor
from app.services.demo.walker import Walker
from app.services.mails.portalmails import Wording
from app.services.pages import case as caseview
from app.services.pages import casehead, feed
from app.services.pages import task as taskpage
from app.services.people import accounts as people
from app.services.tasks import forms, send
from app.states import ChangeKind, EntryKind
from app.store import accounts, cases, changes, database
from app.store import companies as rows
from app.store.models import Booking, Draft
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff, task

WORDS = Wording("An invitation", "Hello.\n\n[Accept](%(url)s)\n")
NEW = "a password for tests"


def company_of(walker: Walker) -> int:
    found = case_of(walker).company_id
    assert found is not None
    return int(found)


def signed_in(walker: Walker, email: str) -> Actor:
    with database.connection():
        user = accounts.by_email(email)
    assert user is not None
    return people.actor_of(walker.portal, user.id)


def token(bench: Bench, walker: Walker) -> str:
    """The link of the last invitation, as the mail has it."""
    bench.drain(walker.portal)
    found = re.search(r"/invitation/(\S+)", bench.mailbox.letters[-1].text)
    assert found is not None
    return found[1]


def join(bench: Bench, walker: Walker, email: str, rights: str = "full", role: str = "member") -> Actor:
    """Somebody new of the company, by invitation."""
    terms = {"role": role, "rights": rights}
    invitations.invite(walker.portal, company_of(walker), email, "person", terms, actor(walker), WORDS)
    invitations.accept(walker.portal, token(bench, walker), None, "山田 次郎", NEW)
    return signed_in(walker, email)


def terms(walker: Walker, **changed: object) -> Terms:
    day = walker.portal.today()
    made = Terms("行政書士法人みほん", "answer", True, (), False, day, None)
    return replace(made, **changed)  # type: ignore[arg-type]


def agent(bench: Bench, walker: Walker, email: str = "agent@example.org", **changed: object) -> Actor:
    """Somebody from outside who has accepted to act for the walker's company."""
    mandates.give(walker.portal, company_of(walker), email, terms(walker, **changed), actor(walker), WORDS)
    with database.connection():
        known = accounts.by_email(email)
    who = people.actor_of(walker.portal, known.id) if known is not None else None
    invitations.accept(walker.portal, token(bench, walker), who, "代行 花子", NEW)
    return signed_in(walker, email)


# People


def test_who_first_names_a_number_manages_the_company(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    page = company.page(walker.portal, company_of(walker), actor(walker))
    assert page.manages
    assert [(each.email, each.manager) for each in page.people] == [("ichiro.rei@example.com", True)]
    assert [each.number for each in page.cases] == [walker.number]


def test_somebody_invited_joins_by_the_link_with_the_rights_that_were_chosen(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    reader = join(bench, walker, "reader@example.com", "read")
    assert not company.page(walker.portal, company_of(walker), reader).manages
    assert caseview.page(walker.portal, walker.number, reader).may_act is False
    with pytest.raises(Forbidden, match="may read this case"):
        forms.save_draft(walker.portal, task(walker, "submit_documents").id, {}, reader)
    file = talking.Attached("問い合わせ.txt", io.BytesIO("質問".encode()))
    for files in ((), (file,)):
        with pytest.raises(Forbidden, match="may read this case"):
            talking.say(walker.portal, walker.number, "質問です", reader, files=files)
    assert not caseview.page(walker.portal, walker.number, staff(walker)).notes


def test_an_account_that_exists_accepts_when_it_is_signed_in(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    elsewhere = go(
        bench, until="submit_documents", application={"email": "both@example.com", "system_name": "他社"},
        answers={"company_profile": {"corporate_number": "1180301018771"}},
    )  # fmt: skip
    invitations.invite(walker.portal, company_of(walker), "both@example.com", "person", {"rights": "full"},
                       actor(walker), WORDS)  # fmt: skip
    link = token(bench, walker)
    with pytest.raises(Refused, match="sign in first"):
        invitations.accept(walker.portal, link, None, "だれか", NEW)
    both = signed_in(walker, "both@example.com")
    invitations.accept(walker.portal, link, both)
    assert len(company.mine(both)) == 2
    assert {head.number for head in casehead.heads(walker.portal, both)[0]} == {walker.number, elsewhere.number}


def test_an_invitation_is_sent_again_taken_back_and_grows_old(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    place, boss = company_of(walker), actor(walker)
    invitations.invite(walker.portal, place, "new@example.com", "person", {}, boss, WORDS)
    first = token(bench, walker)
    (waiting,) = company.page(walker.portal, place, boss).invitations
    invitations.send_again(walker.portal, waiting.id, boss, WORDS)
    second = token(bench, walker)
    with pytest.raises(Refused, match="newer link"):
        invitations.look(walker.portal, first)
    assert invitations.look(walker.portal, second).email == "new@example.com"
    walker.clock.moment += timedelta(days=invitations.DAYS + 1)
    with pytest.raises(Refused, match="too old"):
        invitations.look(walker.portal, second)
    invitations.take_back(walker.portal, waiting.id, boss)
    with pytest.raises(Refused, match="taken back"):
        invitations.look(walker.portal, second)
    with pytest.raises(NotFound):
        invitations.look(walker.portal, "forged")


def test_a_mail_of_an_invitation_that_was_taken_back_is_not_sent(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    bench.drain(walker.portal)
    sent = len(bench.mailbox.letters)
    invitations.invite(walker.portal, company_of(walker), "new@example.com", "person", {}, actor(walker), WORDS)
    (waiting,) = company.page(walker.portal, company_of(walker), actor(walker)).invitations
    invitations.take_back(walker.portal, waiting.id, actor(walker))
    assert bench.drain(walker.portal) == ["done"]
    assert len(bench.mailbox.letters) == sent


def test_only_managers_change_the_company(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    member = join(bench, walker, "member@example.com")
    place = company_of(walker)
    with pytest.raises(Forbidden, match="manager"):
        invitations.invite(walker.portal, place, "x@example.com", "person", {}, member, WORDS)
    with pytest.raises(Forbidden, match="manager"):
        mandates.give(walker.portal, place, "x@example.com", terms(walker), member, WORDS)
    with pytest.raises(Forbidden, match="brings in somebody new"):
        members.invite(walker.portal, walker.number, "x@example.com", "full", member, WORDS)
    stranger = go(
        bench, until="submit_documents", application={"email": "other@example.com", "system_name": "他社"},
        answers={"company_profile": {"corporate_number": "1180301018771"}},
    )  # fmt: skip
    with pytest.raises(NotFound):
        company.page(walker.portal, place, actor(stranger))


def test_rights_are_changed_case_by_case_and_somebody_taken_off_sees_nothing(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    member, place = join(bench, walker, "member@example.com"), company_of(walker)
    case = case_of(walker)
    for rights, sees in (("answer", True), ("read", True), ("none", False)):
        companypeople.change(walker.portal, place, member.user_id or 0, "member", {case.id: (rights, False)},
                             actor(walker))  # fmt: skip
        _, seats = company.seats(place, member.user_id or 0, actor(walker))
        assert [(seat.rights, seat.mails) for seat in seats] == [(rights, False)]
        assert bool(casehead.heads(walker.portal, member)[0]) is sees
    told = [row.text for row in caseview.page(walker.portal, walker.number, actor(walker)).timeline
            if row.kind == "member"]  # fmt: skip
    assert told == ["removed", "rights_read", "rights_answer", "added"]


def test_a_manager_is_on_every_case_and_the_last_one_stays(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    second, place = join(bench, walker, "boss@example.com", "none", "manager"), company_of(walker)
    assert caseview.page(walker.portal, walker.number, second).may_act
    first = actor(walker)
    companypeople.change(walker.portal, place, first.user_id or 0, "member", {}, second)
    with pytest.raises(Refused, match="only manager"):
        companypeople.change(walker.portal, place, second.user_id or 0, "member", {}, second)
    with pytest.raises(Refused, match="manager of the company is on each"):
        members.uninvite(walker.portal, walker.number, second.user_id or 0, first)


def test_a_colleague_added_to_one_case_belongs_to_the_company(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    assert members.invite(walker.portal, walker.number, "helper@example.com", "read", actor(walker), WORDS)
    invitations.accept(walker.portal, token(bench, walker), None, "山田 次郎", NEW)
    helper = signed_in(walker, "helper@example.com")
    assert [each.manager for each in company.mine(helper)] == [False]


# Agents


def test_an_agent_acts_for_the_company_and_it_is_traced(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    who = agent(bench, walker)
    row = task(walker, "submit_documents")
    page = taskpage.page(walker.portal, row.id, who)
    assert page.refusal is None
    assert page.on_behalf_of == case_of(walker).company_name
    done = _answer(walker, who)
    assert (done.closed_by_name, done.on_behalf_of) == ("代行 花子", case_of(walker).company_name)
    seen = caseview.page(walker.portal, walker.number, staff(walker))
    assert [(each.office, each.state) for each in seen.agents] == [("行政書士法人みほん", "now")]
    assert caseview.page(walker.portal, walker.number, who).head.agent


def _answer(walker: Walker, who: Actor) -> object:
    """Submit the documents as the scenario would, as this person."""
    walker._actor = lambda *_: who  # type: ignore[method-assign]  # the walker's own hand, lent to somebody else
    row = task(walker, "submit_documents")
    walker.take(
        {
            "complete": "submit_documents",
            "by": "vendor",
            "answer": {"registry_certificate": ["a.pdf"], "financial_statements": ["b.pdf"]},
        }
    )
    with database.connection():
        return send.work.task(row.id)


def test_an_agent_leaves_contracts_and_payments_to_the_company_unless_it_says_otherwise(bench: Bench) -> None:
    walker = go(bench, until="pay_initial_fee")
    who = agent(bench, walker)
    row = task(walker, "pay_initial_fee")
    with pytest.raises(Forbidden, match="binds the company"):
        forms.save_draft(walker.portal, row.id, {}, who)
    with pytest.raises(Forbidden, match="binds the company"):
        lifecycle.withdraw(walker.portal, walker.number, "やめる", who)
    (mandate,) = company.page(walker.portal, company_of(walker), actor(walker)).mandates
    mandates.change(walker.portal, mandate.id, terms(walker, rights="full"), actor(walker))
    assert forms.save_draft(walker.portal, row.id, {}, who) == 1


def test_an_agent_sees_the_named_cases_alone(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    second = go(bench, until="submit_documents", application={"system_name": "二つめ"})
    who = agent(bench, walker, every_case=False, numbers=(second.number,))
    assert [head.number for head in casehead.heads(walker.portal, who)[0]] == [second.number]


def test_all_cases_means_those_to_come_too(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    who = agent(bench, walker)
    later = go(bench, until="submit_documents", application={"system_name": "二つめ"})
    assert {head.number for head in casehead.heads(walker.portal, who)[0]} == {walker.number, later.number}


def test_an_agent_of_several_companies_has_one_home(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    other = go(
        bench, until="submit_documents", application={"email": "other@example.com", "system_name": "他社"},
        answers={"company_profile": {"corporate_number": "1180301018771", "company_name": "他社株式会社"}},
    )  # fmt: skip
    agent(bench, walker)
    who = agent(bench, other)
    assert {head.company_name for head in casehead.heads(walker.portal, who)[0]} == {
        case_of(walker).company_name, case_of(other).company_name,
    }  # fmt: skip
    assert len(mandates.mine(walker.portal, who)) == 2


def test_mails_go_to_an_agent_only_when_the_company_says_so(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    agent(bench, walker)
    talking.say(walker.portal, walker.number, "確認です", staff(walker))
    bench.drain(walker.portal)
    assert bench.mailbox.letters[-1].to == ("ichiro.rei@example.com",)
    (mandate,) = company.page(walker.portal, company_of(walker), actor(walker)).mandates
    mandates.change(walker.portal, mandate.id, terms(walker, copies=True), actor(walker))
    talking.say(walker.portal, walker.number, "もう一度", staff(walker))
    bench.drain(walker.portal)
    assert bench.mailbox.letters[-1].to == ("ichiro.rei@example.com", "agent@example.org")


@pytest.mark.parametrize("ends", ["company", "agent", "body"])
def test_an_ended_mandate_shuts_the_agent_out_at_once_and_the_record_keeps_the_name(bench: Bench, ends: str) -> None:
    walker = go(bench, until="submit_documents")
    who = agent(bench, walker)
    talking.say(walker.portal, walker.number, "代行者から質問です", who)
    with database.connection():
        before = accounts.by_email(who.email).fs_uniquifier
    (mandate,) = company.page(walker.portal, company_of(walker), actor(walker)).mandates
    by = {"company": actor(walker), "agent": who, "body": staff(walker)}[ends]
    mandates.end(walker.portal, mandate.id, by, "会社から電話" if ends == "body" else "")
    with pytest.raises(NotFound):
        caseview.page(walker.portal, walker.number, who)
    with database.connection():
        assert (accounts.by_email(who.email).fs_uniquifier != before) is (ends != "agent")
    seen = caseview.page(walker.portal, walker.number, staff(walker))
    assert [each.state for each in seen.agents] == ["ended"]
    assert "代行 花子" in {note.by_name for note in seen.notes}


def test_an_agent_who_is_at_work_for_others_stays_signed_in_when_one_mandate_ends(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    other = go(
        bench,
        until="submit_documents",
        application={"email": "second@example.net", "company_name": "他社株式会社"},
        answers={"company_profile": {"corporate_number": "1180301018771", "company_name": "他社株式会社"}},
    )
    who = agent(bench, walker)
    agent(bench, other)
    with database.connection():
        before = accounts.by_email(who.email).fs_uniquifier
    (mandate,) = company.page(walker.portal, company_of(walker), actor(walker)).mandates
    mandates.end(walker.portal, mandate.id, actor(walker))
    with database.connection():
        assert accounts.by_email(who.email).fs_uniquifier == before
    assert caseview.page(other.portal, other.number, who).may_act


def test_a_mandate_begins_on_its_first_day_and_is_over_after_its_last(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    day = walker.portal.today()
    who = agent(bench, walker, first_day=day + timedelta(days=2), last_day=day + timedelta(days=4))
    seen = []
    for _ in range(6):
        who = people.actor_of(walker.portal, who.user_id or 0)
        seen.append(len(casehead.heads(walker.portal, who)[0]))
        walker.clock.moment += timedelta(days=1)
    assert seen == [0, 0, 1, 1, 1, 0]
    upkeep.tick(walker.portal)
    assert company.page(walker.portal, company_of(walker), actor(walker)).mandates[0].state == "ended"
    with database.connection():
        rows = cases.timeline(case_of(walker).id, internal=False, kinds=(EntryKind.MEMBER,))
    assert [row.text for row in rows].count("agent_ended") == 1  # what ends by its day is on record as by hand


def test_both_sides_are_told_before_a_mandate_ends_and_when_it_has_ended(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    last = walker.portal.today() + timedelta(days=30)
    agent(bench, walker, last_day=last)
    told: list[tuple[str, str]] = []
    for _ in range(35):
        walker.clock.moment += timedelta(days=1)
        upkeep.tick(walker.portal)
        bench.drain(walker.portal)
    for letter in bench.mailbox.letters:
        if letter.mail_id.startswith("mandate-"):
            told.append((letter.mail_id, letter.to[0]))
    both = ("agent@example.org", "ichiro.rei@example.com")
    assert sorted(told) == [(kind, to) for kind in ("mandate-ended", "mandate-near") for to in both]
    near = next(each for each in bench.mailbox.letters if each.mail_id == "mandate-near")
    assert f"{last.month}月{last.day}日" in near.subject
    assert "行政書士法人みほん" in near.text


def test_who_ends_a_mandate_by_hand_is_not_told_what_they_did(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    agent(bench, walker)
    (mandate,) = company.page(walker.portal, company_of(walker), actor(walker)).mandates
    mandates.end(walker.portal, mandate.id, actor(walker))
    bench.drain(walker.portal)
    told = [each.to for each in bench.mailbox.letters if each.mail_id == "mandate-ended"]
    assert told == [("agent@example.org",)]


def test_an_agent_brings_nobody_in(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    who = agent(bench, walker, rights="full")
    with pytest.raises(Forbidden, match="agent brings nobody"):
        members.invite(walker.portal, walker.number, "x@example.com", "full", who, WORDS)
    with pytest.raises(NotFound):
        company.page(walker.portal, company_of(walker), who)


def test_an_agent_who_applies_for_the_company_acts_by_the_mandate(bench: Bench) -> None:
    walker = go(bench, until="materials_requested")  # the company is proved
    who = agent(bench, walker)
    applied = go(bench, until="submit_documents", application={"email": who.email, "system_name": "代行の申請"})
    assert case_of(applied).company_id == company_of(walker)
    with database.connection():
        seat = cases.member(case_of(applied).id, who.user_id or 0)
    assert seat is not None
    assert (seat.mandate_id is not None, seat.rights) == (True, "answer")
    assert caseview.page(walker.portal, applied.number, actor(walker)).may_act


# Hand-over


def test_everything_goes_to_the_successor_in_one_go(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    leaver, place = actor(walker), company_of(walker)
    with database.transaction():
        day, now = walker.portal.today() + timedelta(days=9), walker.portal.now()
        Booking.create(case=case_of(walker).id, calendar="exam", day=day, state="confirmed", at=now)
    heir = join(bench, walker, "heir@example.com", "none")
    row = task(walker, "submit_documents")
    forms.save_draft(walker.portal, row.id, {}, leaver)
    assert len(companypeople.leaving(walker.portal, place, leaver.user_id or 0, leaver).cases) == 1
    with database.connection():
        calendar = accounts.user(leaver.user_id or 0).feed_token
        session = accounts.user(leaver.user_id or 0).fs_uniquifier
    name = companypeople.hand_over(walker.portal, place, leaver.user_id or 0, Successor(heir.user_id), leaver, WORDS)
    assert name == "山田 次郎"
    case = case_of(walker)
    assert (case.email, case.contact_name) == ("heir@example.com", "山田 次郎")
    assert company.page(walker.portal, place, heir).manages
    assert caseview.page(walker.portal, walker.number, heir).may_act
    with pytest.raises(NotFound):
        caseview.page(walker.portal, walker.number, leaver)
    with database.connection():
        assert Draft.get(Draft.task == row.id).saved_by_id == heir.user_id
        assert accounts.user(leaver.user_id or 0).fs_uniquifier != session
        fresh = accounts.user(heir.user_id or 0).feed_token
    assert b"BEGIN:VEVENT" not in feed.calendar_of(walker.portal, calendar, "x")
    assert b"BEGIN:VEVENT" in feed.calendar_of(walker.portal, fresh, "x")
    bench.drain(walker.portal)
    assert bench.mailbox.letters[-1].to == ("heir@example.com",)
    told = next(
        each for each in caseview.page(walker.portal, walker.number, heir).timeline if each.text == "handed_over"
    )
    assert told.title == "例 一郎 → 山田 次郎"
    talking.say(walker.portal, walker.number, "ご確認ください", staff(walker))
    bench.drain(walker.portal)
    assert "山田 次郎 様" in bench.mailbox.letters[-1].text, "mails greet who has it now"


def test_who_stays_to_help_keeps_what_they_had(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    heir, boss = join(bench, walker, "heir@example.com", "read"), actor(walker)
    companypeople.hand_over(walker.portal, company_of(walker), boss.user_id or 0, Successor(heir.user_id), boss, WORDS,
                            leaves=False)  # fmt: skip
    assert caseview.page(walker.portal, walker.number, boss).may_act
    assert caseview.page(walker.portal, walker.number, heir).may_act


def test_the_body_hands_over_on_the_phone_to_a_new_address_with_the_reason_on_record(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    leaver, place = actor(walker), company_of(walker)
    heir = Successor(None, "next@example.com", "後任 三郎")
    with pytest.raises(Refused, match="this is recorded"):
        companypeople.hand_over(walker.portal, place, leaver.user_id or 0, heir, staff(walker), WORDS)
    companypeople.hand_over(walker.portal, place, leaver.user_id or 0, heir, staff(walker), WORDS,
                            reason="退職。代表の方から電話")  # fmt: skip
    bench.drain(walker.portal)
    letter = bench.mailbox.letters[-1]
    assert letter.to == ("next@example.com",)
    assert "/password/" in letter.text
    page = company.page(walker.portal, place, staff(walker))
    assert [(each.name, each.manager, each.entered) for each in page.people] == [("後任 三郎", True, False)]
    with database.connection():
        change = next(each for each in changes.recent(ChangeKind.COMPANY) if each.field == "handover")
    assert "退職" in change.after
    with pytest.raises(NotFound):
        caseview.page(walker.portal, walker.number, leaver)


def test_a_manager_hands_over_only_to_somebody_of_the_company(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    boss, place = actor(walker), company_of(walker)
    for heir in (Successor(None, "next@example.com", "後任"), Successor(boss.user_id)):
        with pytest.raises(Refused):
            companypeople.hand_over(walker.portal, place, boss.user_id or 0, heir, boss, WORDS)
    with database.connection():
        assert rows.person(place, boss.user_id or 0) is not None

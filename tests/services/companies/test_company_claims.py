"""Nobody owns a company by having typed its public number: who names one, who proves it, who decides between two."""

from __future__ import annotations

import pytest

from app.errors import Forbidden, NotFound, Refused, Stale
from app.services.base.actors import Actor
from app.services.cases import talking
from app.services.companies import admissions, casenumber, claims, contested, invitations, mandates, members, proof
from app.services.companies import company as companies
from app.services.companies.views import CaseNumber
from app.services.demo.walker import Walker
from app.services.pages import case as caseview
from app.services.pages import casehead, vendorhome
from app.services.people import accounts
from app.services.register import acts
from app.services.tasks import recall
from app.states import ChangeKind
from app.store import cases, changes, database, work
from app.store import companies as rows
from app.store.models import Case, Claim, Company, Entry, Mail, Member, User
from tests.services.companies.test_companies import WORDS, agent, company_of, join, signed_in, token
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff, task, to_do

FIRST, SECOND = "ichiro.rei@example.com", "second@example.net"
NUMBER, OTHER = "7000012050002", "1180301018771"


def changed(field: str) -> list[changes.Changed]:
    """What is on record of a field of companies, oldest first."""
    return [each for each in reversed(changes.recent(ChangeKind.COMPANY)) if each.field == field]


def apply(bench: Bench, email: str = SECOND, system: str = "二つめ", until: str = "first_review") -> Walker:
    """Somebody else's application that names the same 法人番号."""
    return go(bench, until=until, application={"email": email, "system_name": system, "company_name": "もうひとつ"})


def proved(bench: Bench) -> Walker:
    """A case whose company the first review has proved."""
    return go(bench, until="materials_requested")


def known(walker: Walker, who: Actor | None = None) -> CaseNumber:
    """What the case's person knows of its number."""
    with database.connection():
        return casenumber.of_case(case_of(walker), who or actor(walker))


def sees(walker: Walker, who: Actor) -> bool:
    try:
        caseview.page(walker.portal, walker.number, who)
    except NotFound:
        return False
    return True


def the_claim(walker: Walker) -> Claim:
    with database.connection():
        (claim,) = [row for row in rows.claims_of_case(case_of(walker).id) if row.state == "asked"]
    return claim


def pass_review(walker: Walker, outcome: str = "passed") -> None:
    why = {"return_to": "submit_documents", "reason": "補正"} if outcome == "returned" else {}
    walker.take({"complete": "first_review", "by": "operator", "answer": {"outcome": outcome, **why}})


def people_of(walker: Walker, who: Actor) -> set[tuple[str, bool]]:
    """(address, manages) of everybody of the walker's company."""
    return {(each.email, each.manager) for each in companies.page(walker.portal, company_of(walker), who).people}


def told(walker: Walker, who: Actor) -> list[Entry]:
    """What the timeline says of the company."""
    return [row for row in caseview.page(walker.portal, walker.number, who).timeline if row.kind == "company"]


def letters(bench: Bench, walker: Walker, to: str) -> list[str]:
    bench.drain(walker.portal)
    return [letter.mail_id for letter in bench.mailbox.letters if to in letter.to]


# Two who name one number, neither proved


def test_two_who_name_one_number_have_nothing_of_each_other(bench: Bench) -> None:
    squatter, victim = go(bench, until="first_review"), apply(bench)
    assert company_of(squatter) != company_of(victim)
    assert not sees(victim, actor(squatter))
    assert not sees(squatter, actor(victim))
    for one, other in ((squatter, victim), (victim, squatter)):
        page = companies.page(one.portal, company_of(one), actor(one))
        assert [each.email for each in page.people] == [actor(one).email]
        assert (page.claims, page.waits, page.proved_at) == ([], 0, None)
        assert companies.waiting(actor(one)) == []
        with pytest.raises(NotFound):
            companies.page(one.portal, company_of(other), actor(one))


def test_neither_can_tell_that_there_is_another(bench: Bench) -> None:
    squatter = go(bench, until="first_review")
    alone = known(squatter)
    victim = apply(bench)
    for one in (squatter, victim):
        seen = known(one)
        assert (seen.proved, seen.claim, seen.open_to, seen.waits) == (False, None, "", 0)
        assert seen.number == NUMBER
        assert told(one, actor(one)) == []
        home = vendorhome.of(one.portal, actor(one))
        assert not [each for each in home.notices if "法人番号" in each.title + each.text]
        assert "company-claim" not in letters(bench, one, actor(one).email)
    assert known(squatter) == alone


def test_the_manager_without_proof_answers_no_claim(bench: Bench) -> None:
    squatter, victim = go(bench, until="first_review"), apply(bench)
    claim = the_claim(victim)
    assert (claim.asks, claim.company_id) == ("body", company_of(squatter))
    for admit in (True, False):
        with pytest.raises(NotFound):
            claims.answer(squatter.portal, claim.id, actor(squatter), admit=admit, reason="x")
    with pytest.raises(Forbidden):
        claims.decide(squatter.portal, claim.id, "same", actor(squatter), "x")
    with pytest.raises(Forbidden):
        contested.listed(squatter.portal, actor(squatter))
    assert not sees(victim, actor(squatter))


def test_the_body_sees_what_each_has_shown(bench: Bench) -> None:
    squatter, victim = go(bench, until="submit_documents"), apply(bench)
    (one,) = contested.listed(victim.portal, staff(victim))
    assert to_do().claims == 1
    assert (one.number, one.other.name, one.claimant.name) == (NUMBER, case_of(squatter).company_name, "もうひとつ")
    assert one.other.cases[0].papers == []
    assert {title for _, title, _, _ in one.claimant.cases[0].papers} >= {"会社全部証明（履歴事項全部証明書）"}
    assert one.claimant.cases[0].email == SECOND
    assert not one.belongs
    assert known(victim, staff(victim)).waits == 1
    assert known(squatter, staff(victim)).waits == 1


def test_the_body_decides_with_a_reason_that_it_alone_reads(bench: Bench) -> None:
    squatter, victim = go(bench, until="first_review"), apply(bench)
    claim = the_claim(victim)
    with pytest.raises(Refused, match="this is recorded"):
        claims.decide(victim.portal, claim.id, "claimant", staff(victim), " ")
    with pytest.raises(Refused, match="Choose"):
        claims.decide(victim.portal, claim.id, "both", staff(victim), "登記の代表者に電話")
    claims.decide(victim.portal, claim.id, "claimant", staff(victim), "登記の代表者に電話")
    assert to_do().claims == 0
    with pytest.raises(Stale):
        claims.decide(victim.portal, claim.id, "other", staff(victim), "また")
    with database.connection():
        assert "登記の代表者に電話" in changed("claim")[0].after
        said = list(Entry.select().where(Entry.kind == "company"))
    assert {row.audience for row in said} == {"operator"}
    assert known(victim).number == NUMBER
    assert known(squatter).number == ""
    assert letters(bench, squatter, FIRST)[-1] == "company-unconfirmed"
    with database.connection():
        mail = Mail.select().where(Mail.mail_id == "company-unconfirmed").get()
    assert not any(word in mail.text for word in ("もうひとつ", SECOND, "二つめ", "すでに", "別の申請"))


def test_a_number_that_is_not_the_applicants_is_taken_from_them_and_may_be_named_again(bench: Bench) -> None:
    squatter, victim = go(bench, until="first_review"), apply(bench)
    claims.decide(victim.portal, the_claim(victim).id, "other", staff(victim), "謄本の会社が違う")
    assert known(victim).number == ""
    assert letters(bench, victim, SECOND)[-1] == "company-unconfirmed"
    pass_review(victim)
    assert known(victim).proved is False
    with database.transaction():
        case = cases.lock(case_of(victim).id)
        admissions.learn(
            victim.portal,
            case,
            victim.portal.releases.loaded(case.release_id),
            {"corporate_number": NUMBER},
            actor(victim),
            victim.portal.now(),
        )
    assert the_claim(victim).company_id == company_of(squatter)


def test_two_of_one_company_are_brought_together_by_the_body(bench: Bench) -> None:
    first, second = go(bench, until="first_review"), apply(bench)
    claims.decide(second.portal, the_claim(second).id, "same", staff(second), "総務部に確認")
    assert people_of(first, actor(first)) == {(FIRST, True), (SECOND, False)}
    assert not sees(second, actor(first))
    pass_review(second)  # the second one's papers prove the one company
    assert known(first).proved
    assert companies.page(first.portal, company_of(first), staff(first)).proved_by


# Proof


def test_the_review_that_saw_the_registry_certificate_proves_the_company(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    assert not known(walker).proved
    pass_review(walker, "returned")
    assert not known(walker).proved
    walker.take({"complete": "submit_documents", "by": "vendor",
                 "answer": {"registry_certificate": ["a.pdf"], "financial_statements": ["b.pdf"]}})  # fmt: skip
    pass_review(walker)
    page = companies.page(walker.portal, company_of(walker), staff(walker))
    assert page.proved_at is not None
    assert page.proved_by.startswith("担当")
    assert [row.text for row in told(walker, actor(walker))] == ["proved"]
    with database.connection():
        assert changed("proved")[0].by_name == page.proved_by


def test_of_two_the_one_who_is_proved_first_has_the_company_and_the_other_goes_to_the_body(bench: Bench) -> None:
    squatter, owner = go(bench, until="first_review"), apply(bench)
    pass_review(owner)
    assert known(owner).proved
    assert not known(squatter).proved
    claim = the_claim(squatter)
    assert (claim.asks, claim.company_id) == ("body", company_of(owner))
    assert companies.waiting(actor(owner)) == []
    assert not sees(owner, actor(squatter))
    assert not sees(squatter, actor(owner))
    pass_review(squatter)  # papers of a company that is proved to be another's prove nothing more
    assert not known(squatter).proved
    with pytest.raises(Refused, match="confirmed for the other"):
        claims.decide(owner.portal, claim.id, "claimant", staff(owner), "x")
    claims.decide(owner.portal, claim.id, "other", staff(owner), "本人が認めた")
    assert known(squatter).number == ""


def test_a_third_one_is_asked_about_with_whoever_is_proved(bench: Bench) -> None:
    go(bench, until="first_review")
    second, third = apply(bench), apply(bench, "third@example.net", "三つめ")
    pass_review(second)
    assert the_claim(third).company_id == company_of(second)
    assert {row.asks for row in (the_claim(third),)} == {"body"}
    assert to_do().claims == 2


def test_a_company_is_proved_once_for_each_number(bench: Bench) -> None:
    walker = proved(bench)
    with pytest.raises(Exception, match=r"(?i)unique"), database.transaction():
        Company.create(corporate_number=NUMBER, name="x", created_at=walker.portal.now(), proved_at=walker.portal.now())


def test_a_review_that_is_taken_back_proves_nothing(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    row = task(walker, "first_review")
    walker.take_without_jobs({"complete": "first_review", "by": "operator", "answer": {"outcome": "passed"}})
    assert known(walker).proved
    with database.connection():
        done = work.task(row.id)
        assert done is not None
    recall.take_back(walker.portal, row.id, accounts.actor_of(walker.portal, done.closed_by_id))
    assert not known(walker).proved


def test_a_certificate_proves_where_no_review_says_so(bench: Bench) -> None:
    walker = go(bench, until="certificate_received", business_days_ago=90)
    with database.transaction():
        Company.update(proved_at=None).execute()
    with database.transaction():
        case = cases.lock(case_of(walker).id)
        loaded = walker.portal.releases.loaded(case.release_id)
        acts.issue(walker.portal, case, loaded, {}, walker.portal.now())
    assert known(walker).proved


def test_the_body_proves_by_hand_and_takes_it_back_with_a_reason(bench: Bench) -> None:
    walker, other = go(bench, until="first_review"), apply(bench)
    boss = staff(walker)
    with pytest.raises(Refused, match="this is recorded"):
        proof.by_hand(walker.portal, company_of(walker), boss, "")
    with pytest.raises(Forbidden):
        proof.by_hand(walker.portal, company_of(walker), actor(walker), "私のものです")
    proof.by_hand(walker.portal, company_of(walker), boss, "窓口で登記を確認")
    assert known(walker).proved
    with pytest.raises(Refused, match="confirmed already"):
        proof.by_hand(walker.portal, company_of(other), boss, "x")
    later = apply(bench, "third@example.net", "三つめ")
    assert the_claim(later).asks == "managers"
    proof.revoke(walker.portal, company_of(walker), boss, "別人だった")
    assert not known(walker).proved
    assert the_claim(later).asks == "body"
    assert companies.waiting(actor(walker)) == []
    with database.connection():
        assert [row.after for row in changed("proved")] == [
            f"{walker.number} 窓口で登記を確認", "別人だった",
        ]  # fmt: skip


# A proved company's managers are asked


def test_after_proof_the_managers_are_asked_by_mail_and_on_their_home(bench: Bench) -> None:
    walker = proved(bench)
    other = apply(bench)
    assert letters(bench, walker, FIRST)[-1] == "company-claim"
    letter = next(each for each in bench.mailbox.letters if each.mail_id == "company-claim")
    claim = the_claim(other)
    page = f"/company/{company_of(walker)}#claim-{claim.id}"
    assert letter.text.count(page) == 2  # in the text, and below it
    assert f"/cases/{other.number}" not in letter.text + letter.html
    assert letter.text.startswith("例 一郎 様")
    (waiting,) = companies.waiting(actor(walker))
    assert (waiting.number, waiting.email) == (other.number, SECOND)
    assert [each.id for each in companies.page(walker.portal, company_of(walker), actor(walker)).claims] == [claim.id]
    assert to_do().claims == 0
    # Who applied sees what whoever names a number first sees.
    seen = known(other)
    assert (seen.proved, seen.claim, seen.open_to) == (False, None, "")
    assert not [
        row for row in caseview.page(other.portal, other.number, actor(other)).timeline if row.kind == "company"
    ]


def test_a_yes_lets_in_who_applied_and_opens_their_case_to_nobody(bench: Bench) -> None:
    walker = proved(bench)
    second = join(bench, walker, "boss@example.com", "none", "manager")
    other = apply(bench)
    claims.answer(walker.portal, the_claim(other).id, actor(walker), admit=True)
    assert people_of(walker, second) == {(FIRST, True), ("boss@example.com", True), (SECOND, False)}
    for manager in (actor(walker), second):
        assert not sees(other, manager)
    assert not sees(walker, signed_in(walker, SECOND))
    with database.connection():
        assert Member.select().where(Member.case == case_of(other).id).count() == 1
    assert letters(bench, walker, SECOND)[-1] == "company-admitted"


def test_the_case_is_the_companys_when_who_applied_says_so(bench: Bench) -> None:
    walker = proved(bench)
    other = apply(bench)
    with pytest.raises(Refused, match="no company"):
        claims.give(other.portal, other.number, actor(other))
    claims.answer(walker.portal, the_claim(other).id, actor(walker), admit=True)
    with pytest.raises(NotFound):
        claims.give(other.portal, other.number, actor(walker))
    assert known(other).open_to == case_of(walker).company_name
    left = company_of(other)
    assert claims.give(other.portal, other.number, actor(other)) == case_of(walker).company_name
    assert case_of(other).company_id == company_of(walker)
    assert sees(other, actor(walker))
    assert sees(other, signed_in(other, SECOND))
    assert [each.id for each in companies.mine(signed_in(other, SECOND))] == [company_of(walker)]
    with database.connection():
        over = rows.get(left)
        assert over is not None
        assert (over.corporate_number, rows.people(left)) == (None, [])
    with pytest.raises(Refused, match="no company"):
        claims.give(other.portal, other.number, signed_in(other, SECOND))


def test_colleagues_of_who_applied_keep_their_seat_and_agents_of_before_do_not(bench: Bench) -> None:
    walker = proved(bench)
    other = apply(bench)
    helper, scrivener = join(bench, other, "helper@example.net"), agent(bench, other)
    claims.answer(walker.portal, the_claim(other).id, actor(walker), admit=True)
    claims.give(other.portal, other.number, actor(other))
    assert sees(other, helper)
    assert not sees(other, scrivener)
    assert companies.mine(helper) == []
    assert mandates.mine(other.portal, scrivener) == []


def test_the_body_gives_the_case_on_the_phone_and_says_why(bench: Bench) -> None:
    walker = proved(bench)
    other = apply(bench)
    with pytest.raises(Refused, match="no company"):
        claims.give(other.portal, other.number, staff(other), "電話")
    claims.answer(walker.portal, the_claim(other).id, actor(walker), admit=True)
    with pytest.raises(Refused, match="this is recorded"):
        claims.give(other.portal, other.number, staff(other))
    claims.give(other.portal, other.number, staff(other), "申請した方から電話")
    entry = next(
        row for row in caseview.page(walker.portal, other.number, staff(other)).timeline if row.text == "given"
    )
    assert entry.data["reason"] == "申請した方から電話"


def test_a_no_leaves_both_apart_and_tells_who_applied(bench: Bench) -> None:
    walker = proved(bench)
    other = apply(bench)
    claims.answer(walker.portal, the_claim_id := the_claim(other).id, actor(walker), admit=False)
    assert letters(bench, walker, SECOND)[-1] == "company-refused"
    seen = known(other)
    assert seen.claim is not None
    assert (seen.number, seen.claim.state) == ("", "refused")
    with pytest.raises(Stale):
        claims.answer(walker.portal, the_claim_id, actor(walker), admit=True)
    pass_review(other)
    assert not known(other).proved


def test_the_body_answers_for_the_managers_on_the_phone_and_says_why(bench: Bench) -> None:
    walker = proved(bench)
    other = apply(bench)
    claim = the_claim(other)
    with pytest.raises(Refused, match="this is recorded"):
        claims.answer(walker.portal, claim.id, staff(walker), admit=True)
    claims.answer(walker.portal, claim.id, staff(walker), admit=True, reason="総務部から電話")
    entry = next(row for row in told(other, staff(other)) if row.text == "admitted")
    assert entry.data["reason"] == "総務部から電話"
    assert not sees(other, actor(walker))


def test_a_proved_company_whose_people_have_all_gone_is_nobodys_for_the_taking(bench: Bench) -> None:
    walker = proved(bench)
    with database.transaction():
        User.update(active=False).where(User.email == FIRST).execute()
    other = apply(bench)
    assert case_of(other).company_id != company_of(walker)
    assert not sees(walker, signed_in(other, SECOND))
    claim = the_claim(other)
    assert claim.asks == "body"
    (one,) = contested.listed(other.portal, staff(other))
    assert one.other.managers == []
    claims.decide(other.portal, claim.id, "same", staff(other), "代表の方と面談")
    assert companies.page(walker.portal, company_of(walker), signed_in(other, SECOND)).manages
    assert sees(walker, signed_in(other, SECOND))


def test_a_question_whose_managers_leave_before_they_answer_goes_to_the_body(bench: Bench) -> None:
    proved(bench)
    apply(bench)
    assert to_do().claims == 0
    with database.transaction():
        User.update(active=False).where(User.email == FIRST).execute()
    assert to_do().claims == 1


# Whose people are whose


def test_a_manager_who_applies_again_needs_no_ones_word(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    second = go(bench, until="submit_documents", application={"system_name": "二つめ"})
    assert case_of(second).company_id == company_of(walker)


def test_a_member_of_a_proved_company_applies_for_it(bench: Bench) -> None:
    walker = proved(bench)
    join(bench, walker, "jiro@example.com")
    second = go(bench, until="submit_documents", application={"email": "jiro@example.com", "system_name": "二つめ"})
    assert case_of(second).company_id == company_of(walker)


@pytest.mark.parametrize("how", ["person", "agent"])
def test_being_asked_into_a_company_without_proof_opens_no_case_of_ones_own(bench: Bench, how: str) -> None:
    squatter = go(bench, until="submit_documents")
    asked = join(bench, squatter, SECOND) if how == "person" else agent(bench, squatter, SECOND)
    applied = go(bench, until="submit_documents", application={"email": asked.email, "system_name": "本物"})
    assert case_of(applied).company_id != company_of(squatter)
    assert not sees(applied, actor(squatter))
    (one,) = contested.listed(applied.portal, staff(applied))
    assert one.belongs
    assert known(applied).open_to == case_of(squatter).company_name  # they may give it, and need not
    claims.give(applied.portal, applied.number, signed_in(applied, SECOND))
    assert sees(applied, actor(squatter))


def test_an_invitation_into_a_company_without_proof_says_so(bench: Bench) -> None:
    walker = go(bench, until="submit_documents")
    invitations.invite(walker.portal, company_of(walker), "x@example.com", "person", {}, actor(walker), WORDS)
    link = token(bench, walker)
    assert invitations.look(walker.portal, link).proved is False
    with database.transaction():
        Company.update(proved_at=walker.portal.now()).execute()
    assert invitations.look(walker.portal, link).proved is True


def test_work_goes_on_while_the_number_is_not_confirmed(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    apply(bench)
    helper = join(bench, walker, "helper@example.com", "full")
    scrivener = agent(bench, walker)
    talking.say(walker.portal, walker.number, "質問です", scrivener)
    members.hand_over(walker.portal, company_of(walker), actor(walker).user_id or 0,
                            members.Successor(helper.user_id), actor(walker), WORDS)  # fmt: skip
    assert companies.page(walker.portal, company_of(walker), helper).manages
    pass_review(walker)
    assert known(walker, helper).proved


# A number that is mended


def mend(walker: Walker, number: str, who: Actor | None = None) -> None:
    with database.transaction():
        case = cases.lock(case_of(walker).id)
        admissions.learn(
            walker.portal,
            case,
            walker.portal.releases.loaded(case.release_id),
            {"corporate_number": number},
            who or actor(walker),
            walker.portal.now(),
        )


def test_a_mended_number_takes_its_people_along_and_ends_the_question(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    other = apply(bench)
    helper = join(bench, other, "helper@example.net", "read")
    place = company_of(other)
    mend(other, OTHER)
    assert (company_of(other), known(other).number) == (place, OTHER)
    assert to_do().claims == 0
    assert sees(other, helper)
    assert known(walker).number == NUMBER


def test_who_named_a_number_first_and_mends_it_leaves_the_others_with_each_other(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    second, third = apply(bench), apply(bench, "third@example.net", "三つめ")
    mend(walker, OTHER)
    (one,) = contested.listed(second.portal, staff(second))
    assert {one.claimant.cases[0].number, one.other.cases[0].number} == {second.number, third.number}


def test_a_number_mended_to_that_of_a_proved_company_asks_its_managers(bench: Bench) -> None:
    walker = proved(bench)
    other = go(bench, until="first_review", application={"email": SECOND, "system_name": "他社"},
               answers={"company_profile": {"corporate_number": OTHER}})  # fmt: skip
    mend(other, NUMBER)
    assert [each.number for each in companies.waiting(actor(walker))] == [other.number]
    assert not sees(other, actor(walker))


def test_a_case_that_leaves_a_proved_company_by_its_number_is_seen_by_its_managers_no_longer(bench: Bench) -> None:
    walker = proved(bench)
    member, scrivener = join(bench, walker, "jiro@example.com"), agent(bench, walker)
    second = go(bench, until="submit_documents", application={"email": member.email, "system_name": "二つめ"})
    assert sees(second, actor(walker))
    assert sees(second, scrivener)
    mend(second, OTHER, member)
    assert not sees(second, actor(walker))
    assert not sees(second, scrivener)
    assert sees(second, member)
    assert known(second, member).number == OTHER
    with database.connection():
        company = rows.get(company_of(walker))
        assert company is not None
        assert company.proved_at is not None


def test_a_number_typed_by_the_body_founds_the_company_of_the_cases_first_person(bench: Bench) -> None:
    walker = go(bench, until="company_profile")
    mend(walker, NUMBER, staff(walker))
    page = companies.page(walker.portal, company_of(walker), actor(walker))
    assert [(each.email, each.manager) for each in page.people] == [(FIRST, True)]


def test_no_case_of_anybody_changes_hands_by_typing(bench: Bench) -> None:
    """The attack as it was tried: type the number of a certified company, and of one that is applying, in turn."""
    certified, applying = proved(bench), None
    applying = go(bench, until="first_review", application={"email": "v@example.com", "system_name": "被害"},
                  answers={"company_profile": {"corporate_number": OTHER}})  # fmt: skip
    attacker = go(bench, until="company_profile", application={"email": "a@example.com", "system_name": "攻撃"})
    who = actor(attacker)
    for number in (NUMBER, OTHER, NUMBER, OTHER):
        mend(attacker, number, who)
        for victim in (certified, applying):
            assert not sees(victim, who)
            with pytest.raises(NotFound):
                companies.page(victim.portal, company_of(victim), who)
        seen = casehead.heads(attacker.portal, who)[0]
        assert [each.number for each in seen] == [attacker.number]
    with database.connection():
        assert {row.company_id for row in Case.select()} == {company_of(w) for w in (certified, applying, attacker)}

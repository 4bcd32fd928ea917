"""What goes when its time is over, what is held, and one person's data; the record verifies through all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import Forbidden, NotFound, Refused
from app.services.audit import chaining, keeping, persons, verifying
from app.services.base import chain, trail
from app.services.base.actors import Actor
from app.services.papers import downloads
from app.states import Act, Kept, Side, Thing
from app.store import accounts, cases, database, named
from app.store.models import Answer, BankFile, BankLine, Case, Document, Mail, Task, TrailEntry
from tests.services.audit.test_chain import tamper
from tests.services.conftest import STAFF, Bench
from tests.services.steps import go

ADMIN = Actor(None, "管理", Side.OPERATOR, frozenset({"administrator"}))


def signed_in(bench: Bench, days_ago: int, case: int | None = None, person: int | None = 7) -> None:
    by = Actor(person, "佐藤 美咲", Side.OPERATOR)
    with database.transaction(), trail.standing(trail.Place("192.0.2.7")):
        at = bench.portal.now() - timedelta(days=days_ago)
        trail.note(at, by, Act.SIGNED_IN, trail.about(Thing.ACCOUNT, person or "", "佐藤 美咲", case))


def test_it_is_shown_before_it_goes_and_is_on_record_with_what_it_was(bench: Bench) -> None:
    for days in (400, 380, 10):
        signed_in(bench, days)
    due = {each.kind: each.count for each in keeping.show(bench.portal, ADMIN)}
    assert due[Kept.SIGN_INS] == 2
    assert keeping.run(bench.portal, ADMIN)[Kept.SIGN_INS] == 2
    assert keeping.run(bench.portal, ADMIN)[Kept.SIGN_INS] == 0
    chaining.draw()
    found = verifying.verify()
    assert (found.broken, found.erased) == (None, 2)
    with database.connection():
        texts = [row.who for row in TrailEntry.select().where(TrailEntry.act == Act.SIGNED_IN).order_by(TrailEntry.at)]
        run = TrailEntry.get(TrailEntry.act == Act.RETENTION_RUN)
    assert [text.startswith("erased:") for text in texts][:2] == [True, True]
    assert "192.0.2.7" in texts[-1]
    assert chain.details(run.what)["after"]["count"] == 2  # type: ignore[index]
    keeping.set_days(bench.portal, Kept.SIGN_INS, 90, ADMIN)
    with pytest.raises(Refused, match="at least"):
        keeping.set_days(bench.portal, Kept.SIGN_INS, 5, ADMIN)
    with pytest.raises(Forbidden):
        keeping.run(bench.portal, Actor(1, "佐藤", Side.OPERATOR, frozenset({"operator"})))


def test_details_that_are_gone_without_a_word_are_found_out(bench: Bench) -> None:
    signed_in(bench, 1)
    chaining.draw()
    with database.connection():
        row = TrailEntry.get(TrailEntry.act == Act.SIGNED_IN)
    tamper(f"UPDATE trail_entry SET who = '{chain.ERASED}{chain.digest(row.who)}' WHERE id = {row.id}")
    broken = verifying.verify().broken
    assert broken is not None
    assert (broken.entry, "nothing on record says why" in broken.why) == (row.id, True)


def test_running_cases_and_held_ones_keep_everything(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    with database.connection():
        case = cases.get(walker.number)
        assert case is not None
    signed_in(bench, 500, case.id)
    keeping.hold(bench.portal, walker.number, "訴訟", ADMIN)
    with database.transaction():
        Mail.update(written_at=bench.portal.now() - timedelta(days=9000)).where(Mail.case == case.id).execute()
    assert keeping.run(bench.portal, ADMIN) == dict.fromkeys(Kept, 0)
    with database.transaction():  # as it will be in ten years
        Case.update(ended=True, changed_at=bench.portal.now() - timedelta(days=4000)).where(
            Case.id == case.id
        ).execute()
    assert keeping.run(bench.portal, ADMIN) == dict.fromkeys(Kept, 0)
    with pytest.raises(Refused):
        keeping.hold(bench.portal, walker.number, "訴訟", ADMIN)
    keeping.end_hold(bench.portal, walker.number, "和解", ADMIN)
    went = keeping.run(bench.portal, ADMIN)
    assert went[Kept.SIGN_INS] == 1
    assert went[Kept.MAILS] > 0
    chaining.draw()
    assert verifying.verify().broken is None


def test_a_person_is_exported_and_erased_and_what_they_did_stays(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    with database.connection():
        user = accounts.by_email(STAFF[0])
        assert user is not None
        name = user.name
    signed_in(bench, 1, person=user.id)
    exported = persons.export(bench.portal, STAFF[0], ADMIN)
    assert exported["account"]["name"] == name  # type: ignore[index]
    assert any("192.0.2.7" in each["who"] for each in exported["record"])  # type: ignore[attr-defined]
    with database.connection():
        vendor = next(each for each in cases.members(cases.get(walker.number).id)).user.email  # type: ignore[union-attr]
    with pytest.raises(Refused, match="cases that run"):
        persons.erase(bench.portal, vendor, "本人の求め", ADMIN)
    persons.erase(bench.portal, STAFF[0], "退職", ADMIN)
    chaining.draw()
    assert verifying.verify().broken is None
    with database.connection():
        assert accounts.by_email(STAFF[0]) is None
        gone = accounts.user(user.id)
        assert gone is not None
        assert (gone.name, gone.active) == ("", False)
        of_them = TrailEntry.select().where(TrailEntry.person == user.id)
        assert of_them.count() > 0
        assert all(row.who.startswith("erased:") for row in of_them)


def test_a_company_that_is_held_keeps_all_its_cases_whoever_said_its_number(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    with database.connection():
        case = cases.get(walker.number)
        assert case is not None and case.company is not None
        number = case.company.corporate_number
    signed_in(bench, 500, case.id)
    with pytest.raises(NotFound):
        keeping.hold(bench.portal, "9999999999999", "訴訟", ADMIN)
    keeping.hold(bench.portal, number, "税務調査", ADMIN)
    assert [(each.thing, each.number) for each in keeping.held(ADMIN)] == [(Thing.COMPANY, number)]
    long_over(bench, case.id)
    assert keeping.run(bench.portal, ADMIN) == dict.fromkeys(Kept, 0)
    with database.connection():
        vendor = next(each for each in cases.members(case.id)).user.email
    with pytest.raises(Refused, match="is held"):
        persons.erase(bench.portal, vendor, "本人の求め", ADMIN)
    keeping.end_hold(bench.portal, number, "終結", ADMIN)
    assert keeping.held(ADMIN) == []
    assert keeping.run(bench.portal, ADMIN)[Kept.MAILS] > 0
    chaining.draw()
    assert verifying.verify().broken is None


def long_over(bench: Bench, case: int) -> None:
    """As it is more than ten years after the case ended."""
    old = bench.portal.now() - timedelta(days=4000)
    with database.transaction():
        Case.update(ended=True, changed_at=old).where(Case.id == case).execute()
        Mail.update(written_at=old).where(Mail.case == case).execute()
        Document.update(created_at=old).where(Document.case == case).execute()
        Answer.update(at=old).where(Answer.case == case).execute()
        Task.update(state="cancelled").where((Task.case == case) & (Task.state == "open")).execute()


def test_documents_answers_and_bank_lines_are_thinned_and_the_rows_stay(bench: Bench) -> None:
    walker = go(bench, until="first_review")
    with database.connection():
        case = cases.get(walker.number)
        assert case is not None
    long_over(bench, case.id)
    old = bench.portal.now() - timedelta(days=4000)
    with database.transaction():
        file = BankFile.create(
            digest="f" * 64, filename="a.csv", kind="csv", count=2, at=old, left_out=[[1, "x", {}, "例"]]
        )
        for n, state in enumerate(("confirmed", "new")):
            BankLine.create(
                file=file,
                number=n,
                key=f"{n}" * 64,
                day=old.date(),
                amount=1,
                payer="レイシヨウジ",
                text="振込",
                state=state,
            )
        papers = list(Document.select().where(Document.case == case.id))
        digests = {row.digest for row in papers}
    due = {each.kind: each.count for each in keeping.show(bench.portal, ADMIN)}
    went = keeping.run(bench.portal, ADMIN)
    assert went == due, "what was shown is what went"
    assert went[Kept.DOCUMENTS] == len(papers) > 0 and went[Kept.ANSWERS] > 0 and went[Kept.BANK_LINES] == 2
    assert keeping.run(bench.portal, ADMIN) == dict.fromkeys(Kept, 0)
    with database.connection():
        assert [row.digest for row in Document.select().where(Document.case == case.id)] == [""] * len(papers)
        assert not [row for row in Answer.select().where(Answer.case == case.id) if row.values]
        assert [(row.payer, row.text) for row in BankLine.select().order_by(BankLine.id)] == [
            ("", ""), ("レイシヨウジ", "振込"),
        ]  # fmt: skip
        assert BankFile.get().left_out == []
    assert named.unnamed(digests) == digests, "their bytes are collected"
    with pytest.raises(NotFound, match="time was over"), database.connection():
        downloads.document(bench.portal, cases.get(walker.number), papers[0].id, ADMIN)  # type: ignore[arg-type]
    chaining.draw()
    assert verifying.verify().broken is None

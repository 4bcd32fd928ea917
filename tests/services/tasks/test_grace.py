"""What a decision of the staff sends lies still for some minutes: until then the decision is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.services.demo.walker import Walker
from app.services.tasks import forms, recall
from app.services.tasks import send as tasks
from tests.services.conftest import Bench
from tests.services.steps import go, opened, staff, task


def decide(bench: Bench, walker: Walker, **changed: bool) -> None:
    """Pass the first review in a portal that is set up so."""
    who, row = staff(walker), task(walker, "first_review")
    portal = replace(walker.portal, settings=replace(walker.portal.settings, **{"recall": True, **changed}))
    forms.save_draft(portal, row.id, {"outcome": "passed"}, who)
    tasks.send(portal, row.id, who)
    bench.drain(portal)


def test_a_decision_is_taken_back_until_its_mail_has_left(bench: Bench) -> None:
    walker = go(bench, "first_review")
    who, row = staff(walker), task(walker, "first_review")
    mails = list(bench.mailbox.ids)
    decide(bench, walker)
    assert bench.mailbox.ids == mails, "nothing has left"
    offer = recall.offered(walker.portal, walker.number, who)
    assert offer is not None
    assert offer.refusal is None
    assert offer.until == walker.portal.now() + timedelta(minutes=5), "as the process comes"
    recall.take_back(walker.portal, row.id, who)
    assert opened(walker) == ["first_review"]
    decide(bench, walker)
    walker.clock.moment += timedelta(minutes=4)
    bench.drain(walker.portal)
    assert bench.mailbox.ids == mails
    walker.clock.moment += timedelta(minutes=2)
    bench.drain(walker.portal)
    assert "review-2" in bench.mailbox.ids[len(mails) :]
    late = recall.offered(walker.portal, walker.number, who)
    assert late is None or late.refusal is not None


def test_in_a_demo_what_a_press_brings_comes_at_once(bench: Bench) -> None:
    walker = go(bench, "first_review")
    decide(bench, walker, demo=True)
    assert "review-2" in bench.mailbox.ids


def test_what_the_vendor_sends_waits_for_nothing(bench: Bench) -> None:
    walker = go(bench, "submit_documents")
    walker.portal = replace(walker.portal, settings=replace(walker.portal.settings, recall=True))
    before = len(bench.mailbox.of("receipt"))
    walker.take(
        {
            "complete": "submit_documents",
            "by": "vendor",
            "answer": {"registry_certificate": "a.pdf", "financial_statements": "b.pdf"},
        }
    )
    bench.drain(walker.portal)
    assert len(bench.mailbox.of("receipt")) == before + 1

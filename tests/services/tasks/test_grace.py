"""What a decision of the staff sends can lie still for some minutes: until then the decision is taken back."""

from __future__ import annotations

from datetime import timedelta

from app.services.tasks import forms, recall
from app.services.tasks import send as tasks
from app.store import database, settings
from tests.services.conftest import Bench
from tests.services.steps import go, opened, staff, task


def test_a_decision_is_taken_back_until_its_mail_has_left(bench: Bench) -> None:
    walker = go(bench, "first_review")
    with database.transaction():
        settings.put(
            "ccus_api_certification", {"recall.minutes": "10"}, walker.portal.today(), walker.portal.now(), "担当"
        )
    who, row = staff(walker), task(walker, "first_review")
    mails = list(bench.mailbox.ids)

    def decide() -> None:
        forms.save_draft(walker.portal, row.id, {"outcome": "passed"}, who)
        tasks.send(walker.portal, row.id, who)
        bench.drain(walker.portal)

    decide()
    assert bench.mailbox.ids == mails, "nothing has left"
    offer = recall.offered(walker.portal, walker.number, who)
    assert offer is not None
    assert offer.refusal is None
    recall.take_back(walker.portal, row.id, who)
    assert opened(walker) == ["first_review"]
    decide()
    walker.clock.moment += timedelta(minutes=11)
    bench.drain(walker.portal)
    assert "review-2" in bench.mailbox.ids[len(mails) :]
    late = recall.offered(walker.portal, walker.number, who)
    assert late is None or late.refusal is not None

"""A body may take a person's word on the page for a signature on paper: with name, time and digest on record."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from app.services.base.releases import settings_of
from app.services.demo.sampleday import sample_pdf
from app.services.pages import task as taskpage
from app.services.papers import uploads
from app.services.tasks import filling, forms
from app.store import database, records, work
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff, task
from tests.services.tasks.test_last_time import vendor
from tests.services.tasks.test_recall import send


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def settings(package: Any) -> dict[str, Any]:
        return {**settings_of(package), "agreement": {"online": True}}

    monkeypatch.setattr(filling, "settings_of", settings)


def test_without_the_setting_nobody_is_offered_it(bench: Bench) -> None:
    walker = go(bench, "contracts__vendor")
    row, who = task(walker, "contracts__vendor"), vendor(walker)
    forms.save_draft(walker.portal, row.id, {"sign_method": "online", "agreed": True, "signer_name": "見本"}, who)
    cleaned, _, _ = forms.check(walker.portal, row.id, who)
    assert {"signed_nda", "signed_agreement"} <= {error.key for error in cleaned.errors}
    assert "agreed" not in cleaned.values and "sign_method" not in cleaned.values
    for second, warned in (
        ("同じもの", ["“%(one)s” and “%(other)s” hold the same file. See that each has its own"]),
        ("別", []),
    ):
        named = {"signed_nda": "同じもの", "signed_agreement": second}
        raw = {
            key: [
                uploads.attach(
                    walker.portal,
                    uploads.place(walker.portal, row.id, key, who),
                    f"{key}.pdf",
                    BytesIO(sample_pdf(of)),
                    who,
                ).as_dict()
            ]
            for key, of in named.items()
        }
        forms.save_draft(walker.portal, row.id, raw, who)
        assert [each.message for each in forms.check(walker.portal, row.id, who)[1]] == warned


@pytest.mark.usefixtures("allowed")
def test_an_agreement_on_the_page_keeps_who_when_and_to_what(bench: Bench) -> None:
    walker = go(bench, "contracts__vendor")
    row, who = task(walker, "contracts__vendor"), vendor(walker)
    raw = {
        "sign_method": "online",
        "agreed": True,
        "agreed_documents": "甲乙",  # what a page says of itself counts for nothing
        "signer_name": "代表取締役　見本 花子",
        "signed_on": walker.portal.today().isoformat(),
    }
    forms.save_draft(walker.portal, row.id, raw, who)
    cleaned, _, _ = forms.check(walker.portal, row.id, who)
    assert cleaned.ok, cleaned.errors
    send(walker, "contracts__vendor", who, **raw)
    with database.connection():
        case = case_of(walker)
        [answer] = work.answers(case.id, "contracts__vendor")
        digests = [records.latest_document(case.id, each) for each in ("nda", "certification_agreement")]
    assert (answer.by_name, answer.at) == (who.name, walker.portal.now())
    assert all(paper is not None and paper.digest in answer.values["agreed_documents"] for paper in digests)
    seen = taskpage.page(walker.portal, task(walker, "contracts__operator").id, staff(walker))
    assert any(digests[0].digest in line.text for each in seen.reviewed for line in each.lines if digests[0])


@pytest.mark.usefixtures("allowed")
def test_paper_stays_possible_and_an_unticked_agreement_is_none(bench: Bench) -> None:
    walker = go(bench, "contracts__vendor")
    row, who = task(walker, "contracts__vendor"), vendor(walker)
    forms.save_draft(walker.portal, row.id, {"sign_method": "online", "signer_name": "見本"}, who)
    cleaned, _, _ = forms.check(walker.portal, row.id, who)
    assert "agreed" in {error.key for error in cleaned.errors}
    forms.save_draft(walker.portal, row.id, {"sign_method": "paper", "signer_name": "見本"}, who)
    cleaned, _, _ = forms.check(walker.portal, row.id, who)
    assert {"signed_nda", "signed_agreement"} <= {error.key for error in cleaned.errors}

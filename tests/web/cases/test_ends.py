"""How a case has ended is said in the package's words wherever it is shown; a certificate that is void is marked."""

from __future__ import annotations

import pytest

from app.store import database
from app.store.models import Case, Certificate
from tests.services.steps import case_of, go
from tests.web.conftest import Site


@pytest.mark.parametrize(
    ("state", "certificate", "word", "sentence", "mark"),
    [
        ("withdrawn", "withdrawn", "取消", "認定は取り消されました", "取消：効力はありません"),
        ("closed", "ended", "廃止", "認定は廃止されました", "廃止：効力はありません"),
    ],
)
def test_each_end_has_its_own_words_on_home_list_and_case(
    site: Site, state: str, certificate: str, word: str, sentence: str, mark: str
) -> None:
    walker = go(site.bench, until="certificate_received")
    case = case_of(walker)
    operator, vendor = site.operator(), site.person("ichiro.rei@example.com")
    with database.transaction():
        Certificate.update(state=certificate).where(Certificate.case == case.id).execute()
        Case.update(turn="", state=state, ended=True).where(Case.id == case.id).execute()
    home = vendor.get("/tasks").text
    assert sentence in home and f"（{word}）" in home
    assert "申請は取り下げられました" not in home
    assert word in operator.get("/cases").text.partition("<tbody>")[2]
    assert sentence in operator.get(f"/cases/{walker.number}").text
    assert mark in vendor.get(f"/cases/{walker.number}?tab=documents").text
    english = vendor.get("/tasks?lang=en").text
    assert ("Revoked" if word == "取消" else "Given up") in english


def test_a_withdrawn_application_says_that_it_was_withdrawn(site: Site) -> None:
    walker = go(site.bench, until="submit_documents")
    with database.transaction():
        Case.update(turn="", state="withdrawn", ended=True).where(Case.id == case_of(walker).id).execute()
    home = site.person("ichiro.rei@example.com").get("/tasks").text
    assert "お申し出により、申請は取り下げられました" in home
    assert "取り消されました" not in home

"""Each kind of the timeline is declared once: worded in both languages, in a group, and seen by whom it says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask_babel import force_locale, gettext

from app.services.base import history
from app.services.base.actors import Actor
from app.services.cases import applications
from app.states import GROUPS, TOLD, EntryKind, Group, Side, Sight
from app.store import cases, database
from app.web.cases import timeline
from app.web.cases.timeline_kinds import FACTS
from tests.services.conftest import Bench
from tests.services.packages.test_terms import LIBRARY, REQUEST
from tests.web.conftest import Site

STAFF = Actor(None, "N", Side.OPERATOR)


def entry(kind: EntryKind, what: str) -> Any:
    """An entry that tells of this."""
    title = "certified" if kind is EntryKind.STATE else "TITLE"
    data = {"emergency": what == "administrator", "tasks": [], "days": [], "invoices": [], "cards": []}
    return SimpleNamespace(
        kind=kind, text=what, title=title, data=data, element="", audience="both", actor_side=Side.OPERATOR
    )


def case_in(bench: Bench) -> int:
    """The row id of a new case."""
    number = applications.apply(bench.portal, LIBRARY, REQUEST).number
    with database.connection():
        case = cases.get(number)
    assert case is not None
    return int(case.id)


def test_each_kind_and_each_group_is_declared() -> None:
    assert set(TOLD) == set(EntryKind)
    assert set(FACTS) <= set(EntryKind)
    assert list(GROUPS) == list(Group)
    assert {told.group for told in TOLD.values()} == set(Group)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_kind_is_told_by_its_declaration_in_both_languages(language: str, small_site: Site) -> None:
    with small_site.app.test_request_context(), force_locale(language):
        for kind, told in TOLD.items():
            for what, sentence in told.words.items():
                said = gettext(sentence, title="TITLE", name="NAME")
                assert "%(" not in said and ("TITLE" in said) == ("%(title)s" in sentence), sentence
                assert language == "en" or gettext(sentence) != sentence, f"no Japanese for {sentence}"
                worded = timeline.worded(entry(kind, what), {})
                assert worded.title and "%(" not in worded.title
                assert (worded.tab, bool(worded.link)) in {("", False), (told.tab, bool(told.link))}
            assert timeline.group_of(kind).value in timeline.group_words()


def test_whom_somebody_stood_in_for_is_called_as_a_person_and_a_company_as_one(small_site: Site) -> None:
    def said(by: Side, name: str, **data: str) -> str:
        row = entry(EntryKind.TASK, name)
        row.actor_side, row.data = by, data
        return timeline.worded(row, {}).note

    with small_site.app.test_request_context(), force_locale("ja"):
        assert said(Side.OPERATOR, "佐藤 美咲") == "佐藤 美咲さんの代理"
        assert said(Side.VENDOR, "株式会社みどり") == "株式会社みどりの代行"
        assert said(Side.OPERATOR, "株式会社みどり", side="vendor") == "株式会社みどりの代行", (
            "from a mail of the vendor's"
        )


def test_an_entry_is_seen_by_whom_its_kind_says(small_site: Site) -> None:
    case = case_in(small_site.bench)
    with database.transaction():
        for kind, told in TOLD.items():
            history.note(case, small_site.bench.portal.now(), kind, title="x", text=next(iter(told.words)))
        seen = {row.kind for row in cases.timeline(case, internal=False) if row.title == "x"}
        assert {row.kind for row in cases.timeline(case, internal=True) if row.title == "x"} == set(EntryKind)
    assert seen == {kind for kind, told in TOLD.items() if told.sight is not Sight.STAFF}


def test_what_is_not_declared_is_not_written(small_site: Site) -> None:
    case, now = case_in(small_site.bench), small_site.bench.portal.now()
    with database.transaction():
        with pytest.raises(ValueError, match="an entry “card” does not tell of “eaten”"):
            history.note(case, now, EntryKind.CARD, title="x", text="eaten")
        with pytest.raises(ValueError, match="whoever sees the case sees an entry “card”"):
            history.note(case, now, EntryKind.CARD, title="x", text="lent", staff=True)
        with pytest.raises(ValueError, match=r"Entry\.kind is “maill”"):
            cases.log(case, now, "maill", title="x")  # type: ignore[arg-type]
        history.note(case, now, EntryKind.CARD, by=STAFF, title="x", text="lent")
        (told,) = [row for row in cases.timeline(case, internal=False) if row.title == "x"]
    assert (told.actor_name, told.actor_side, told.text) == ("N", "operator", "lent")

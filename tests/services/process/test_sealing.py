"""Connection information is kept under keys of its own, which can be changed; a key that is gone is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.errors import Refused
from app.services.base.portal import Portal
from app.services.process import resealing, secrets
from app.store import cases, database, records, work
from app.store.models import Case, Draft, Secret
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff

OLD, NEW, OTHER = "an old key of forty characters, or more.", "a new key of forty characters, or more..", "x3k" * 20
SAID = {"host": "203.0.113.9", "password": "とても秘密"}


def under(bench: Bench, *keys: str, secret: str = "") -> Portal:
    settings = bench.portal.settings
    settings = replace(settings, sealing_keys=keys, secret_key=secret or settings.secret_key)
    return replace(bench.portal, settings=settings)


def kept(bench: Bench, portal: Portal) -> Case:
    case = case_of(go(bench, "first_review"))
    with database.transaction():
        secrets.keep(portal, case, "disclose_exam_environment", SAID, ("password",), bench.portal.now())
    return case


def read(portal: Portal, case: Case) -> Any:
    with database.connection():
        return secrets.stored(portal, case, "disclose_exam_environment")


def test_what_was_kept_under_the_secret_key_is_read_when_keys_of_its_own_come(bench: Bench) -> None:
    case = kept(bench, bench.portal)
    assert read(under(bench, NEW), case) == {"password": "とても秘密"}


def test_the_secret_key_is_changed_without_a_loss_where_the_old_one_is_named(bench: Bench) -> None:
    case = kept(bench, bench.portal)
    old = bench.portal.settings.secret_key
    assert read(under(bench, NEW, old, secret=OTHER), case)
    with pytest.raises(Refused, match="NINTEI_SEALING_KEYS"):
        read(under(bench, secret=OTHER), case)
    assert not secrets.opens(under(bench, secret=OTHER), _cipher())
    assert read(bench.portal, case), "nothing was lost by looking"


def test_all_is_sealed_anew_under_the_first_key(bench: Bench) -> None:
    case = kept(bench, under(bench, OLD))
    walker_task = _draft(under(bench, OLD))
    both = under(bench, NEW, OLD)
    found = resealing.reseal(both)
    assert (found.done, found.lost) == (3, 0)
    alone = under(bench, NEW, secret=OTHER)
    assert read(alone, case) == {"password": "とても秘密"}
    with database.connection():
        draft = work.draft(walker_task)
        assert draft is not None
        assert secrets.unseal(alone, draft.values) == SAID
        assert secrets.unseal(alone, draft.aside["values"]) == SAID


def test_what_no_key_opens_stays_as_it_is_and_is_counted(bench: Bench) -> None:
    case = kept(bench, under(bench, OLD))
    before = _cipher()
    found = resealing.reseal(under(bench, NEW, secret=OTHER))
    assert (found.done, found.lost) == (0, 1)
    assert _cipher() == before
    assert read(under(bench, OLD), case)


def test_a_secret_is_shown_once_under_whichever_key(bench: Bench) -> None:
    walker = go(bench, "first_review")
    case, both = case_of(walker), under(bench, NEW, OLD)
    with database.transaction():
        secrets.keep(under(bench, OLD), case, "disclose_exam_environment", SAID, ("password",), both.now())
    shown = secrets.reveal(both, case, "disclose_exam_environment", staff(walker), both.now())
    assert shown == {"password": "とても秘密"}
    with database.connection():
        assert records.secret(case.id, "disclose_exam_environment").cipher == ""  # type: ignore[union-attr]
        assert json.dumps(SAID["password"]) not in str(list(Secret.select().dicts()))


def _cipher() -> str:
    with database.connection():
        return str(Secret.select().get().cipher)


def _draft(portal: Portal) -> str:
    with database.transaction():
        case = cases.get("2026-0001")
        assert case is not None
        row = work.open_tasks(case.id)[0]
        values = secrets.seal(portal, SAID, ("password",))
        assert "とても秘密" not in json.dumps(values, ensure_ascii=False)
        aside = {"by": 1, "name": "x", "at": "", "values": values}
        Draft.replace(task=row.id, values=values, aside=aside, saved_at=portal.now()).execute()
    return str(row.id)

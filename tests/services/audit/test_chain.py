"""The audit record is only added to; what is done to it all the same is found out."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from typing import Any

import pytest

from app.services.audit import chaining, verifying
from app.services.base import chain, trail
from app.states import Act, Thing
from app.store import database, trailrules
from app.store import trail as rows
from app.store.models import TrailEntry, TrailLink
from tests.services.audit.conftest import NOW, SATO, Write


def tamper(*statements: str) -> None:
    """As somebody does who may do anything to the database: the triggers first."""
    with database.transaction():
        run = database.proxy.obj.execute_sql
        for name, (_, table, _) in trailrules._rules().items():
            run(f"DROP TRIGGER {name} ON {table}" if database.is_postgres() else f"DROP TRIGGER IF EXISTS {name}")
        for each in statements:
            run(each)


def test_a_fact_is_stored_with_who_what_and_from_where(write: Write) -> None:
    with database.transaction(), trail.standing(trail.Place("192.0.2.7", 3, "abc")):
        subject = trail.about(Thing.TASK, "t1", "書類審査", case=5)
        trail.note(NOW, SATO, Act.TAKEN_OVER, subject, why="休み", behalf=(9, "鈴木"))
    with database.connection():
        row = TrailEntry.get()
    assert (row.at, row.act, row.side, row.person, row.behalf) == (NOW, Act.TAKEN_OVER, "operator", 7, 9)
    assert (row.thing, row.subject, row.case_id) == (Thing.TASK, "t1", 5)
    who, what = json.loads(row.who), json.loads(row.what)
    assert len(who.pop("salt")) == len(what.pop("salt")) == 32
    assert who == {"name": "佐藤 美咲", "behalf": "鈴木", "address": "192.0.2.7", "session": 3, "request": "abc"}
    assert what == {"label": "書類審査", "why": "休み"}


def test_a_fact_without_its_act_is_refused(write: Write) -> None:
    with database.connection(), pytest.raises(RuntimeError, match="together with what it tells of"):
        trail.note(NOW, SATO, Act.TAKEN, trail.about(Thing.TASK, "t1"))


def test_what_is_rolled_back_leaves_no_fact_and_no_gap(write: Write) -> None:
    write(2)
    with contextlib.suppress(ZeroDivisionError), database.transaction():
        trail.note(NOW, SATO, Act.TAKEN, trail.about(Thing.TASK, "t1"))
        raise ZeroDivisionError
    write(2, first=2)
    assert chaining.draw() == 4
    found = verifying.verify()
    assert (found.first, found.last, found.broken) == (1, 4, None)


def test_the_chain_is_what_its_description_says(write: Write) -> None:
    write(3)
    chaining.draw()
    with database.connection():
        links = list(rows.linked())
    before = b""
    for n, each in enumerate(links, 1):
        entry = each.entry
        assert entry is not None
        said = {
            "act": "setting_changed", "at": f"2026-11-30T01:02:0{3 + n - 1}.00000{(n - 1) % 2}Z", "behalf": None,
            "case": None, "person": 7, "seq": n, "side": "operator", "subject": f"bank:{n - 1}", "thing": "setting",
            "what": hashlib.sha256(entry.what.encode()).hexdigest(),
            "who": hashlib.sha256(entry.who.encode()).hexdigest(),
        }  # fmt: skip
        canonical = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        before = hashlib.sha256(before + hashlib.sha256(canonical).digest()).digest()
        assert each.hash == before.hex()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_entry SET person = 8 WHERE id = 1",
        "UPDATE trail_entry SET what = '{}' WHERE id = 1",
        "DELETE FROM trail_entry WHERE id = 1",
        "UPDATE trail_link SET hash = '00' WHERE seq = 1",
        "DELETE FROM trail_link WHERE seq = 1",
        "DELETE FROM trail_pending",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(write: Write, statement: str) -> None:
    write(2)
    chaining.draw()
    write(1, first=2)
    with pytest.raises(Exception, match="the audit record is only added to"), database.transaction():
        database.proxy.obj.execute_sql(statement)
    assert verifying.verify().broken is None


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE trail_entry SET person = 8 WHERE id = 3"], (3, 3, "not as it was written")),
        (['UPDATE trail_entry SET what = \'{"label":"x"}\' WHERE id = 3'], (3, 3, "not as it was written")),
        (["UPDATE trail_entry SET at = '2026-11-01 00:00:00' WHERE id = 3"], (3, 3, "not as it was written")),
        (["DELETE FROM trail_entry WHERE id = 3"], (3, 3, "is missing")),
        (["DELETE FROM trail_entry WHERE id = 3", "DELETE FROM trail_link WHERE seq = 3"], (3, 0, "is missing")),
        (["DELETE FROM trail_link WHERE seq = 4"], (4, 0, "is missing")),
        (["DELETE FROM trail_entry WHERE id = 7"], (0, 7, "was removed before")),
        (["DELETE FROM trail_pending WHERE entry = 7"], (0, 7, "slipped in beside")),
    ],
)
def test_the_first_broken_entry_is_said(write: Write, statements: list[str], said: tuple[int, int, str]) -> None:
    write(6)
    chaining.draw()
    write(2, first=6)
    tamper(*statements)
    broken = verifying.verify().broken
    assert broken is not None
    assert (broken.seq, broken.entry) == said[:2]
    assert said[2] in broken.why % broken.params


def test_a_tail_that_was_cut_off_is_found_by_an_end_that_was_kept(write: Write) -> None:
    write(6)
    chaining.draw()
    kept = verifying.verify()
    tamper("DELETE FROM trail_link WHERE seq > 4", "DELETE FROM trail_entry WHERE id > 4")
    assert verifying.verify().broken is None  # nothing in the database tells
    broken = verifying.verify({kept.last: kept.end}).broken
    assert broken is not None
    assert broken.why.startswith("The chain ends before")
    write(3, first=10)
    chaining.draw()
    broken = verifying.verify({kept.last: kept.end}).broken
    assert broken is not None
    assert "had another end" in broken.why


def test_writers_that_come_together_wait_for_nobody_and_each_fact_is_linked_once(write: Write) -> None:
    gate, errors = threading.Barrier(6), []

    def run(what: Any) -> None:
        try:
            gate.wait()
            what()
        except BaseException as error:
            errors.append(error)
        finally:
            database.proxy.obj.close_all() if not database.is_postgres() else None

    def add(n: int) -> None:
        for m in range(20):
            write(1, first=100 * n + m)

    def draw() -> None:
        for _ in range(20):
            chaining.draw()

    threads = [threading.Thread(target=run, args=(lambda n=n: add(n),)) for n in range(4)]
    threads += [threading.Thread(target=run, args=(draw,)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    chaining.draw()
    found = verifying.verify()
    assert (found.checked, found.broken) == (80, None)
    with database.connection():
        assert TrailLink.select().count() == 80


def test_details_give_way_to_their_digest_and_the_chain_holds(write: Write) -> None:
    write(3)
    chaining.draw()
    with database.transaction():
        row = TrailEntry.get(TrailEntry.id == 2)
        row.who = chain.ERASED + chain.digest(row.who)
        row.save()
    unsaid = verifying.verify()
    assert (unsaid.erased, unsaid.broken and unsaid.broken.entry) == (1, 2)
    with database.transaction():
        trail.note(NOW, SATO, Act.RETENTION_RUN, trail.about(Thing.RECORD, "reading"), after={"entries": [[2, 2]]})
    chaining.draw()
    found = verifying.verify()
    assert (found.erased, found.broken) == (1, None)


def test_what_somebody_typed_without_end_has_one_on_record(open_database: str) -> None:
    long = "長" * (trail.LONGEST + 1)
    after = {"value": long, "each": [long] * (trail.MOST + 1), "in": {"it": {"deep": long}}}
    with database.transaction():
        trail.note(
            NOW, SATO, Act.SETTING_CHANGED, trail.about(Thing.SETTING, "x", long), before=long, after=after, why=long
        )
        what = json.loads(TrailEntry.get().what)
    assert {len(what[name]) for name in ("label", "before", "why")} == {trail.LONGEST}
    assert (len(what["after"]["value"]), len(what["after"]["each"])) == (trail.LONGEST, trail.MOST)
    assert len(what["after"]["each"][0]) == len(what["after"]["in"]["it"]["deep"]) == trail.LONGEST

"""Master keys are made by two people, who each see one component once; everything is on record."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Forbidden, Permanent, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.cards import keys as cardkeys
from app.services.cards.keys import KIND
from app.states import Side
from app.store import changes, database
from app.store.models import Card
from config import settings as config
from hardware.facts import Role
from hardware.keys import combine, parse_component
from hardware.profiles.layout import KEY_CONTEXT
from tests.services.conftest import Bench

UID = bytes.fromhex("F0010203040506")
SATO = Actor(1, "佐藤", Side.OPERATOR, frozenset({"operator"}), ("cards",), "sato@example.jp")
SUZUKI = Actor(2, "鈴木", Side.OPERATOR, frozenset({"operator"}), ("cards", "exam"), "suzuki@example.jp")
CHIEF = Actor(3, "管理", Side.OPERATOR, frozenset({"administrator"}), (), "chief@example.jp")
REVIEWER = Actor(4, "審査", Side.OPERATOR, frozenset({"operator"}), ("review",), "reviewer@example.jp")


def for_real(bench: Bench) -> Portal:
    """The same portal with a real reader: no masters come by themselves."""
    return replace(bench.portal, settings=replace(bench.portal.settings, card_reader="pcsc"))


def test_in_the_demo_masters_are_there_at_once_and_marked_as_samples(bench: Bench) -> None:
    page = cardkeys.page(bench.portal, SATO)
    assert [(each.version, each.is_sample, each.is_whole) for each in page.versions] == [(1, True, True)]
    assert (page.current, page.next, page.needs_real) == (1, 2, False)


def test_with_a_real_reader_no_card_is_made_before_two_people_made_the_masters(bench: Bench) -> None:
    portal = for_real(bench)
    keys = cardkeys.store(portal.settings)
    assert keys.masters() == ()
    assert cardkeys.page(portal, SATO).needs_real
    with pytest.raises(Refused, match="two people make them"):
        cardkeys.version_for_new_cards(portal.settings, keys)
    cardkeys.contribute(portal, 1, SATO)
    cardkeys.contribute(portal, 1, SUZUKI)
    assert cardkeys.version_for_new_cards(portal.settings, cardkeys.store(portal.settings)) == 1
    assert not cardkeys.page(portal, SATO).needs_real


def test_samples_make_no_real_card(bench: Bench) -> None:
    cardkeys.store(bench.portal.settings)
    portal = for_real(bench)
    with pytest.raises(Refused, match="samples"):
        cardkeys.version_for_new_cards(portal.settings, cardkeys.store(portal.settings))
    cardkeys.contribute(portal, 2, SATO)
    cardkeys.contribute(portal, 2, CHIEF)
    assert cardkeys.version_for_new_cards(portal.settings, cardkeys.store(portal.settings)) == 2


def test_each_person_sees_one_component_and_both_together_are_the_master(bench: Bench) -> None:
    first = cardkeys.contribute(bench.portal, 2, SATO)
    assert first.masters == ()
    waiting = cardkeys.page(bench.portal, SUZUKI).waiting
    assert [(each.version, each.by, each.mine) for each in waiting] == [(2, "佐藤 <sato@example.jp>", False)]
    assert cardkeys.page(bench.portal, SATO).waiting[0].mine
    second = cardkeys.contribute(bench.portal, 2, SUZUKI)
    assert {each.custodians for each in second.masters} == {("佐藤 <sato@example.jp>", "鈴木 <suzuki@example.jp>")}
    both = zip(first.components, second.components, second.masters, strict=True)
    for (role, one, kcv), (_, other, _), master in both:
        whole = combine(parse_component(one, kcv), parse_component(other))
        assert (whole.kcv.hex().upper(), role) == (master.kcv, master.role.value)
    shown = repr([first, second])
    assert all(text not in shown for _, text, _ in (*first.components, *second.components))


def test_one_person_brings_one_component_and_nobody_brings_one_for_a_colleague(bench: Bench) -> None:
    cardkeys.contribute(bench.portal, 2, SATO)
    with pytest.raises(Refused, match="You have brought the first"):
        cardkeys.contribute(bench.portal, 2, SATO)
    stand_in = replace(SUZUKI, standing_in_for=((1, "佐藤"),))
    with pytest.raises(Refused, match="You stand in for 佐藤"):
        cardkeys.contribute(bench.portal, 2, stand_in)
    assert cardkeys.store(bench.portal.settings).current_version == 1


def test_only_who_looks_after_cards_takes_part(bench: Bench) -> None:
    with pytest.raises(Refused, match="keeps keys"):
        cardkeys.contribute(bench.portal, 2, REVIEWER)
    assert not cardkeys.page(bench.portal, REVIEWER).may_act
    with pytest.raises(Forbidden):
        cardkeys.page(bench.portal, Actor(9, "社外", Side.VENDOR, frozenset({"vendor"})))


def test_a_version_that_was_begun_can_be_given_up(bench: Bench) -> None:
    cardkeys.contribute(bench.portal, 2, SATO)
    cardkeys.abandon(bench.portal, 2, SUZUKI)
    assert cardkeys.page(bench.portal, SATO).waiting == []
    with pytest.raises(Refused, match="Nothing waits"):
        cardkeys.abandon(bench.portal, 2, SUZUKI)
    cardkeys.contribute(bench.portal, 2, SATO)


def test_old_cards_stay_readable_and_are_counted_by_version(bench: Bench) -> None:
    now = bench.portal.now()
    with database.transaction():
        for number, (version, state) in enumerate([(1, "lent"), (1, "ready"), (1, "wiped"), (2, "ready")]):
            Card.create(serial=f"NT2600000{number}", state=state, key_version=version, changed_at=now)
    old = cardkeys.store(bench.portal.settings).card_key(Role.READER, 1, UID, KEY_CONTEXT)
    cardkeys.contribute(bench.portal, 2, SATO)
    cardkeys.contribute(bench.portal, 2, SUZUKI)
    page = cardkeys.page(bench.portal, SATO)
    assert [(each.version, each.cards) for each in page.versions] == [(2, {"ready": 1}), (1, {"lent": 1, "ready": 1})]
    assert cardkeys.store(bench.portal.settings).card_key(Role.READER, 1, UID, KEY_CONTEXT) == old


def test_everything_is_on_record_and_no_component_is(bench: Bench, tmp_path: Path) -> None:
    shown = [cardkeys.contribute(bench.portal, 2, SATO), cardkeys.contribute(bench.portal, 2, SUZUKI)]
    cardkeys.contribute(bench.portal, 3, SATO)
    cardkeys.abandon(bench.portal, 3, SUZUKI)
    cardkeys.note_by_command(bench.portal, "moved", "secret → token x/y", "", "")
    with database.connection():
        found = [(each.field, each.subject, each.by_name) for each in reversed(changes.recent(KIND))]
        text = repr([dataclasses.asdict(each) for each in changes.recent(KIND)])
    assert found == [
        *(("begun", f"{role.value} v2", "佐藤") for role in Role),
        *(("completed", f"{role.value} v2", "鈴木") for role in Role),
        *(("begun", f"{role.value} v3", "佐藤") for role in Role),
        *(("abandoned", f"{role.value} v3", "鈴木") for role in Role),
        ("moved", "secret → token x/y", "nintei card keys"),
    ]
    for _, component, _ in (each for one in shown for each in one.components):
        for form in (component, component.replace(" ", ""), component.replace(" ", "").lower()):
            assert form not in text
            for file in tmp_path.rglob("*"):
                assert not file.is_file() or form.encode() not in file.read_bytes(), file.name


def test_a_store_that_cannot_be_opened_is_said_on_the_page(bench: Bench) -> None:
    cardkeys.store(bench.portal.settings)
    settings = replace(bench.portal.settings, card_key="another secret of the tests, long")
    portal = replace(bench.portal, settings=settings)
    page = cardkeys.page(portal, SATO)
    assert isinstance(page.trouble, Permanent)
    assert not page.may_act


def test_a_token_guards_before_a_secret_when_both_are_given(tmp_path: Path) -> None:
    (tmp_path / "lib.so").touch()
    (tmp_path / "bpmn").mkdir()
    given = {
        "NINTEI_CARD_KEY": "a secret of the tests, long enough", "NINTEI_CARD_TOKEN_MODULE": str(tmp_path / "lib.so"),
        "NINTEI_CARD_TOKEN": "body", "NINTEI_CARD_TOKEN_PIN": "274913", "NINTEI_PACKAGES_DIR": str(tmp_path / "bpmn"),
    }  # fmt: skip
    settings = config.load(given, serves=False)
    assert [each.name for each in cardkeys.guards(settings)] == ["token body/nintei-card-keys", "secret"]
    assert "274913" not in repr(settings) + repr(settings.shown()) + repr(cardkeys.guards(settings))

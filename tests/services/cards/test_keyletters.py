"""Two letters, two people here, two people there: nobody at the body sees both, and nothing lies in the clear."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import NinteiError, NotFound, Refused
from app.services.base.actors import Actor
from app.services.cards import keepers as letterdesk
from app.services.cards import keyletters, letterpage, stock
from app.services.cards import keys as cardkeys
from app.services.cases import lifecycle
from app.services.demo.walker import Walker
from app.services.papers import documents, downloads
from app.services.tasks import forms, send
from app.store import cases, database, records
from app.store.models import ALL, Case, KeyLetter
from hardware.crypto import Key
from hardware.facts import Role
from hardware.keys import open_key_file, parse_component
from hardware.profiles.layout import KEY_CONTEXT
from tests.services.cardbench import open_letters, rows
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go, staff, task

POSTED = {
    "carrier": "yamato", "tracking_number": "1234-5678-9012", "key_tracking_number": "9876-5432-1098",
    "key_tracking_number_2": "9876-5432-1099",
}  # fmt: skip


@pytest.fixture
def walker(bench: Bench) -> Walker:
    """A case whose cards and key letters are made."""
    found = go(bench, until="post_test_cards")
    stock.make(found.portal, step(found), staff(found))
    bench.drain(found.portal)
    return found


def step(walker: Walker) -> str:
    return task(walker, "post_test_cards").id


def letters(walker: Walker, who: Actor | None = None) -> list[letterpage.LetterView]:
    return letterpage.page(walker.portal, step(walker), who or staff(walker)).letters


def name(walker: Walker, first: int = 0, second: int = 1) -> None:
    keepers = {1: staff(walker, first).user_id or 0, 2: staff(walker, second).user_id or 0}
    letterdesk.name(walker.portal, step(walker), keepers, staff(walker))


def refusal(walker: Walker, number: int, who: Actor) -> str:
    found = letters(walker, who)[number - 1].refusal
    return str(found) if found is not None else ""


def components(bench: Bench) -> dict[int, str]:
    """What the printer was given to print, by letter."""
    found = {}
    for html in bench.printer.pages:
        for number in (1, 2):
            if f"構成要素{number}</b>" in html:
                cells = [part.split("<")[0] for part in html.split('<td class="key" width="25%">')[1:]]
                found[number] = " ".join(cells)
    return found


def post(walker: Walker) -> None:
    person = staff(walker)
    raw = {**POSTED, "sent_on": walker.portal.today().isoformat()}
    row = step(walker)
    forms.save_draft(walker.portal, row, raw, person)
    _, _, revision = forms.check(walker.portal, row, person)
    send.send(walker.portal, row, person, revision)


def test_the_letters_are_for_the_two_people_whom_the_company_named(walker: Walker) -> None:
    assert [(each.number, each.recipient, each.state) for each in letters(walker)] == [
        (1, "開発部 例 一郎", "sealed"), (2, "管理部 例 花子", "sealed"),
    ]  # fmt: skip


def test_a_company_cannot_name_one_person_twice(bench: Bench) -> None:
    walker = go(bench, until="submit_card_auth_request")
    row, person = task(walker, "submit_card_auth_request"), actor(walker)
    raw = {"key_custodian_1": "例 一郎", "key_custodian_2": "例　一郎"}
    forms.save_draft(walker.portal, row.id, raw, person)
    cleaned, _, _ = forms.check(walker.portal, row.id, person)
    assert ("key_custodian_2", "Name two different people: each receives one of the two key letters") in [
        (error.key, error.message) for error in cleaned.errors
    ]


def test_nobody_opens_a_letter_before_it_is_said_who(walker: Walker) -> None:
    assert "First say who opens" in refusal(walker, 1, staff(walker))
    with pytest.raises(Refused, match="First say"):
        letterdesk.open_letter(walker.portal, letters(walker)[0].id, staff(walker))


def test_one_person_is_not_named_for_both(walker: Walker) -> None:
    with pytest.raises(Refused, match="two different people"):
        name(walker, 0, 0)
    assert [each.keeper for each in letters(walker)] == ["", ""]


def test_only_the_named_person_opens_a_letter_and_whoever_opened_one_never_opens_the_other(walker: Walker) -> None:
    name(walker)
    first, second = letters(walker)
    for who in (1, 2):
        with pytest.raises(Refused, match="Only 担当 1 may open"):
            letterdesk.open_letter(walker.portal, first.id, staff(walker, who))
    content = letterdesk.open_letter(walker.portal, first.id, staff(walker, 0))
    assert content.data.startswith(b"%PDF")
    assert "Whoever opened the other letter" in refusal(walker, 2, staff(walker, 0))
    with pytest.raises(Refused, match="Whoever opened the other letter"):
        letterdesk.open_letter(walker.portal, second.id, staff(walker, 0))
    # Nor by being named afterwards.
    with pytest.raises(Refused):
        letterdesk.name(walker.portal, step(walker), {2: staff(walker, 0).user_id or 0}, staff(walker, 1))
    with pytest.raises(Refused, match="already been opened"):
        letterdesk.name(walker.portal, step(walker), {1: staff(walker, 2).user_id or 0}, staff(walker, 1))


def test_standing_in_opens_nothing_and_shuts_the_other_letter(walker: Walker) -> None:
    name(walker)
    first, second = letters(walker)
    sato, suzuki, tanaka = (staff(walker, number) for number in range(3))
    stand_in = replace(tanaka, standing_in_for=((sato.user_id or 0, sato.name),))
    with pytest.raises(Refused, match="standing in does not count"):
        letterdesk.open_letter(walker.portal, first.id, stand_in)
    # The second person stands in for the first, who has opened letter 1.
    letterdesk.open_letter(walker.portal, first.id, sato)
    behind = replace(suzuki, standing_in_for=((sato.user_id or 0, sato.name),))
    with pytest.raises(Refused, match="You are standing in for 担当 1"):
        letterdesk.open_letter(walker.portal, second.id, behind)
    letterdesk.open_letter(walker.portal, second.id, suzuki)


def test_who_was_stood_in_for_does_not_open_the_other_letter(walker: Walker) -> None:
    name(walker)
    first, second = letters(walker)
    sato, suzuki = staff(walker, 0), staff(walker, 1)
    letterdesk.open_letter(walker.portal, first.id, replace(sato, standing_in_for=((suzuki.user_id or 0, "担当 2"),)))
    with pytest.raises(Refused, match="Whoever opened"):
        letterdesk.open_letter(walker.portal, second.id, suzuki)


def test_every_opening_is_on_record(walker: Walker) -> None:
    name(walker)
    first = letters(walker)[0]
    for _ in range(2):  # the printer jammed
        letterdesk.open_letter(walker.portal, first.id, staff(walker, 0))
    now = letters(walker)[0]
    assert (now.state, now.openings, now.opened_by) == ("opened", 2, "担当 1")
    with database.connection():
        lines = [(row.title, row.text, row.actor_name, row.audience) for row in
                 cases.timeline(case_of(walker).id, internal=True, kinds=["key_letter"])]  # fmt: skip
    assert lines.count(("1", "opened", "担当 1", "operator")) == 2
    assert ("1", "named", "担当 1", "operator") in lines


def test_no_list_download_archive_or_vendor_gets_at_a_letter(walker: Walker) -> None:
    case, portal = case_of(walker), walker.portal
    with database.connection():
        loaded = portal.releases.loaded(case.release_id)
        papers = [row.paper for row in KeyLetter.select()]
    for who in (staff(walker), actor(walker)):
        for paper in papers:
            with pytest.raises(NotFound):
                downloads.document(portal, case, paper, who)
        with database.connection():
            assert not {each.id for each in documents.of_case(case, who)} & set(papers)
        assert "鍵情報送付書".encode() not in downloads.archive(portal, case, loaded, who).data
    with pytest.raises(NinteiError):
        letterpage.page(portal, step(walker), actor(walker))


def test_the_task_is_not_finished_before_both_letters_were_opened(walker: Walker) -> None:
    name(walker)
    with pytest.raises(Refused, match="still sealed: 1, 2"):
        post(walker)
    letterdesk.open_letter(walker.portal, letters(walker)[0].id, staff(walker, 0))
    with pytest.raises(Refused, match="still sealed: 2"):
        post(walker)


def test_posted_letters_are_destroyed_and_their_record_stays(bench: Bench, walker: Walker) -> None:
    open_letters(walker)
    row, blobs = step(walker), walker.portal.blobs
    with database.connection():
        digests = [records.document(each.paper).digest for each in KeyLetter.select()]  # type: ignore[union-attr]
    assert all(blobs.path(digest).exists() for digest in digests)
    post(walker)
    letterdesk.sweep(walker.portal)
    for digest in digests:
        with pytest.raises(NotFound):
            blobs.path(digest)
    page = letterpage.page(walker.portal, row, staff(walker))
    assert [(each.state, each.destroyed_why, each.opened_by) for each in page.letters] == [
        ("destroyed", "posted", "担当 1"), ("destroyed", "posted", "担当 2"),
    ]  # fmt: skip
    for number, letter in enumerate(page.letters):
        with pytest.raises(Refused, match="destroyed"):
            letterdesk.open_letter(walker.portal, letter.id, staff(walker, number))
    with database.connection():
        assert [each.cipher for each in KeyLetter.select()] == ["", ""]
    del bench


def test_made_anew_they_carry_new_components_and_the_old_file_is_withdrawn(bench: Bench, walker: Walker) -> None:
    open_letters(walker)
    before, row = components(bench), step(walker)
    with pytest.raises(Refused, match="two different people"):
        letterdesk.reissue(walker.portal, row, ("例 一郎", "例一郎"), "紛失", staff(walker, 2))
    with pytest.raises(Refused, match="why"):
        letterdesk.reissue(walker.portal, row, ("例 一郎", "例 花子"), " ", staff(walker, 2))
    letterdesk.reissue(walker.portal, row, ("例 一郎", "例 三郎"), "印刷の失敗", staff(walker, 2))
    assert [each.state for each in letters(walker)] == ["making", "making"]
    bench.drain(walker.portal)
    page = letterpage.page(walker.portal, row, staff(walker))
    assert [(each.state, each.recipient, each.keeper) for each in page.letters] == [
        ("sealed", "例 一郎", ""), ("sealed", "例 三郎", ""),
    ]  # fmt: skip
    assert page.reference.endswith("-test-2")
    after = components(bench)
    assert set(before.values()).isdisjoint(after.values())
    with database.connection():
        files = [(each.version, each.audience) for each in records.documents(case_of(walker).id)
                 if each.key == keyletters.KEY_FILE]  # fmt: skip
    assert sorted(files) == [(1, "operator"), (2, "both")]
    open_letters(walker)
    post(walker)


def test_letters_made_anew_after_the_posting_are_destroyed_when_somebody_says_that_they_are_posted(
    bench: Bench, walker: Walker
) -> None:
    open_letters(walker)
    row = step(walker)
    post(walker)
    letterdesk.reissue(walker.portal, row, ("例 一郎", "例 三郎"), "1通が届かない", staff(walker, 2))
    bench.drain(walker.portal)
    with pytest.raises(Refused, match="nobody opened"):
        letterdesk.posted_by_hand(walker.portal, row, staff(walker))
    pair = {1: staff(walker, 0).user_id or 0, 2: staff(walker, 1).user_id or 0}
    letterdesk.name(walker.portal, row, pair, staff(walker))
    for number, letter in enumerate(letterpage.page(walker.portal, row, staff(walker)).letters):
        letterdesk.open_letter(walker.portal, letter.id, staff(walker, number))
    letterdesk.posted_by_hand(walker.portal, row, staff(walker))
    assert not letterpage.page(walker.portal, row, staff(walker)).live


def test_the_letters_of_a_case_that_ends_are_destroyed(walker: Walker) -> None:
    lifecycle.withdraw(walker.portal, walker.number, "方針の変更", staff(walker))
    with database.transaction():
        Case.update(ended=True).where(Case.id == case_of(walker).id).execute()
    assert letterdesk.sweep(walker.portal) == 2
    assert letterdesk.sweep(walker.portal) == 0
    with database.connection():
        assert {(each.cipher, each.destroyed_why, each.paper) for each in KeyLetter.select()} == {("", "ended", "")}


def test_with_the_two_letters_the_key_file_opens_to_the_cards_own_keys(bench: Bench, walker: Walker) -> None:
    case, said = case_of(walker), components(bench)
    with database.connection():
        file = next(each for each in records.documents(case.id) if each.key == keyletters.KEY_FILE)
        text = walker.portal.blobs.get(file.digest).decode()
        kcvs = [each.kcv for each in letters(walker)]
    parts = [parse_component(said[number], kcvs[number - 1]) for number in (1, 2)]
    public = json.loads(text)["signature"]["public_key"]
    opened = open_key_file(text, parts[0], parts[1], public, walker.portal.today())
    keys = cardkeys.store(walker.portal.settings)
    assert {each.serial for each in opened.cards} == {row.serial for row in rows()}
    for card in opened.cards:
        own = keys.card_key(Role.READER, 1, bytes.fromhex(card.uid), KEY_CONTEXT)
        assert card.keys == {(Role.READER, 1): own}


def test_no_component_lies_in_a_column_a_blob_a_file_or_a_mail(bench: Bench, walker: Walker, tmp_path: Path) -> None:
    """The printer writes what it was given as it is, so that a letter in the clear would be found among the files."""
    open_letters(walker)
    secrets = {text for each in components(bench).values() for text in (each, each.replace(" ", ""))}
    with database.connection():
        keys = cardkeys.store(walker.portal.settings)
        secrets |= {keys.card_key(role, 1, bytes.fromhex(row.uid), KEY_CONTEXT).reveal().hex()
                    for role in Role for row in rows()}  # fmt: skip
        texts = [repr(list(table.select().dicts())) for table in ALL]
    assert len(secrets) > 6
    texts += [f"{each.subject}{each.text}{each.html}" for each in bench.mailbox.letters]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(path.parent.parent.name == "blobs" for path in files) > 5
    for secret in secrets:
        for form in {secret, secret.lower(), secret.upper()}:
            assert not any(form in text for text in texts)
            for path in files:
                assert form.encode() not in path.read_bytes(), path


def test_what_lies_on_the_disk_opens_with_nothing_but_the_key_in_its_row(walker: Walker) -> None:
    with database.connection():
        row = KeyLetter.select().first()
        paper = records.document(row.paper)
    assert paper is not None
    raw = walker.portal.blobs.get(paper.digest)
    assert not raw.startswith(b"%PDF")
    assert Key(bytes(32)).kcv.hex() not in raw.hex()[:8]
    settings = replace(walker.portal.settings, card_key="another secret, and a long one too")
    other = replace(walker.portal, settings=settings)
    with database.connection(), pytest.raises(NinteiError, match="cannot be opened"):
        keyletters.read(other, row)

"""The doctor: each fault that is planted is found under its name, with what to do, and keeps no other look away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services import doctor
from app.services.base.portal import Portal
from app.services.cards import keys
from app.services.doctor import BAD, OK, WARNING, Finding
from app.services.doctor.around import FONTS
from app.services.pages import health
from app.store import database
from app.store.models import Document, Job
from config.components import FRAME, RENEWED
from tests.services.conftest import Bench, StillClock
from tests.services.steps import go
from tests.support.mail import Mailbox
from tests.support.network import free_port

NAMES = list(doctor.LOOKS)


@pytest.fixture
def portal(bench: Bench) -> Portal:
    """A portal with a case and its files, cards' keys, and a worker that has just been round."""
    go(bench, until="first_review")
    keys.store(bench.portal.settings)
    health.sign("tests:1")
    return replace(bench.portal, settings=replace(bench.portal.settings, workers=0))


def found(portal: Portal, *, thorough: bool = False) -> dict[str, Finding]:
    """The worst finding under each name."""
    worst: dict[str, Finding] = {}
    order = [OK, WARNING, BAD]
    for each in doctor.examine(portal, thorough=thorough):
        if each.topic not in worst or order.index(each.state) > order.index(worst[each.topic].state):
            worst[each.topic] = each
    return worst


def only(portal: Portal, name: str, state: str = BAD, *, thorough: bool = False) -> Finding:
    """The one finding that is not as it was before: of this name, and with something to do."""
    seen = found(portal, thorough=thorough)
    assert list(seen) == NAMES
    assert [each.topic for each in seen.values() if each.state == BAD] == ([name] if state == BAD else [])
    assert seen[name].state == state
    assert seen[name].cure
    return seen[name]


def first_file(portal: Portal) -> str:
    with database.connection():
        return str(Document.select().where(Document.kind == "uploaded").first().digest)


def test_a_portal_that_is_well_has_no_complaint(portal: Portal) -> None:
    seen = found(well_set(portal), thorough=True)
    assert list(seen) == NAMES
    # No mail server is set here.
    assert {each.topic: each.state for each in seen.values() if each.state != OK} == {"Mail server": WARNING}


def test_a_file_that_is_gone_is_named(portal: Portal) -> None:
    digest = first_file(portal)
    portal.blobs.remove(digest)
    assert digest in only(well_set(portal), "Files").params["names"]


def test_a_file_that_has_changed_is_found_by_a_thorough_look(portal: Portal) -> None:
    digest = first_file(portal)
    portal.blobs.path(digest).write_bytes(b"something else")
    assert found(portal)["Files"].state == OK
    assert digest in only(well_set(portal), "Files", thorough=True).params["names"]


def test_another_card_key_than_the_stores_is_found(portal: Portal) -> None:
    other = replace(portal.settings, card_key="another key than the one before it")
    only(well_set(replace(portal, settings=other)), "Card keys")


def test_a_key_that_others_can_read_is_found(portal: Portal) -> None:
    (portal.settings.data_dir / keys.FOLDER / "keys" / "keys.json").chmod(0o644)
    assert only(well_set(portal), "Card keys").params["mode"] == "644"


def test_half_a_signing_key_is_found(portal: Portal) -> None:
    folder = portal.settings.data_dir / "signing"
    folder.mkdir(exist_ok=True)
    (folder / "key.pem").unlink(missing_ok=True)
    (folder / "certificate.pem").write_text("no certificate")
    only(well_set(portal), "Signing key")


def test_a_mail_server_that_is_away_is_found_and_one_that_is_there_gets_no_mail(portal: Portal, smtp: Mailbox) -> None:
    there = replace(portal, settings=replace(portal.settings, mail_url=smtp.url))
    assert found(there)["Mail server"].state == OK
    assert smtp.messages == []
    away = replace(portal.settings, mail_url=f"smtp://127.0.0.1:{free_port()}")
    only(well_set(replace(portal, settings=away)), "Mail server")


def test_what_leads_to_another_machine_without_tls_is_named(portal: Portal) -> None:
    there = replace(portal.settings, timestamp_url="http://tsa.example/", clamd_url="unix:///run/clamd.ctl")
    seen = only(well_set(replace(portal, settings=there)), "Connections", WARNING)
    assert seen.params["settings"] == "NINTEI_TIMESTAMP_URL"


def test_libraries_that_are_older_than_they_may_be_are_told(portal: Portal) -> None:
    clock = portal.clock
    assert isinstance(clock, StillClock)
    clock.moment = datetime(RENEWED.year + 1, 1, 1, tzinfo=UTC) + timedelta(days=FRAME)
    assert found(portal)["Libraries"].state == WARNING
    clock.moment = datetime(RENEWED.year, RENEWED.month, RENEWED.day, tzinfo=UTC) + timedelta(days=FRAME - 1)
    assert found(portal)["Libraries"].state == OK


def test_a_mailbox_that_is_away_is_found(portal: Portal) -> None:
    away = replace(portal.settings, imap_url=f"imap://u:p@127.0.0.1:{free_port()}/INBOX")
    only(well_set(replace(portal, settings=away)), "Mailbox")


def test_a_clock_that_went_back_is_found(portal: Portal) -> None:
    with database.transaction():
        Job.create(key="later", operator="pdf", state="done", run_at=portal.now(), created_at=portal.now())
    back = StillClock(portal.now() - timedelta(days=1))
    only(well_set(replace(portal, clock=back)), "Clock")


def test_a_reader_that_is_not_there_is_found(portal: Portal) -> None:
    only(well_set(replace(portal, settings=replace(portal.settings, card_reader="no such reader"))), "Card reader")


def test_a_portal_that_was_stopped_is_no_fault(portal: Portal) -> None:
    health.leave("tests:1")
    with database.transaction():
        long_ago = portal.now() - timedelta(days=1)
        Job.create(key="waits", operator="pdf", run_at=long_ago, created_at=long_ago)
    only(well_set(portal), "Worker", WARNING)


def test_work_that_a_running_worker_leaves_lying_is_one(portal: Portal) -> None:
    with database.transaction():
        long_ago = portal.now() - timedelta(days=1)
        Job.create(key="waits", operator="pdf", run_at=long_ago, created_at=long_ago)
    only(well_set(portal), "Worker")


def test_what_waits_for_a_person_is_a_warning(portal: Portal) -> None:
    with database.transaction():
        Job.create(key="x", operator="pdf", state="incident", run_at=portal.now(), created_at=portal.now())
    only(well_set(portal), "Incidents", WARNING)


def test_fonts_that_are_missing_are_named(portal: Portal) -> None:
    assert "BIZUDGothic-Regular.ttf" in only(portal, "Fonts").params["names"]


def test_a_look_that_breaks_keeps_no_other_away(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_anything: object) -> Callable[..., None]:
        raise ZeroDivisionError("of all things")

    monkeypatch.setitem(doctor.LOOKS, "Database", broken)  # type: ignore[misc]  # a plain dict underneath
    assert "of all things" in str(only(well_set(portal), "Database").params["why"])


def well_set(portal: Portal) -> Portal:
    """With fonts: the bench has none, and they are no part of what is tried."""
    folder = portal.settings.data_dir / "fonts"
    folder.mkdir(exist_ok=True)
    for name in FONTS:
        (folder / name).touch()
    return replace(portal, fonts=folder)

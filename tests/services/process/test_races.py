"""Two do the same thing at the same moment: one is first, the other finds it done. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.errors import Refused
from app.services.agents import desks
from app.services.base.actors import Actor
from app.services.cases import applications, entering
from app.services.days import month
from app.services.mails.portalmails import Wording
from app.services.packages import folders, terms
from app.services.people import accounts as people
from app.services.people import staffing
from app.services.people.staffing import Account
from app.states import Side
from app.store import accounts, cards, cases, closings, database, entrylinks, records, releases, settings
from app.store.models import ClosingDay, Mail, Release, SavedView, User
from tests.services.conftest import APPLICATION, PACKAGES, Bench, open_bench

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator", "operator"}))
PASSWORD = "correct horse battery staple"


@pytest.fixture
def here(tmp_path: Path, engine: Engine, either: str) -> Bench:
    """The CCUS package over each kind of database."""
    return open_bench(tmp_path, either, engine, Path(__file__).parents[3] / "bpmn")


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], None]:
    """`meeting(module, "look")`: whoever has looked waits until another one has looked as well, if one comes."""

    def meet(place: Any, name: str) -> None:
        look, gate = getattr(place, name), threading.Barrier(2)

        def looked(*args: Any, **more: Any) -> Any:
            found = look(*args, **more)
            with suppress(threading.BrokenBarrierError):
                gate.wait(1.5)
            return found

        monkeypatch.setattr(place, name, looked)

    return meet


def at_once(*runs: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own; what they gave, or the error."""
    found: list[Any] = [None] * len(runs)

    def one(n: int) -> None:
        try:
            found[n] = runs[n]()
        except Exception as error:
            found[n] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(runs))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert not any(each.is_alive() for each in threads)
    return found


def refused(found: list[Any]) -> list[Refused]:
    """Those who were refused; nobody met another error."""
    errors = [each for each in found if isinstance(each, Exception)]
    assert all(isinstance(each, Refused) for each in errors), errors
    return errors


def token_of(number: str) -> str:
    with database.connection():
        case = cases.get(number)
        assert case is not None
        link = entrylinks.current_link(case.id)
        assert link is not None
        return str(link.token)


def applied(bench: Bench, system: str) -> str:
    """The token of a new case's link; all are of one new address."""
    raw = {**APPLICATION, "system_name": system}
    return token_of(applications.apply(bench.portal, "ccus_api_certification", raw).number)


def test_two_links_of_one_new_address_followed_at_once_make_one_account(
    here: Bench, meeting: Callable[[Any, str], None]
) -> None:
    tokens = [applied(here, "一つ目"), applied(here, "二つ目")]
    meeting(accounts, "by_email")
    found = at_once(*[lambda t=t: entering.enter(here.portal, t, None, PASSWORD) for t in tokens])
    [error] = refused(found)
    assert "sign in first" in str(error)
    with database.connection():
        assert User.select().where(User.email == APPLICATION["email"]).count() == 1


def test_one_link_followed_twice_at_once_is_used_once(here: Bench, meeting: Callable[[Any, str], None]) -> None:
    token = applied(here, "一つ")
    meeting(entering, "_usable")
    found = at_once(*[lambda: entering.enter(here.portal, token, None, PASSWORD)] * 2)
    assert len(refused(found)) == 1


def test_one_address_invited_twice_at_once_is_one_account(here: Bench, meeting: Callable[[Any, str], None]) -> None:
    meeting(accounts, "by_email")
    wanted = Account("佐藤", True, frozenset({"operator"}), ())
    invite = lambda: staffing.invite_staff(here.portal, "new@example.jp", wanted, ADMIN, Wording("s", "%(url)s"))  # noqa: E731
    assert len(refused(at_once(invite, invite))) == 1
    add = lambda: people.add_staff(here.portal, "other@example.jp", "鈴木", ["operator"], PASSWORD)  # noqa: E731
    assert len(refused(at_once(add, add))) == 1


def test_two_processes_that_release_a_folder_at_once_give_one_number(
    here: Bench, meeting: Callable[[Any, str], None]
) -> None:
    meeting(releases, "by_digest")
    package = folders.read(PACKAGES / "three_steps")
    found = at_once(*[lambda: terms.release(here.portal, package, terms.Act("x"))] * 2)
    assert sorted((done.number, done.changed) for done in found) == [(1, False), (1, True)]
    with database.connection():
        assert Release.select().where(Release.package_id == package.id).count() == 1


def test_a_mail_that_two_workers_write_is_one_mail(here: Bench) -> None:
    gate = threading.Barrier(2)
    values = {
        "mail_id": "x", "message_id": "<1@x>", "sender": "a@x", "recipient": "b@x", "subject": "s", "text": "t",
        "html": "", "attachments": [], "written_at": here.portal.now(),
    }  # fmt: skip

    def write() -> int:
        gate.wait(20)
        with database.transaction():
            return int(records.keep_mail("job:1", **values).id)

    one, two = at_once(write, write)
    assert one == two
    with database.connection():
        assert Mail.select().where(Mail.job_key == "job:1").count() == 1


def test_what_is_set_by_two_at_once_is_there_once(here: Bench) -> None:
    gate = threading.Barrier(2)
    now = here.portal.now()
    person = Actor(1, "佐藤", Side.OPERATOR, frozenset({"operator"}))

    def everything() -> list[Any]:
        found: list[Any] = []
        for act in (
            lambda: settings.put("p", {"a.b": "1"}, now.date(), now, "x"),
            lambda: people.save_view(person, "mine", "q=1"),
            lambda: closings.close(date(2027, 5, 10), "創立記念日"),
            lambda: accounts.add_roles(accounts.user(1), ["auditor"]),  # type: ignore[arg-type]  # it is there
        ):
            gate.wait(60)
            with database.transaction():
                found.append(act())
        return found

    for each in at_once(everything, everything):
        assert not isinstance(each, Exception), repr(each)
    with database.connection():
        assert len(settings.in_force(settings.history("p"), now.date())) == 1
        assert SavedView.select().count() == 1
        assert ClosingDay.select().count() == 1


def test_one_closing_day_and_one_desk_named_by_two_is_refused_to_one(
    here: Bench, meeting: Callable[[Any, str], None]
) -> None:
    meeting(closings, "titles")
    close = lambda: month.close(here.portal, date(2026, 5, 12), "棚卸し", ADMIN)  # noqa: E731
    assert len(refused(at_once(close, close))) == 1
    meeting(cards, "desk_named")
    assert len(refused(at_once(*[lambda: desks.add(here.portal, "机A", ADMIN)] * 2))) == 1

"""Agents of card desks against the real server on a loopback port, with racks of virtual cards as their readers."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.engine import Engine
from app.errors import Refused
from app.services.agents import desks
from app.services.base.actors import Actor
from app.services.cards import ledger, stock, wiping
from app.services.cards import plan as plan_
from app.services.demo.walker import Walker
from app.services.process import jobs
from app.states import CardState, Side
from app.store import database
from app.store.models import ALL, Card, CardDeskRow
from hardware import TRAFFIC, Desk, VirtualRack
from hardware.agent import Server, ServerAway, ServerRefused, TokenRefused
from hardware.errors import CardRemoved
from hardware.facts import LifeCycle, Role
from hardware.profiles.layout import KEY_CONTEXT
from tests.services.cardbench import (
    Nosy,
    agree,
    card_jobs,
    confirmed,
    drain,
    events,
    key_store,
    make_agent,
    rack_of,
    rows,
    served,
    waiting,
)
from tests.services.conftest import Bench
from tests.services.steps import staff
from tests.web.conftest import Site, open_site

ADMIN = Actor(None, "管理者", Side.OPERATOR, frozenset({"administrator"}))


@dataclass
class Post:
    """A desk with its token, and the server's address."""

    site: Site
    walker: Walker
    url: str
    token: str
    folder: Path
    rack: VirtualRack

    @property
    def bench(self) -> Bench:
        return self.site.bench

    def server(self, token: str = "") -> Server:
        return Server(self.url, token or self.token)


@pytest.fixture
def post(tmp_path: Path, engine: Engine) -> Iterator[Post]:
    """One case that waits for three cards, and one desk."""
    site = open_site(tmp_path / "portal", engine)
    walker = waiting(site.bench)
    site.app.extensions["nintei"] = walker.portal
    token = desks.add(walker.portal, "机A", ADMIN)
    with served(site.app) as url:
        yield Post(site, walker, url, token, tmp_path / "agent", rack_of(tmp_path))


def test_an_agent_makes_a_tasks_cards_and_the_letters_follow(post: Post) -> None:
    agent = make_agent(post.folder, post.server(), post.token, post.rack)
    assert drain(agent) == 3
    assert agent.desk == "机A"
    assert [row.state for row in rows()] == ["ready"] * 3
    agree(post.rack)
    assert [job.state for job in card_jobs()] == ["done"] * 3
    for row in rows():
        assert events(row.serial) == [
            ("personalise", "intended"),
            ("personalise", "intended"),
            ("personalise", "confirmed"),
        ]
    states = post.bench.drain(post.walker.portal)
    assert states
    assert set(states) == {"done"}


def test_an_agents_cards_open_with_the_servers_keys(post: Post) -> None:
    drain(make_agent(post.folder, post.server(), post.token, post.rack))
    keys = key_store(post.bench)
    for row in rows():
        post.rack.insert(row.serial)
        Desk(post.rack.connect, keys).verify(plan_.plan_of(row.serial, 1))


def test_a_returned_card_is_checked_and_wiped_at_the_desk_and_made_anew_for_the_next_case(post: Post) -> None:
    agent = make_agent(post.folder, post.server(), post.token, post.rack)
    drain(agent)
    first, other = rows()[0].serial, rows()[1].serial
    with database.transaction():
        for row in rows()[:2]:
            row.state = "returned"
            row.save()
    post.rack.insert(other)
    Desk(post.rack.connect, key_store(post.bench)).wipe()
    post.rack.eject()
    uid = next(row.uid for row in rows() if row.serial == other)
    for serial in (first, other):
        wiping.wipe(post.walker.portal, serial, staff(post.walker))
    drain(agent)
    assert [row.state for row in rows()] == ["wiped", "wiped", "ready"]
    again = stock.make(post.walker.portal, rows()[2].origin, staff(post.walker))
    assert again == 2
    assert {row.serial for row in rows() if row.state == "making"} == {first, other}
    drain(agent)
    assert [row.state for row in rows()] == ["ready"] * 3
    assert uid in {row.uid for row in rows()}
    agree(post.rack)


def test_a_card_that_is_not_what_it_was_is_kept_apart(post: Post) -> None:
    agent = make_agent(post.folder, post.server(), post.token, post.rack)
    drain(agent)
    serial = rows()[0].serial
    # Somebody has written other data on it, with the right keys.
    post.rack.insert(serial)
    desk = Desk(post.rack.connect, key_store(post.bench))
    desk.wipe()
    plan = plan_.plan_of(serial, 1)
    desk.personalise(type(plan)(serial, "00000000000001", b"other", 1))
    with database.transaction():
        row = rows()[0]
        row.state = "returned"
        row.save()
    wiping.wipe(post.walker.portal, serial, staff(post.walker))
    drain(agent)
    assert rows()[0].state == "quarantined"
    assert events(serial)[-1] == ("wipe", "failed")
    chip = next(entry for entry in post.rack.cards() if entry.serial == serial)
    assert chip.life_cycle is LifeCycle.PERSONALISED, "a card that failed is not touched"


class Killed(BaseException):
    """The power went."""


class Death:
    """Kills at the n-th moment: each request, before and after, and each APDU, before and after."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.moments = 0

    def moment(self, _place: str = "") -> None:
        self.moments += 1
        self.left -= 1
        if self.left == 0:
            raise Killed


class Wire:
    """A rack's card on a line that dies, or is pulled."""

    def __init__(self, rack: VirtualRack, death: Death, error: type[BaseException] = Killed) -> None:
        self._rack, self._death, self._error = rack, death, error
        self.writes: list[bytes] = []

    def connect(self) -> Any:
        inner, wire = self._rack.connect(), self

        class Dying:
            reader, atr = inner.reader, inner.atr

            def transmit(self, apdu: bytes) -> bytes:
                wire._moment()
                answer = inner.transmit(apdu)
                wire._moment()
                return answer

            def close(self) -> None:
                inner.close()

        return Dying()

    def _moment(self) -> None:
        try:
            self._death.moment()
        except Killed:
            if self._error is Killed:
                raise
            raise CardRemoved("The card was taken from the reader %(reader)s", reader="rack") from None


def test_an_agent_killed_at_random_leaves_no_disagreement_and_does_no_card_twice(post: Post) -> None:
    dice = random.Random(20261122)
    kills = rounds = 0
    for _ in range(40):
        death = Death(dice.randint(1, 75))
        wire = Wire(post.rack, death)
        agent = make_agent(post.folder, Nosy(post.server(), death.moment), post.token, post.rack, wire.connect)
        try:
            drain(agent)
        except Killed:
            kills += 1
            agree(post.rack)
        finally:
            agent.close()
        if all(row.state == "ready" for row in rows()):
            # Start over with the same chips: they come back, are wiped, and are wanted again.
            start_over(post)
            rounds += 1
    assert kills >= 30
    calm = make_agent(post.folder, post.server(), post.token, post.rack)
    drain(calm)
    assert [row.state for row in rows()] == ["ready"] * 3
    agree(post.rack)
    assert len(list(post.rack.cards())) == 3, "no blank more than there are cards was ever begun"
    assert len(confirmed()) == 3 + 3 * rounds, "each card is confirmed once for each time that it was wanted"


def start_over(post: Post) -> None:
    with database.transaction():
        Card.update(state=CardState.WIPED).execute()  # whatever came before
    for row in rows():
        post.rack.insert(row.serial)
        Desk(post.rack.connect, key_store(post.bench)).wipe()
        post.rack.eject()
    assert stock.make(post.walker.portal, rows()[0].origin, staff(post.walker)) == 3


def test_a_card_pulled_at_random_is_finished_when_it_is_back(post: Post) -> None:
    dice = random.Random(4)
    for _ in range(12):
        death = Death(dice.randint(10, 60))
        wire = Wire(post.rack, death, CardRemoved)
        agent = make_agent(post.folder, post.server(), post.token, post.rack, wire.connect)
        agent.once()
        agent.close()
        agree(post.rack)
    drain(make_agent(post.folder, post.server(), post.token, post.rack))
    assert [row.state for row in rows()] == ["ready"] * 3
    assert sorted(set(confirmed())) == confirmed()
    assert not card_jobs("incident")


class CutLine:
    """A network that goes away for some requests: the request is lost, or only its answer."""

    def __init__(self, inner: Server, lost: set[str]) -> None:
        self._inner, self._lost = inner, lost

    def post(self, what: str, body: Any) -> dict[str, Any]:
        if f"request {what}" in self._lost:
            raise ServerAway("The server cannot be reached (%(reason)s)", reason="test")
        answer = self._inner.post(what, body)
        if f"answer {what}" in self._lost:
            raise ServerAway("The server cannot be reached (%(reason)s)", reason="test")
        return answer


@pytest.mark.parametrize("lost", ["request report", "answer report", "answer lease", "request beat"])
def test_a_lost_network_loses_nothing(lost: str, post: Post) -> None:
    cut: set[str] = {lost}
    agent = make_agent(post.folder, CutLine(post.server(), cut), post.token, post.rack)
    with pytest.raises(ServerAway):
        drain(agent)
    agent.close()
    cut.clear()
    agent = make_agent(post.folder, CutLine(post.server(), cut), post.token, post.rack)
    drain(agent)
    assert [row.state for row in rows()] == ["ready"] * 3
    assert confirmed() == [row.serial for row in rows()]
    agree(post.rack)


def test_a_report_counts_once(post: Post) -> None:
    line = Nosy(post.server())
    drain(make_agent(post.folder, line, post.token, post.rack))
    reports = [body for what, body, _ in line.said if what == "report"]
    lives = [events(row.serial) for row in rows()]
    for body in reports:
        assert post.server().post("report", body) == {"state": "late"}
    assert [events(row.serial) for row in rows()] == lives


def test_a_report_under_an_old_fence_counts_no_more(post: Post) -> None:
    def cut(place: str) -> None:
        if place == "before report":
            raise ServerAway("The server cannot be reached (%(reason)s)", reason="test")

    agent = make_agent(post.folder, Nosy(post.server(), cut), post.token, post.rack)
    with pytest.raises(ServerAway):
        agent.once()
    agent.close()
    # The same chip goes to another desk, which carries on: its chip is its claim.
    token = desks.add(post.walker.portal, "机B", ADMIN)
    other = make_agent(post.folder.with_name("other"), post.server(token), token, post.rack)
    assert other.once()
    made = confirmed()
    assert len(made) == 1
    late = make_agent(post.folder, post.server(), post.token, rack_of(post.folder.parent, "empty"))
    late.once()
    assert confirmed().count(made[0]) == 1
    agree(post.rack)


def test_two_agents_at_once_share_the_work_and_mix_nothing(post: Post) -> None:
    second = desks.add(post.walker.portal, "机B", ADMIN)
    errors: list[BaseException] = []
    done: list[int] = []

    def work(token: str, name: str) -> None:
        try:
            rack = rack_of(post.folder.parent, name)
            done.append(drain(make_agent(post.folder.with_name(name), Server(post.url, token), token, rack)))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=each) for each in ((post.token, "rack A"), (second, "rack B"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    calm = make_agent(post.folder, post.server(), post.token, post.rack)
    drain(calm)
    assert [row.state for row in rows()] == ["ready"] * 3
    assert confirmed() == [row.serial for row in rows()]
    agree(post.rack)


def test_a_job_for_one_desk_is_not_given_to_another(tmp_path: Path, engine: Engine) -> None:
    site = open_site(tmp_path / "portal", engine)
    mine, others = (desks.add(site.bench.portal, name, ADMIN) for name in ("机A", "机B"))
    walker = waiting(site.bench, "机A")
    site.app.extensions["nintei"] = walker.portal
    with served(site.app) as url:
        assert drain(make_agent(tmp_path / "b", Server(url, others), others, rack_of(tmp_path, "b"))) == 0
        assert drain(make_agent(tmp_path / "a", Server(url, mine), mine, rack_of(tmp_path, "a"))) == 3


def test_where_desks_make_the_cards_the_worker_takes_everything_else(site: Site) -> None:
    bench = site.bench
    waiting(bench)
    portal = replace(bench.portal, settings=replace(bench.portal.settings, card_reader="agent"))
    operators = jobs.worker_operators(portal)
    assert "card" not in operators
    assert {"mail", "pdf"} <= set(operators)
    portal.clock.moment += timedelta(days=60)  # type: ignore[attr-defined]
    while (job := jobs.lease(portal, "worker", operators)) is not None:
        assert job.operator != "card"
        jobs.perform(portal, bench.hands(portal), job)
    assert [each.state for each in card_jobs()] == ["queued"] * 3
    assert jobs.worker_operators(bench.portal) == ()


def test_a_revoked_token_opens_nothing_and_its_jobs_are_free(post: Post) -> None:
    agent = make_agent(post.folder, post.server(), post.token, post.rack)
    agent.once()
    desks.revoke(post.walker.portal, "机A", ADMIN)
    with pytest.raises(TokenRefused):
        agent.once()
    agent.close()
    fresh = desks.add(post.walker.portal, "机A", ADMIN)
    assert fresh != post.token
    drain(make_agent(post.folder, post.server(fresh), fresh, post.rack))
    assert [row.state for row in rows()] == ["ready"] * 3
    with database.connection():
        assert post.token not in repr(list(CardDeskRow.select().dicts()))


@pytest.mark.parametrize("token", ["", "ncd_wrong", "x" * 500])
def test_whoever_has_no_token_gets_nothing(token: str, post: Post) -> None:
    for what in ("beat", "lease", "report"):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = post.site.anybody().post(f"/agent/{what}", json={}, headers=headers)
        assert answer.status_code == 401
        assert answer.headers.getlist("Set-Cookie") == [] or "session" not in answer.headers["Set-Cookie"]


def test_agents_need_no_token_of_forms(post: Post) -> None:
    post.site.app.config["WTF_CSRF_ENABLED"] = True
    assert post.server().post("beat", {})["desk"] == "机A"


@pytest.mark.parametrize(("kind", "body", "status"), [
    ("text/plain", b"{}", 415), ("application/json", b"[]", 400), ("application/json", b"{", 400),
    ("application/json", b'{"uid": 3}', 422), ("application/json", b'{"x": "' + b"x" * 40000 + b'"}', 413),
])  # fmt: skip
def test_what_cannot_be_read_is_refused(kind: str, body: bytes, status: int, post: Post) -> None:
    answer = post.site.anybody().post(
        "/agent/lease", data=body, content_type=kind, headers={"Authorization": f"Bearer {post.token}"}
    )
    assert answer.status_code == status


def ask(uid: str, serial: str = "", life_cycle: str = "blank") -> dict[str, Any]:
    return {"uid": uid, "serial": serial, "life_cycle": life_cycle, "versions": [0], "public": "09" + "00" * 31}


def test_the_keys_of_a_card_that_is_somebody_elses_are_not_given(post: Post) -> None:
    """A desk whose token was stolen cannot ask for the keys of a card on loan by its UID."""
    agent = make_agent(post.folder, post.server(), post.token, post.rack)
    agent.once()
    made = next(row for row in rows() if row.uid)
    assert made.state == "ready"
    for life_cycle in ("blank", "personalised"):
        try:
            answer = post.server().post("lease", ask(made.uid, "", life_cycle))
        except ServerRefused as error:
            assert made.serial in str(error)
        else:
            assert answer == {"job": None}


def test_a_serial_that_was_begun_on_one_chip_is_never_made_on_another(post: Post) -> None:
    first = rows()[0].serial
    portal = post.walker.portal
    ledger.begin(portal, first, "personalise", "F0010203040506", "机A")
    with pytest.raises(Refused, match="F0010203040506"):
        ledger.begin(portal, first, "personalise", "F0FFFFFFFFFFFF", "机B")
    with pytest.raises(Refused, match=first):
        ledger.begin(portal, rows()[1].serial, "personalise", "F0010203040506", "机A")
    assert [phase for _, phase in events(first)] == ["intended", "intended"]


def test_a_receipt_that_proves_nothing_sets_the_card_apart(post: Post) -> None:
    class Liar(Nosy):
        def post(self, what: str, body: Any) -> dict[str, Any]:
            if what == "report":
                body = {**body, "receipt": {**body["receipt"], "data_tag": "00" * 16}}
            return super().post(what, body)

    agent = make_agent(post.folder, Liar(post.server()), post.token, post.rack)
    agent.once()
    assert [row.state for row in rows()].count("quarantined") == 1
    assert len(card_jobs("incident")) == 1


def test_no_secret_shows_in_any_log_request_page_column_or_file(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(TRAFFIC)
    line = Nosy(post.server())
    agent = make_agent(post.folder, line, post.token, post.rack)
    drain(agent)
    agent.close()
    post.bench.drain(post.walker.portal)
    keys, secrets_ = key_store(post.bench), {post.token}
    for row in rows():
        secrets_ |= {keys.card_key(role, version, bytes.fromhex(row.uid), KEY_CONTEXT).reveal().hex()
                     for role in Role for version in (0, 1)}  # fmt: skip
        secrets_.add(plan_.plan_of(row.serial, 1).worker_id)
    client = post.site.operator()
    pages = ["/cards", *(f"/cards/{row.serial}" for row in rows()), f"/cases/{post.walker.number}"]
    texts = [caplog.text, repr(line.said), *(client.get(page).text for page in pages)]
    texts += [f"{each.subject}{each.text}{each.html}" for each in post.bench.mailbox.letters]
    with database.connection():
        texts += [repr(list(table.select().dicts())) for table in ALL]
    for secret in secrets_:
        for text in texts:
            assert secret not in text.lower()
            assert secret.upper() not in text
    for file in [path for path in post.folder.parent.rglob("*") if path.is_file()]:
        content = file.read_bytes()
        for secret in secrets_:
            assert secret.encode() not in content, file.name
            assert secret.upper().encode() not in content, file.name

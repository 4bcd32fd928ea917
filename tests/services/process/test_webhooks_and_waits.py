"""Two steps that every certification needs: another system is told, and some business days pass."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.connectors.webhook import Caller
from app.engine import Engine
from app.services.base import checks
from app.services.cards.making import CardDesk
from app.services.cases import applications, lifecycle
from app.services.packages import folders
from app.services.process import jobs
from app.services.process.outside import Outside
from app.services.rehearsal import walk
from app.states import JobState
from app.store import cases, closings, database, jobrows, work
from app.store.models import Case, Job
from tests.fakes.receiver import Receiver, receiver
from tests.services import broken
from tests.services.conftest import Bench

KEY = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, known").decode()
MAIL = """        <spiffworkflow:serviceTaskOperator id="mail">
          <spiffworkflow:parameters>
            <spiffworkflow:parameter id="mail" type="str" value="'hello'" />
          </spiffworkflow:parameters>
        </spiffworkflow:serviceTaskOperator>
"""
CALL = """        <spiffworkflow:serviceTaskOperator id="webhook" resultVariable="told">
          <spiffworkflow:parameters>
            <spiffworkflow:parameter id="url" type="str" value="'hooks.library'" />
            <spiffworkflow:parameter id="event" type="str" value="'card.asked'" />
          </spiffworkflow:parameters>
        </spiffworkflow:serviceTaskOperator>
"""
WAIT = """        <spiffworkflow:serviceTaskOperator id="wait_days">
          <spiffworkflow:parameters>
            <spiffworkflow:parameter id="days" type="str" value="3" />
          </spiffworkflow:parameters>
        </spiffworkflow:serviceTaskOperator>
"""
SCENARIO = 'expect_mails = ["hello"]\n'


def package(folder: Path, work_of_it: str, url: str = "https://hooks.example.jp/in", instead: str = "") -> Path:
    """The three steps, whose first service task does this instead of sending a mail."""
    place = broken.package(folder, (MAIL, work_of_it))
    manifest = place / "three_steps" / "package.toml"
    hook = (
        f'\n[settings.hooks]\nlibrary = {{ title = "図書館システム", title_en = "Library system", value = "{url}" }}\n'
    )
    manifest.write_text(manifest.read_text(encoding="utf-8") + hook, encoding="utf-8")
    scenario = place / "three_steps" / "scenarios" / "issued.toml"
    said = scenario.read_text(encoding="utf-8")
    assert SCENARIO in said
    scenario.write_text(said.replace(SCENARIO, instead), encoding="utf-8")
    return place


def begun(folder: Path, engine: Engine, packages: Path) -> tuple[Bench, Case]:
    """A portal with the package, and a case whose service task has been asked for and not been done."""
    bench = broken.opened(folder, engine, packages)
    number = applications.apply(bench.portal, "library_card", broken.READER).number
    return bench, case_of(number)


def case_of(number: str) -> Case:
    with database.connection():
        found = cases.get(number)
    assert found is not None
    return found


def job_of(case: Case) -> Job:
    with database.connection():
        (row,) = jobrows.jobs_of(case.id, JobState.QUEUED, JobState.INCIDENT, JobState.DONE)
    return row


def open_of(case: Case) -> list[str]:
    with database.connection():
        return [row.element for row in work.open_tasks(case.id)]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as found:
        yield found


def perform(bench: Bench, there: Receiver, key: str = KEY) -> str:
    """Do the one job that is due, by hands that may call the receiver."""
    caller = Caller(key, ("127.0.0.0/8",), resolve=lambda *_: ["127.0.0.1"], trust=there.trust)
    desk = CardDesk(bench.portal.settings, "virtual")
    hands = Outside(bench.portal, bench.mailbox, bench.printer, desk, caller=caller)  # type: ignore[arg-type]
    job = jobs.lease(bench.portal, "test")
    assert job is not None
    return jobs.perform(bench.portal, hands, job)


def later(bench: Bench, **much: float) -> None:
    bench.portal.clock.moment += timedelta(**much)  # type: ignore[attr-defined]


# Webhooks


def test_a_webhook_tells_of_the_step_and_the_case_goes_on_with_the_answer(
    tmp_path: Path, engine: Engine, there: Receiver
) -> None:
    there.answers = [(200, {}, '{"ledger": "台帳-17"}'.encode())]
    bench, case = begun(tmp_path, engine, package(tmp_path, CALL, there.url))
    assert case.turn == "operator"
    assert perform(bench, there) == "done"
    ((_, _, body),) = there.calls
    told = json.loads(body)
    assert told["type"] == "card.asked"
    assert (told["data"]["element"], told["data"]["package"]) == ("mail_hello", "library_card")
    assert told["data"]["case"]["number"] == case.number
    assert told["data"]["case"]["url"].endswith(f"/cases/{case.number}")
    assert told["data"]["values"]["reader_kind"] == "school"
    assert case_of(case.number).data["told"] == {"status": 200, "answer": {"ledger": "台帳-17"}}
    assert open_of(case) == ["approve"]


def test_a_receiver_that_is_busy_is_called_again_by_the_same_name(
    tmp_path: Path, engine: Engine, there: Receiver
) -> None:
    there.answers = [(503, {}, b""), (200, {}, b"{}")]
    bench, case = begun(tmp_path, engine, package(tmp_path, CALL, there.url))
    assert perform(bench, there) == "queued"
    later(bench, hours=1)
    assert perform(bench, there) == "done"
    (_, first, one), (_, second, other) = there.calls
    assert first["webhook-id"] == second["webhook-id"]
    assert one == other, "what is told is the step, not the try"
    assert open_of(case) == ["approve"]


def test_it_is_tried_for_days_as_a_mail_is(tmp_path: Path, engine: Engine, there: Receiver) -> None:
    there.answers = [(503, {}, b"")]
    bench, case = begun(tmp_path, engine, package(tmp_path, CALL, there.url))
    since, tries, state = bench.portal.now(), 0, "queued"
    while state == "queued":
        state, tries = perform(bench, there), tries + 1
        later(bench, minutes=31)
    assert timedelta(days=5) <= bench.portal.now() - since < timedelta(days=5, hours=2)
    assert (state, len(there.calls)) == ("incident", tries)
    there.answers = [(200, {}, b"{}")]
    lifecycle.retry(bench.portal, job_of(case).id, broken.clerk(bench))
    assert perform(bench, there) == "done"
    assert open_of(case) == ["approve"]


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("http://hooks.example.jp/in", KEY, "https"),
        ("", KEY, "hooks.library"),
        ("https://hooks.example.jp/in", "", "NINTEI_WEBHOOK_KEY"),
    ],
)
def test_what_cannot_be_called_is_an_incident_that_says_why(
    tmp_path: Path, engine: Engine, there: Receiver, url: str, key: str, said: str
) -> None:
    bench, case = begun(tmp_path, engine, package(tmp_path, CALL, url))
    assert perform(bench, there, key) == "incident"
    assert said in job_of(case).error
    assert there.calls == []


def test_what_is_told_may_be_chosen(tmp_path: Path, engine: Engine, there: Receiver) -> None:
    last = """            <spiffworkflow:parameter id="event" type="str" value="'card.asked'" />\n"""
    data = """            <spiffworkflow:parameter id="data" type="str" value="{'count': books + 1}" />\n"""
    packages = package(tmp_path, CALL.replace(last, last + data), there.url)
    assert problems(engine, packages) == []
    bench, _ = begun(tmp_path, engine, packages)
    assert perform(bench, there) == "done"
    assert json.loads(there.calls[0][2])["data"]["values"] == {"count": 4}


# Business days


def test_a_wait_is_over_on_the_morning_of_the_day_and_closing_days_do_not_count(tmp_path: Path, engine: Engine) -> None:
    bench, case = begun(tmp_path, engine, package(tmp_path, WAIT))  # on Wednesday 1 April 2026
    assert (open_of(case), case.turn) == ([], ""), "nobody's turn: only time has to pass"
    assert job_of(case).run_at == datetime(2026, 4, 5, 15, tzinfo=UTC)  # Monday the 6th, 0:00 in Japan
    later(bench, days=4, hours=13, minutes=59)
    assert bench.drain() == []
    later(bench, minutes=1)
    assert bench.drain() == ["done"]
    assert open_of(case) == ["approve"]


def test_the_days_on_which_the_body_is_closed_are_left_out(tmp_path: Path, engine: Engine) -> None:
    packages = package(tmp_path, WAIT)
    bench = broken.opened(tmp_path, engine, packages)
    with database.transaction():
        closings.close(date(2026, 4, 2), "棚卸し")
    number = applications.apply(bench.portal, "library_card", broken.READER).number
    assert job_of(case_of(number)).run_at == datetime(2026, 4, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize("days", ["0", "books - 3"])
def test_no_day_to_wait_goes_on_at_once(tmp_path: Path, engine: Engine, days: str) -> None:
    bench, case = begun(tmp_path, engine, package(tmp_path, WAIT.replace('value="3"', f'value="{days}"')))
    assert bench.drain() == ["done"]
    assert open_of(case) == ["approve"]


@pytest.mark.parametrize("days", ["-1", "1001", "'3'", "True", "1.5", "None"])
def test_what_is_no_number_of_days_is_an_incident_and_the_step_before_is_kept(
    tmp_path: Path, engine: Engine, days: str
) -> None:
    bench, case = begun(tmp_path, engine, package(tmp_path, WAIT.replace('value="3"', f'value="{days}"')))
    assert bench.drain() == ["incident"]
    assert "0 to 1000" in job_of(case).error
    with database.connection():
        assert "request" in work.latest_answers(case.id)


# In packages and scenarios


def problems(engine: Engine, packages: Path) -> list[str]:
    package = folders.read(packages / "three_steps")
    return [str(each) for each in checks.everything(engine, package) if each.severity == "error"]


@pytest.mark.parametrize("work_of_it", [CALL, WAIT])
def test_a_package_may_ask_for_them(tmp_path: Path, engine: Engine, work_of_it: str) -> None:
    assert problems(engine, package(tmp_path, work_of_it)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("'hooks.library'", "'hooks.libary'", "hooks.library"),
        ("'hooks.library'", "hooks.library", "quotes"),
        ("'card.asked'", "", "event"),
    ],
)
def test_a_webhook_without_its_parts_is_named(tmp_path: Path, engine: Engine, old: str, new: str, said: str) -> None:
    found = problems(engine, package(tmp_path, CALL.replace(old, new)))
    assert any(said in each for each in found), found


def test_scenarios_see_who_is_called_and_say_what_is_answered(tmp_path: Path, engine: Engine) -> None:
    expected = 'expect_webhooks = ["card.asked"]\nwebhooks = { mail_hello = { ledger = "A" } }\n'
    packages = package(tmp_path, CALL, instead=expected)
    assert problems(engine, packages) == []
    outcome = walked(engine, packages)
    assert [each.problem for each in outcome] == [None, None]


def test_a_scenario_passes_over_business_days(tmp_path: Path, engine: Engine) -> None:
    waits = "expect_open = []\n"
    packages = package(tmp_path, WAIT)
    scenario = packages / "three_steps" / "scenarios" / "issued.toml"
    text = scenario.read_text(encoding="utf-8")
    before, after = text.split('[[step]]\ncomplete = "approve"', 1)
    before = before.replace('expect_open = ["approve"]\n', waits)
    between = '[[step]]\nadvance = "P4D"\nexpect_open = []\n\n[[step]]\nadvance = "P1D"\nexpect_open = ["approve"]\n\n'
    scenario.write_text(f'{before}{between}[[step]]\ncomplete = "approve"{after}', encoding="utf-8")
    assert [each.problem for each in walked(engine, packages)] == [None, None]


def walked(engine: Engine, packages: Path) -> tuple[walk.Outcome, ...]:
    read = folders.read(packages / "three_steps")
    program = engine.compile(read.bpmn, read.entry, {name: each.decide for name, each in read.decisions.items()})
    return walk.rehearse(read, program, engine).outcomes

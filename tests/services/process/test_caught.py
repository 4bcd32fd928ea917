"""A job that fails for good goes on where the process catches it, and is an incident where it does not."""

from __future__ import annotations

from pathlib import Path

from app.engine import Engine
from app.errors import Permanent, Temporary
from app.services.pages import attention
from app.store import cases, database, jobrows
from app.store.models import Case, Job
from tests.services import broken
from tests.services.conftest import Bench

FLOW = '<bpmn:sequenceFlow id="start__to__request"'


def with_event(folder: Path, engine: Engine, code: str, script: str = "why = error['text']") -> Bench:
    """The mail has an error event of this code on its border, behind which a script runs."""
    added = (
        f'<bpmn:boundaryEvent id="mail_failed" name="送れない" attachedToRef="mail_hello"><bpmn:errorEventDefinition '
        f'errorRef="failure" /></bpmn:boundaryEvent><bpmn:scriptTask id="note" name="控え"><bpmn:script>{script}'
        "</bpmn:script></bpmn:scriptTask>"
        '<bpmn:sequenceFlow id="failed" sourceRef="mail_failed" targetRef="note" />'
        '<bpmn:sequenceFlow id="noted" sourceRef="note" targetRef="decide_limit" />'
    )
    error = f'<bpmn:error id="failure" errorCode="{code}" /><bpmn:process id="library_card"'
    changes = ((FLOW, added + FLOW), ('<bpmn:process id="library_card"', error))
    return broken.opened(folder, engine, broken.package(folder, *changes))


def job_of(case: Case) -> Job:
    with database.connection():
        return next(job for job in jobrows.jobs_of(case.id) if job.element == "mail_hello")


def test_the_case_goes_on_behind_the_event_and_staff_can_read_what_failed(tmp_path: Path, engine: Engine) -> None:
    bench = with_event(tmp_path, engine, "mail")
    bench.mailbox.fail_with = [Permanent("no such mailbox")]
    case = broken.applied(bench)
    assert broken.open_task(case, "approve")
    assert case.data["why"] == "no such mailbox"
    job = job_of(case)
    assert (job.state, job.error) == ("cancelled", "no such mailbox")
    with database.connection():
        assert attention.of_case(bench.portal, broken.again(case)) == []
        (line,) = cases.timeline(case.id, internal=True, kinds=("incident",))
    assert (line.data["caught"], line.text, line.audience) == (True, "no such mailbox", "operator")


def test_what_may_pass_is_tried_again_before_the_event_is_asked(tmp_path: Path, engine: Engine) -> None:
    bench = with_event(tmp_path, engine, "mail")
    bench.mailbox.fail_with = [Temporary("busy")]
    case = broken.applied(bench)
    assert job_of(case).state == "queued"


def test_an_event_for_something_else_leaves_the_incident(tmp_path: Path, engine: Engine) -> None:
    bench = with_event(tmp_path, engine, "another")
    bench.mailbox.fail_with = [Permanent("no such mailbox")]
    case = broken.applied(bench)
    assert job_of(case).state == "incident"


def test_where_what_follows_the_event_fails_nothing_of_it_is_stored(tmp_path: Path, engine: Engine) -> None:
    bench = with_event(tmp_path, engine, "mail", "why = error['nothing']")
    bench.mailbox.fail_with = [Permanent("no such mailbox")]
    case = broken.applied(bench)
    job = job_of(case)
    assert job.state == "incident"
    assert job.task_id in case.running
    assert "why" not in case.data
    with database.connection():
        assert not any(line.data.get("caught") for line in cases.timeline(case.id, internal=True, kinds=("incident",)))

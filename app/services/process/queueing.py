"""The jobs that a step asks for, gives up, and lets go on."""

from __future__ import annotations

from app.services.process import resting
from app.services.process.moment import Moment
from app.states import JobState, Side
from app.store import jobrows, visitrows


def cancel_jobs(moment: Moment) -> None:
    """Jobs that no token waits for any more are nobody's to do."""
    running = set(moment.step.running_jobs)
    if moment.before <= running:
        return
    for job in jobrows.jobs_of(moment.case.id, JobState.QUEUED, JobState.PARKED, JobState.INCIDENT):
        if job.task_id and job.task_id not in running:
            job.state, job.finished_at = JobState.CANCELLED, moment.now
            job.save()


def queue_jobs(moment: Moment) -> None:
    """Queue what the step asks the world outside for."""
    decided = any(each.actor.side == Side.OPERATOR for each in moment.closed.values())
    for request in moment.step.jobs:
        state, at = resting.begins(request, moment.now, moment.closing)
        if decided:
            at += resting.grace(request, moment.loaded.package, moment.portal.settings)
        jobrows.add_job(
            key=f"{moment.case.number}:{request.task_id}",
            case=moment.case.id,
            task_id=request.task_id,
            element=request.element,
            operator=request.operator,
            params=request.params,
            data=request.data,
            state=state,
            run_at=at,
            created_at=moment.now,
        )


def unpark(moment: Moment) -> None:
    """Let go on what waits for an element that has been completed meanwhile."""
    if not moment.step.running_jobs:
        return
    still_open = {row.element for row in moment.rows}
    for job in jobrows.parked(moment.case.id):
        element = str(job.params.get("element", ""))
        if element not in still_open and visitrows.completed_count(moment.case.id, element):
            jobrows.unpark(job.id)

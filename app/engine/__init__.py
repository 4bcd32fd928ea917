"""SpiffWorkflow behind plain frozen facts. See `Engine`."""

from app.engine.ahead import Names
from app.engine.engine import Engine
from app.engine.findings import NOW, Decisions, Finding, Unmovable, verdict
from app.engine.model import (
    CompleteTask,
    Correct,
    Decide,
    Event,
    JobDone,
    JobFailed,
    JobRequest,
    LogEntry,
    Message,
    OpenTask,
    Redirect,
    Skip,
    Snapshot,
    Stand,
    Step,
    TaskKind,
    Timer,
    TimersDue,
    TooLate,
    Uncaught,
)
from app.engine.program import Program
from app.engine.sandbox import Evaluator
from app.engine.sorting import Version

__all__ = [
    "NOW",
    "CompleteTask",
    "Correct",
    "Decide",
    "Decisions",
    "Engine",
    "Evaluator",
    "Event",
    "Finding",
    "JobDone",
    "JobFailed",
    "JobRequest",
    "LogEntry",
    "Message",
    "Names",
    "OpenTask",
    "Program",
    "Redirect",
    "Skip",
    "Snapshot",
    "Stand",
    "Step",
    "TaskKind",
    "Timer",
    "TimersDue",
    "TooLate",
    "Uncaught",
    "Unmovable",
    "Version",
    "verdict",
]

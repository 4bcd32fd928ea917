"""SpiffWorkflow behind plain frozen facts. See `Engine`."""

from app.engine.engine import Engine
from app.engine.model import (
    CompleteTask,
    Decide,
    Event,
    JobDone,
    JobFailed,
    JobRequest,
    LogEntry,
    Message,
    OpenTask,
    Snapshot,
    Step,
    TaskKind,
    Timer,
    TimersDue,
    TooLate,
    Uncaught,
)
from app.engine.program import Program
from app.engine.sandbox import Evaluator

__all__ = [
    "CompleteTask",
    "Decide",
    "Engine",
    "Evaluator",
    "Event",
    "JobDone",
    "JobFailed",
    "JobRequest",
    "LogEntry",
    "Message",
    "OpenTask",
    "Program",
    "Snapshot",
    "Step",
    "TaskKind",
    "Timer",
    "TimersDue",
    "TooLate",
    "Uncaught",
]

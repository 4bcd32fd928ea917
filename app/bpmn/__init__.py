"""Diagrams of BPMN 2.0: read, found fault with, and written. Knows nothing of packages, forms or engines.

`read` gives one file as frozen facts (`model`), `read_all` those of a package; `faults` says what is wrong with the
drawing; `write` writes a file in one canonical form, so that what a tool has ordered by chance shows in no comparison.
"""

from app.bpmn.diagrams import Diagrams, read_all
from app.bpmn.faults import faults
from app.bpmn.model import (
    Diagram,
    Element,
    Flow,
    Lane,
    MessageFlow,
    Process,
    Repetition,
    Shape,
    Stranger,
    Timing,
    Trigger,
)
from app.bpmn.reading import read
from app.bpmn.writing import write

__all__ = [
    "Diagram",
    "Diagrams",
    "Element",
    "Flow",
    "Lane",
    "MessageFlow",
    "Process",
    "Repetition",
    "Shape",
    "Stranger",
    "Timing",
    "Trigger",
    "faults",
    "read",
    "read_all",
    "write",
]

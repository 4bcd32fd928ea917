"""Whether a diagram can be seen: every element has a shape (BPMN 2.0.2, chapter 12, diagram interchange)."""

from __future__ import annotations

from collections.abc import Iterator

from app.bpmn import Diagram
from app.catalogue.words import Listed
from app.errors import N_, Problem

_MOST_NAMED = 5


def unseen(file: Diagram) -> Iterator[Problem]:
    """A warning of elements without a shape."""
    drawn = [element for element in file.elements() if element.id]
    missing = [element for element in drawn if element.id not in file.shapes]
    if drawn and not file.shapes:
        message = N_("The diagram has no shapes: nobody sees it on the pages. Draw it in a BPMN tool.")
        yield Problem(file.file, message, severity="warning")
    elif missing:
        names = {"names": Listed(tuple(element.named for element in missing[:_MOST_NAMED]))}
        message = N_("The diagram has no shape for %(names)s: nobody sees it on the pages. Draw it in a BPMN tool.")
        yield Problem(file.file, message, missing[0].id, names, "warning", line=missing[0].line)

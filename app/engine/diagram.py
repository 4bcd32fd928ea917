"""What of a package's diagrams the engine runs: processes with their flow nodes by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app import bpmn
from app.bpmn import Element, Flow, MessageFlow
from app.bpmn.support import RUNS
from app.errors import Problem


@dataclass(frozen=True, slots=True)
class Process:
    """A process, or an embedded subprocess (`parent` is then the process around it)."""

    id: str
    file: str
    parent: str
    top: str  # the process around all subprocesses around it; itself, where there is none
    nodes: Mapping[str, Element]
    flows: tuple[Flow, ...]
    refused: Mapping[str, str]  # what is drawn there and does not run: id to tag


@dataclass(frozen=True, slots=True)
class Diagrams:
    """All processes but those that are pictures. `unread`: what is wrong with files of which nothing could be read."""

    processes: Mapping[str, Process]
    message_flows: tuple[MessageFlow, ...]
    unread: tuple[Problem, ...]


def read(sources: Mapping[str, bytes], entry: str) -> Diagrams:
    """BPMN by file name. `entry`: the process with which a case begins."""
    found = bpmn.read_all(sources)
    running = found.running(entry)
    processes = {
        process.id: _process(process, found.top(process).id)
        for process in found.processes.values()
        if process.id in running
    }
    flows = tuple(flow for file in found.files for flow in file.message_flows)
    return Diagrams(processes, flows, found.unread)


def _process(process: bpmn.Process, top: str) -> Process:
    nodes: dict[str, Element] = {}
    refused = {stranger.id: stranger.kind for stranger in process.strangers}
    # Event subprocesses stand by before anything begins; else no order of the file may change what happens.
    for element in sorted(process.elements, key=lambda each: (not each.by_event, each.id)):
        if element.kind in RUNS:
            nodes.setdefault(element.id, element)
        else:
            refused[element.id] = element.kind
    return Process(process.id, process.file, process.parent, top, nodes, process.flows, refused)

"""All diagrams of a package together: what they hold by id, and which processes run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.bpmn.model import Diagram, Element, Flow, Process
from app.bpmn.names import SUBPROCESSES
from app.bpmn.reading import read
from app.bpmn.support import RUNS
from app.errors import Problem
from app.text.memo import remembered
from app.text.xml import XmlRefused


@dataclass(frozen=True, slots=True, eq=False)
class Diagrams:
    """`unread`: what is wrong with files of which nothing could be read."""

    files: tuple[Diagram, ...] = ()
    unread: tuple[Problem, ...] = ()
    processes: Mapping[str, Process] = field(default_factory=dict)  # and subprocesses, by id; the first of its id

    def elements(self) -> Iterator[Element]:
        """Every flow node of every file, in order, whatever its kind."""
        return (element for file in self.files for element in file.elements())

    def flows(self) -> Iterator[Flow]:
        """Every sequence flow of every file, in order."""
        return (flow for file in self.files for flow in file.flows())

    def top(self, process: Process) -> Process:
        """The process around all subprocesses around this one; itself, where there is none."""
        return self.around(process)[-1]

    def around(self, process: Process) -> list[Process]:
        """The process itself and what is around it, outwards."""
        found = [process]
        while process.parent and process.parent in self.processes and process.parent not in {each.id for each in found}:
            process = self.processes[process.parent]
            found.append(process)
        return found

    def running(self, entry: str) -> frozenset[str]:
        """Ids of processes and subprocesses but those that are pictures: that say they are not executable. What a case
        begins with, or what is called, runs whatever it says of itself. Without what is in a subprocess of a kind that
        does not run.
        """
        pending = [each.id for each in self.processes.values() if each.executable and not each.parent]
        pending.append(entry)
        used = set(pending)
        calls: dict[str, set[str]] = {}
        for process in self.processes.values():
            home = self.top(process).id
            calls.setdefault(home, set()).update(each.called for each in process.elements if each.called)
        while pending:
            for called in calls.get(pending.pop(), ()):
                if called not in used:
                    used.add(called)
                    pending.append(called)
        closed = {each.id for each in self.elements() if each.kind in SUBPROCESSES - RUNS}
        return frozenset(
            name
            for name, each in self.processes.items()
            if self.top(each).id in used and not any(outer.id in closed for outer in self.around(each))
        )


def read_all(sources: Mapping[str, bytes]) -> Diagrams:
    """Every file, by name. What cannot be read is in `unread`."""
    files, unread = [], []
    for name in sorted(sources):
        try:
            files.append(_read(name, sources[name]))
        except XmlRefused as error:
            unread.append(error.of(name))
    processes: dict[str, Process] = {}
    for file in files:
        for process in file.processes:
            processes.setdefault(process.id, process)
    return Diagrams(tuple(files), tuple(unread), processes)


def _read(name: str, data: bytes) -> Diagram:
    return remembered("diagram", (name, data), len(data), lambda: read(name, data))

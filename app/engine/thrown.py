"""What is thrown and nobody can catch, and what is waited for and nobody throws."""

from __future__ import annotations

from collections.abc import Iterator

from app.bpmn import Element
from app.engine.diagram import Diagrams, Process
from app.engine.routing import Routing
from app.errors import N_, Problem


def check(diagrams: Diagrams) -> list[Problem]:
    """Errors that nobody catches on any way on which the process is begun, messages that nobody takes, and events that
    wait for what nothing in the package throws."""
    return [*_errors(diagrams), *_messages(diagrams), *_awaited(diagrams)]


def _errors(diagrams: Diagrams) -> Iterator[Problem]:
    for process in diagrams.processes.values():
        for node in process.nodes.values():
            if node.kind != "endEvent" or node.trigger is None or node.trigger.kind != "error":
                continue
            code = node.trigger.name
            if not _caught(diagrams, process, code, frozenset()):
                yield Problem(
                    process.file,
                    "Nobody catches the error “%(code)s”: put an error event on the border of the subprocess or call "
                    "activity that it ends, or an event subprocess beside.",
                    node.id,
                    {"code": code},
                )


def _caught(diagrams: Diagrams, process: Process, code: str, seen: frozenset[str]) -> bool:
    """Whether an error of this code that comes out of somewhere in the process is caught on some way."""
    if process.id in seen:
        return False
    for node in process.nodes.values():
        if (
            node.by_event
            and node.id not in seen
            and any(_catches(start, code) for start in diagrams.processes[node.id].nodes.values())
        ):
            return True
    for around in diagrams.processes.values():
        for node in around.nodes.values():
            if node.runs != process.id:
                continue
            borders = [each for each in around.nodes.values() if each.attached_to == node.id]
            if any(_catches(each, code) for each in borders):
                return True
            if _caught(diagrams, around, code, seen | {process.id}):
                return True
    return False


def _catches(node: Element, code: str) -> bool:
    catches = node.kind in ("boundaryEvent", "startEvent") and node.trigger is not None
    return catches and node.trigger is not None and node.trigger.kind == "error" and node.trigger.name in ("", code)


def _awaited(diagrams: Diagrams) -> Iterator[Problem]:
    """A job that fails for good is an error, too: its code is its operator."""
    nodes = [(process, node) for process in diagrams.processes.values() for node in process.nodes.values()]
    thrown = {("error", node.operator) for _, node in nodes if node.operator}
    thrown |= {(node.trigger.kind, node.trigger.name) for _, node in nodes if node.trigger and not _waits(node)}
    for process, node in nodes:
        trigger = node.trigger
        if trigger is None or not trigger.name or not _waits(node) or (trigger.kind, trigger.name) in thrown:
            continue
        facts = {"name": trigger.name}
        if trigger.kind == "error":
            message = N_("Nothing in the package ends with the error “%(name)s”, and no operator is called so.")
            yield Problem(process.file, message, node.id, facts, "warning")
        elif trigger.kind in ("signal", "escalation"):
            message = N_("Nothing in the package throws “%(name)s”, for which this waits.")
            yield Problem(process.file, message, node.id, facts, "warning")


def _waits(node: Element) -> bool:
    return node.waits or node.kind in ("boundaryEvent", "startEvent")


def _messages(diagrams: Diagrams) -> Iterator[Problem]:
    routing = Routing(diagrams)
    for process in diagrams.processes.values():
        for node in process.nodes.values():
            throws = routing.throws(node, process)
            if throws is None or throws.kind != "message" or throws.targets:
                continue
            if not any(flow.source in (node.id, routing.home[process.id]) for flow in routing.flows):
                yield Problem(
                    process.file,
                    "Nobody in the package takes the message “%(name)s”: it leads nowhere.",
                    node.id,
                    {"name": throws.name},
                    "warning",
                )

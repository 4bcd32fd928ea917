"""What of BPMN runs here, and what to draw instead of the rest (docs/package-format.md)."""

from __future__ import annotations

from app.bpmn.model import Element

# Kinds of flow nodes that run. Of events, see EVENTS.
RUNS = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask",
        "subProcess", "callActivity",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    }
)  # fmt: skip

# By kind of event, what it may wait for or throw; "" where it says nothing. Of start events those of a process.
EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"", "message"}),
    "endEvent": frozenset({"", "terminate", "message", "signal", "error", "escalation"}),
    "intermediateThrowEvent": frozenset({"", "message", "signal", "escalation", "link"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "link"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "error", "escalation"}),
}
STARTS_BY_EVENT = frozenset({"timer", "message", "signal", "error", "escalation"})  # of an event subprocess
STARTS_INSIDE = frozenset({""})  # of an embedded subprocess


def allowed(element: Element, around: Element | None) -> bool:
    """Whether an event waits for or throws what an event of its kind may; true of what is no event. `around`: the
    subprocess in which it stands.
    """
    events = EVENTS.get(element.kind)
    if element.kind == "startEvent" and around is not None:
        events = STARTS_BY_EVENT if around.by_event else STARTS_INSIDE
    return events is None or element.event in events


N_ = str  # marks a message id
_CHOREOGRAPHY = N_("draw who does what as lanes or pools of one collaboration")
# Kind of flow node to what does its work here.
INSTEAD = {
    "complexGateway": N_("draw an inclusive or a parallel gateway, and conditions on its flows"),
    "adHocSubProcess": N_("draw the tasks side by side behind a parallel gateway, each with a way around it"),
    "transaction": N_("draw a subprocess, and the way back as flows"),
    "implicitThrowEvent": N_("draw an intermediate throw event"),
    "callChoreography": _CHOREOGRAPHY,
    "choreographyTask": _CHOREOGRAPHY,
    "subChoreography": _CHOREOGRAPHY,
}
# What an event waits for or throws (the tag of its definition without EventDefinition) to what does its work here;
# "": an event without any.
INSTEAD_OF_EVENT = {
    "": N_("choose what it waits for: a timer, a message or a signal"),
    "cancel": N_("draw the way back as a flow"),
    "compensate": N_("draw the way back as a flow"),
    "conditional": N_("draw a gateway behind the task that sets the value"),
    "link": N_("draw it as an intermediate event"),
    "error": N_("draw it as an end event, or on the border of what ends with it"),
    "escalation": N_("draw it where it is thrown, or on the border of what it comes from"),
    "signal": N_("draw an intermediate event that waits, behind the start"),
    "terminate": N_("draw an end event that terminates"),
    "timer": N_("draw an intermediate event that waits, behind the start"),
    "message": N_("draw an intermediate event that waits, behind the start"),
}
_SEVERAL = N_("draw one event for each, side by side behind an event-based gateway")
_NOTHING = N_("remove it, or draw what docs/package-format.md names")


def instead(kind: str) -> str:
    """What to draw in place of a flow node that does not run (a message id)."""
    return INSTEAD.get(kind, _NOTHING)


def instead_of_event(definitions: tuple[str, ...]) -> str:
    """The same for an event whose definitions do not run where they stand."""
    if len(definitions) > 1:
        return _SEVERAL
    return INSTEAD_OF_EVENT.get(definitions[0].removesuffix("EventDefinition") if definitions else "", _NOTHING)

"""What of BPMN runs here, and what to draw instead of the rest (docs/package-format.md)."""

from __future__ import annotations

# Kinds of flow nodes that run. Of events, see EVENTS.
RUNS = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "receiveTask", "businessRuleTask", "scriptTask",
        "subProcess", "callActivity",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    }
)  # fmt: skip

# Kind of event to the event definitions that it may have.
EVENTS: dict[str, frozenset[tuple[str, ...]]] = {
    "startEvent": frozenset({()}),
    "endEvent": frozenset({(), ("terminateEventDefinition",)}),
    "intermediateThrowEvent": frozenset({()}),
    "intermediateCatchEvent": frozenset({("timerEventDefinition",), ("messageEventDefinition",)}),
    "boundaryEvent": frozenset({("timerEventDefinition",), ("messageEventDefinition",)}),
}

N_ = str  # marks a message id
_CHOREOGRAPHY = N_("draw who does what as lanes or pools of one collaboration")
# Kind of flow node to what does its work here.
INSTEAD = {
    "sendTask": N_("draw a service task with the operator mail, or a notice"),
    "complexGateway": N_("draw an inclusive or a parallel gateway, and conditions on its flows"),
    "adHocSubProcess": N_("draw the tasks side by side behind a parallel gateway, each with a way around it"),
    "transaction": N_("draw a subprocess, and the way back as flows"),
    "implicitThrowEvent": N_("draw an intermediate throw event"),
    "callChoreography": _CHOREOGRAPHY,
    "choreographyTask": _CHOREOGRAPHY,
    "subChoreography": _CHOREOGRAPHY,
}
# Kind of event definition (its tag without EventDefinition) to what does its work here; "": an event without any.
INSTEAD_OF_EVENT = {
    "": N_("choose what it waits for: a timer or a message"),
    "cancel": N_("draw the way back as a flow"),
    "compensate": N_("draw the way back as a flow"),
    "conditional": N_("draw a gateway behind the task that sets the value"),
    "link": N_("draw the flow itself"),
    "error": N_("draw a gateway behind the task, and conditions on its flows"),
    "escalation": N_("draw a gateway behind the task, and conditions on its flows"),
    "signal": N_("use a message"),
    "terminate": N_("draw an end event that terminates"),
    "timer": N_("draw an intermediate event that waits, behind the start"),
    "message": N_("draw an intermediate event that waits, or a service task that sends"),
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

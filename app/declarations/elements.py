"""The kinds of element that run, and what BPMN itself lets one say of them: what the designer's panel shows of each.

`app.bpmn.support` says which kinds run; a test compares the two. What the portal adds is in properties.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.declarations.kinds import Kind
from app.errors import N_


@dataclass(frozen=True, slots=True)
class ElementKind:
    """A kind of flow node, by its BPMN tag; `sequenceFlow` is the arrow between two."""

    tag: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that BPMN lets one say. `id`: as problems name it (errors.PARTS), but for what they say nothing of;
    `on`: the kinds of element that have it, () for any; `event`: the definitions of the event that has it, () for any.
    """

    id: str
    title: str
    help: str
    kind: Kind
    on: tuple[str, ...] = ()
    event: tuple[str, ...] = ()


_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
_WORKS = ("serviceTask", "sendTask")
_ACTIVITIES = (
    "userTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask", "manualTask", "task",
    "subProcess", "callActivity",
)  # fmt: skip
FLOW = "sequenceFlow"

_KINDS = (
    ElementKind("userTask", N_("User task"), N_("a person fills in a form")),
    ElementKind("serviceTask", N_("Service task"), N_("the portal does what is chosen below, such as sending a mail")),
    ElementKind("sendTask", N_("Send task"), N_("sends its message; what is chosen below is done first")),
    ElementKind("receiveTask", N_("Receive task"), N_("waits for its message")),
    ElementKind("businessRuleTask", N_("Business rule task"), N_("decides by a decision table")),
    ElementKind("scriptTask", N_("Script task"), N_("sets values by a few lines of Python")),
    ElementKind("manualTask", N_("Manual task"), N_("passed over; a note of work that people do elsewhere")),
    ElementKind("task", N_("Task (abstract)"), N_("passed over; on record")),
    ElementKind(
        "subProcess",
        N_("Subprocess"),
        N_("steps that belong together; they see and set the values of what is around them"),
    ),
    ElementKind("callActivity", N_("Call activity"), N_("runs another process of the package")),
    ElementKind("exclusiveGateway", N_("Exclusive gateway"), N_("takes the first way whose condition holds")),
    ElementKind("parallelGateway", N_("Parallel gateway"), N_("takes all ways; a join waits for all of them")),
    ElementKind(
        "inclusiveGateway",
        N_("Inclusive gateway"),
        N_("takes every way whose condition holds; a join waits for whatever can still come"),
    ),
    ElementKind("eventBasedGateway", N_("Event-based gateway"), N_("the first event behind it says the way")),
    ElementKind("startEvent", N_("Start event"), N_("where a process begins")),
    ElementKind("endEvent", N_("End event"), N_("where a way ends")),
    ElementKind("intermediateCatchEvent", N_("Intermediate event (waits)"), N_("waits for a time, message or signal")),
    ElementKind(
        "intermediateThrowEvent", N_("Intermediate event (sends)"), N_("sends a message or signal, and goes on")
    ),
    ElementKind("boundaryEvent", N_("Boundary event"), N_("what may happen while the step is open")),
    ElementKind(FLOW, N_("Sequence flow"), N_("which step comes next")),
)
ELEMENTS: dict[str, ElementKind] = {each.tag: each for each in _KINDS}

_PARTS = (
    Part("name", N_("Name on the diagram"), N_("what people read: on the diagram, in lists, on the form"), Kind.TEXT),
    Part("documentation", N_("Note"), N_("a note for whoever draws; nobody else reads it"), Kind.LINES),
    Part("operator", N_("What it does"), N_("what the portal does here"), Kind.OPERATOR, _WORKS),
    Part("result", N_("Name of the result"), N_("the name by which later steps use what comes of it"), Kind.NEW,
         _WORKS),
    Part("decision", N_("Decision table"), N_("the table that decides; later steps use what it gives"),
         Kind.DECISION, ("businessRuleTask",)),
    Part("called", N_("Process that is called"), N_("the process of this package that runs here"),
         Kind.PROCESS, ("callActivity",)),
    Part("script", N_("Script"), N_("lines of Python that set values for later steps; where a decision table can say "
         "it, choose that"), Kind.SCRIPT, ("scriptTask",)),
    Part("script.before", N_("Script before it"), N_("lines of Python that are run when the case comes to the step"),
         Kind.SCRIPT, _ACTIVITIES),
    Part("script.after", N_("Script after it"), N_("lines of Python that are run when the step is done"),
         Kind.SCRIPT, _ACTIVITIES),
    Part("condition", N_("Condition"), N_("when this way is taken; the ways are looked at in the order of the file"),
         Kind.EXPRESSION, (FLOW,)),
    Part("default", N_("Otherwise"), N_("this way is taken when no condition holds"), Kind.FLAG, (FLOW,)),
    Part("time", N_("Time"), N_("when it goes on: a moment, a span of time, or a repetition"), Kind.ANSWER,
         ("startEvent", "intermediateCatchEvent", "boundaryEvent"), ("timer",)),
    Part("message", N_("Message that is meant"), N_("which message is sent or waited for"), Kind.MESSAGE,
         (*_EVENTS, "sendTask", "receiveTask"), ("message",)),
    Part("signal", N_("Signal that is meant"),
         N_("which signal is sent or waited for; it reaches everything that waits in the case"),
         Kind.SIGNAL, _EVENTS, ("signal",)),
    Part("error", N_("Error that is meant"), N_("code of the error; without one every error is caught"), Kind.ERROR,
         _EVENTS, ("error",)),
    Part("escalation", N_("Escalation that is meant"), N_("code of the escalation; without one every one is caught"),
         Kind.ESCALATION, _EVENTS, ("escalation",)),
    Part("link", N_("Link that is meant"),
         N_("the case goes on at the link event that waits for the same name, as along an arrow"),
         Kind.LINK, ("intermediateCatchEvent", "intermediateThrowEvent"), ("link",)),
    Part("interrupting", N_("Ends the step"), N_("whether the step ends when this happens, or goes on beside it"),
         Kind.FLAG, ("boundaryEvent", "startEvent")),
    Part("loop", N_("Repetition"), N_("done for each item of a list, so many times, or as long as something holds"),
         Kind.LOOP, _ACTIVITIES),
)  # fmt: skip
PARTS: dict[str, Part] = {each.id: each for each in _PARTS}

"""One small diagram for each thing that BPMN 2.0 can draw; what is looked at has the id `probe`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.engine.drawing import Drawing, again, each, xml


def straight(*names: str) -> Drawing:
    return Drawing("p").start().end().path("s", *names, "e")


def node(kind: str, inside: str = "", /, **attributes: str) -> bytes:
    return xml(straight("probe").node(kind, "probe", inside, **attributes))


def event(kind: str, definition: str) -> bytes:
    """An event of this kind with this definition, in a place where it may stand."""
    name = "" if definition in ("cancel", "compensate", "conditional", "terminate") else "x"
    if kind == "startEvent":
        drawing = Drawing("p").end().path("probe", "e")
        if definition == "timer":
            return xml(drawing.start_on("timer", "'P1D'", "probe"))
        return xml(drawing.node(kind, "probe", drawing.defined(definition, name)))
    if kind == "endEvent":
        drawing = Drawing("p").start().path("s", "probe")
        drawing.node(kind, "probe", drawing.defined(definition, name))
        if definition == "error":
            inner = Drawing("body").start("bs").path("bs", "probe")
            drawing = straight("body").sub(inner.node(kind, "probe", inner.defined(definition, name)))
            drawing.on("error", "caught", "body", "x").path("caught", "e")
        return xml(drawing)
    if kind == "boundaryEvent":
        drawing = straight("a").user("a").path("probe", "e")
        if definition == "timer":
            return xml(drawing.on_timer("probe", "a", "timeDuration", "'P1D'"))
        return xml(drawing.on(definition, "probe", "a", name))
    drawing = straight("probe")
    if definition == "timer":
        return xml(drawing.timer("probe", "timeDuration", "'P1D'"))
    return xml(drawing.node(kind, "probe", drawing.defined(definition, name)))


def beside(definition: str, interrupting: bool = True) -> bytes:
    """An event subprocess that begins with this."""
    inner = Drawing("probe").end("he").path("hs", "he")
    called = "'P1D'" if definition == "timer" else "" if definition in ("conditional", "compensate") else "x"
    inner.start_on(definition, called, "hs", interrupting)
    return xml(straight("a").user("a").beside(inner))


def drawn(*parts: str) -> bytes:
    drawing = straight("a").user("a")
    drawing.parts += parts
    return xml(drawing)


def gateway(kind: str, **attributes: str) -> bytes:
    drawing = Drawing("p").start().node(kind, "probe", **attributes).user("a").user("b").end()
    drawing.path("s", "probe").path("a", "e").path("b", "e")
    conditions = {"exclusiveGateway": "x > 1", "inclusiveGateway": "x > 1", "complexGateway": "x > 1"}
    drawing.flow("probe", "a", conditions.get(kind, "")).flow("probe", "b", name="other")
    if kind in conditions:
        drawing.parts[1] = drawing.parts[1].replace(">", ' default="other">', 1)
    return xml(drawing)


def first_event(**attributes: str) -> bytes:
    drawing = Drawing("p").start().node("eventBasedGateway", "probe", **attributes).catch("a", "m").end()
    drawing.timer("b", "timeDuration", "'P1D'").path("s", "probe", "a", "e").path("probe", "b", "e")
    return xml(drawing)


def flows(kind: str) -> bytes:
    drawing = Drawing("p").start().xor("x", "other" if kind == "condition" else "probe").user("a").user("b").end()
    drawing.path("s", "x").path("a", "e").path("b", "e")
    if kind == "condition":
        return xml(drawing.flow("x", "a", "n > 1", name="probe").flow("x", "b", name="other"))
    return xml(drawing.flow("x", "a", "n > 1").flow("x", "b", name="probe"))


def service() -> bytes:
    drawing = straight("probe").service("probe", mail="'welcome'")
    return xml(drawing)


def rule() -> bytes:
    return xml(straight("probe").rule("probe", "table"))


def sub(inside: str = "", /, **attributes: str) -> bytes:
    inner = Drawing("probe").start("bs").user("b").end("be").path("bs", "b", "be")
    return xml(straight("probe").sub(inner, inside, **attributes))


def call() -> bytes:
    inner = Drawing("body").start("bs").end("be").path("bs", "be")
    return xml(straight("probe").call("probe", "body"), inner)


def pools(executable: bool) -> bytes:
    second = Drawing("probe").node("complexGateway", "odd")
    second.executable = executable
    return xml(straight(), second, pools=("p", "probe"))


def message_flow() -> bytes:
    main = straight("t").throw("t", "message", "m")
    second = Drawing("q").start_on("message", "m", "qs").end("qe").path("qs", "qe")
    return xml(main, second, pools=("p", "q"), flows=(("t", "qs"),)).replace(b'id="mf0"', b'id="probe"')


def link(kind: str) -> bytes:
    """Both halves of a link, of which one is looked at."""
    thrown, caught = ("probe", "c") if kind == "throw" else ("t", "probe")
    drawing = Drawing("p").start().link("throw", thrown, "A").link("catch", caught, "A").end()
    return xml(drawing.path("s", thrown).path(caught, "e"))


def several() -> bytes:
    drawing = straight("probe")
    inside = drawing.defined("message", "m") + drawing.defined("signal", "x")
    return xml(drawing.node("intermediateCatchEvent", "probe", inside))


INPUT = '<bpmn:dataInputAssociation id="probe"><bpmn:sourceRef>o</bpmn:sourceRef></bpmn:dataInputAssociation>'
IO = '<bpmn:ioSpecification id="io"><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>'

# The elements of the Common Executable sub-class (ISO/IEC 19510:2013, clause 2.2.2, table 2.3), in its order.
COMMON_EXECUTABLE: Mapping[str, bytes] = {
    "sequenceFlow": xml(Drawing("p").start().end().flow("s", "e", name="probe")),
    "sequenceFlow conditionExpression": flows("condition"),
    "sequenceFlow default": flows("default"),
    "subProcess": sub(),
    "exclusiveGateway": gateway("exclusiveGateway"),
    "parallelGateway": gateway("parallelGateway"),
    "startEvent": xml(Drawing("p").start("probe").end().path("probe", "e")),
    "endEvent": xml(Drawing("p").start().end("probe").path("s", "probe")),
    "eventBasedGateway": first_event(),
    "userTask": node("userTask"),
    "serviceTask": service(),
    "callActivity": call(),
    "dataObject": drawn('<bpmn:dataObject id="probe"/>', '<bpmn:dataObjectReference id="r" dataObjectRef="probe"/>'),
    "textAnnotation": drawn('<bpmn:textAnnotation id="probe"><bpmn:text>Look</bpmn:text></bpmn:textAnnotation>'),
    "dataAssociation": xml(straight("a").user("a", INPUT).node("dataObject", "o")),
    "startEvent message": event("startEvent", "message"),
    "endEvent message": event("endEvent", "message"),
    "endEvent terminate": event("endEvent", "terminate"),
    "intermediateCatchEvent message": event("intermediateCatchEvent", "message"),
    "intermediateThrowEvent message": event("intermediateThrowEvent", "message"),
    "intermediateCatchEvent timer": event("intermediateCatchEvent", "timer"),
    "boundaryEvent error": event("boundaryEvent", "error"),
}
OTHERS: Mapping[str, bytes] = {
    "task": node("task"),
    "manualTask": node("manualTask"),
    "scriptTask": xml(straight("probe").script("probe", "x = 1")),
    "businessRuleTask": rule(),
    "sendTask": xml(straight("probe").send("probe", "m")),
    "receiveTask": xml(straight("probe").receive("probe", "m")),
    "userTask standardLoopCharacteristics": node("userTask", again("x > 0", "3")),
    "userTask multiInstanceLoopCharacteristics": node("userTask", each("xs", "x")),
    "inclusiveGateway": gateway("inclusiveGateway"),
    "complexGateway": gateway("complexGateway"),
    "intermediateThrowEvent": node("intermediateThrowEvent"),
    "intermediateThrowEvent signal": event("intermediateThrowEvent", "signal"),
    "intermediateThrowEvent escalation": event("intermediateThrowEvent", "escalation"),
    "intermediateThrowEvent link": link("throw"),
    "intermediateThrowEvent compensate": event("intermediateThrowEvent", "compensate"),
    "intermediateCatchEvent signal": event("intermediateCatchEvent", "signal"),
    "intermediateCatchEvent conditional": event("intermediateCatchEvent", "conditional"),
    "intermediateCatchEvent link": link("catch"),
    "intermediateCatchEvent several": several(),
    "endEvent error": event("endEvent", "error"),
    "endEvent escalation": event("endEvent", "escalation"),
    "endEvent signal": event("endEvent", "signal"),
    "endEvent cancel": event("endEvent", "cancel"),
    "endEvent compensate": event("endEvent", "compensate"),
    "boundaryEvent message": event("boundaryEvent", "message"),
    "boundaryEvent timer": event("boundaryEvent", "timer"),
    "boundaryEvent signal": event("boundaryEvent", "signal"),
    "boundaryEvent escalation": event("boundaryEvent", "escalation"),
    "boundaryEvent conditional": event("boundaryEvent", "conditional"),
    "boundaryEvent compensate": event("boundaryEvent", "compensate"),
    "boundaryEvent cancel": event("boundaryEvent", "cancel"),
    "startEvent timer": event("startEvent", "timer"),
    "startEvent signal": event("startEvent", "signal"),
    "startEvent conditional": event("startEvent", "conditional"),
    "subProcess triggeredByEvent message": beside("message"),
    "subProcess triggeredByEvent timer": beside("timer"),
    "subProcess triggeredByEvent signal": beside("signal", False),
    "subProcess triggeredByEvent error": beside("error"),
    "subProcess triggeredByEvent escalation": beside("escalation", False),
    "subProcess triggeredByEvent conditional": beside("conditional"),
    "transaction": node("transaction"),
    "adHocSubProcess": node("adHocSubProcess"),
    "messageFlow": message_flow(),
    "participant isExecutable=false": pools(False),
    "association": drawn('<bpmn:association id="probe" sourceRef="a" targetRef="a"/>'),
    "group": drawn('<bpmn:group id="probe"/>'),
    "dataStoreReference": drawn('<bpmn:dataStoreReference id="probe"/>'),
    "ioSpecification": node("userTask", IO),
    "choreographyTask": node("choreographyTask"),
}

"""Small diagrams written in Python: BPMN XML without the typing."""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions '
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions_1" targetNamespace="t">'
)


class Drawing:
    """A process or embedded subprocess. Nodes are added one by one, flows as paths: `.path("s", "a", "e")`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parts: list[str] = []
        self.messages: set[str] = set()
        self.named: set[tuple[str, str]] = set()  # (signal | error | escalation, name or code)
        self.flows = 0
        self.executable = True

    def node(self, kind: str, name: str, inside: str = "", /, **attributes: str) -> Drawing:
        more = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        self.parts.append(f'<bpmn:{kind} id="{name}"{more}>{inside}</bpmn:{kind}>')
        return self

    def start(self, name: str = "s") -> Drawing:
        return self.node("startEvent", name)

    def end(self, name: str = "e", terminates: bool = False) -> Drawing:
        return self.node("endEvent", name, "<bpmn:terminateEventDefinition/>" if terminates else "")

    def user(self, name: str, inside: str = "", /, **attributes: str) -> Drawing:
        return self.node("userTask", name, inside, **attributes)

    def script(self, name: str, code: str, inside: str = "") -> Drawing:
        return self.node("scriptTask", name, f"{inside}<bpmn:script>{escape(code)}</bpmn:script>")

    def service(
        self, name: str, operator: str = "mail", result: str = "", inside: str = "", **parameters: str
    ) -> Drawing:
        given = "".join(
            f'<spiffworkflow:parameter id="{key}" type="any" value={quoteattr(value)}/>'
            for key, value in parameters.items()
        )
        stored = f' resultVariable="{result}"' if result else ""
        return self.node(
            "serviceTask",
            name,
            extended(
                f'<spiffworkflow:serviceTaskOperator id="{operator}"{stored}>'
                f"<spiffworkflow:parameters>{given}"
                "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
            )
            + inside,
        )

    def rule(self, name: str, decision: str) -> Drawing:
        return self.node(
            "businessRuleTask",
            name,
            extended(f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"),
        )

    def receive(self, name: str, message: str) -> Drawing:
        self.messages.add(message)
        return self.node("receiveTask", name, messageRef=f"m_{message}")

    def call(self, name: str, process: str, inside: str = "") -> Drawing:
        return self.node("callActivity", name, inside, calledElement=process)

    def xor(self, name: str, default: str = "") -> Drawing:
        return self.node("exclusiveGateway", name, **({"default": default} if default else {}))

    def both(self, name: str) -> Drawing:
        return self.node("parallelGateway", name)

    def inclusive(self, name: str, default: str = "") -> Drawing:
        return self.node("inclusiveGateway", name, **({"default": default} if default else {}))

    def first_event(self, name: str) -> Drawing:
        return self.node("eventBasedGateway", name)

    def catch(self, name: str, message: str) -> Drawing:
        self.messages.add(message)
        return self.node("intermediateCatchEvent", name, f'<bpmn:messageEventDefinition messageRef="m_{message}"/>')

    def link(self, kind: str, element: str, name: str) -> Drawing:
        """One half of a link: `kind` is throw or catch."""
        inside = f'<bpmn:linkEventDefinition name="{name}"/>'
        return self.node(f"intermediate{kind.title()}Event", element, inside)

    def timer(self, name: str, kind: str, value: str) -> Drawing:
        return self.node("intermediateCatchEvent", name, timing(kind, value))

    def defined(self, kind: str, name: str) -> str:
        """An event definition of this kind, and what it refers to; no name: it says none."""
        if kind == "message":
            self.messages.add(name)
            return f'<bpmn:messageEventDefinition messageRef="m_{name}"/>'
        if not name:
            return f"<bpmn:{kind}EventDefinition/>"
        self.named.add((kind, name))
        return f'<bpmn:{kind}EventDefinition {kind}Ref="{kind}_{name}"/>'

    def start_on(self, kind: str, name: str, element: str = "s", interrupting: bool = True) -> Drawing:
        how = {} if interrupting else {"isInterrupting": "false"}
        inside = timing("timeDuration", name) if kind == "timer" else self.defined(kind, name)
        return self.node("startEvent", element, inside, **how)

    def throw(self, element: str, kind: str, name: str, carries: str = "") -> Drawing:
        inside = properties(carries=carries) if carries else ""
        return self.node("intermediateThrowEvent", element, inside + self.defined(kind, name))

    def end_with(self, element: str, kind: str, name: str = "", carries: str = "") -> Drawing:
        inside = properties(carries=carries) if carries else ""
        return self.node("endEvent", element, inside + self.defined(kind, name))

    def send(self, element: str, message: str, carries: str = "") -> Drawing:
        self.messages.add(message)
        inside = properties(carries=carries) if carries else ""
        return self.node("sendTask", element, inside, messageRef=f"m_{message}")

    def catch_signal(self, element: str, name: str) -> Drawing:
        return self.node("intermediateCatchEvent", element, self.defined("signal", name))

    def on(self, kind: str, element: str, host: str, name: str = "", interrupting: bool = True) -> Drawing:
        """An event on a border."""
        return self.node(
            "boundaryEvent", element, self.defined(kind, name), attachedToRef=host,
            cancelActivity=str(interrupting).lower(),
        )  # fmt: skip

    def beside(self, inner: Drawing) -> Drawing:
        """An event subprocess."""
        return self.sub(inner, triggeredByEvent="true")

    def on_message(self, name: str, host: str, message: str, interrupting: bool = True) -> Drawing:
        self.messages.add(message)
        return self.node(
            "boundaryEvent",
            name,
            f'<bpmn:messageEventDefinition messageRef="m_{message}"/>',
            attachedToRef=host,
            cancelActivity=str(interrupting).lower(),
        )

    def on_timer(self, name: str, host: str, kind: str, value: str, interrupting: bool = True) -> Drawing:
        return self.node(
            "boundaryEvent",
            name,
            timing(kind, value),
            attachedToRef=host,
            cancelActivity=str(interrupting).lower(),
        )

    def sub(self, inner: Drawing, inside: str = "", /, **attributes: str) -> Drawing:
        self.messages |= inner.messages
        self.named |= inner.named
        return self.node("subProcess", inner.name, inside + "".join(inner.parts), **attributes)

    def path(self, *names: str) -> Drawing:
        for source, target in pairwise(names):
            self.flow(source, target)
        return self

    def flow(self, source: str, target: str, condition: str = "", name: str = "") -> Drawing:
        self.flows += 1
        inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        self.parts.append(
            f'<bpmn:sequenceFlow id="{name or f"{self.name}_f{self.flows}"}" sourceRef="{source}" '
            f'targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )
        return self


def extended(inside: str) -> str:
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def properties(**values: str) -> str:
    inside = "".join(
        f"<spiffworkflow:property name={quoteattr(key)} value={quoteattr(value)}/>" for key, value in values.items()
    )
    return extended(f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>")


def timing(kind: str, value: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(value)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def each(
    collection: str = "",
    item: str = "",
    *,
    count: str = "",
    sequential: bool = False,
    output: str = "",
    output_item: str = "",
    until: str = "",
) -> str:
    inside = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>" if count else ""
    inside += f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>" if collection else ""
    inside += f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else ""
    inside += f'<bpmn:inputDataItem id="{item}" name="{item}"/>' if item else ""
    inside += f'<bpmn:outputDataItem id="{output}_{output_item}" name="{output_item}"/>' if output_item else ""
    inside += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{inside}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def again(while_: str = "", maximum: str = "", test_before: bool = False) -> str:
    inside = f"<bpmn:loopCondition>{escape(while_)}</bpmn:loopCondition>" if while_ else ""
    most = f' loopMaximum="{maximum}"' if maximum else ""
    return (
        f'<bpmn:standardLoopCharacteristics testBefore="{str(test_before).lower()}"{most}>{inside}'
        "</bpmn:standardLoopCharacteristics>"
    )


def xml(*drawings: Drawing, pools: tuple[str, ...] = (), flows: tuple[tuple[str, str], ...] = ()) -> bytes:
    """One file. `pools`: processes that are drawn in one, as `pool_<process>`, and names of pools without a process;
    `flows`: message flows, from and to elements or `pool_…`."""
    messages = sorted(set().union(*(drawing.messages for drawing in drawings)))
    named = "".join(f'<bpmn:message id="m_{name}" name="{name}"/>' for name in messages)
    for kind, name in sorted(set().union(*(drawing.named for drawing in drawings))):
        said = f'name="{name}"' if kind == "signal" else f'{kind}Code="{name}"'
        named += f'<bpmn:{kind} id="{kind}_{name}" {said}/>'
    drawn = "".join(
        f'<bpmn:process id="{drawing.name}" isExecutable="{str(drawing.executable).lower()}">{"".join(drawing.parts)}'
        "</bpmn:process>"
        for drawing in drawings
    )
    known = {drawing.name for drawing in drawings}
    joined = "".join(
        f'<bpmn:participant id="pool_{name}"' + (f' processRef="{name}"/>' if name in known else "/>") for name in pools
    )
    joined += "".join(
        f'<bpmn:messageFlow id="mf{place}" sourceRef="{source}" targetRef="{target}"/>'
        for place, (source, target) in enumerate(flows)
    )
    together = f'<bpmn:collaboration id="together">{joined}</bpmn:collaboration>' if joined else ""
    return f"{HEAD}{together}{named}{drawn}</bpmn:definitions>".encode()

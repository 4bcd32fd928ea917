"""What other tools write into a diagram, or BPMN itself provides, and the portal passes over: named, never in silence.

Each thing once for each element, with what does its work here. Colours and shapes are no process and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.bpmn.names import BPMN, SPIFF
from app.errors import N_, Problem
from app.text.xml import Xml

_SPIFFS = frozenset({"properties", "serviceTaskOperator", "calledDecisionId", "preScript", "postScript"})
_PREFIXES = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
    SPIFF: "spiffworkflow",
}
# Attributes that say nothing of the process: types of XML, colours, which tool drew it.
_HARMLESS = (
    "http://www.w3.org/",
    "http://bpmn.io/schema/bpmn/biocolor/",
    "http://www.omg.org/spec/BPMN/",
    "http://camunda.org/schema/modeler/",
    "http://spiffworkflow.org/",
)
_WHO = N_("who does a task is said by its lane and the property group")
_DUE = N_("the day is said by the property due_bd")
_FORM = N_("the form is the file forms/<id of the task>.form")
_WORK = N_("what a service task does is said by spiffworkflow:serviceTaskOperator")
_DATA = N_("all routing values go in and come back; a form's are named by the property routes")
_AROUND = N_("put a script or service task before or after it, or use the property sends")
_EACH = N_("the list is named by loopDataInputRef, one item of it by inputDataItem")
_OTHER = N_("remove it, or say it by what docs/package-format.md names")
_INSTEAD = {
    **dict.fromkeys(("assignee", "candidateGroups", "candidateUsers", "assignmentDefinition"), _WHO),
    **dict.fromkeys(("potentialOwner", "humanPerformer", "performer", "resourceRole"), _WHO),
    **dict.fromkeys(("dueDate", "followUpDate", "taskSchedule"), _DUE),
    **dict.fromkeys(("formKey", "formRef", "formDefinition", "formData", "formProperty", "userTaskForm"), _FORM),
    **dict.fromkeys(("class", "delegateExpression", "expression", "topic", "type", "taskDefinition"), _WORK),
    **dict.fromkeys(("connector", "script", "userTask", "field", "taskHeaders"), _WORK),
    **dict.fromkeys(("inputOutput", "ioMapping", "in", "out", "resultVariable"), _DATA),
    **dict.fromkeys(("dataInputAssociation", "dataOutputAssociation"), _DATA),
    **dict.fromkeys(("executionListener", "taskListener", "executionListeners", "taskListeners"), _AROUND),
    **dict.fromkeys(("collection", "elementVariable", "loopCharacteristics"), _EACH),
    **dict.fromkeys(
        ("decisionRef", "calledDecision", "mapDecisionResult"),
        N_("the table of a business rule task is named by spiffworkflow:calledDecisionId"),
    ),
    "calledElement": N_("the process is named by BPMN's own attribute calledElement"),
    "properties": N_("properties are spiffworkflow:properties"),
}
_PASSED_OVER = frozenset(
    {
        "potentialOwner", "humanPerformer", "performer", "resourceRole", "dataInputAssociation",
        "dataOutputAssociation",
    }
)  # fmt: skip
_COMPENSATION = N_("compensation is not run: draw the way back as a flow")
_QUANTITY = N_("one token comes in and one goes out")
_PYTHON = frozenset({"", "python", "python3", "text/x-python", "text/python", "application/x-python"})
_FEEL = N_("a condition is Python: write == to compare, and or not to join, 'text' in quotes")


def dropped(file: str, root: Xml) -> Iterator[Problem]:
    """Warnings of what is passed over, and errors of what would be run as something else."""
    told: set[tuple[str, str]] = set()
    for owner, node in _owned(root):
        for problem in _of(file, owner, node):
            key = (owner, str(problem.params.get("found", problem.message)))
            if key not in told:
                told.add(key)
                yield problem


def _owned(root: Xml) -> Iterator[tuple[str, Xml]]:
    """(id of the flow element or process that a node belongs to, node), in the order of the file."""
    pending = [("", child) for child in reversed(root.children) if child.namespace == BPMN]
    while pending:
        owner, node = pending.pop()
        if node.namespace == BPMN and node.get("id") and _drawn(node):
            owner = node.get("id")
        yield owner, node
        if node.name == "extensionElements":
            continue  # its children are looked at as what their holder has
        pending.extend((owner, child) for child in reversed(node.children))


def _drawn(node: Xml) -> bool:
    return not node.name.endswith(("Definition", "Characteristics", "Expression", "Association", "Item", "Performer"))


def _of(file: str, owner: str, node: Xml) -> Iterator[Problem]:
    if node.name == "extensionElements":
        for child in node.children:
            if not (child.namespace == SPIFF and child.name in _SPIFFS):
                yield _warned(file, owner, child, _qualified(child.namespace, child.name), child.name)
        return
    for key in node.attributes:
        space, _, name = key[1:].rpartition("}") if key.startswith("{") else ("", "", key)
        if space and not space.startswith(_HARMLESS):
            yield _warned(file, owner, node, _qualified(space, name), name)
    if node.name in _PASSED_OVER and node.namespace == BPMN:
        yield _warned(file, owner, node, node.name, node.name)
    if node.name == "ioSpecification":
        message = N_("Data inputs and outputs are not supported: all routing values go in and come back.")
        yield Problem(file, message, owner, line=node.line)
    if node.get("isForCompensation") == "true":
        yield _warned(file, owner, node, "isForCompensation", "", _COMPENSATION)
    for name in ("startQuantity", "completionQuantity"):
        if node.get(name, "1") != "1":
            yield _warned(file, owner, node, name, "", _QUANTITY)
    yield from _languages(file, owner, node)


def _languages(file: str, owner: str, node: Xml) -> Iterator[Problem]:
    """Scripts and conditions that say that they are no Python."""
    language = node.get("scriptFormat").strip()
    if node.name == "scriptTask" and language.lower() not in _PYTHON:
        yield Problem(
            file, "Scripts are Python here, and this one says that it is %(language)s: write it in Python.", owner,
            {"language": language}, part="script", line=node.line,
        )  # fmt: skip
    language = node.get("language").strip()
    if node.name == "conditionExpression" and "python" not in language.lower() and language:
        yield Problem(
            file, "This condition says that it is %(language)s: %(reason)s.", owner,
            {"language": language, "reason": _FEEL}, part="condition", line=node.line,
        )  # fmt: skip


def _warned(file: str, owner: str, node: Xml, found: str, name: str, reason: str = "") -> Problem:
    return Problem(
        file, "Nothing reads %(found)s: %(reason)s.", owner,
        {"found": found, "reason": reason or _INSTEAD.get(name, _OTHER)}, "warning", f"attribute:{found}",
        node.line,
    )  # fmt: skip


def _qualified(space: str, name: str) -> str:
    """With the prefix that its makers use."""
    if not space:
        return name
    return f"{_PREFIXES.get(space) or space.rstrip('/').rpartition('/')[2]}:{name}"

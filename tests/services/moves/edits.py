"""Fourteen edits of a package's diagrams around a step at which a case stands, as analysts make them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from xml.etree import ElementTree as ET

from app.bpmn.names import BPMN, SPIFF

Files = dict[str, bytes]
OPEN_GROUP = "review"


class Sheet:
    """All diagrams of a package, to be edited."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.roots = {path: ET.fromstring(text) for path, text in files.items() if path.endswith(".bpmn")}
        self.parents = {child: parent for root in self.roots.values() for parent in root.iter() for child in parent}

    def done(self) -> Files:
        return self.files | {path: ET.tostring(root) for path, root in self.roots.items()}

    def find(self, name: str) -> ET.Element:
        return next(each for root in self.roots.values() for each in root.iter() if each.get("id") == name)

    def process(self, name: str) -> ET.Element:
        return self.parents[self.find(name)]

    def flows(self, process: ET.Element) -> list[ET.Element]:
        return [each for each in process if each.tag == _tag("sequenceFlow")]

    def out(self, name: str) -> list[ET.Element]:
        return [flow for flow in self.flows(self.process(name)) if flow.get("sourceRef") == name]

    def into(self, name: str) -> list[ET.Element]:
        return [flow for flow in self.flows(self.process(name)) if flow.get("targetRef") == name]

    def add(self, process: ET.Element, kind: str, name: str, **attributes: str) -> ET.Element:
        made = ET.SubElement(process, _tag(kind), {"id": name, "name": name, **attributes})
        self.parents[made] = process
        return made

    def like(self, task: str, name: str) -> ET.Element:
        """Another task with the same form, that sets nothing."""
        process = self.process(task)
        made = copy.deepcopy(self.find(task))
        for each in [each for each in made if each.tag in (_tag("incoming"), _tag("outgoing"))]:
            made.remove(each)
        for each in made.iter(f"{{{SPIFF}}}properties"):
            each[:] = [one for one in each if one.get("name") in ("lane", "group")]
        made.set("id", name)
        process.append(made)
        self.parents[made] = process
        lane = next((lane for root in self.roots.values() for lane in root.iter(_tag("lane"))
                     if any(ref.text == task for ref in lane)), None)  # fmt: skip
        if lane is not None:
            ET.SubElement(lane, _tag("flowNodeRef")).text = name
        self.files[f"forms/{name}.form"] = self.files[f"forms/{task}.form"].replace(
            f'"{task}'.encode(), f'"{name}'.encode()
        )
        return made

    def flow(self, process: ET.Element, source: str, target: str) -> None:
        self.add(process, "sequenceFlow", f"{source}__to__{target}__new", sourceRef=source, targetRef=target)

    def drop(self, name: str) -> None:
        node = self.find(name)
        self.parents[node].remove(node)
        for root in self.roots.values():
            for lane in root.iter(_tag("lane")):
                lane[:] = [ref for ref in lane if ref.text != name]


def _tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def renamed(sheet: Sheet, task: str, _done: list[str]) -> bool:
    sheet.find(task).set("name", "別の名前")
    return True


def after(sheet: Sheet, task: str, _done: list[str]) -> bool:
    process = sheet.process(task)
    sheet.like(task, "added")
    for flow in sheet.out(task):
        flow.set("sourceRef", "added")
    sheet.flow(process, task, "added")
    return True


def before(sheet: Sheet, task: str, _done: list[str]) -> bool:
    process = sheet.process(task)
    sheet.like(task, "added")
    for flow in sheet.into(task):
        flow.set("targetRef", "added")
    sheet.flow(process, "added", task)
    return True


def _removed(sheet: Sheet, task: str) -> bool:
    out, into = sheet.out(task), sheet.into(task)
    if len(out) != 1 or not into or any(flow.get("sourceRef") == task for flow in into):
        return False
    for flow in into:
        flow.set("targetRef", out[0].get("targetRef", ""))
    sheet.process(task).remove(out[0])
    process = sheet.process(task)
    for border in [each for each in process if each.get("attachedToRef") == task]:
        for flow in sheet.out(border.get("id", "")):
            process.remove(flow)
        process.remove(border)
    sheet.drop(task)
    return True


def done_removed(sheet: Sheet, task: str, done: list[str]) -> bool:
    gone = next((each for each in reversed(done) if each != task), None)
    return gone is not None and _removed(sheet, gone)


def removed(sheet: Sheet, task: str, _done: list[str]) -> bool:
    return _removed(sheet, task)


def _gateway_ahead(sheet: Sheet, task: str) -> ET.Element | None:
    seen, todo = {task}, [task]
    while todo:
        here = todo.pop(0)
        for flow in sheet.out(here):
            node = sheet.find(flow.get("targetRef", ""))
            name = node.get("id", "")
            if node.tag == _tag("exclusiveGateway") and any(each.find(_tag("conditionExpression")) is not None
                                                            for each in sheet.out(name)):  # fmt: skip
                return node
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return None


def _conditions(sheet: Sheet, gateway: ET.Element) -> list[ET.Element]:
    found = [flow.find(_tag("conditionExpression")) for flow in sheet.out(gateway.get("id", ""))]
    return [each for each in found if each is not None]


def condition(sheet: Sheet, task: str, _done: list[str]) -> bool:
    gateway = _gateway_ahead(sheet, task)
    for each in _conditions(sheet, gateway) if gateway is not None else []:
        each.text = f"({each.text}) and True"
    return gateway is not None


def border(sheet: Sheet, task: str, _done: list[str]) -> bool:
    process = sheet.process(task)
    event = sheet.add(process, "boundaryEvent", "late", attachedToRef=task, cancelActivity="false")
    timer = ET.SubElement(event, _tag("timerEventDefinition"), {"id": "late_timer"})
    ET.SubElement(timer, _tag("timeDuration")).text = "'P30D'"
    sheet.add(process, "endEvent", "late_end")
    sheet.flow(process, "late", "late_end")
    return True


def lane(sheet: Sheet, task: str, _done: list[str]) -> bool:
    held = sheet.find(task).find(f"{_tag('extensionElements')}/{{{SPIFF}}}properties")
    if held is None:
        return False
    for each in [each for each in held if each.get("name") == "lane"]:
        held.remove(each)
    ET.SubElement(held, f"{{{SPIFF}}}property", {"name": "lane", "value": "operator"})
    return True


def service(sheet: Sheet, task: str, _done: list[str]) -> bool:
    node = sheet.find(task)
    node.tag = _tag("serviceTask")
    node[:] = []
    held = ET.SubElement(node, _tag("extensionElements"))
    ET.SubElement(held, f"{{{SPIFF}}}serviceTaskOperator", {"id": "milestone"})
    return True


def redrawn(sheet: Sheet, task: str, _done: list[str]) -> bool:
    for root in sheet.roots.values():
        for each in root.iter():
            for key, value in each.attrib.items():
                if value == task:
                    each.set(key, f"{task}_2")
            if each.text == task:
                each.text = f"{task}_2"
    form = sheet.files.pop(f"forms/{task}.form")
    sheet.files[f"forms/{task}_2.form"] = form.replace(f'"id": "{task}"'.encode(), f'"id": "{task}_2"'.encode())
    return True


def name_ahead(sheet: Sheet, task: str, _done: list[str]) -> bool:
    """A task that is passed already sets a name that a gateway ahead reads."""
    gateway = _gateway_ahead(sheet, task)
    process = sheet.process(task)
    start = next(each for each in process if each.tag == _tag("startEvent"))
    if gateway is None:
        return False
    sheet.add(process, "scriptTask", "judge")
    ET.SubElement(sheet.find("judge"), _tag("script")).text = "risk = 'low'"
    for flow in sheet.out(start.get("id", "")):
        flow.set("sourceRef", "judge")
    sheet.flow(process, start.get("id", ""), "judge")
    first = _conditions(sheet, gateway)[0]
    first.text = f"risk != 'high' and ({first.text})"
    return True


def wrapped(sheet: Sheet, task: str, _done: list[str]) -> bool:
    process, node = sheet.process(task), sheet.find(task)
    if any(each.get("attachedToRef") == task for each in process):
        return False
    around = sheet.add(process, "subProcess", "around")
    for flow in (*sheet.into(task), *sheet.out(task)):
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) == task:
                flow.set(end, "around")
    process.remove(node)
    for each in [each for each in node if each.tag in (_tag("incoming"), _tag("outgoing"))]:
        node.remove(each)
    around.append(node)
    sheet.parents[node] = around
    sheet.add(around, "startEvent", "around_s")
    sheet.add(around, "endEvent", "around_e")
    sheet.flow(around, "around_s", task)
    sheet.flow(around, task, "around_e")
    return True


def branch(sheet: Sheet, task: str, _done: list[str]) -> bool:
    """One more branch from a fork of the process to where its branches meet."""
    process = sheet.process(task)
    gateways = [each for each in process if each.tag == _tag("parallelGateway")]
    fork = next((each for each in gateways if len(sheet.out(each.get("id", ""))) > 1), None)
    join = next((each for each in gateways if len(sheet.into(each.get("id", ""))) > 1), None)
    if fork is None or join is None:
        return False
    sheet.like(task, "added")
    sheet.flow(process, fork.get("id", ""), "added")
    sheet.flow(process, "added", join.get("id", ""))
    return True


def repeated(sheet: Sheet, task: str, _done: list[str]) -> bool:
    held = ET.SubElement(sheet.find(task), _tag("multiInstanceLoopCharacteristics"))
    ET.SubElement(held, _tag("loopCardinality")).text = "2"
    return True


EDITS: Mapping[str, Callable[[Sheet, str, list[str]], bool]] = {
    each.__name__: each
    for each in (
        renamed, after, before, done_removed, removed, condition, border, lane, service, redrawn, name_ahead, wrapped,
        branch, repeated,
    )
}  # fmt: skip

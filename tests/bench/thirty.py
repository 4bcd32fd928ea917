"""A process of thirty user tasks, each followed by a script, with a way back at the end: what the benches walk."""

from __future__ import annotations

import json
from pathlib import Path

TASKS = 30
SCRIPT = "total = total + {n}\nrounded = round(total / 7, 2)"


def diagram(*, scripts: bool = True) -> str:
    """The BPMN."""
    nodes, flows = ['<startEvent id="start"/>'], []
    previous = "start"
    start = "total = 0\nagain = False"
    nodes.append(f'<scriptTask id="begin" name="begin"><script>{start}</script></scriptTask>')
    flows.append(("start", "begin", ""))
    previous = "begin"
    nodes.append('<userTask id="ask" name="Ask"/>')
    flows.append((previous, "ask", ""))
    previous = "ask"
    nodes.append('<exclusiveGateway id="loop"/>')
    flows.append((previous, "loop", ""))
    previous = "loop"
    for n in range(1, TASKS + 1):
        nodes.append(
            f'<userTask id="t{n}" name="Task {n}"><extensionElements><spiffworkflow:properties>'
            '<spiffworkflow:property name="routes" value="again"/></spiffworkflow:properties></extensionElements>'
            "</userTask>"
        )
        flows.append((previous, f"t{n}", ""))
        previous = f"t{n}"
        if scripts:
            nodes.append(f'<scriptTask id="s{n}" name="s{n}"><script>{SCRIPT.format(n=n)}</script></scriptTask>')
            flows.append((previous, f"s{n}", ""))
            previous = f"s{n}"
    nodes.append('<exclusiveGateway id="more" default="no"/>')
    flows.append((previous, "more", ""))
    flows.append(("more", "loop", "again"))
    nodes.append('<endEvent id="end"/>')
    arrows = []
    for number, (source, target, condition) in enumerate(flows):
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        arrows.append(f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    arrows.append('<sequenceFlow id="no" sourceRef="more" targetRef="end"/>')
    lane = "".join(f"<flowNodeRef>t{n}</flowNodeRef>" for n in range(1, TASKS + 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="bench">'
        '<process id="thirty" name="Thirty" isExecutable="true">'
        f'<laneSet id="lanes"><lane id="vendor" name="vendor"><flowNodeRef>ask</flowNodeRef></lane>'
        f'<lane id="operator" name="operator">{lane}</lane></laneSet>'
        f"{''.join(nodes)}{''.join(arrows)}</process></definitions>"
    )


def package_files(*, scripts: bool = True) -> dict[str, bytes]:
    """A whole process package around the diagram."""
    manifest = (
        'id = "thirty"\ntitle = "Thirty tasks"\nentry = "thirty"\nstart_form = "ask"\n'
        '[lanes.vendor]\ntitle = "Vendor"\nside = "vendor"\n'
        '[lanes.operator]\ntitle = "Operator"\nside = "operator"\n'
        '[[stages]]\nid = "all"\ntitle = "All"\nprocesses = ["thirty"]\n'
    )
    files = {"package.toml": manifest.encode(), "thirty.bpmn": diagram(scripts=scripts).encode()}
    ask = {
        "type": "default",
        "id": "ask",
        "schemaVersion": 16,
        "components": [
            {"type": "textfield", "id": "email", "key": "email", "label": "Mail", "properties": {"format": "email"}}
        ],
    }
    files["forms/ask.form"] = json.dumps(ask).encode()
    for n in range(1, TASKS + 1):
        form = {
            "type": "default",
            "id": f"t{n}",
            "schemaVersion": 16,
            "components": [
                {"type": "checkbox", "id": f"c{n}", "key": "again", "label": "Again"},
                {"type": "textfield", "id": f"x{n}", "key": "remark", "label": "Remark"},
            ],
        }
        files[f"forms/t{n}.form"] = json.dumps(form).encode()
    return files


def write(folder: Path, *, scripts: bool = True) -> Path:
    """The package as a folder."""
    place = folder / "thirty"
    for name, content in package_files(scripts=scripts).items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place

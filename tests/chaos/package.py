"""The process that is walked under chaos: five user tasks, four mails, a paper and a timer, in a line."""

from __future__ import annotations

import json
from pathlib import Path

ID = "quick"
# What stands after what; (kind, id): a task of the vendor or the body, a mail, a paper, a pause.
LINE = (
    ("vendor", "request"),
    ("mail", "m_received"),
    ("operator", "first_review"),
    ("paper", "make_paper"),
    ("mail", "m_passed"),
    ("vendor", "details"),
    ("pause", "pause"),
    ("operator", "second_review"),
    ("mail", "m_decided"),
    ("vendor", "confirm"),
    ("mail", "m_done"),
)
TASKS = tuple(name for kind, name in LINE if kind in {"vendor", "operator"})
MAILS = tuple(name for kind, name in LINE if kind == "mail")
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def _operator(name: str, parameter: str, value: str) -> str:
    return (
        f'<extensionElements><s:serviceTaskOperator id="{name}"><s:parameters>'
        f'<s:parameter id="{parameter}" type="str" value="\'{value}\'"/>'
        "</s:parameters></s:serviceTaskOperator></extensionElements>"
    )


def _node(kind: str, name: str) -> str:
    if kind == "mail":
        return f'<serviceTask id="{name}" name="{name}">{_operator("mail", "mail", name)}</serviceTask>'
    if kind == "paper":
        return f'<serviceTask id="{name}" name="{name}">{_operator("pdf", "document", "paper")}</serviceTask>'
    if kind == "pause":
        timer = '<timerEventDefinition><timeDuration>"PT5S"</timeDuration></timerEventDefinition>'
        return f'<intermediateCatchEvent id="{name}" name="{name}">{timer}</intermediateCatchEvent>'
    return f'<userTask id="{name}" name="{name}"/>'


def diagram() -> str:
    """The BPMN."""
    names = ["start", *(name for _, name in LINE), "end"]
    nodes = "".join(_node(kind, name) for kind, name in LINE)
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{names[n]}" targetRef="{names[n + 1]}"/>' for n in range(len(names) - 1)
    )
    lanes = "".join(
        f'<lane id="{side}" name="{side}">'
        + "".join(f"<flowNodeRef>{name}</flowNodeRef>" for kind, name in LINE if kind == side)
        + "</lane>"
        for side in ("vendor", "operator")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        f'xmlns:s="{SPIFF}" id="d" targetNamespace="chaos"><process id="{ID}" name="Quick" isExecutable="true">'
        f'<laneSet id="lanes">{lanes}</laneSet><startEvent id="start"/>{nodes}<endEvent id="end"/>{flows}'
        "</process></definitions>"
    )


def write(folder: Path) -> Path:
    """The package's folder, inside this one."""
    place = folder / ID
    manifest = (
        f'id = "{ID}"\ntitle = "いそぎ"\nentry = "{ID}"\nstart_form = "request"\n'
        '[lanes.vendor]\ntitle = "申請者"\nside = "vendor"\n[lanes.operator]\ntitle = "運営"\nside = "operator"\n'
        f'[[stages]]\nid = "all"\ntitle = "すべて"\nprocesses = ["{ID}"]\n'
        '[settings.body]\nname = { title = "名称", value = "みほん協会", sample = true }\n'
        'email = { title = "メール", value = "office@example.com", sample = true }\n'
    )
    files = {"package.toml": manifest, f"{ID}.bpmn": diagram()}
    for name in TASKS:
        fields = [("textfield", "remark", "ひとこと")]
        if name == "request":
            fields += [("textfield", "company_name", "会社"), ("textfield", "email", "メール")]
        files[f"forms/{name}.form"] = json.dumps(
            {
                "type": "default",
                "id": name,
                "schemaVersion": 16,
                "components": [
                    {"type": kind, "id": f"{name}_{key}", "key": key, "label": label, "validate": {"required": True}}
                    | ({"properties": {"format": "email"}} if key == "email" else {})
                    for kind, key, label in fields
                ],
            },
            ensure_ascii=False,
        )
    for name in (*MAILS, "account-invitation", "entry-link-again"):  # the portal itself needs the last two
        files[f"mail/{name}.md"] = (
            f'+++\nsubject = "{name} {{{{ case.number }}}}"\nto = "vendor"\nnumber = "①"\nlabel = "{name}"\n+++\n'
            f"{{{{ case.number }}}} {name}\n\n{{{{ body.name }}}}\n"
        )
    files["pdf/paper.html"] = (
        '+++\ntitle = "書類"\nfilename = "書類_{{ case.number }}.pdf"\naudience = "both"\n+++\n'
        "<html><body><h1>書類</h1><p>{{ case.number }}</p></body></html>\n"
    )
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place

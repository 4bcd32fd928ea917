"""Drafts that attack whoever reads, checks, shows or plays them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

from flask.testing import FlaskClient

ATTACKS = Path(__file__).parents[2] / "attacks"
DIAGRAM = "library_card.bpmn"
SCRIPTS: dict[str, dict[str, str]] = {
    each["name"]: each for each in json.loads((ATTACKS / "scripts.json").read_text("utf-8"))
}
# What a check lets in, since only its values are hostile, or the time that it takes: whoever runs it ends it.
RUN = (
    "while_true", "pow_int", "pow_aug", "list_mul", "list_doubling", "billion_laughs_join", "center_bomb",
    "range_list", "range_sum", "comprehension_nested", "decimal_huge", "null_byte", "self_reference", "nul_in_state",
    "sum_lists_quadratic", "dag_in_exponential",
)  # fmt: skip
FIT = ("null_byte",)  # without what XML cannot hold, it is an expression like others
# Of the diagrams, the one that is drawn all the same.
DRAWN = ("24_schema_location",)


def payload(name: str, canary: str) -> str:
    """The attack, which would leave a file there; XML cannot hold a character that no text may have."""
    return SCRIPTS[name]["payload"].replace("@CANARY@", canary).replace("\x00", "")


def attacked(text: str, *, script: str = "", condition: str = "") -> str:
    """The diagram, with a step behind the first one that runs the script, or a gateway that asks the condition."""
    refs, nodes, arrows = ["attack"], "", ""
    if script:
        nodes = (
            f'<bpmn:scriptTask id="attack" name="攻撃"><bpmn:script>{escape(script)}</bpmn:script></bpmn:scriptTask>'
        )
    else:
        refs.append("over")
        nodes = (
            '<bpmn:exclusiveGateway id="attack" name="攻撃" default="attack__to__mail_hello" />'
            '<bpmn:endEvent id="over" name="終わり" />'
        )
        asked = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>"
        arrows = (
            f'<bpmn:sequenceFlow id="attack__to__over" name="成功" sourceRef="attack" targetRef="over">{asked}'
            "</bpmn:sequenceFlow>"
        )
    arrows += '<bpmn:sequenceFlow id="attack__to__mail_hello" sourceRef="attack" targetRef="mail_hello" />'
    for old, new in (
        ("<bpmn:flowNodeRef>mail_hello<", "".join(f"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>" for each in refs)
         + "<bpmn:flowNodeRef>mail_hello<"),
        ("<bpmn:incoming>request__to__mail_hello<", "<bpmn:incoming>attack__to__mail_hello<"),
        ('targetRef="mail_hello"', 'targetRef="attack"'),
        ("<bpmn:sequenceFlow", f"{nodes}{arrows}<bpmn:sequenceFlow"),
    ):  # fmt: skip
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def content(client: FlaskClient, draft: str, path: str) -> str:
    """What the draft's file says."""
    return str(client.get(f"{draft}/files/{path}").get_json()["content"])
